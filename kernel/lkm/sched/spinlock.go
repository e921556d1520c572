package sched

import (
	"fmt"
	"strconv"
	"strings"

	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// Spinlocks. A caller that holds one has the CPU's token, so a lock that is
// found taken was taken by the caller itself, or by one that slept with it or
// returned with it: mistakes, which are reported as by Linux with
// CONFIG_DEBUG_SPINLOCK.

// SpinLayout is spinlock_t, RWLayout rwlock_t (linux/spinlock_types.h).
func SpinLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "spinlock", "u32 locked", "u32 magic", "u32 owner_cpu", "ptr owner")
}

// RWLayout is rwlock_t: cnt is the number of readers, or writer.
func RWLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "rwlock", "u32 cnt", "u32 magic", "u32 owner_cpu", "ptr owner")
}

const (
	spinMagic = 0xdead4ead // SPINLOCK_MAGIC
	rwMagic   = 0xdeaf1eed // RWLOCK_MAGIC
	writer    = 0xffffffff
	noCPU     = 0xffffffff

	// patience is how long a lock may be waited for that its owner left
	// locked, in nanoseconds.
	patience = 4 * sec
	// spin is the time between two looks at it.
	spin = msec
)

// lockOffsets are the members' places, the same in both.
type lockOffsets struct{ magic, ownerCPU, owner uint64 }

func offsetsOf(l *cstruct.Layout) lockOffsets {
	return lockOffsets{l.At("magic"), l.At("owner_cpu"), l.At("owner")}
}

// spinLock is one lock being worked on.
type spinLock struct {
	s     *Sched
	c     *kapi.Call
	who   *lkm.Caller
	off   *lockOffsets
	addr  uint64
	kind  string // spinlock or rwlock
	magic uint32
}

func (s *Sched) spinAt(c *kapi.Call, addr uint64) *spinLock {
	return &spinLock{s, c, lkm.From(c), &s.offsets, addr, "spinlock", spinMagic}
}

func (s *Sched) rwAt(c *kapi.Call, addr uint64) *spinLock {
	return &spinLock{s, c, lkm.From(c), &s.offsets, addr, "rwlock", rwMagic}
}

func (k *spinLock) value() uint32     { return cstruct.U32(k.s.Core, k.addr) }
func (k *spinLock) setValue(v uint32) { cstruct.SetU32(k.s.Core, k.addr, v) }
func (k *spinLock) owner() uint64     { return cstruct.Word(k.s.Core, k.addr+k.off.owner) }

func (k *spinLock) own(task uint64, cpu uint32) {
	cstruct.SetWord(k.s.Core, k.addr+k.off.owner, task)
	cstruct.SetU32(k.s.Core, k.addr+k.off.ownerCPU, cpu)
}

// describe is the second line of a report.
func (k *spinLock) describe() string {
	owner := "<none>/-1"
	if t := k.s.Lookup(k.owner()); t != nil {
		owner = "swapper/0/0"
		if t.thread != nil {
			i := t.thread.Info()
			owner = fmt.Sprintf("%s/%d", i.Comm, i.PID)
		}
	}
	return fmt.Sprintf(" lock: %s, .magic: %08x, .owner: %s, .owner_cpu: %d",
		k.s.Core.Symbol(k.addr), cstruct.U32(k.s.Core, k.addr+k.off.magic), owner, int32(cstruct.U32(k.s.Core, k.addr+k.off.ownerCPU)))
}

func (k *spinLock) report(what string) {
	bug(k.c, fmt.Sprintf("BUG: %s %s on CPU#0, %s", k.kind, what, name(k.who)), k.describe())
}

// check reports a lock that was never initialized. Reading it faults if there
// is no lock at all.
func (k *spinLock) check() {
	if cstruct.U32(k.s.Core, k.addr+k.off.magic) != k.magic {
		k.report("bad magic")
		cstruct.SetU32(k.s.Core, k.addr+k.off.magic, k.magic) // once is enough
	}
}

// lock takes the lock when free says that its value allows it, giving it the
// value next says.
func (k *spinLock) lock(take func(v uint32) (next uint32, ok bool), exclusive bool) {
	k.check()
	k.s.preemptOff(k.who)
	me := k.s.Current(k.who).addr
	until := int64(0)
	for {
		next, ok := take(k.value())
		if ok {
			k.setValue(next)
			if exclusive {
				k.own(me, 0)
			}
			return
		}
		now := k.s.Core.Now()
		switch {
		case k.owner() == me && k.value() != 0:
			k.report("recursion")
			k.c.Died = k.kind + " recursion: the lock is taken already by its own caller, who would spin for ever"
			return
		case until == 0:
			until = now + patience
		case now >= until:
			k.report("lockup suspected")
			k.c.Died = k.kind + " lockup: the lock is held by nobody who runs"
			return
		}
		// Others may run: the owner is one that sleeps.
		k.s.cpu.Unlock()
		k.s.Delay(spin)
		k.s.cpu.Lock()
	}
}

// tryLock is lock that gives up at once. It looks before it waits for the token,
// which the lock's owner has.
func (k *spinLock) tryLock(take func(v uint32) (uint32, bool), exclusive bool) bool {
	k.check()
	if _, ok := take(k.value()); !ok {
		return false
	}
	k.s.preemptOff(k.who)
	next, ok := take(k.value())
	if !ok {
		k.s.preemptOn(k.c)
		return false
	}
	k.setValue(next)
	if exclusive {
		k.own(k.s.Current(k.who).addr, 0)
	}
	return true
}

