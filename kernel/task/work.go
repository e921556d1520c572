//go:build riscv64 || 386

package task

import "rv86/kernel/abi"

// handleWork does what keeps the thread from returning to its program: ends
// it, stops it, delivers signals. result is the interrupted call's, 0 if there
// was none.
func (t *Thread) handleWork(result abi.Errno) {
	restart := restartable(result)
	if restart {
		t.rewind()
	}
	for {
		tasks.Lock()
		if t.exiting || t.execing != nil && t.execing != t {
			tasks.Unlock()
			t.ended = true
			return
		}
		if t.stopped {
			tasks.Unlock()
			<-t.wakeup
			continue
		}
		i, ok := t.take()
		if !ok {
			t.work.And(^uint32(workStop))
			t.endSaved()
			tasks.Unlock()
			return
		}
		act := t.actions.of[i.Signo]
		if act.Handler <= abi.SIG_IGN {
			t.defaultAction(i, act)
			tasks.Unlock()
			continue
		}
		if act.Flags&abi.SA_RESETHAND != 0 {
			t.actions.of[i.Signo] = Action{}
		}
		old := t.mask
		if t.savedSet {
			old, t.savedSet = t.saved, false
		}
		t.mask |= act.Mask.maskable()
		if act.Flags&abi.SA_NODEFER == 0 {
			t.mask |= SetOf(i.Signo)
		}
		t.recalc()
		tasks.Unlock()
		if restart {
			restart = false
			t.restartAt = 0
			if result != abi.ERESTARTNOINTR && (result != abi.ERESTARTSYS || act.Flags&abi.SA_RESTART == 0) {
				t.unwind(abi.EINTR)
			}
		}
		if !t.pushFrame(i, act, old) {
			t.force(abi.SIGSEGV)
		}
	}
}

// take removes the next signal to handle: the thread's own before the process',
// but SIGKILL before all. Preconditions: tasks is held.
func (t *Thread) take() (i SigInfo, ok bool) {
	if t.pending.set.Has(abi.SIGKILL) {
		i, ok = t.pending.take(SetOf(abi.SIGKILL))
	} else if i, ok = t.queued.take(^t.mask); !ok {
		i, ok = t.pending.take(^t.mask)
	}
	t.recalc()
	return i, ok
}

// endSaved restores the mask of sigsuspend and its like when no handler ran.
func (t *Thread) endSaved() {
	if t.savedSet {
		t.savedSet = false
		t.mask = t.saved
		t.recalc()
	}
}

func restartable(e abi.Errno) bool {
	switch e {
	case abi.ERESTARTSYS, abi.ERESTARTNOINTR, abi.ERESTARTNOHAND, abi.ERESTART_RESTARTBLOCK:
		return true
	}
	return false
}

// defaultAction performs the action of a signal without a handler.
// Preconditions: tasks is held.
func (t *Thread) defaultAction(i SigInfo, act Action) {
	if act.Handler == abi.SIG_IGN {
		return
	}
	switch defaultOf(i.Signo) {
	case actIgnore:
	case actStop:
		// A group that nobody could continue is stopped by SIGSTOP only.
		if i.Signo == abi.SIGSTOP || !orphaned(t.PGID()) {
			t.stop(i.Signo)
		}
	case actCore:
		logFatal(t, i)
		t.exitGroup(i.Signo)
	case actTerminate:
		t.exitGroup(i.Signo)
	}
}

// Fault sends the thread a signal that its own instruction caused. A program
// that blocks or ignores it could only fault again, so it then ends.
func (t *Thread) Fault(i SigInfo) {
	tasks.Lock()
	defer tasks.Unlock()
	if t.mask.Has(i.Signo) || t.actions.of[i.Signo].Handler == abi.SIG_IGN {
		t.actions.of[i.Signo] = Action{}
		t.mask &^= SetOf(i.Signo)
	}
	t.queued.remove(SetOf(i.Signo))
	t.queued.add(i)
	t.notice(workSignal)
}

// force ends the thread's process by sig, whatever its handlers: a signal frame
// could not be written.
func (t *Thread) force(sig int) {
	tasks.Lock()
	defer tasks.Unlock()
	t.actions.of[sig] = Action{}
	t.mask &^= SetOf(sig)
	t.queued.add(SigInfo{Signo: sig, Code: abi.SI_KERNEL})
	t.notice(workSignal)
}
