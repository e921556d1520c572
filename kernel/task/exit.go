//go:build riscv64 || 386

package task

import (
	"fmt"
	"slices"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/nucleus"
	"rv86/kernel/wait"
)

// OnThreadExit is told that a thread has ended.
var OnThreadExit = func(tid int) {}

// OnSessionExit is told when the leader of a session ends.
var OnSessionExit = func(sid int) {}

// Exit ends the calling thread (exit(2)); the last one's code is the process'.
func (t *Thread) Exit(code int) {
	tasks.Lock()
	if !t.exiting && len(t.threads) == 1 {
		t.status = code & 0xff << 8
	}
	tasks.Unlock()
	t.ended = true
}

// ExitGroup ends the process (exit_group(2)).
func (t *Thread) ExitGroup(code int) {
	tasks.Lock()
	t.exitGroup(code & 0xff << 8)
	tasks.Unlock()
	t.ended = true
}

// exitGroup makes every thread end; status is as wait4 gives it.
// Preconditions: tasks is held.
func (p *Process) exitGroup(status int) {
	if p.exiting {
		return
	}
	p.exiting, p.status, p.stopped = true, status, false
	for _, t := range p.threads {
		t.notice(workExit)
	}
}

// finish is the last thing a thread does.
func (t *Thread) finish() {
	if t.clearTID != 0 {
		t.CopyOut32(t.clearTID, 0)
		t.FutexWake(t.clearTID, 1, ^uint32(0), false)
	}
	now := nucleus.Now()
	t.times.System += now - t.mark
	tasks.Lock()
	i := slices.Index(t.threads, t)
	t.threads = slices.Delete(t.threads, i, i+1)
	t.Process.times.add(t.times)
	last := len(t.threads) == 0
	defer OnThreadExit(t.TID)
	if t.TID != t.PID {
		delete(threads, t.TID)
	}
	if t.execing != nil {
		t.execing.poke()
	}
	tasks.Unlock()
	if last {
		t.finishProcess()
	}
}

// finishProcess makes a process without threads a zombie: gives its resources
// back first, so that whoever waits for it finds them free. t was the last
// thread, and closes the files; they cannot reach its memory any more.
func (t *Thread) finishProcess() {
	p := t.Process
	if p.PID == 1 {
		nucleus.Panic(fmt.Sprintf("Attempted to kill init! exitcode=0x%08x", p.status))
	}
	p.timers.stop()
	c := *t.Caller()
	c.Mem = nil
	p.MM.Drop(&c)
	p.leaveVfork()
	p.Files.Drop(&c)
	if p.PID == p.SID() {
		OnSessionExit(p.PID)
	}
	p.FS.Drop()
	if p.exe != nil {
		p.exe.Put()
	}
	tasks.Lock()
	defer tasks.Unlock()
	p.exe = nil
	delete(threads, p.PID)
	p.reparent()
	p.zombie = true
	p.pending, p.stopNews, p.contNews = sigQueue{}, false, false
	if p.ended != nil { // the kernel's own helper: no parent
		delete(processes, p.PID)
		p.ended <- p.status
		return
	}
	p.notifyEnd()
}

// reparent gives the children to the nearest subreaper, or to init.
// Preconditions: tasks is held.
func (p *Process) reparent() {
	heir := processes[1]
	for q := p.parent; q != nil; q = q.parent {
		if q.subreaper && !q.zombie && len(q.threads) > 0 {
			heir = q
			break
		}
	}
	groups := map[int]bool{}
	for _, c := range p.children {
		if !orphaned(c.PGID()) {
			groups[c.PGID()] = true
		}
		c.parent = heir
		c.exitSignal = abi.SIGCHLD // another one would be news to the heir
		heir.children = append(heir.children, c)
		if c.deathSig != 0 {
			c.send(SigInfo{Signo: c.deathSig, Code: abi.SI_USER, PID: p.PID})
		}
	}
	orphans := p.children
	p.children = nil
	if !orphaned(p.PGID()) {
		groups[p.PGID()] = true
	}
	p.hangUp(groups)
	for _, c := range orphans {
		if c.zombie {
			c.notifyEnd()
		}
	}
}

// hangUp signals the groups that became orphaned with a stopped member (POSIX
// 3.2.2.2: SIGHUP, then SIGCONT). before are those that were not orphaned.
func (p *Process) hangUp(before map[int]bool) {
	ids := make([]int, 0, len(before))
	for id := range before {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		members := inGroup(id)
		members = slices.DeleteFunc(members, func(q *Process) bool { return q == p })
		if !orphaned(id) || !slices.ContainsFunc(members, func(q *Process) bool { return q.stopped }) {
			continue
		}
		for _, q := range members {
			q.send(SigInfo{Signo: abi.SIGHUP, Code: abi.SI_KERNEL})
			q.send(SigInfo{Signo: abi.SIGCONT, Code: abi.SI_KERNEL})
		}
	}
}

// notifyEnd tells the parent of a zombie; one that does not care for its
// children gets rid of it at once. Preconditions: tasks is held.
func (p *Process) notifyEnd() {
	q := p.parent
	a := &q.actions.of[abi.SIGCHLD]
	careless := p.exitSignal == abi.SIGCHLD && (a.Handler == abi.SIG_IGN || a.Flags&abi.SA_NOCLDWAIT != 0)
	if p.exitSignal != 0 && !(careless && a.Handler == abi.SIG_IGN) {
		i := SigInfo{Signo: p.exitSignal, PID: p.PID, UID: p.cred.UID}
		i.Code, i.Status = endOf(p.status)
		q.send(i)
	}
	if careless {
		p.reap()
	}
	q.changed.Notify(wait.POLLIN)
}

// endOf splits a wait status into siginfo's code and status.
func endOf(status int) (code, value int) {
	if sig := status & 0x7f; sig != 0 {
		return abi.CLD_KILLED, sig
	}
	return abi.CLD_EXITED, status >> 8 & 0xff
}

// reap removes a zombie from the tree. Preconditions: tasks is held.
func (p *Process) reap() {
	q := p.parent
	i := slices.Index(q.children, p)
	q.children = slices.Delete(q.children, i, i+1)
	q.waited.add(p.times)
	q.waited.add(p.waited)
	delete(processes, p.PID)
}

// logFatal notes a program's end by a fault, which nobody but a debugger of
// the program wants to see (Linux: print-fatal-signals). Preconditions: tasks
// is held.
func logFatal(t *Thread, i SigInfo) {
	klog.Debugf("%s[%d]: signal %d code %d at pc %#x addr %#x", t.name, t.TID, i.Signo, i.Code, t.pc(), i.Addr)
}
