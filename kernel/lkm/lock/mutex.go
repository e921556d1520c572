package lock

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/sched"
	"rv86/kmod/kapi"
)

// MutexLayout is struct mutex (linux/mutex.h). owner is a task_struct; magic the
// mutex's own address.
func MutexLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "mutex", "ptr owner", "ptr magic")
}

const taintWarn = 9 // TAINT_WARN

// Lock has the rows.
type Lock struct {
	s     *sched.Sched
	mutex *cstruct.Layout
	sem   *cstruct.Layout
	rwsem *cstruct.Layout
}

// New makes them for a scheduler.
func New(s *sched.Sched) *Lock {
	w := s.Core.WordSize()
	return &Lock{s, MutexLayout(w), SemaphoreLayout(w), RWSemLayout(w)}
}

// Exports are the rows of the package.
func (l *Lock) Exports() []kapi.Func {
	return append(append(l.mutexFuncs(), l.semaphoreFuncs()...), l.rwsemFuncs()...)
}

// warn is Linux's DEBUG_LOCKS_WARN_ON.
func warn(c *kapi.Call, at, cond string) {
	c.Warn(at, "DEBUG_LOCKS_WARN_ON("+cond+")\n", taintWarn)
}

// checkMagic reports a lock that was never initialized, once.
func (l *Lock) checkMagic(c *kapi.Call, at string, lock, magic uint64) {
	if cstruct.Word(l.s.Core, magic) != lock {
		warn(c, at, "lock->magic != lock")
		cstruct.SetWord(l.s.Core, magic, lock)
	}
}

// recursive reports a caller that waits for itself.
func (l *Lock) recursive(c *kapi.Call, lock uint64) {
	who := lkm.From(c)
	c.Log("\x014WARNING: possible recursive locking detected\n")
	c.Log(fmt.Sprintf("\x014%s/%d is trying to acquire lock %s, which it holds already\n", who.Comm, who.PID, l.s.Core.Symbol(lock)))
	c.Died = "deadlock: the lock is taken already by its own caller, who would sleep for ever"
}

func (l *Lock) me(c *kapi.Call) uint64 { return l.s.Current(lkm.From(c)).Addr() }

// lockMutex takes a mutex in the way of the state.
func (l *Lock) lockMutex(c *kapi.Call, at string, m uint64, st sched.State) abi.Errno {
	core := l.s.Core
	l.checkMagic(c, at, m, m+l.mutex.At("magic"))
	me := l.me(c)
	if cstruct.Word(core, m) == me {
		l.recursive(c, m)
		return 0
	}
	e := l.s.Await(c, m, st, lkm.Never, func() bool {
		if cstruct.Word(core, m) != 0 {
			return false
		}
		cstruct.SetWord(core, m, me)
		return true
	})
	if e == abi.ERESTARTSYS {
		return abi.EINTR
	}
	return e
}

func (l *Lock) unlockMutex(c *kapi.Call, m uint64) {
	core := l.s.Core
	l.checkMagic(c, "mutex_unlock", m, m+l.mutex.At("magic"))
	switch cstruct.Word(core, m) {
	case 0:
		warn(c, "mutex_unlock", "!mutex_is_locked(lock)")
	case l.me(c):
	default:
		warn(c, "mutex_unlock", "lock->owner != current")
	}
	l.s.Release(m, 1, func() bool { cstruct.SetWord(core, m, 0); return true })
}

func (l *Lock) mutexFuncs() []kapi.Func {
	lock := func(name, result string, st sched.State) kapi.Func {
		return kapi.Func{Name: name, Proto: result + " " + name + "(struct mutex *lock)", Call: func(c *kapi.Call) uint64 {
			return lkm.Fail(l.lockMutex(c, name, c.Ptr(), st))
		}}
	}
	return []kapi.Func{
		lock("mutex_lock", "void", sched.Uninterruptible),
		lock("mutex_lock_interruptible", "int", sched.Interruptible),
		lock("mutex_lock_killable", "int", sched.Killable),
		{Name: "mutex_trylock", Proto: "int mutex_trylock(struct mutex *lock)", Call: func(c *kapi.Call) uint64 {
			m, me := c.Ptr(), l.me(c)
			l.checkMagic(c, "mutex_trylock", m, m+l.mutex.At("magic"))
			return truth(l.s.Do(func() bool {
				if cstruct.Word(l.s.Core, m) != 0 {
					return false
				}
				cstruct.SetWord(l.s.Core, m, me)
				return true
			}))
		}},
		{Name: "mutex_unlock", Proto: "void mutex_unlock(struct mutex *lock)", Call: func(c *kapi.Call) uint64 {
			l.unlockMutex(c, c.Ptr())
			return 0
		}},
		{Name: "mutex_is_locked", Proto: "bool mutex_is_locked(struct mutex *lock)", Call: func(c *kapi.Call) uint64 {
			return truth(cstruct.Word(l.s.Core, c.Ptr()) != 0)
		}},
		{Name: "mutex_destroy", Proto: "void mutex_destroy(struct mutex *lock)", Call: func(c *kapi.Call) uint64 {
			m := c.Ptr()
			if cstruct.Word(l.s.Core, m) != 0 {
				warn(c, "mutex_destroy", "mutex_is_locked(lock)")
			}
			cstruct.SetWord(l.s.Core, m+l.mutex.At("magic"), 0)
			return 0
		}},
	}
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
