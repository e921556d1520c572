package module

import (
	"rv86/kernel/lkm"
	"rv86/kernel/module/gofuncs"
	"rv86/kmod"
	"rv86/kmod/vmlinux"
)

// Rights is what a range of module memory allows.
type Rights uint8

const (
	ReadWrite Rights = iota
	ReadOnly
	ReadExec
)

// Machine is what the loader needs of the machine below. Addresses are the
// kernel's.
type Machine interface {
	// Target is the row of relocation types.
	Target() *kmod.Machine
	// Map gives n bytes (whole pages) of zeroed memory in the module window,
	// readable and writable, with unmapped pages around it; 0 if there is none.
	Map(n uint64) uint64
	// MapData gives such memory where no module is, or ever was as long as
	// there is room.
	MapData(n uint64) uint64
	Protect(va, n uint64, r Rights)
	Unmap(va uint64)
	// Page gives a page of memory that data may be in, 0 if there is none.
	Page() uint64
	FreePage(va uint64)
	// Slice views memory in place.
	Slice(va, n uint64) []byte
	// Physical gives an address in physical memory, 0 if nothing is there.
	Physical(va uint64) uint64
	// Poke writes memory that may be read-only.
	Poke(va uint64, b []byte)
	// SyncCode makes what was written visible to instruction fetch.
	SyncCode()
	// Bounds are those of the kernel's image, which has the export tables. A
	// stub there is code that traps, so that Call serves the export.
	Bounds() (vmlinux.Bounds, error)
	// Functions are the kernel's own; nil if they are not known.
	Functions() *gofuncs.Table
	// KernelSymbol names an address in the kernel's own code, "" if it is none.
	KernelSymbol(addr uint64) string
	// Call runs the C function at fn and serves its calls of exports. A
	// fault in it is the second result.
	Call(k *Kernel, who *lkm.Caller, fn uint64, args []uint64) (uint64, *Fault)
	// Now is the time since boot in nanoseconds.
	Now() int64
	// Panic ends the machine; SetModules says what a panic report lists.
	Panic(reason string)
	SetModules(text string)
}

// nanos is a second in nanoseconds.
const nanos = 1_000_000_000

// Frame is a line of a call trace.
type Frame struct {
	PC uint64
	// Guess says that the address was merely found on the stack: it may be
	// left over from a call that returned.
	Guess bool
	// Go names a function of the kernel's; PC is not for people then.
	Go string
}

// Fault is C code that cannot go on.
type Fault struct {
	Title string // a line before the report, or ""
	Die   string // the report's first line without its number; "" is "Oops"
	PC    uint64 // where in the code
	Bug   bool   // it was a BUG(), which Title tells
	// Access says that Addr was accessed in vain; Detail is what the machine
	// has to say about it, in lines.
	Access bool
	Addr   uint64
	Detail []string
	Regs   []string // the registers, in lines
	Trace  []Frame  // innermost first
	Code   string   // the bytes around PC, or ""

	// Reported says that the report was written already, for other C code
	// that this C code caused to be called.
	Reported bool
}
