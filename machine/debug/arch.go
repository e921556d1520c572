package debug

import (
	"fmt"

	"rv86/machine/debug/point"
)

// arch is what differs between the processors.
type arch interface {
	name() string
	pc() uint64
	privilege() string
	level() int
	root() uint64
	// current is the time before, and the address of, the instruction in whose
	// course a hook was called.
	current() (insn, pc uint64)
	// cause is a trap's number as Point.Cause has it.
	cause(code uint64, interrupt bool) int64
	// peek translates without rights and without setting any bit.
	peek(va uint64) (pa uint64, ok bool)
	// peekIn is peek through the page tables at root.
	peekIn(e *Engine, root, va uint64) (pa uint64, ok bool)
	// tables calls f with each page of the current page tables.
	tables(e *Engine, f func(pa uint64))
	// pointer reports whether a write at pa, into a page table, may have changed
	// which pages the tables have; old is the eight bytes around it as they were.
	pointer(e *Engine, pa uint64, old []byte) bool
	registers() []point.Register
	// setRegister writes a register of as many bytes as registers gives it. The
	// error says in a sentence why it cannot hold the value; nothing is changed.
	setRegister(name string, v []byte) error
	walk(e *Engine, va uint64, access byte) point.Walk
	tlb() []point.TLBEntry
	// leaves calls f with each page that is mapped, upwards.
	leaves(e *Engine, f func(point.Mapping) bool)
}

// Registers lists the processor's registers.
func (e *Engine) Registers() []point.Register { return e.arch.registers() }

// SetRegister writes a register, little-endian; a shorter value is extended with
// zeroes. Another future begins. What the register cannot hold is refused, in a
// sentence, and changes nothing.
func (e *Engine) SetRegister(name string, v []byte) error {
	v, err := e.fitRegister(name, v)
	if err != nil {
		return err
	}
	e.points.quiet++
	err = e.arch.setRegister(name, v)
	e.points.quiet--
	if err != nil {
		return err
	}
	e.branch()
	return nil
}

// fitRegister makes a value as long as its register.
func (e *Engine) fitRegister(name string, v []byte) ([]byte, error) {
	for _, r := range e.arch.registers() {
		if r.Name != name {
			continue
		}
		n := len(r.Value)
		for _, b := range v[min(n, len(v)):] {
			if b != 0 {
				return nil, fmt.Errorf("%s has %d bits, and the value has more", name, 8*n)
			}
		}
		out := make([]byte, n)
		copy(out, v)
		return out, nil
	}
	return nil, fmt.Errorf("there is no register %s", name)
}

// Walk follows the page tables for an access: r, w or x, at the present
// privilege. It changes nothing.
func (e *Engine) Walk(va uint64, access byte) point.Walk { return e.arch.walk(e, va, access) }

// TLB lists the translations that the processor's model holds.
func (e *Engine) TLB() []point.TLBEntry { return e.arch.tlb() }

// Mappings calls f for each run of pages with the same rights, upwards, until f
// is false.
func (e *Engine) Mappings(f func(point.Mapping) bool) {
	var run point.Mapping
	stopped := false
	e.arch.leaves(e, func(m point.Mapping) bool {
		if run.Size != 0 && run.VA+run.Size == m.VA && run.PA+run.Size == m.PA && run.Perm == m.Perm {
			run.Size += m.Size
			return true
		}
		if run.Size != 0 && !f(run) {
			stopped = true
			return false
		}
		run = m
		return true
	})
	if run.Size != 0 && !stopped {
		f(run)
	}
}

// MemoryError says where memory cannot be reached.
type MemoryError struct {
	Addr uint64
	Phys bool
	Why  string
}

func (e *MemoryError) Error() string {
	kind := "virtual"
	if e.Phys {
		kind = "physical"
	}
	return fmt.Sprintf("%s address %#x: %s", kind, e.Addr, e.Why)
}

// Reason is Why, for who says the address himself.
func (e *MemoryError) Reason() string { return e.Why }

// physical returns RAM; devices are not touched.
func (e *Engine) physical(pa, n uint64) ([]byte, error) {
	off := pa - e.base
	if off >= uint64(len(e.ram)) || n > uint64(len(e.ram))-off {
		return nil, &MemoryError{pa, true, "there is no RAM"}
	}
	return e.ram[off:][:n], nil
}

// ReadPhys reads RAM.
func (e *Engine) ReadPhys(pa uint64, b []byte) error {
	src, err := e.physical(pa, uint64(len(b)))
	if err == nil {
		copy(b, src)
	}
	return err
}

// WritePhys writes RAM. Another future begins.
func (e *Engine) WritePhys(pa uint64, b []byte) error {
	if _, err := e.physical(pa, uint64(len(b))); err != nil {
		return err
	}
	e.poke(pa, b)
	e.branch()
	return nil
}

// poke writes RAM that is there.
func (e *Engine) poke(pa uint64, b []byte) {
	e.points.quiet++
	defer func() { e.points.quiet-- }()
	if len(b) > 0 {
		copy(e.ram[pa-e.base:], b)
		e.core.InvalidateCode(pa, uint64(len(b)))
	}
}

// pieces cuts a virtual range at page boundaries and translates each.
func (e *Engine) pieces(va uint64, b []byte, f func(pa uint64, part []byte)) error {
	return e.translated(e.arch.peek, va, b, f)
}

func (e *Engine) translated(peek func(va uint64) (uint64, bool), va uint64, b []byte, f func(pa uint64, part []byte)) error {
	for len(b) > 0 {
		n := min(uint64(len(b)), pageSize-va%pageSize)
		pa, ok := peek(va)
		if !ok {
			return &MemoryError{va, false, "it is not mapped"}
		}
		if _, err := e.physical(pa, n); err != nil {
			if e.arch.root() == 0 {
				return &MemoryError{va, false, "there is no RAM, and nothing is translated"}
			}
			return &MemoryError{va, false, fmt.Sprintf("it is mapped to %#x, where there is no RAM", pa)}
		}
		f(pa, b[:n])
		va, b = va+n, b[n:]
	}
	return nil
}

// ReadVirt reads memory at a virtual address of the present address space,
// whatever its rights.
func (e *Engine) ReadVirt(va uint64, b []byte) error {
	return e.pieces(va, b, func(pa uint64, part []byte) { copy(part, e.ram[pa-e.base:]) })
}

// ReadSpace reads memory at a virtual address of the address space whose root page
// table is at the physical address root.
func (e *Engine) ReadSpace(root, va uint64, b []byte) error {
	peek := func(va uint64) (uint64, bool) { return e.arch.peekIn(e, root, va) }
	return e.translated(peek, va, b, func(pa uint64, part []byte) { copy(part, e.ram[pa-e.base:]) })
}

// WriteVirt writes memory at a virtual address, whatever its rights; nothing is
// written if any page is missing. Another future begins.
func (e *Engine) WriteVirt(va uint64, b []byte) error {
	if err := e.pieces(va, b, func(uint64, []byte) {}); err != nil {
		return err
	}
	if err := e.pieces(va, b, e.poke); err != nil {
		return err
	}
	e.branch()
	return nil
}

// value is a register of 8 bytes or fewer as a number.
func value(b []byte) (v uint64) {
	for i, x := range b {
		v |= uint64(x) << (8 * i)
	}
	return v
}

// number makes a register's value of size bytes.
func number(v uint64, size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(v >> (8 * i))
	}
	return b
}