// CheckSpin reports a spinlock, inside another object, that was never
// initialized.
func (s *Sched) CheckSpin(c *kapi.Call, addr uint64) { s.spinAt(c, addr).check() }

func takeFree(v uint32) (uint32, bool)  { return 1, v == 0 }
func takeRead(v uint32) (uint32, bool)  { return v + 1, v != writer }
func takeWrite(v uint32) (uint32, bool) { return writer, v == 0 }

// unlock gives an exclusive lock back.
func (k *spinLock) unlock() {
	k.check()
	switch {
	case k.value() == 0:
		k.report("already unlocked")
		return
	case k.owner() != k.s.Current(k.who).addr:
		k.report("wrong owner")
	}
	k.own(0, noCPU)
	k.setValue(0)
	k.end()
}

// readUnlock gives a reader's lock back.
func (k *spinLock) readUnlock() {
	k.check()
	if v := k.value(); v == 0 || v == writer {
		k.report("already unlocked")
		return
	}
	k.setValue(k.value() - 1)
	k.end()
}

// end leaves the atomic section, unless another caller entered it.
func (k *spinLock) end() {
	if k.s.of(k.who).preempt > 0 {
		k.s.preemptOn(k.c)
	}
}

// variants gives the rows of one lock operation: plain, _bh, _irq and _irqsave
// (or _irqrestore). op works on the lock at an address.
func (s *Sched) variants(name, typ string, locks bool, op func(c *kapi.Call, addr uint64)) []kapi.Func {
	row := func(suffix string, before, after func(c *kapi.Call)) kapi.Func {
		return kapi.Func{Name: name + suffix, Proto: "void " + name + suffix + "(" + typ + " *lock)", Call: func(c *kapi.Call) uint64 {
			if before != nil {
				before(c)
			}
			op(c, c.Ptr())
			if after != nil {
				after(c)
			}
			return 0
		}}
	}
	bhOff := func(c *kapi.Call) { s.softOff(lkm.From(c)) }
	irqOff := func(c *kapi.Call) { s.irqsOff(lkm.From(c)) }
	irqOn := func(c *kapi.Call) { s.irqsOn(lkm.From(c)) }
	if locks {
		saving := "__" + strings.TrimPrefix(name, "_raw_") + "_irqsave"
		return []kapi.Func{
			row("", nil, nil), row("_bh", bhOff, nil), row("_irq", irqOff, nil),
			{Name: saving, Proto: "unsigned long " + saving + "(" + typ + " *lock)", Call: func(c *kapi.Call) uint64 {
				flags := truth(!s.irqsOff(lkm.From(c)))
				op(c, c.Ptr())
				return flags
			}},
		}
	}
	return []kapi.Func{
		row("", nil, nil), row("_bh", nil, s.softOn), row("_irq", nil, irqOn),
		{Name: name + "_irqrestore", Proto: "void " + name + "_irqrestore(" + typ + " *lock, unsigned long flags)", Call: func(c *kapi.Call) uint64 {
			op(c, c.Ptr())
			s.restore(lkm.From(c), c.Ulong())
			return 0
		}},
	}
}

// lockFuncs are the rows of spinlocks and rwlocks.
func (s *Sched) lockFuncs() []kapi.Func {
	var rows []kapi.Func
	add := func(name, typ string, locks bool, op func(c *kapi.Call, addr uint64)) {
		rows = append(rows, s.variants(name, typ, locks, op)...)
	}
	add("spin_lock", "spinlock_t", true, func(c *kapi.Call, a uint64) { s.spinAt(c, a).lock(takeFree, true) })
	add("spin_unlock", "spinlock_t", false, func(c *kapi.Call, a uint64) { s.spinAt(c, a).unlock() })
	add("_raw_read_lock", "rwlock_t", true, func(c *kapi.Call, a uint64) { s.rwAt(c, a).lock(takeRead, false) })
	add("_raw_read_unlock", "rwlock_t", false, func(c *kapi.Call, a uint64) { s.rwAt(c, a).readUnlock() })
	add("_raw_write_lock", "rwlock_t", true, func(c *kapi.Call, a uint64) { s.rwAt(c, a).lock(takeWrite, true) })
	add("_raw_write_unlock", "rwlock_t", false, func(c *kapi.Call, a uint64) { s.rwAt(c, a).unlock() })
	try := func(name, typ string, op func(c *kapi.Call, addr uint64) bool) {
		rows = append(rows, kapi.Func{Name: name, Proto: "int " + name + "(" + typ + " *lock)", Call: func(c *kapi.Call) uint64 {
			return truth(op(c, c.Ptr()))
		}})
	}
	try("spin_trylock", "spinlock_t", func(c *kapi.Call, a uint64) bool { return s.spinAt(c, a).tryLock(takeFree, true) })
	try("_raw_read_trylock", "rwlock_t", func(c *kapi.Call, a uint64) bool { return s.rwAt(c, a).tryLock(takeRead, false) })
	try("_raw_write_trylock", "rwlock_t", func(c *kapi.Call, a uint64) bool { return s.rwAt(c, a).tryLock(takeWrite, true) })
	return rows
}

func itoa(n int32) string { return strconv.Itoa(int(n)) }

// Exports are the rows of the package.
func (s *Sched) Exports() []kapi.Func {
	var rows []kapi.Func
	for _, g := range [][]kapi.Func{s.taskFuncs(), s.timeFuncs(), s.atomicFuncs(), s.lockFuncs(), s.rcuFuncs()} {
		rows = append(rows, g...)
	}
	return rows
}
