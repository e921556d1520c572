package lock

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/sched"
	"rv86/kmod/kapi"
)

// SemaphoreLayout is struct semaphore (linux/semaphore.h).
func SemaphoreLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "semaphore", "u32 count", "ptr magic")
}

// down takes one of the semaphore's, if there is one.
func (l *Lock) down(sem uint64) bool {
	n := int32(cstruct.U32(l.s.Core, sem))
	if n <= 0 {
		return false
	}
	cstruct.SetU32(l.s.Core, sem, uint32(n-1))
	return true
}

func (l *Lock) awaitSem(c *kapi.Call, at string, sem uint64, st sched.State, deadline int64) abi.Errno {
	l.checkMagic(c, at, sem, sem+l.sem.At("magic"))
	switch e := l.s.Await(c, sem, st, deadline, func() bool { return l.down(sem) }); e {
	case abi.ERESTARTSYS:
		return abi.EINTR
	case abi.ETIMEDOUT:
		return abi.ETIME
	default:
		return e
	}
}

func (l *Lock) semaphoreFuncs() []kapi.Func {
	down := func(name, result string, st sched.State) kapi.Func {
		return kapi.Func{Name: name, Proto: result + " " + name + "(struct semaphore *sem)", Call: func(c *kapi.Call) uint64 {
			return lkm.Fail(l.awaitSem(c, name, c.Ptr(), st, lkm.Never))
		}}
	}
	return []kapi.Func{
		down("down", "void", sched.Uninterruptible),
		down("down_interruptible", "int", sched.Interruptible),
		down("down_killable", "int", sched.Killable),
		{Name: "down_trylock", Proto: "int down_trylock(struct semaphore *sem)", Call: func(c *kapi.Call) uint64 {
			sem := c.Ptr()
			l.checkMagic(c, "down_trylock", sem, sem+l.sem.At("magic"))
			return truth(!l.s.Do(func() bool { return l.down(sem) })) // 0 is success
		}},
		{Name: "down_timeout", Proto: "int down_timeout(struct semaphore *sem, long timeout)", Call: func(c *kapi.Call) uint64 {
			sem := c.Ptr()
			return lkm.Fail(l.awaitSem(c, "down_timeout", sem, sched.Uninterruptible, l.s.Deadline(c.Long())))
		}},
		{Name: "up", Proto: "void up(struct semaphore *sem)", Call: func(c *kapi.Call) uint64 {
			sem := c.Ptr()
			l.checkMagic(c, "up", sem, sem+l.sem.At("magic"))
			l.s.Release(sem, 1, func() bool {
				cstruct.SetU32(l.s.Core, sem, cstruct.U32(l.s.Core, sem)+1)
				return true
			})
			return 0
		}},
	}
}

// RWSemLayout is struct rw_semaphore (linux/rwsem.h): count is the number of
// readers, or rwsemWriter.
func RWSemLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "rw_semaphore", "u32 count", "ptr owner", "ptr magic")
}

const rwsemWriter = 0xffffffff

func (l *Lock) takeRead(sem uint64) bool {
	n := cstruct.U32(l.s.Core, sem)
	if n == rwsemWriter {
		return false
	}
	cstruct.SetU32(l.s.Core, sem, n+1)
	return true
}

func (l *Lock) takeWrite(sem, me uint64) bool {
	if cstruct.U32(l.s.Core, sem) != 0 {
		return false
	}
	cstruct.SetU32(l.s.Core, sem, rwsemWriter)
	cstruct.SetWord(l.s.Core, sem+l.rwsem.At("owner"), me)
	return true
}

// awaitRW takes a readers-writer semaphore.
func (l *Lock) awaitRW(c *kapi.Call, at string, sem uint64, st sched.State, write bool) abi.Errno {
	l.checkMagic(c, at, sem, sem+l.rwsem.At("magic"))
	me := l.me(c)
	if cstruct.Word(l.s.Core, sem+l.rwsem.At("owner")) == me {
		l.recursive(c, sem)
		return 0
	}
	e := l.s.Await(c, sem, st, lkm.Never, func() bool {
		if write {
			return l.takeWrite(sem, me)
		}
		return l.takeRead(sem)
	})
	if e == abi.ERESTARTSYS {
		return abi.EINTR
	}
	return e
}

// upRead and upWrite wake everybody: the first writer, or all readers, get it.
func (l *Lock) upRead(c *kapi.Call, sem uint64) {
	l.checkMagic(c, "up_read", sem, sem+l.rwsem.At("magic"))
	if n := cstruct.U32(l.s.Core, sem); n == 0 || n == rwsemWriter {
		warn(c, "up_read", "!is_rwsem_reader_owned(sem)")
		return
	}
	l.s.Release(sem, 0, func() bool {
		n := cstruct.U32(l.s.Core, sem) - 1
		cstruct.SetU32(l.s.Core, sem, n)
		return n == 0
	})
}

// upWrite leaves n readers: 0, or 1 to downgrade.
func (l *Lock) upWrite(c *kapi.Call, at string, sem uint64, n uint32) {
	l.checkMagic(c, at, sem, sem+l.rwsem.At("magic"))
	owner := sem + l.rwsem.At("owner")
	if cstruct.Word(l.s.Core, owner) != l.me(c) {
		warn(c, at, "rwsem_owner(sem) != current")
	}
	l.s.Release(sem, 0, func() bool {
		cstruct.SetU32(l.s.Core, sem, n)
		cstruct.SetWord(l.s.Core, owner, 0)
		return true
	})
}

func (l *Lock) rwsemFuncs() []kapi.Func {
	down := func(name, result string, st sched.State, write bool) kapi.Func {
		return kapi.Func{Name: name, Proto: result + " " + name + "(struct rw_semaphore *sem)", Call: func(c *kapi.Call) uint64 {
			return lkm.Fail(l.awaitRW(c, name, c.Ptr(), st, write))
		}}
	}
	row := func(name, result string, f func(c *kapi.Call, sem uint64) uint64) kapi.Func {
		return kapi.Func{Name: name, Proto: result + " " + name + "(struct rw_semaphore *sem)", Call: func(c *kapi.Call) uint64 {
			return f(c, c.Ptr())
		}}
	}
	return []kapi.Func{
		down("down_read", "void", sched.Uninterruptible, false),
		down("down_read_interruptible", "int", sched.Interruptible, false),
		down("down_read_killable", "int", sched.Killable, false),
		down("down_write", "void", sched.Uninterruptible, true),
		down("down_write_killable", "int", sched.Killable, true),
		row("down_read_trylock", "int", func(_ *kapi.Call, sem uint64) uint64 {
			return truth(l.s.Do(func() bool { return l.takeRead(sem) }))
		}),
		row("down_write_trylock", "int", func(c *kapi.Call, sem uint64) uint64 {
			me := l.me(c)
			return truth(l.s.Do(func() bool { return l.takeWrite(sem, me) }))
		}),
		row("up_read", "void", func(c *kapi.Call, sem uint64) uint64 { l.upRead(c, sem); return 0 }),
		row("up_write", "void", func(c *kapi.Call, sem uint64) uint64 { l.upWrite(c, "up_write", sem, 0); return 0 }),
		row("downgrade_write", "void", func(c *kapi.Call, sem uint64) uint64 { l.upWrite(c, "downgrade_write", sem, 1); return 0 }),
		row("rwsem_is_locked", "int", func(_ *kapi.Call, sem uint64) uint64 { return truth(cstruct.U32(l.s.Core, sem) != 0) }),
	}
}
