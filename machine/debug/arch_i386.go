package debug

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"rv86/cpu/i386"
	"rv86/machine/debug/point"
	"rv86/mmu/ia32"
)

// pc is an i686, as Intel's SDM has it.
type pc struct{ *i386.CPU }

func (p *pc) name() string { return "i386" }

// pc is a linear address.
func (p *pc) pc() uint64 {
	_, base, _ := p.Segment(i386.CS)
	return uint64(base + p.EIP())
}

func (p *pc) level() int        { return p.CPL() }
func (p *pc) privilege() string { return "ring " + strconv.Itoa(p.CPL()) }

func (p *pc) current() (insn, addr uint64) { return p.Insns() - 1, uint64(p.Current()) }

func (p *pc) cause(code uint64, _ bool) int64 { return int64(code) }

func (p *pc) paging() bool { return p.CR(0)&i386.CR0PG != 0 }

func (p *pc) root() uint64 {
	if !p.paging() {
		return 0
	}
	return uint64(p.CR(3) & ia32.FrameMask)
}

func (p *pc) peek(va uint64) (uint64, bool) {
	if va > 1<<32-1 {
		return 0, false
	}
	pa, ok := p.Peek(uint32(va))
	return uint64(pa), ok
}

func (p *pc) peekIn(e *Engine, root, va uint64) (uint64, bool) {
	if va > 1<<32-1 {
		return 0, false
	}
	c := ia32.Config{CR3: uint32(root), LargePages: p.largePages()}
	page, _, ok := ia32.Walk(tables32{e}, c, uint32(va), ia32.Access{})
	return uint64(page.Frame) | va&ia32.PageMask, ok
}

// tables32 is RAM with page tables, read without a trace.
type tables32 struct{ *Engine }

// Load32 implements ia32.Memory; what is no RAM floats.
func (t tables32) Load32(pa uint32) uint32 {
	v, ok := t.entry32(uint64(pa))
	if !ok {
		return ^uint32(0)
	}
	return v
}

// Store32 implements ia32.Memory.
func (tables32) Store32(uint32, uint32) {}

// The shape of 32-bit paging (SDM 3A 4.3).
const (
	ia32Entries    = 1024
	ia32EntrySize  = 4
	ia32DirShift   = 22
	ia32LargeSize  = 1 << ia32DirShift
	ia32LargeRsvd  = 0x003f_e000
	ia32Directory  = 1
	ia32TableLevel = 0
)

func (e *Engine) entry32(pa uint64) (uint32, bool) {
	b, err := e.physical(pa, ia32EntrySize)
	if err != nil {
		return 0, false
	}
	return binary.LittleEndian.Uint32(b), true
}

func (p *pc) largePages() bool { return p.CR(4)&i386.CR4PSE != 0 }

func (p *pc) walk(e *Engine, va uint64, access byte) (w point.Walk) {
	la := uint32(va)
	switch {
	case va > 1<<32-1:
		w.Why = "there is no such address: addresses have 32 bits"
		return w
	case !p.paging():
		w.PA, w.OK, w.Why = va, true, "nothing is translated: CR0.PG is clear"
		return w
	}
	step := func(level int, table uint64, index uint32) (entry uint32, ok bool) {
		s := point.WalkStep{Level: level, Index: uint64(index), At: table + uint64(index)*ia32EntrySize}
		if entry, ok = e.entry32(s.At); !ok {
			entry = ^uint32(0) // the bus floats
		}
		s.Entry, s.Text = uint64(entry), p.entryText(entry, level)
		w.Steps = append(w.Steps, s)
		return entry, entry&ia32.PTEPresent != 0
	}
	pde, ok := step(ia32Directory, p.root(), la>>ia32DirShift)
	if !ok {
		w.Why = "page fault: the directory entry is not present (SDM 3A 4.7)"
		return w
	}
	if pde&ia32.PDESize != 0 && p.largePages() {
		if pde&ia32LargeRsvd != 0 {
			w.Why = "page fault: reserved bits are set in the entry of a 4 MiB page (SDM 3A 4.3)"
			return w
		}
		return p.arrived(w, pde, uint64(pde&ia32.LargeFrameMask), uint64(la%ia32LargeSize), ia32LargeSize, access)
	}
	pte, ok := step(ia32TableLevel, uint64(pde&ia32.FrameMask), la>>ia32.PageShift%ia32Entries)
	if !ok {
		w.Why = "page fault: the table entry is not present (SDM 3A 4.7)"
		return w
	}
	return p.arrived(w, pde&pte, uint64(pte&ia32.FrameMask), uint64(la&ia32.PageMask), ia32.PageSize, access)
}

