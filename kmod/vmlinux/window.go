package vmlinux

import "rv86/kmod"

// The beginning of the module window belongs to the kernel's own exports. Their
// place does not depend on how many there are, so that neither do the addresses
// of modules.
//
//	base           nothing: see kernel/module/window.go
//	base + 0x1000  .text.exports, then .rodata.exports
//	base + 128 KiB modules
const (
	ExportsOffset = kmod.PageSize
	ExportsRoom   = 128 << 10
)

// WindowBase is where a machine's module window begins.
func WindowBase(m *kmod.Machine) uint64 {
	if m.WordSize() == 4 {
		return 0xf0000000
	}
	return 0xffffffff80000000
}

// LeastFree is how much memory, in bytes, the kernel must find beside its image and
// the initial file system: enough for the first program, a shell and a program of
// its, one of which loads a small module. It was measured.
func LeastFree(m *kmod.Machine) uint64 {
	if m.WordSize() == 4 {
		return LeastFreeI386
	}
	return LeastFreeRISCV64
}

// LeastFree's values.
const (
	LeastFreeRISCV64 = 6 << 20
	LeastFreeI386    = 4992 << 10
)

// StubSize is the length of an export's stub.
const StubSize = 4

// ReturnStub is the name of the stub to which C functions return, the first one.
// No module can name it: it is in no table.
const ReturnStub = "module_return"

// stubAt says which of n stubs is at an address, behind the return stub at base:
// its number, n for the return stub, -1 for none.
func stubAt(pc, base uint64, n int) int {
	switch i := (pc - base) / StubSize; {
	case pc < base, i > uint64(n), (pc-base)%StubSize != 0:
		return -1
	case i == 0:
		return n
	default:
		return int(i - 1)
	}
}

// appendStub writes a stub: an instruction that traps. Where it traps says
// which export is called.
func appendStub(out []byte, m *kmod.Machine) []byte {
	if m.WordSize() == 4 {
		return append(out, int3, int3, int3, int3)
	}
	return appendWord(out, StubSize, ebreak)
}

const (
	int3   = 0xcc       // SDM INT3
	ebreak = 0x00100073 // unprivileged spec 2.8
)
