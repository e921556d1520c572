//go:build riscv64 || 386

package task

import (
	"rv86/kernel/abi"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// SignalGroup sends a signal to every process of a group; ESRCH if there is
// none.
func SignalGroup(pgid int, i SigInfo) abi.Errno {
	tasks.Lock()
	defer tasks.Unlock()
	ps := inGroup(pgid)
	if len(ps) == 0 {
		return abi.ESRCH
	}
	for _, p := range ps {
		p.send(i)
	}
	return 0
}

// Signal sends a signal to the process.
func (p *Process) Signal(i SigInfo) {
	tasks.Lock()
	defer tasks.Unlock()
	p.send(i)
}

// SignalSelf sends a signal to the calling thread, from the kernel (SIGPIPE).
func (t *Thread) SignalSelf(sig int) {
	tasks.Lock()
	defer tasks.Unlock()
	t.send(SigInfo{Signo: sig, Code: abi.SI_KERNEL})
}

// Kill performs kill(2) for the thread: pid > 0 a process, 0 its own group,
// -1 everyone but init and itself, less a group. sig 0 only asks.
func (t *Thread) Kill(pid int, i SigInfo) abi.Errno {
	tasks.Lock()
	defer tasks.Unlock()
	var ps []*Process
	switch {
	case pid > 0:
		p := processes[pid]
		if p == nil {
			if o := threads[pid]; o != nil {
				p = o.Process // Linux: any thread's number names its process
			}
		}
		if p == nil {
			return abi.ESRCH
		}
		ps = append(ps, p)
	case pid == 0:
		ps = inGroup(t.PGID())
	case pid == -1:
		for _, id := range pids() {
			if id != 1 && id != t.PID {
				ps = append(ps, processes[id])
			}
		}
	default:
		ps = inGroup(-pid)
	}
	if len(ps) == 0 {
		return abi.ESRCH
	}
	sent := false
	for _, p := range ps {
		if !t.maySignal(p, i.Signo) {
			continue
		}
		sent = true
		if i.Signo != 0 {
			p.send(i)
		}
	}
	if !sent {
		return abi.EPERM
	}
	return 0
}

// KillThread performs tgkill(2); tgid <= 0 leaves the process open (tkill).
func (t *Thread) KillThread(tgid, tid int, i SigInfo) abi.Errno {
	tasks.Lock()
	defer tasks.Unlock()
	o := threads[tid]
	if o == nil || tgid > 0 && o.PID != tgid {
		return abi.ESRCH
	}
	if !t.maySignal(o.Process, i.Signo) {
		return abi.EPERM
	}
	if i.Signo != 0 {
		o.send(i)
	}
	return 0
}

// maySignal is kill(2)'s permission rule.
func (t *Thread) maySignal(p *Process, sig int) bool {
	me, it := &t.cred, &p.cred
	return me.EUID == 0 || me.UID == it.UID || me.EUID == it.UID || me.UID == it.SUID || me.EUID == it.SUID ||
		sig == abi.SIGCONT && t.SID() == p.SID()
}

// Ignores reports whether the calling thread ignores or blocks sig.
func (Jobs) Ignores(c *vfs.Caller, sig int) bool {
	t, ok := c.Task.(*Thread)
	if !ok {
		return true
	}
	tasks.Lock()
	defer tasks.Unlock()
	return t.mask.Has(sig) || t.actions.of[sig].Handler == abi.SIG_IGN
}

// send queues a signal for the process. Preconditions: tasks is held.
func (p *Process) send(i SigInfo) {
	if p.zombie || !p.prepare(i, nil) {
		return
	}
	if !p.pending.add(i) {
		return
	}
	for _, t := range p.threads {
		if !t.mask.Has(i.Signo) || unblockable.Has(i.Signo) {
			t.notice(workSignal)
			return
		}
	}
	p.changed.Notify(wait.POLLIN) // a blocked one: rt_sigtimedwait may want it
	for _, t := range p.threads {
		t.poke()
	}
}

// send queues a signal for one thread. Preconditions: tasks is held.
func (t *Thread) send(i SigInfo) {
	if t.zombie || !t.prepare(i, t) || !t.queued.add(i) {
		return
	}
	if !t.mask.Has(i.Signo) {
		t.notice(workSignal)
	} else {
		t.poke()
	}
}

// prepare does what a signal does by being sent, before anyone takes it: stop
// and continue cancel each other, SIGCONT continues. It is false if the signal
// is to be thrown away.
func (p *Process) prepare(i SigInfo, t *Thread) bool {
	set := SetOf(i.Signo)
	switch {
	case i.Signo == abi.SIGCONT:
		p.forget(defaultStop)
		p.resume(true)
	case defaultStop&set != 0:
		p.forget(SetOf(abi.SIGCONT))
	case i.Signo == abi.SIGKILL:
		p.resume(false)
	}
	if p.PID == 1 && p.actions.of[i.Signo].Handler == abi.SIG_DFL {
		return false // init takes only what it has a handler for
	}
	if !p.actions.ignores(i.Signo) {
		return true
	}
	// An ignored signal is kept while it is blocked: the disposition may change.
	if t != nil {
		return t.mask.Has(i.Signo)
	}
	for _, o := range p.threads {
		if !o.mask.Has(i.Signo) {
			return false
		}
	}
	return true
}

func (p *Process) forget(s SigSet) {
	p.pending.remove(s)
	for _, t := range p.threads {
		t.queued.remove(s)
	}
}

// resume ends a stop. report tells the parent.
func (p *Process) resume(report bool) {
	if !p.stopped {
		return
	}
	p.stopped, p.stopNews = false, false
	if report {
		p.contNews = true
		p.tellParent(abi.CLD_CONTINUED, abi.SIGCONT)
	}
	for _, t := range p.threads {
		t.work.And(^uint32(workStop))
		t.poke()
	}
}

// stop stops every thread of the process.
func (p *Process) stop(sig int) {
	if p.stopped {
		return
	}
	p.stopped, p.stopSignal, p.stopNews, p.contNews = true, sig, true, false
	for _, t := range p.threads {
		t.notice(workStop)
	}
	p.tellParent(abi.CLD_STOPPED, sig)
}

// tellParent reports a stop or a continuation.
func (p *Process) tellParent(code, status int) {
	q := p.parent
	if q == nil {
		return
	}
	q.changed.Notify(wait.POLLIN)
	if a := &q.actions.of[abi.SIGCHLD]; a.Flags&abi.SA_NOCLDSTOP == 0 {
		q.send(SigInfo{Signo: abi.SIGCHLD, Code: code, PID: p.PID, UID: p.cred.UID, Status: status})
	}
}

// notice sets a bit of work and makes the thread see it.
func (t *Thread) notice(why uint32) {
	t.work.Or(why)
	t.poke()
}

// recalc brings workSignal up to date. Preconditions: tasks is held.
func (t *Thread) recalc() {
	if (t.queued.set|t.pending.set)&^t.mask != 0 {
		t.work.Or(workSignal)
	} else {
		t.work.And(^uint32(workSignal))
	}
}

// SetMask replaces the thread's signal mask and returns the old one.
func (t *Thread) SetMask(m SigSet) SigSet {
	tasks.Lock()
	defer tasks.Unlock()
	old := t.mask
	t.mask = m.maskable()
	t.recalc()
	return old
}

// Mask is the thread's signal mask.
func (t *Thread) Mask() SigSet { return t.mask }

// SuspendMask sets the mask for the length of one call (rt_sigsuspend, ppoll,
// epoll_pwait): the old one comes back with EndSuspend, or after the handler of
// a signal that ends the call.
func (t *Thread) SuspendMask(m SigSet) {
	old := t.SetMask(m)
	t.saved, t.savedSet = old, true
}

// EndSuspend restores the mask, unless a signal is to be handled first: the
// handler's return does it then.
func (t *Thread) EndSuspend() {
	if t.savedSet && t.work.Load()&workSignal == 0 {
		t.savedSet = false
		t.SetMask(t.saved)
	}
}

// Pending gives the signals that wait for being unblocked.
func (t *Thread) Pending() SigSet {
	tasks.Lock()
	defer tasks.Unlock()
	return (t.queued.set | t.pending.set) & t.mask
}

// Action reads and, with act, changes the disposition of a signal.
func (t *Thread) Action(sig int, act *Action) (old Action, e abi.Errno) {
	if sig < 1 || sig > abi.NSIG || act != nil && unblockable.Has(sig) {
		return old, abi.EINVAL
	}
	tasks.Lock()
	defer tasks.Unlock()
	a := &t.actions.of[sig]
	old = *a
	if act != nil {
		*a = *act
		a.Mask = a.Mask.maskable()
		if t.actions.ignores(sig) {
			t.forget(SetOf(sig))
			for _, o := range t.threads {
				o.recalc()
			}
		}
	}
	return old, 0
}

// TakeSignal removes a pending signal of want, for rt_sigtimedwait.
func (t *Thread) TakeSignal(want SigSet) (SigInfo, bool) {
	tasks.Lock()
	defer tasks.Unlock()
	i, ok := t.queued.take(want)
	if !ok {
		i, ok = t.pending.take(want)
	}
	t.recalc()
	return i, ok
}

// SetAltStack sets the alternate signal stack.
func (t *Thread) SetAltStack(a AltStack) { t.altStack = a }

// AltStack gives it; on tells whether the thread runs on it now.
func (t *Thread) AltStack() (a AltStack, on bool) { return t.altStack, t.onAltStack() }

func (t *Thread) onAltStack() bool {
	sp := t.stackPointer()
	return t.altStack.Size != 0 && sp > t.altStack.SP && sp <= t.altStack.SP+t.altStack.Size
}