// arrived checks the rights that both levels give (SDM 3A 4.6).
func (p *pc) arrived(w point.Walk, rights uint32, base, offset, size uint64, access byte) point.Walk {
	user := p.CPL() == 3
	switch {
	case user && rights&ia32.PTEUser == 0:
		w.Why = "page fault: U/S is clear in an entry and the access comes from ring 3 (SDM 3A 4.6.1)"
	case access == 'w' && rights&ia32.PTEWrite == 0 && user:
		w.Why = "page fault: R/W is clear in an entry (SDM 3A 4.6.1)"
	case access == 'w' && rights&ia32.PTEWrite == 0 && p.CR(0)&i386.CR0WP != 0:
		w.Why = "page fault: R/W is clear in an entry and CR0.WP is set (SDM 3A 4.6.1)"
	default:
		w.PA, w.OK = base+offset, true
		w.Why = fmt.Sprintf("a page of %s at %#x", pageSizeText(size), base)
	}
	return w
}

// entryText decodes an entry: letters as the manual's, from bit 0.
func (p *pc) entryText(entry uint32, level int) string {
	letters := "pwutcadsg"
	if level == ia32TableLevel {
		letters = "pwutcadag"
	}
	return fmt.Sprintf("frame %#x %s", entry&ia32.FrameMask, flagText(uint64(entry), letters))
}

func (p *pc) tables(e *Engine, f func(pa uint64)) {
	if !p.paging() {
		return
	}
	f(p.root())
	for i := range uint64(ia32Entries) {
		pde, ok := e.entry32(p.root() + i*ia32EntrySize)
		if ok && pde&ia32.PTEPresent != 0 && (pde&ia32.PDESize == 0 || !p.largePages()) {
			f(uint64(pde & ia32.FrameMask))
		}
	}
}

// pointer: those of the directory.
func (p *pc) pointer(_ *Engine, pa uint64, _ []byte) bool { return pa&^ia32.PageMask == p.root() }

// perm writes rights as a mapping has them: x86 without PAE executes whatever it
// may read.
func perm(rights, leaf uint32) string {
	b := []byte("r-x----")
	for i, bit := range [...]struct {
		letter byte
		set    bool
	}{
		1: {'w', rights&ia32.PTEWrite != 0}, 3: {'u', rights&ia32.PTEUser != 0}, 4: {'g', leaf&ia32.PTEGlobal != 0},
		5: {'a', leaf&ia32.PTEAccessed != 0}, 6: {'d', leaf&ia32.PTEDirty != 0},
	} {
		if bit.set {
			b[i] = bit.letter
		}
	}
	return string(b)
}

