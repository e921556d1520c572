//go:build riscv64 || 386

package nucleus

import (
	"os"
	"runtime"
	"runtime/debug"
	"unsafe"
)

// Now is the time since reset in nanoseconds, of the board's clock.
func Now() int64 { return int64(ticks() * nsPerTick) }

// Epoch is the wall clock's time at reset, in seconds since 1970.
const Epoch = epochSeconds

// Populate brings in the page of va if it is one of the runtime's heap that
// has no memory yet. Foreign supervisor code may fault on such a page.
func Populate(va uintptr) bool { return Call(callPopulate, va, 0, 0, 0, 0, 0) == 1 }

// PowerOff ends the machine with an exit status of 0 to 255.
func PowerOff(status int) { Call(callPowerOff, uintptr(status&0xff), 0, 0, 0, 0, 0) }

// Restart resets the machine.
func Restart() { Call(callRestart, 0, 0, 0, 0, 0, 0) }

// Panic reports reason with the calling goroutine's stack and ends the machine
// with PanicStatus.
func Panic(reason string) {
	var stack [4096]byte
	n := runtime.Stack(stack[:], false)
	print("Kernel panic - not syncing: ", reason, "\n", string(stack[:n]))
	panicLen = copy(panicText[:], reason)
	Call(callDie, 0, 0, 0, 0, 0, 0)
}

// SetModules gives the text after "Modules linked in:" in a panic report, with
// its leading space. It is called whenever the list changes, since a dying
// runtime cannot be asked.
func SetModules(text string) { modLen = copy(modules[:], text) }

// SetNewline says whether the nucleus' own output, such as a panic report, ends
// lines with CR LF: as the terminal does at the time.
func SetNewline(crlf bool) { newlineCR = crlf }

// BootArgs is the kernel command line.
func BootArgs() string {
	if boot.argsLen == 0 {
		return ""
	}
	return string(Phys(boot.args, boot.argsLen))
}

// Initrd is the initial file system image as the boot loader placed it; the
// memory is never reused. It is nil if there is none.
func Initrd() []byte {
	if boot.initrdEnd <= boot.initrd {
		return nil
	}
	return Phys(boot.initrd, boot.initrdEnd-boot.initrd)
}

// DeviceTree is the flattened device tree, or nil.
func DeviceTree() []byte {
	if boot.treeSize == 0 {
		return nil
	}
	return Phys(boot.tree, boot.treeSize)
}

// Seed is the device tree's rng-seed, the only source of randomness; ok is
// false if there is none.
func Seed() (seed [32]byte, ok bool) { return boot.seed, boot.seeded }

// BootInsns gives the retired instructions at the nucleus' first Go code and
// at the start of the runtime.
func BootInsns() (start, runtime uint64) { return boot.bootInsns, boot.runtime }

// TrimHeap collects the kernel heap's garbage and gives its free pages back.
func TrimHeap() { debug.FreeOSMemory() }

// Counters are the statistics so far.
func Counters() Stats { return *kstat() }

// RAMTop is the physical address behind the end of RAM.
func RAMTop() uintptr { return ramTop }

// IRQLines is the number of the board's interrupt lines.
const IRQLines = irqSources

// IRQ is one interrupt line of the board, for the one goroutine that serves
// its device.
type IRQ struct {
	n uintptr
	f *os.File
}

// OpenIRQ enables interrupt n and gives the object to wait on.
func OpenIRQ(n uint) *IRQ {
	q := &IRQ{n: uintptr(n), f: os.NewFile(fdWord+wordIRQ+uintptr(n), "irq")}
	Call(callEnableIRQ, q.n, 0, 0, 0, 0, 0)
	return q
}

// Wait parks the goroutine until the interrupt is raised. The line then stays
// quiet until Done. It is false if waiting failed, which is for ever.
func (q *IRQ) Wait() bool {
	var b [8]byte
	_, err := q.f.Read(b[:])
	return err == nil
}

// Done says that the device was served: the line may be raised again.
func (q *IRQ) Done() { Call(callDoneIRQ, q.n, 0, 0, 0, 0, 0) }

// OnLowMemory calls f, from a goroutine of its own, whenever the kernel's heap
// has taken half of what AllocPage leaves to it.
func OnLowMemory(f func()) {
	w := os.NewFile(fdWord+wordLowMem, "lowmem")
	go func() {
		var b [8]byte
		for {
			if _, err := w.Read(b[:]); err != nil {
				return
			}
			f()
		}
	}()
}

// Bytes views n bytes at a kernel address.
func Bytes(va, n uintptr) []byte { return unsafe.Slice((*byte)(ptr(va)), n) }

// GoFuncs is the runtime's table of functions (runtime/symtab.go), and the address
// of the text that it speaks of.
func GoFuncs() (table []byte, text uintptr) {
	text, from, to := goTables()
	return Bytes(from, to-from), text
}
