package lock_test

import (
	"strings"
	"testing"
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/lkmtest"
	"rv86/kernel/lkm/lock"
	"rv86/kernel/lkm/sched"
	"rv86/kmod/kapi"
)

func newLocks(t *testing.T) (*lkmtest.Core, *sched.Sched, []kapi.Func) {
	core := lkmtest.New(t)
	s := sched.New(core)
	s.Start()
	return core, s, lock.New(s).Exports()
}

// object makes a lock whose magic is its own address.
func object(c *lkmtest.Core, l *cstruct.Layout) uint64 {
	p := c.Alloc(l.Size)
	cstruct.SetWord(c, p+l.At("magic"), p)
	return p
}

func TestMutex(t *testing.T) {
	core, s, rows := newLocks(t)
	_, a := core.NewThread(10, "a")
	th, b := core.NewThread(11, "b")
	m := object(core, lock.MutexLayout(8))
	core.Call(a, rows, "mutex_lock", m)
	if core.Call(b, rows, "mutex_trylock", m) != 0 {
		t.Error("two owners")
	}
	got := make(chan abi.Errno)
	take := func() { got <- lkm.Errno(core.Call(b, rows, "mutex_lock_interruptible", m)) }
	go take()
	for s.Waiting(m) == 0 {
		time.Sleep(time.Millisecond)
	}
	core.Call(a, rows, "mutex_unlock", m)
	if e := <-got; e != 0 {
		t.Errorf("lock: %v", e)
	}
	core.Call(b, rows, "mutex_unlock", m)
	core.Call(a, rows, "mutex_lock", m)
	go take()
	for s.Waiting(m) == 0 {
		time.Sleep(time.Millisecond)
	}
	th.Signal(abi.SIGINT)
	if e := <-got; e != abi.EINTR {
		t.Errorf("interrupted: %v", e)
	}
	if s.Waiting(m) != 0 {
		t.Error("a waiter is left")
	}
	core.Call(b, rows, "mutex_unlock", m)
	if log := core.TakeLog(); !strings.Contains(log, "DEBUG_LOCKS_WARN_ON(lock->owner != current)") {
		t.Errorf("another's mutex: %q", log)
	}
	core.Call(a, rows, "mutex_lock", m)
	if _, died := core.TryCall(a, rows, "mutex_lock", m); !strings.HasPrefix(died, "deadlock") {
		t.Errorf("recursion: %q", died)
	}
}

func TestSemaphore(t *testing.T) {
	core, _, rows := newLocks(t)
	_, a := core.NewThread(10, "a")
	sem := object(core, lock.SemaphoreLayout(8))
	core.Call(a, rows, "up", sem)
	core.Call(a, rows, "down", sem)
	if core.Call(a, rows, "down_trylock", sem) != 1 {
		t.Error("down below 0")
	}
	if e := lkm.Errno(core.Call(a, rows, "down_timeout", sem, 1)); e != abi.ETIME {
		t.Errorf("timeout: %v", e)
	}
}

// Readers share, a writer has it alone, and downgrading lets readers in.
func TestRWSem(t *testing.T) {
	core, _, rows := newLocks(t)
	_, a := core.NewThread(10, "a")
	_, b := core.NewThread(11, "b")
	sem := object(core, lock.RWSemLayout(8))
	core.Call(a, rows, "down_read", sem)
	if core.Call(b, rows, "down_read_trylock", sem) != 1 || core.Call(b, rows, "down_write_trylock", sem) != 0 {
		t.Error("readers do not share, or a writer is among them")
	}
	got := make(chan bool)
	_, w := core.NewThread(12, "w")
	go func() {
		core.Call(w, rows, "down_write", sem)
		close(got)
	}()
	core.Call(a, rows, "up_read", sem)
	core.Call(b, rows, "up_read", sem)
	<-got
	if core.Call(a, rows, "down_read_trylock", sem) != 0 {
		t.Error("a reader beside the writer")
	}
	core.Call(w, rows, "downgrade_write", sem)
	if core.Call(a, rows, "down_read_trylock", sem) != 1 {
		t.Error("no reader after the writer became one")
	}
	core.Call(a, rows, "up_read", sem)
	core.Call(w, rows, "up_read", sem)
	core.Call(w, rows, "up_read", sem)
	if log := core.TakeLog(); !strings.Contains(log, "!is_rwsem_reader_owned") {
		t.Errorf("log %q", log)
	}
}
