package monitor

import (
	"context"
	"io"

	"rv86/machine/debug/point"
)

// Target is a machine that can be stopped, looked at and moved in time.
type Target interface {
	Arch() string // riscv64 or i386
	Insn() uint64 // the machine's time, in instruction slots

	// Run goes forward until a point is hit, Insn() is limit (0: none), the
	// machine ends or ctx is done. A point at the present PC is not hit again.
	Run(ctx context.Context, limit uint64) point.Stop
	// Step executes n instructions and looks at no points.
	Step(n uint64) point.Stop
	// SetPoints replaces all points.
	SetPoints(ps []point.Point)

	// Goto moves to any time that is remembered.
	Goto(insn uint64) error
	ReverseStep(n uint64) point.Stop
	// ReverseRun goes back to the latest hit of a point before now.
	ReverseRun(ctx context.Context) point.Stop
	// LastWrite finds the latest instruction that wrote any of n bytes.
	LastWrite(addr, n uint64, phys bool) (insn, pc uint64, ok bool)

	Registers() []point.Register
	SetRegister(name string, v []byte) error
	PC() uint64
	Privilege() string
	AddressSpace() uint64 // physical address of the root page table; 0 without paging

	// Memory is read and written without side effects: devices are not touched.
	ReadVirt(va uint64, b []byte) error
	WriteVirt(va uint64, b []byte) error
	// ReadSpace reads memory of another address space, by its root page table.
	ReadSpace(root, va uint64, b []byte) error
	ReadPhys(pa uint64, b []byte) error
	WritePhys(pa uint64, b []byte) error

	// Walk follows the page tables for an access: r, w or x.
	Walk(va uint64, access byte) point.Walk
	TLB() []point.TLBEntry
	// Mappings calls f for each run of pages with the same rights, upwards,
	// until f is false.
	Mappings(f func(point.Mapping) bool)

	Devices() []point.Device
	Mtree() string
	Screen() []string // nil: there is none
	ConsoleInput(b []byte)
}

// Saver is a Target whose state can be kept in a file.
type Saver interface {
	SaveVM(w io.Writer) error
	LoadVM(r io.Reader) error
}
