package debug

import (
	"bytes"
	"maps"
	"slices"
	"sort"

	"rv86/cpu"
	"rv86/machine/debug/point"
)

// watch is the points and what they have seen.
type watch struct {
	e    *Engine
	list []point.Point
	seen []uint64 // hits of each point so far, against Ignore
	hook cpu.Hook

	exec   []point.Point   // by address
	data   []int           // indexes of the data points
	tables map[uint64]bool // pages of the current page tables, if any point asks
	stale  bool            // the machine was moved without a look at them

	passing bool   // the next instruction at passPC is no hit
	passPC  uint64 //
	quiet   int    // points are not looked at
	all     int    // hits count without a look at Ignore
	level   int    // privilege level when it was last looked at

	hits   []hit // of the instruction in progress
	writer struct{ insn, pc uint64 }
}

// hit is a point that may have been hit; whether it was is known after the
// instruction.
type hit struct {
	point int // index in list
	addr  uint64
	old   []byte
	insn  uint64 // before the instruction
	pc    uint64 // of the instruction
	cause uint64 // of a trap
	irq   bool   // which was an interrupt
}

func (w *watch) init(e *Engine) { w.e = e }

// set replaces the points and tells the core what to look for.
func (w *watch) set(ps []point.Point) {
	w.list = slices.Clone(ps)
	w.seen = make([]uint64, len(ps))
	w.exec, w.data, w.tables, w.hits = nil, nil, nil, nil
	w.hook = cpu.Hook{}
	for i, p := range ps {
		switch p.Kind {
		case point.Exec:
			w.exec = append(w.exec, p)
			w.hook.Split, w.hook.Exec = w.splits, w.executes
		case point.Read, point.Write, point.Change, point.Access:
			w.data = append(w.data, i)
			w.hook.Watched, w.hook.Access, w.hook.DMA = w.watched, w.accessed, w.written
		case point.Trap, point.Interrupt:
			w.hook.Trap = w.trapped
		case point.Privilege:
			w.hook.Privilege = w.privilege
		case point.PageTable:
			w.hook.Watched, w.hook.Access, w.hook.Root = w.watched, w.accessed, w.rooted
			w.tables = map[uint64]bool{}
		case point.Magic:
			w.hook.Magic = func() { w.simple(point.Magic) }
		}
	}
	sort.Slice(w.exec, func(i, j int) bool { return w.exec[i].Addr < w.exec[j].Addr })
	w.retable()
	w.install()
}

// install gives the core the hook, or none where there is nothing to look for.
func (w *watch) install() {
	if len(w.list) == 0 {
		w.e.core.SetHook(nil)
		return
	}
	w.e.core.SetHook(&w.hook)
}

// retable finds the pages of the current page tables, and reports whether they
// are others than before.
func (w *watch) retable() (changed bool) {
	if w.tables == nil {
		return false
	}
	now := map[uint64]bool{}
	w.e.arch.tables(w.e, func(pa uint64) { now[pa] = true })
	changed = !maps.Equal(now, w.tables)
	w.tables = now
	return changed
}

// start begins a run.
func (w *watch) start() {
	w.hits = w.hits[:0]
	w.level = w.e.arch.level()
	if w.quiet > 0 {
		w.stale = true
	} else if w.stale {
		if w.stale = false; w.retable() {
			w.install()
		}
	}
}

// pass lets the instruction at the present PC be executed.
func (w *watch) pass() {
	w.passPC = w.e.PC()
	w.passing = w.splits(w.passPC)
}

func (w *watch) splits(pc uint64) bool {
	i := sort.Search(len(w.exec), func(i int) bool { return w.exec[i].Addr > pc })
	// Ranges are few and may overlap: look at all that begin at or before pc.
	for i--; i >= 0; i-- {
		if w.exec[i].Covers(pc, 1) {
			return true
		}
	}
	return false
}

// executes decides whether the run stops before pc.
func (w *watch) executes(pc uint64) bool {
	if w.quiet > 0 {
		return false
	}
	if w.passing && pc == w.passPC {
		w.passing = false
		return false
	}
	w.passing = false
	for i, p := range w.list {
		if p.Kind == point.Exec && p.Covers(pc, 1) {
			w.hits = append(w.hits, hit{point: i, addr: pc, insn: w.e.Insn(), pc: pc})
		}
	}
	if !w.counts() {
		w.hits = w.hits[:0]
		return false
	}
	w.passing, w.passPC = true, pc
	return true
}

// counts applies the Ignore counts of hits that are certain: only those that
// stop the machine stay.
func (w *watch) counts() bool {
	w.hits = slices.DeleteFunc(w.hits, func(h hit) bool { return !w.count(h.point) })
	return len(w.hits) > 0
}

func (w *watch) count(i int) bool {
	if w.all > 0 {
		return true
	}
	w.seen[i]++
	return w.seen[i] > w.list[i].Ignore
}

func (w *watch) watched(va, pa uint64) bool {
	for _, i := range w.data {
		p := &w.list[i]
		at := va
		if p.Phys {
			at = pa
		}
		if p.Covers(at, pageSize) {
			return true
		}
	}
	return w.tables[pa]
}

