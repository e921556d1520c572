// Command build makes the guest's images: images/ARCH/kernel.elf, the kernel
// built by the stock Go toolchain and finished by package kernelimg, and
// images/ARCH/initramfs.cpio, which holds the userland, the modules of
// images/modules/ARCH with their indexes (modules.go), and the files of
// images/initramfs.
//
//	go run ./images/build [-arch riscv64] [-map] [-embed]
//
// Beside the kernel it writes images/ARCH/System.map, its symbols by address.
// -map prints the kernel's sections. -embed puts the initramfs into the kernel,
// which then boots without one: rv86 run --kernel images/riscv64/kernel.elf
//
// The same sources give the same bytes on every host: paths are trimmed, the
// archive is sorted, and its times, owners and inode numbers are fixed. When
// nothing has changed the Go build cache makes it quick.
package main
