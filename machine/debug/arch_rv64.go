package debug

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"

	"rv86/cpu/rv64"
	"rv86/machine/debug/point"
	"rv86/mmu/sv39"
)

// hart is a RISC-V hart, as the manual's volume II (20211203) has it.
type hart struct{ *rv64.Hart }

// CSR numbers and fields that the engine looks at (II 2.2).
const (
	csrMStatus = 0x300
	csrSATP    = 0x180

	satpModeShift = 60
	satpSv39      = 8
	satpPPN       = 1<<44 - 1

	statusSUM   = 1 << 18
	statusMXR   = 1 << 19
	statusMPRV  = 1 << 17
	statusFS    = 3 << 13
	mppShift    = 11
	irqCauseBit = 1 << 63
)

func (h *hart) name() string { return "riscv64" }
func (h *hart) pc() uint64   { return h.PC() }
func (h *hart) level() int   { return int(h.Priv()) }
func (h *hart) privilege() string {
	return privilegeNames[h.Priv()&3]
}

func (h *hart) current() (insn, pc uint64) { return h.Insns(), h.PC() }

// cause: an interrupt's number has the highest bit set, as in scause.
func (h *hart) cause(code uint64, interrupt bool) int64 {
	if interrupt {
		code |= irqCauseBit
	}
	return int64(code)
}

func (h *hart) csr(num uint16) uint64 {
	v, _ := h.CSR(num)
	return v
}

// root is satp's table. It is 0 in the mode that translates nothing.
func (h *hart) root() uint64 {
	satp := h.csr(csrSATP)
	if satp>>satpModeShift != satpSv39 {
		return 0
	}
	return satp & satpPPN << sv39PageShift
}

// The shape of Sv39 (II 4.4.1).
const (
	sv39PageShift = 12
	sv39Levels    = 3
	sv39Index     = 1<<9 - 1
	sv39EntrySize = 8
	sv39VABits    = 39
	sv39PPNShift  = 10
	sv39PPN       = 1<<44 - 1
	sv39Reserved  = 0x3ff << 54
)

func sv39Shift(level int) uint { return uint(sv39PageShift + 9*level) }

func sv39Canonical(va uint64) bool {
	const shift = 64 - sv39VABits
	return uint64(int64(va<<shift)>>shift) == va
}

// entry reads a page table entry.
func (e *Engine) entry64(pa uint64) (uint64, bool) {
	b, err := e.physical(pa, sv39EntrySize)
	if err != nil {
		return 0, false
	}
	return binary.LittleEndian.Uint64(b), true
}

// dataPrivilege is the privilege of an access (II 3.1.6.3).
func (h *hart) dataPrivilege(access byte) uint8 {
	if status := h.csr(csrMStatus); access != 'x' && status&statusMPRV != 0 {
		return uint8(status >> mppShift & 3)
	}
	return h.Priv()
}

func (h *hart) peek(va uint64) (uint64, bool) {
	if h.root() == 0 || h.Priv() == rv64.PrivM && h.dataPrivilege('r') == rv64.PrivM {
		return va, true
	}
	return h.Peek(va)
}

func (h *hart) peekIn(e *Engine, root, va uint64) (uint64, bool) {
	return sv39.Find(tables64{e}, root, va)
}

// tables64 is RAM with page tables. Nothing is written.
type tables64 struct{ *Engine }

// LoadPTE implements sv39.Memory.
func (t tables64) LoadPTE(pa uint64) (uint64, bool) { return t.entry64(pa) }

// StorePTE implements sv39.Memory.
func (tables64) StorePTE(uint64, uint64) bool { return false }

func (h *hart) walk(e *Engine, va uint64, access byte) (w point.Walk) {
	priv := h.dataPrivilege(access)
	if h.root() == 0 || priv == rv64.PrivM {
		w.PA, w.OK, w.Why = va, true, "nothing is translated: "
		if priv == rv64.PrivM {
			w.Why += "the access has M privilege"
		} else {
			w.Why += "satp.MODE is bare"
		}
		return w
	}
	if !sv39Canonical(va) {
		w.Why = "page fault: bits 63 to 39 do not equal bit 38 (II 4.4.1)"
		return w
	}
	table := h.root()
	for level := sv39Levels - 1; ; level-- {
		shift := sv39Shift(level)
		s := point.WalkStep{Level: level, Index: va >> shift & sv39Index}
		s.At = table + s.Index*sv39EntrySize
		pte, ok := e.entry64(s.At)
		if !ok {
			w.Why = fmt.Sprintf("access fault: there is no RAM at %#x, where the entry should be (II 4.3.2 step 2)", s.At)
			return w
		}
		s.Entry, s.Text = pte, pteText(pte)
		w.Steps = append(w.Steps, s)
		base := pte >> sv39PPNShift & sv39PPN << sv39PageShift
		if why := h.refuses(pte, level, access, priv); why != "" {
			w.Why = "page fault: " + why
			return w
		}
		if pte&(sv39.PTERead|sv39.PTEExec) == 0 {
			table = base
			continue
		}
		size := uint64(1) << shift
		w.PA, w.OK = base|va&(size-1), true
		w.Why = fmt.Sprintf("a page of %s at %#x", pageSizeText(size), base)
		return w
	}
}