// accessed is told of an access to a watched page.
func (w *watch) accessed(va, pa uint64, size int, write bool) {
	if w.quiet > 0 {
		return
	}
	for _, i := range w.data {
		p := &w.list[i]
		at := va
		if p.Phys {
			at = pa
		}
		if !p.Covers(at, uint64(size)) || p.Kind == point.Read && write || (p.Kind == point.Write || p.Kind == point.Change) && !write {
			continue
		}
		w.pend(i, at)
	}
	if write && w.tables[pa&^(pageSize-1)] {
		w.simpleAt(point.PageTable, pa)
	}
}

// pend notes a hit of data point i, unless this instruction has one already.
func (w *watch) pend(i int, addr uint64) {
	if slices.ContainsFunc(w.hits, func(h hit) bool { return h.point == i }) {
		return
	}
	insn, pc := w.e.arch.current()
	w.hits = append(w.hits, hit{point: i, addr: addr, old: w.bytes(i), insn: insn, pc: pc})
	w.e.core.RequestBreak()
}

// maxBytes bounds the bytes of a point that a stop shows.
const maxBytes = 64

// bytes reads what a data point watches; nil where it is not mapped.
func (w *watch) bytes(i int) []byte {
	p := &w.list[i]
	b := make([]byte, min(p.Size(), maxBytes))
	read := w.e.ReadVirt
	if p.Phys {
		read = w.e.ReadPhys
	}
	if read(p.Addr, b) != nil {
		return nil
	}
	return b
}

// written is told of a device's write, which has happened.
func (w *watch) written(pa, n uint64) {
	if w.quiet > 0 {
		return
	}
	for _, i := range w.data {
		p := &w.list[i]
		at := p.Addr
		if !p.Phys {
			var ok bool
			if at, ok = w.e.arch.peek(p.Addr); !ok {
				continue
			}
		}
		if q := (point.Point{Addr: at, Len: p.Len}); p.Kind != point.Read && q.Covers(pa, n) {
			w.pend(i, p.Addr)
		}
	}
}

func (w *watch) simple(k point.Kind) { w.simpleAt(k, w.e.PC()) }

// simpleAt notes a hit of every point of a kind.
func (w *watch) simpleAt(k point.Kind, addr uint64) {
	if w.quiet > 0 {
		return
	}
	insn, pc := w.e.arch.current()
	for i, p := range w.list {
		if p.Kind == k {
			h := hit{point: i, addr: addr, insn: insn, pc: pc}
			if k == point.PageTable && addr != never {
				h.old = make([]byte, entryBytes)
				if w.e.ReadPhys(addr&^(entryBytes-1), h.old) != nil {
					h.old = nil
				}
			}
			w.hits = append(w.hits, h)
			w.e.core.RequestBreak()
		}
	}
}

// entryBytes is a page table entry of riscv64, two of i386.
const entryBytes = 8

func (w *watch) trapped(cause uint64, interrupt bool) {
	if w.quiet > 0 {
		return
	}
	full := w.e.arch.cause(cause, interrupt)
	for i, p := range w.list {
		ofKind := p.Kind == point.Trap && (p.Cause == point.AnyCause || p.Cause == full) ||
			p.Kind == point.Interrupt && interrupt && (p.Cause == point.AnyCause || p.Cause == int64(cause))
		if ofKind {
			w.hits = append(w.hits, hit{point: i, addr: never, insn: w.e.Insn(), pc: w.e.PC(), cause: cause, irq: interrupt})
			w.e.core.RequestBreak()
		}
	}
}

// privilege is told that the level may be another, perhaps in the middle of an
// instruction that puts it back.
func (w *watch) privilege() {
	if w.quiet == 0 && w.e.arch.level() != w.level {
		w.simple(point.Privilege)
	}
}

func (w *watch) rooted() { w.simpleAt(point.PageTable, never) }

// resolve decides, after an instruction, whether the machine stops there.
func (w *watch) resolve() (s point.Stop, stopped bool) {
	moved := false // the page tables may be others
	defer func() {
		if moved && w.retable() {
			w.install()
		}
	}()
	level := w.e.arch.level()
	changed := level != w.level
	w.level = level
	hits := w.hits
	w.hits = nil
	for _, h := range hits {
		p := &w.list[h.point]
		var now []byte
		switch p.Kind {
		case point.Exec: // counted already
			s = w.e.stop(point.Hit)
			s.Point = p.ID
			return s, true
		case point.Privilege:
			if !changed {
				continue
			}
		case point.Read, point.Write, point.Change, point.Access:
			now = w.bytes(h.point)
			if p.Kind == point.Change && bytes.Equal(h.old, now) {
				continue
			}
		case point.PageTable:
			moved = moved || h.addr == never || w.e.arch.pointer(w.e, h.addr, h.old)
		}
		if stopped || !w.count(h.point) {
			continue
		}
		s, stopped = w.e.stop(point.Hit), true
		s.Point, s.Old, s.New, s.Cause, s.IRQ = p.ID, h.old, now, h.cause, h.irq
		if p.Kind.Data() || p.Kind == point.PageTable && h.addr != never {
			s.Addr = h.addr
		}
		w.writer.insn, w.writer.pc = h.insn, h.pc
	}
	return s, stopped
}
