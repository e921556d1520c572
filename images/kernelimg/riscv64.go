package kernelimg

import (
	"encoding/binary"

	"rv86/kmod"
	"rv86/kmod/vmlinux"
)

// The virt board starts a hart at the beginning of RAM (QEMU's -bios none), so
// the page there holds a jump, and Go's text starts on the next one. Without -R
// the linker would round segments to 64 KiB and give the first one a negative
// file offset.
//
//	0x8000_0000  jump to the entry point, bounds
//	0x8000_1000  Go's text, then read-only data, then data, then ours
const resetAddr = 0x80000000

// RISCV64 is the virt board's machine.
var RISCV64 = &Target{
	Machine:   kmod.RISCV64,
	LinkFlags: "-E _kernel_entry -T 0x80001000 -R 0x1000",
	headAddr:  resetAddr,
	head:      func(im *Image) []byte { return stub(im.entry) },
	start:     startRISCV64,
}

const stubLength = 16

// stub is the code at the reset address: a jump to entry that changes t0 only
// (RISC-V unprivileged spec 2.5: auipc with the carry rule, then jalr).
func stub(entry uint64) []byte {
	const t0 = 5
	off := uint32(entry - resetAddr)
	hi := (off + 0x800) &^ 0xfff
	b := binary.LittleEndian.AppendUint32(nil, hi|t0<<7|0x17)         // auipc t0, hi
	b = binary.LittleEndian.AppendUint32(b, (off-hi)<<20|t0<<15|0x67) // jalr x0, lo(t0)
	return append(b, make([]byte, stubLength-len(b))...)
}

// startRISCV64 has nothing to add: the first page table is already the lasting
// one, and the code before it is Go's assembly.
func startRISCV64(im *Image) {
	im.boot = im.entry
	im.bound(vmlinux.Sinittext)
	im.bound(vmlinux.Einittext)
	im.bound(vmlinux.InitDataBegin)
}
