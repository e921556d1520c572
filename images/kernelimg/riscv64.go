package kernelimg

import (
	"debug/elf"
	"encoding/binary"

	"rv86/kmod"
	"rv86/kmod/vmlinux"
)

// The virt board starts every hart at the beginning of RAM (QEMU's -bios none),
// so the page there holds a jump, and Go's text starts on the next one. Without
// -R the linker would round segments to 64 KiB and give the first one a negative
// file offset.
//
//	0x8000_0000  jump to .init.text; where other harts stay; bounds
//	0x8000_1000  Go's text, then read-only data, then data, then ours
const resetAddr = 0x80000000

// RISCV64 is the virt board's machine.
var RISCV64 = &Target{
	Machine:   kmod.RISCV64,
	LinkFlags: "-E _kernel_entry -T 0x80001000 -R 0x1000",
	headAddr:  resetAddr,
	head:      headRISCV64,
	start:     startRISCV64,
}

// Registers and CSRs of the code below (RISC-V psABI 1; Priv. spec table 2.5).
const (
	regZero, regT0 = 0, 5

	csrMtvec    = 0x305
	csrPmpcfg0  = 0x3a0
	csrPmpaddr0 = 0x3b0
	csrMhartid  = 0xf14
)

// Instructions (unprivileged spec 2, 9.1; Priv. spec 3.3.3).
const (
	opWFI      = 0x10500073
	opJumpBack = 0xffdff06f // jal x0, -4
)

func opADDI(rd, rs, imm uint32) uint32  { return imm<<20 | rs<<15 | rd<<7 | 0x13 }
func opCSRRW(rd, csr, rs uint32) uint32 { return csr<<20 | rs<<15 | 1<<12 | rd<<7 | 0x73 }
func opCSRRS(rd, csr, rs uint32) uint32 { return csr<<20 | rs<<15 | 2<<12 | rd<<7 | 0x73 }
func opBEQZ(rs, forward uint32) uint32  { return forward<<7 | rs<<15 | 0x63 } // forward < 32, even
func opAUIPC(rd, hi uint32) uint32      { return hi | rd<<7 | 0x17 }
func opJALR(rd, rs, lo uint32) uint32   { return lo<<20 | rs<<15 | rd<<7 | 0x67 }

// far is a jump from one address to another that changes t0: auipc with the
// carry rule, then jalr (unprivileged spec 2.5).
func far(from, to uint64) [2]uint32 {
	off := uint32(to - from)
	hi := (off + 0x800) &^ 0xfff
	return [2]uint32{opAUIPC(regT0, hi), opJALR(regZero, regT0, off-hi)}
}

// parkOffset is where the harts that the kernel does not use wait, behind the
// jump. It is no init memory: they stay.
const parkOffset = 8

func headRISCV64(im *Image) []byte {
	jump := far(resetAddr, im.Bounds[vmlinux.Sinittext])
	return code(jump[0], jump[1], opWFI, opJumpBack)
}

// startRISCV64 makes the code that every hart runs first, in M-mode. Hart 0 goes
// on to the linker's entry point with a0 and a1 as they were. PMP entry 0 allows
// everything to S and U (Priv. spec 3.7.1); a hart without PMP traps at it, which
// leads on, too, and needs no permission.
func startRISCV64(im *Image) {
	im.bound(vmlinux.Sinittext)
	im.boot = resetAddr
	at := im.at
	const boot, next = 4 * 4, 11 * 4 // byte offsets
	park := far(at+2*4, resetAddr+parkOffset)
	onward := far(at+next, im.entry)
	const napotXWR = 0x1f // Priv. spec 3.7.1
	text := im.add(".init.text", elf.SHF_EXECINSTR, pageSize, code(
		opCSRRS(regT0, csrMhartid, regZero),
		opBEQZ(regT0, boot-4),
		park[0], park[1],
		opAUIPC(regT0, 0),
		opADDI(regT0, regT0, next-boot),
		opCSRRW(regZero, csrMtvec, regT0),
		opADDI(regT0, regZero, 0xfff), // -1
		opCSRRW(regZero, csrPmpaddr0, regT0),
		opADDI(regT0, regZero, napotXWR),
		opCSRRW(regZero, csrPmpcfg0, regT0),
		onward[0], onward[1],
	))
	im.define("_start_kernel", text.Addr, text.Size, elf.STT_FUNC, text)
	im.bound(vmlinux.Einittext)
	im.pageAlign()
	im.bound(vmlinux.InitDataBegin)
}

// code puts instructions one behind the other.
func code(insns ...uint32) (b []byte) {
	for _, v := range insns {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}