// refuses says why an entry ends a walk in a page fault (II 4.3.2), or nothing.
func (h *hart) refuses(pte uint64, level int, access byte, priv uint8) string {
	status := h.csr(csrMStatus)
	has := func(bit uint64) bool { return pte&bit != 0 }
	switch {
	case !has(sv39.PTEValid):
		return "V is clear (II 4.3.2 step 3)"
	case has(sv39.PTEWrite) && !has(sv39.PTERead):
		return "W without R is reserved (II 4.3.2 step 3)"
	case has(sv39Reserved):
		return "reserved bits are set (II 4.3.2 step 3)"
	case !has(sv39.PTERead) && !has(sv39.PTEExec): // a pointer
		switch {
		case has(sv39.PTEUser | sv39.PTEAccessed | sv39.PTEDirty):
			return "D, A or U is set in a pointer to a table (II 4.3.1)"
		case level == 0:
			return "the last level holds a pointer (II 4.3.2 step 4)"
		}
		return ""
	case priv == rv64.PrivU && !has(sv39.PTEUser):
		return "U is clear and the access has U privilege (II 4.3.2 step 5)"
	case priv == rv64.PrivS && has(sv39.PTEUser) && access == 'x':
		return "S never executes pages with U set (II 4.3.1)"
	case priv == rv64.PrivS && has(sv39.PTEUser) && status&statusSUM == 0:
		return "U is set and sstatus.SUM is clear (II 4.3.1)"
	case access == 'x' && !has(sv39.PTEExec):
		return "X is clear (II 4.3.2 step 5)"
	case access == 'w' && !has(sv39.PTEWrite):
		return "W is clear (II 4.3.2 step 5)"
	case access == 'r' && !has(sv39.PTERead) && (status&statusMXR == 0 || !has(sv39.PTEExec)):
		return "R is clear (II 4.3.2 step 5)"
	case pte>>sv39PPNShift&sv39PPN&(1<<(sv39Shift(level)-sv39PageShift)-1) != 0:
		return "the superpage is misaligned (II 4.3.2 step 6)"
	}
	return ""
}

func pteText(pte uint64) string {
	return fmt.Sprintf("ppn %#x %s", pte>>sv39PPNShift&sv39PPN, flagText(pte, "vrwxugad"))
}

// flagText writes the letters of bits that are set, from bit 0, and a dash for
// each that is not.
func flagText(v uint64, letters string) string {
	b := []byte(letters)
	for i := range b {
		if v>>i&1 == 0 {
			b[i] = '-'
		}
	}
	return string(b)
}

func pageSizeText(n uint64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}

func (h *hart) tables(e *Engine, f func(pa uint64)) {
	if h.root() != 0 {
		h.eachTable(e, h.root(), sv39Levels-1, map[uint64]bool{}, f)
	}
}

func (h *hart) eachTable(e *Engine, table uint64, level int, seen map[uint64]bool, f func(pa uint64)) {
	if seen[table] {
		return
	}
	seen[table] = true
	f(table)
	if level == 0 {
		return
	}
	for i := uint64(0); i <= sv39Index; i++ {
		pte, ok := e.entry64(table + i*sv39EntrySize)
		if !ok {
			return
		}
		if pte&(sv39.PTEValid|sv39.PTERead|sv39.PTEWrite|sv39.PTEExec) == sv39.PTEValid {
			h.eachTable(e, pte>>sv39PPNShift&sv39PPN<<sv39PageShift, level-1, seen, f)
		}
	}
}

