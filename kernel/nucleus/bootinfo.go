//go:build riscv64 || 386

package nucleus

// boot is what the boot loader says to the kernel; addresses are physical.
var boot struct {
	tree, treeSize     uintptr // device tree, where there is one
	initrd, initrdEnd  uintptr
	args, argsLen      uintptr
	seed               [32]byte
	seeded             bool
	panicDevice        bool
	harts              uintptr
	timebase           uintptr
	bootInsns, runtime uint64
}
