package rv64

import "slices"

// csr is one control and status register. Accesses go through read and write;
// both may assume that findCSR allowed them.
type csr struct {
	num   uint16
	name  string
	ref   string
	read  func(h *Hart) uint64
	write func(h *Hart, v uint64) // legalises v (WARL); nil where writes are ignored
	// raw, where set, is the value that a set or clear instruction starts
	// from, if it is not what a read shows.
	raw func(h *Hart) uint64
	// allow, where set, is a condition beyond privilege; false makes the
	// access an illegal instruction.
	allow func(h *Hart) bool
	// at, where set, is the storage of a plain register: nothing but the
	// register depends on it, and writing is storing the bits of mask. A basic
	// block goes on after it, and the generated loop accesses it inline. slot
	// numbers these registers.
	at   func(*csrState) *uint64
	mask uint64
	slot int
}

// plainSlots bounds the number of plain registers; a power of two.
const plainSlots = 16

// modify is a CSRRS or CSRRC.
func (c *csr) modify(h *Hart, f func(old uint64) uint64) {
	from := c.read
	if c.raw != nil {
		from = c.raw
	}
	c.set(h, f(from(h)))
}

func (c *csr) set(h *Hart, v uint64) {
	if c.write != nil {
		c.write(h, v)
	}
}

// csrRows is every CSR, sorted by number.
var csrRows = sortCSRs(csrsFloat, csrsCounter, csrsSupervisor, csrsMachine, csrsPMP())

func sortCSRs(tables ...[]csr) []csr {
	all := slices.Concat(tables...)
	slices.SortFunc(all, func(a, b csr) int { return int(a.num) - int(b.num) })
	return all
}

// A CSR number says who may use it (II 2.1): bits 9:8 are the lowest
// privilege, bits 11:10 all set mean read-only.
func csrPriv(num uint16) uint8    { return uint8(num >> 8 & 3) }
func csrReadOnly(num uint16) bool { return num>>10 == 3 }

// csrIndex finds a row by number.
var csrIndex = indexCSRs(csrRows)

func indexCSRs(all []csr) (index [1 << 12]*csr) {
	plain := 0
	for i := range all {
		index[all[i].num] = &all[i]
		if all[i].at != nil {
			all[i].slot = plain
			plain++
		}
	}
	if plain > plainSlots {
		panic("rv64: bug: more plain CSRs than slots")
	}
	return index
}

func csrByNumber(num uint16) *csr { return csrIndex[num%(1<<12)] }

func csrByName(name string) *csr {
	for i := range csrRows {
		if csrRows[i].name == name {
			return &csrRows[i]
		}
	}
	return nil
}

// findCSR returns the register if the hart may access it now, else nil.
func (h *Hart) findCSR(num uint16, write bool) *csr {
	if h.priv < csrPriv(num) || write && csrReadOnly(num) {
		return nil
	}
	c := csrByNumber(num)
	if c == nil || c.allow != nil && !c.allow(h) {
		return nil
	}
	return c
}

// CSR reads a register by number without permission checks, for monitors and
// tests; ok is false where there is none.
func (h *Hart) CSR(num uint16) (v uint64, ok bool) {
	c := csrByNumber(num)
	if c == nil {
		return 0, false
	}
	return c.read(h), true
}

// SetCSR writes a register by number as M mode would; ok is false where there
// is none or it is read-only.
func (h *Hart) SetCSR(num uint16, v uint64) (ok bool) {
	c := csrByNumber(num)
	if c == nil || csrReadOnly(num) {
		return false
	}
	c.set(h, v)
	return true
}

// CSRWritable reports whether writes of a register can change it.
func CSRWritable(num uint16) bool {
	c := csrByNumber(num)
	return c != nil && !csrReadOnly(num) && c.write != nil
}

// CSRNumber finds a register by its name in the manual.
func CSRNumber(name string) (num uint16, ok bool) {
	if c := csrByName(name); c != nil {
		return c.num, true
	}
	return 0, false
}

// csrState is the storage behind the registers. Fields are the manual's
// registers; views and derived bits are made when they are read.
type csrState struct {
	mstatus, medeleg, mideleg, mie, mtvec, mscratch, mepc, mcause, mtval uint64
	stvec, sscratch, sepc, scause, stval, satp                           uint64
	mipSoft                                                              uint64 // SSIP, STIP, SEIP as software wrote them
	menvcfg, senvcfg                                                     uint64
	mcounteren, scounteren, mcountinhibit                                uint32
	stimecmp                                                             uint64
	cycle, instret                                                       counter
	fflags, frm                                                          uint8
}

func resetCSRs() csrState {
	return csrState{mstatus: mstatusFixed, stimecmp: ^uint64(0)}
}

// words lists the state for WriteState.
func (s *csrState) words() []uint64 {
	return []uint64{
		s.mstatus, s.medeleg, s.mideleg, s.mie, s.mtvec, s.mscratch, s.mepc, s.mcause, s.mtval,
		s.stvec, s.sscratch, s.sepc, s.scause, s.stval, s.satp, s.mipSoft, s.menvcfg, s.senvcfg,
		uint64(s.mcounteren), uint64(s.scounteren), uint64(s.mcountinhibit), s.stimecmp,
		s.cycle.base, b2u(s.cycle.frozen), s.instret.base, b2u(s.instret.frozen),
		uint64(s.fflags), uint64(s.frm),
	}
}

// plainCSR makes a plain register: storage chosen by at, writable bits by mask.
func plainCSR(num uint16, name, ref string, mask uint64, at func(*csrState) *uint64) csr {
	return csr{
		num: num, name: name, ref: ref, at: at, mask: mask,
		read:  func(h *Hart) uint64 { return *at(&h.csrState) },
		write: func(h *Hart, v uint64) { p := at(&h.csrState); *p = *p&^mask | v&mask },
	}
}

// irqCSR is the same for a register that decides on interrupts.
func irqCSR(num uint16, name, ref string, mask uint64, at func(*csrState) *uint64) csr {
	c := plainCSR(num, name, ref, mask, at)
	write := c.write
	c.at = nil
	c.write = func(h *Hart, v uint64) {
		write(h, v)
		h.attention = true
	}
	return c
}

// zeroCSR is a register that reads 0 and ignores writes.
func zeroCSR(num uint16, name, ref string) csr {
	return csr{num: num, name: name, ref: ref, read: func(*Hart) uint64 { return 0 }}
}

const allBits = ^uint64(0)