func (p *pc) leaves(e *Engine, f func(point.Mapping) bool) {
	if !p.paging() {
		return
	}
	for i := range uint64(ia32Entries) {
		pde, ok := e.entry32(p.root() + i*ia32EntrySize)
		if !ok || pde&ia32.PTEPresent == 0 {
			continue
		}
		va := i << ia32DirShift
		if pde&ia32.PDESize != 0 && p.largePages() {
			if !f(point.Mapping{VA: va, PA: uint64(pde & ia32.LargeFrameMask), Size: ia32LargeSize, Perm: perm(pde, pde)}) {
				return
			}
			continue
		}
		for j := range uint64(ia32Entries) {
			pte, ok := e.entry32(uint64(pde&ia32.FrameMask) + j*ia32EntrySize)
			if !ok || pte&ia32.PTEPresent == 0 {
				continue
			}
			m := point.Mapping{VA: va + j<<ia32.PageShift, PA: uint64(pte & ia32.FrameMask), Size: ia32.PageSize, Perm: perm(pde&pte, pte)}
			if !f(m) {
				return
			}
		}
	}
}

func (p *pc) tlb() (out []point.TLBEntry) {
	p.EachTLB(func(la, frame uint32, writable, global, user, fetch bool) {
		b := strings.Builder{}
		for _, l := range [...]struct {
			letter byte
			set    bool
		}{{'r', !fetch}, {'w', writable && !fetch}, {'x', fetch}, {'u', user}, {'g', global}} {
			if l.set {
				b.WriteByte(l.letter)
			} else {
				b.WriteByte('-')
			}
		}
		out = append(out, point.TLBEntry{VA: uint64(la), PA: uint64(frame), Size: ia32.PageSize, Perm: b.String()})
	})
	return out
}

var (
	generalNames = [...]string{"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"}
	segmentNames = [...]string{"es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"}
	controlNums  = [...]int{0, 2, 3, 4}
	debugNums    = [...]int{0, 1, 2, 3, 6, 7}
)

func (p *pc) registers() (out []point.Register) {
	add := func(name, group string, v uint64, size int) {
		out = append(out, point.Register{Name: name, Group: group, Value: number(v, size), Fields: decode(controlBits[name], v)})
	}
	for i, name := range generalNames {
		add(name, point.GroupGeneral, uint64(p.Reg(i)), 4)
	}
	add("eip", point.GroupGeneral, uint64(p.EIP()), 4)
	add("eflags", point.GroupGeneral, uint64(p.EFLAGS()), 4)
	for i, name := range segmentNames {
		s := p.SegmentState(i)
		add(name, point.GroupSegment, uint64(s.Sel), 2)
		fields := append([]point.Field{{Name: "base", Value: uint64(s.Base)}, {Name: "limit", Value: uint64(s.Limit)}},
			decode(segmentBits, uint64(s.Attr))...)
		out[len(out)-1].Fields = fields
	}
	for _, t := range [...]struct {
		name string
		i386.Table
	}{{"gdtr", p.GDTR()}, {"idtr", p.IDTR()}} {
		add(t.name, point.GroupSegment, uint64(t.Base), 4)
		out[len(out)-1].Fields = []point.Field{{Name: "base", Value: uint64(t.Base)}, {Name: "limit", Value: uint64(t.Limit)}}
	}
	for _, n := range controlNums {
		add("cr"+strconv.Itoa(n), point.GroupControl, uint64(p.CR(n)), 4)
	}
	for _, n := range debugNums {
		add("dr"+strconv.Itoa(n), point.GroupControl, uint64(p.DR(n)), 4)
	}
	x := p.X87()
	for i := range x.ST {
		out = append(out, point.Register{Name: "st" + strconv.Itoa(i), Group: point.GroupFPU, Value: x.ST[i][:]})
	}
	for _, r := range x87Registers {
		add(r.name, point.GroupFPU, r.get(&x), r.size)
	}
	for i := range x.ST {
		add("mm"+strconv.Itoa(i), point.GroupFPU, p.MM(i), 8)
	}
	for i := range generalNames {
		v := p.XMM(i)
		out = append(out, point.Register{Name: "xmm" + strconv.Itoa(i), Group: point.GroupFPU, Value: v[:]})
	}
	add("mxcsr", point.GroupFPU, uint64(p.MXCSR()), 4)
	return out
}