func (h *hart) pointer(e *Engine, pa uint64, old []byte) bool {
	isPointer := func(pte uint64) bool {
		return pte&(sv39.PTEValid|sv39.PTERead|sv39.PTEWrite|sv39.PTEExec) == sv39.PTEValid
	}
	now, ok := e.entry64(pa &^ (sv39EntrySize - 1))
	return !ok || old == nil || isPointer(now) || isPointer(binary.LittleEndian.Uint64(old))
}

func (h *hart) leaves(e *Engine, f func(point.Mapping) bool) {
	if h.root() != 0 {
		h.eachLeaf(e, h.root(), 0, sv39Levels-1, f)
	}
}

func (h *hart) eachLeaf(e *Engine, table, va uint64, level int, f func(point.Mapping) bool) bool {
	size := uint64(1) << sv39Shift(level)
	for i := uint64(0); i <= sv39Index; i++ {
		pte, ok := e.entry64(table + i*sv39EntrySize)
		if !ok {
			return true
		}
		at := va + i*size
		if level == sv39Levels-1 && i > sv39Index/2 {
			at |= uint64(math.MaxUint64) &^ (1<<sv39VABits - 1) // the upper half is sign-extended
		}
		base := pte >> sv39PPNShift & sv39PPN << sv39PageShift
		switch {
		case pte&sv39.PTEValid == 0 || pte&sv39Reserved != 0:
		case pte&(sv39.PTERead|sv39.PTEWrite|sv39.PTEExec) != 0:
			perm := strings.TrimPrefix(flagText(pte, "vrwxugad"), "v")
			if !f(point.Mapping{VA: at, PA: base, Size: size, Perm: perm}) {
				return false
			}
		case level > 0:
			if !h.eachLeaf(e, base, at, level-1, f) {
				return false
			}
		}
	}
	return true
}

func (h *hart) tlb() (out []point.TLBEntry) {
	h.EachTLB(func(va, pa uint64, kind byte) {
		out = append(out, point.TLBEntry{VA: va, PA: pa, Size: pageSize, Perm: string(kind)})
	})
	return out
}

const numX = 32

func (h *hart) registers() (out []point.Register) {
	add := func(name, group string, v uint64) {
		out = append(out, point.Register{Name: name, Group: group, Value: number(v, 8), Fields: decode(csrBits[name], v)})
	}
	add("pc", point.GroupGeneral, h.PC())
	for i := range numX {
		add(rv64.ABIName(i), point.GroupGeneral, h.X(i))
	}
	for i := range numX {
		add(rv64.FName(i), point.GroupFPU, h.F(i))
	}
	h.CSRs(func(_ uint16, name string, v uint64) {
		group := point.GroupCSR
		if name == "fflags" || name == "frm" || name == "fcsr" {
			group = point.GroupFPU
		}
		add(name, group, v)
	})
	return out
}

func (h *hart) setRegister(name string, b []byte) error {
	v := value(b)
	if name == "pc" {
		if v&1 != 0 {
			return fmt.Errorf("pc cannot be %#x: instructions are at even addresses", v)
		}
		h.SetPC(v)
		return nil
	}
	for i := range numX {
		switch name {
		case rv64.ABIName(i):
			if i == 0 && v != 0 {
				return errors.New("zero is always 0")
			}
			h.SetX(i, v)
			return nil
		case rv64.FName(i):
			h.SetF(i, v)
			h.floatChanged()
			return nil
		}
	}
	num, ok := rv64.CSRNumber(name)
	if !ok {
		return fmt.Errorf("there is no register %s", name)
	}
	return h.setCSR(num, name, v)
}

// floatChanged makes the floating-point state dirty, as an instruction would, or
// the kernel would not save it (II 3.1.6.6).
func (h *hart) floatChanged() {
	if status := h.csr(csrMStatus); status&statusFS != 0 {
		h.SetCSR(csrMStatus, status|statusFS)
	}
}

// setCSR writes a register as CSRRW in M mode would. That it kept nothing of the
// value is an error; some bits may be fixed.
func (h *hart) setCSR(num uint16, name string, v uint64) error {
	old := h.csr(num)
	if !rv64.CSRWritable(num) {
		if v == old {
			return nil
		}
		return fmt.Errorf("%s cannot be changed: the register is read-only", name)
	}
	h.SetCSR(num, v)
	if now := h.csr(num); now == old && v != old {
		return fmt.Errorf("%s cannot be %#x: a write leaves %#x in it, since it keeps legal values only (WARL)", name, v, now)
	}
	return nil
}
