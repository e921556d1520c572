package nucleus

// Implemented in regs_386.s.

// Call traps to the nucleus: Linux's numbers, as the runtime uses them, and
// the call* numbers of syscall.go.
func Call(n, a0, a1, a2, a3, a4, a5 uintptr) uintptr

func fpSave(p uintptr)
func fpLoad(p uintptr)
func intrOff() uintptr
func intrRestore(flags uintptr)
func setCR3(v uintptr)
func setCR4(v uintptr)
func getCR0() uintptr
func getCR2() uintptr
func getCR4() uintptr
func hasPGE() bool
func halt() uintptr
func symbols() (rt0, exitThread, common, fault, foreignFault, text, dbgvars uintptr)
func goTables() (text, pclntab, epclntab uintptr)
func inb(port uintptr) uint8
func outb(port uintptr, v uint8)
func outw(port uintptr, v uint16)

// FlushPage forgets the translation of the page of va.
func FlushPage(va uintptr)

// Instret is the time-stamp counter. On rv86 it counts instructions.
func Instret() uint64

// In8 reads a byte port.
func In8(port uintptr) uint8 { return inb(port) }

// Out8 writes a byte port.
func Out8(port uintptr, v uint8) { outb(port, v) }

// Load32 reads a device's register at a kernel address, Store32 writes one. They
// are calls, so that each access happens, once.
//
//go:noinline
func Load32(va uintptr) uint32 { return ld32(va) }

//go:noinline
func Store32(va uintptr, v uint32) { st32(va, v) }
