package rv64

import (
	"encoding/binary"
	"fmt"
	"io"

	"rv86/cpu"
	"rv86/mmu"
)

// Config is what a hart is connected to.
type Config struct {
	RAM     []byte        // flat guest RAM; a multiple of 4 KiB
	RAMBase uint64        // its physical address, a multiple of 4 KiB
	Bus     cpu.Bus       // everything that is not RAM; nil: nothing there
	Time    func() uint64 // mtime: a monotonic function of Insns(); nil: Insns()
	HartID  uint64
}

// Hart is one hart. It implements cpu.Core. See the package comment.
type Hart struct {
	x      [64]uint64 // x[0] stays 0; x[sink] takes the fast path's writes to x0; the rest pads an index mask
	f      [32]uint64 // NaN-boxed
	pc     uint64
	nextPC uint64 // while an instruction executes: where the next one is
	insns  uint64 // instruction slots since reset

	priv        uint8
	wfi         bool // waiting for an interrupt
	tval        uint64
	reservation reservation

	csrState
	pmp     pmpState
	irqWire uint64 // level of the interrupt wires, as mip bits

	exceptions uint64 // slots that did not retire
	idle       uint64 // slots that AdvanceIdle skipped
	loop       loopDetector

	ram     []byte
	ramBase uint64
	bus     cpu.Bus
	time    func() uint64
	hartID  uint64

	// attention asks the run loop to leave the current block after this
	// instruction: interrupts or a stop request must be looked at.
	attention bool
	stop      cpu.Stop
	stopping  bool

	// Before the tables: traps look at it.
	debug debugState

	fast fastState
}

var _ cpu.Core = (*Hart)(nil)

// New returns a hart in the reset state, with pc 0. It panics where the RAM is
// not made of pages, which is the board's mistake.
func New(c Config) *Hart {
	if len(c.RAM)%mmu.PageSize != 0 || c.RAMBase%mmu.PageSize != 0 {
		panic("rv64: bug: RAM is not page aligned")
	}
	h := &Hart{ram: c.RAM, ramBase: c.RAMBase, bus: c.Bus, time: c.Time, hartID: c.HartID}
	if h.bus == nil {
		h.bus = noBus{}
	}
	if h.time == nil {
		h.time = h.Insns
	}
	h.initFast()
	h.Reset(0)
	return h
}

type noBus struct{}

func (noBus) Load(uint64, int) (uint64, bool) { return 0, false }
func (noBus) Store(uint64, int, uint64) bool  { return false }

// Reset puts the hart into its reset state at pc (II 3.4): M mode, registers
// zero, interrupts off. The clock goes on. RAM is the board's.
func (h *Hart) Reset(pc uint64) {
	h.x = [64]uint64{}
	h.f = [32]uint64{}
	h.pc = pc
	h.priv = PrivM
	h.wfi = false
	h.tval = 0
	h.reservation = reservation{}
	h.csrState = resetCSRs()
	h.pmp = pmpState{}
	h.loop = loopDetector{}
	h.stopping = false
	h.stop = cpu.Stop{}
	h.flushCode()
	h.contextChanged()
	h.flushTLB()
}

// X returns integer register i, 0..31.
func (h *Hart) X(i int) uint64 { return h.x[i&31] }

// SetX writes integer register i; x0 stays 0.
func (h *Hart) SetX(i int, v uint64) { h.setX(uint8(i&31), v) }

// F returns the 64 bits of f register i.
func (h *Hart) F(i int) uint64 { return h.f[i&31] }

// SetF writes f register i without a look at mstatus.FS.
func (h *Hart) SetF(i int, v uint64) { h.f[i&31] = v }

// PC is the address of the next instruction.
func (h *Hart) PC() uint64 { return h.pc }

// SetPC moves the hart to pc, whose lowest bit is cleared.
func (h *Hart) SetPC(pc uint64) { h.pc = pc &^ 1 }

// Priv is the privilege mode: PrivU, PrivS or PrivM.
func (h *Hart) Priv() uint8 { return h.priv }

// SetPriv changes the privilege mode, for tests and boot loaders.
func (h *Hart) SetPriv(p uint8) {
	h.priv = p
	h.contextChanged()
}

// Insns counts instruction slots; see cpu.Core.
func (h *Hart) Insns() uint64 { return h.insns }

// AdvanceIdle moves the clock on to n, never back.
func (h *Hart) AdvanceIdle(n uint64) {
	if n > h.insns {
		h.idle += n - h.insns
		h.insns = n
	}
}

// SetIRQ sets the level of an interrupt wire: MSIP 3, MTIP 7, SEIP 9, MEIP 11.
func (h *Hart) SetIRQ(bit uint, level bool) {
	h.irqWire &^= 1 << bit
	if level {
		h.irqWire |= 1 << bit
	}
	h.attention = true
}

// RequestStop makes the run in progress end with s after this instruction; see
// cpu.Core. The first of several requests counts, except that StopEvent gives
// way to all others.
func (h *Hart) RequestStop(s cpu.Stop) {
	if !h.stopping || h.stop.Why == cpu.StopEvent {
		h.stop = s
	}
	h.stopping = true
	h.attention = true
}

// WriteState writes every architectural register, little-endian, in the order
// of the listing below. The reservation is part of it; caches are not.
func (h *Hart) WriteState(w io.Writer) error {
	s := append([]uint64{}, h.x[:32]...)
	s = append(s, h.f[:]...)
	s = append(s, h.pc, h.insns, h.exceptions, h.idle, uint64(h.priv), b2u(h.wfi),
		h.reservation.pa, uint64(h.reservation.size), h.irqWire)
	s = append(s, h.csrState.words()...)
	s = append(s, h.pmp.addr[:]...)
	for _, c := range h.pmp.cfg {
		s = append(s, uint64(c))
	}
	if err := binary.Write(w, binary.LittleEndian, s); err != nil {
		return fmt.Errorf("write hart state: %w", err)
	}
	return nil
}

func (h *Hart) setX(i uint8, v uint64) {
	if i != 0 {
		h.x[i&31] = v
	}
}

// takeStop returns and forgets the stop that was asked for.
func (h *Hart) takeStop() cpu.Stop {
	s := h.stop
	h.stop, h.stopping = cpu.Stop{}, false
	return s
}
