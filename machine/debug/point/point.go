// Package point names what stops a machine that is being debugged, and how it
// stopped. It is a leaf: the engine (machine/debug) and the front ends (the
// monitor, the gdb stub) share it and nothing else.
package point

// Kind says what a point watches for.
type Kind uint8

const (
	// Exec stops before the instruction at a virtual address in
	// [Addr, Addr+Len) is executed. Len 0 means 1.
	Exec Kind = iota
	// Read, Write and Access stop after an instruction that loaded from,
	// stored to, or did either to the range: virtual, or physical with Phys.
	Read
	Write
	// Change is a Write that left other bytes than it found.
	Change
	Access
	// Trap stops after an exception or interrupt was taken, at the first
	// instruction of its handler. Cause -1 is any; else the scause code
	// (riscv64, exceptions) or the vector (i386).
	Trap
	// Interrupt is Trap for interrupts alone.
	Interrupt
	// Privilege stops after the privilege level changed.
	Privilege
	// PageTable stops after a page-table page of the current root was written
	// or the root register (satp, CR3) was.
	PageTable
	// Magic stops after a magic instruction: `slti x0, x0, 0x86` on riscv64,
	// `xchg bx, bx` on i386.
	Magic
)

var kindNames = [...]string{
	Exec: "exec", Read: "read", Write: "write", Change: "change", Access: "access",
	Trap: "trap", Interrupt: "interrupt", Privilege: "privilege", PageTable: "pagetable", Magic: "magic",
}

// String returns the kind's name in lower case.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// Data reports whether the kind watches a range of data.
func (k Kind) Data() bool { return k >= Read && k <= Access }

// AnyCause is the Cause of a point that every trap hits.
const AnyCause = -1

// Point is one condition that stops the machine.
type Point struct {
	ID     int // the caller's name for it, returned in Stop.Point
	Kind   Kind
	Addr   uint64 // Exec and data kinds
	Len    uint64 // bytes; 0 means 1
	Phys   bool   // data kinds: Addr is physical
	Cause  int64  // Trap and Interrupt; AnyCause for all
	Ignore uint64 // hits to pass before one stops the machine
}

// Size returns the length of the point's range, at least 1.
func (p Point) Size() uint64 { return max(p.Len, 1) }

// Covers reports whether any of the n bytes at addr belongs to the range.
func (p Point) Covers(addr, n uint64) bool {
	return addr-p.Addr < p.Size() || p.Addr-addr < n
}

// Reason says why a machine stopped.
type Reason uint8

const (
	// Stepped: the number of instructions asked for was executed.
	Stepped Reason = iota
	// Hit: a point was hit.
	Hit
	// Limit: the instruction count given as limit was reached.
	Limit
	// Ended: the guest powered off, failed or reset.
	Ended
	// Interrupted: the context was cancelled.
	Interrupted
	// HistoryStart: going backwards reached the earliest time known.
	HistoryStart
)

var reasonNames = [...]string{
	Stepped: "stepped", Hit: "hit", Limit: "limit", Ended: "ended",
	Interrupted: "interrupted", HistoryStart: "history-start",
}

// String returns the reason's name in lower case.
func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return "unknown"
}

// Stop is where and why a machine stopped.
type Stop struct {
	Reason Reason
	Point  int    // ID of the point, if Reason is Hit
	Insn   uint64 // instruction slots since reset: the machine's time
	Addr   uint64 // data address for data kinds; PC otherwise
	Old    []byte // Write, Change, Access: the point's bytes before the instruction
	New    []byte // and after it
	Cause  uint64 // Trap, Interrupt: the code in scause without its highest bit, or the vector
	IRQ    bool   // and whether it was an interrupt
	Status int    // if Reason is Ended: the exit status
	Text   string // and the reason in words
}
