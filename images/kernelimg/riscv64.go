package kernelimg

import (
	"encoding/binary"
	"fmt"
)

// The virt board starts a hart at the beginning of RAM (QEMU's -bios none), so
// the page there holds a jump, and Go's text starts on the next one.
//
//	0x8000_0000  reset stub: auipc, jalr to the entry point
//	0x8000_1000  Go's text, then read-only data, then data
const (
	resetAddr = 0x80000000
	textAddr  = 0x80001000
	pageSize  = 0x1000
)

// LinkFlags are the -ldflags of the kernel's go build for riscv64. Without -R
// the linker would round segments to 64 KiB and give the first one a negative
// file offset.
const LinkFlags = "-E _kernel_entry -T 0x80001000 -R 0x1000"

// ELF64 layout (gABI 4.1 "ELF Header", "Program Header").
const (
	ehSize     = 64
	ehEntry    = 24
	ehPhoff    = 32
	ehMachine  = 18
	ehPhnum    = 56
	phSize     = 56
	ptNull     = 0
	ptLoad     = 1
	ptNote     = 4
	emRISCV    = 243
	pfR, pfX   = 4, 1
	phFlags    = 4
	phOffset   = 8
	phVaddr    = 16
	phPaddr    = 24
	phFilesz   = 32
	phMemsz    = 40
	phAlign    = 48
	stubLength = 16
)

// Convert makes a bootable riscv64 image of raw, the output of go build with
// LinkFlags. raw is not changed.
func Convert(raw []byte) ([]byte, error) {
	le := binary.LittleEndian
	if len(raw) < ehSize || string(raw[:4]) != "\x7fELF" || raw[4] != 2 {
		return nil, fmt.Errorf("kernel image: not a 64-bit ELF file")
	}
	if m := le.Uint16(raw[ehMachine:]); m != emRISCV {
		return nil, fmt.Errorf("kernel image: machine %d is not riscv64", m)
	}
	out := append([]byte(nil), raw...)
	entry, phoff, phnum := le.Uint64(out[ehEntry:]), le.Uint64(out[ehPhoff:]), uint64(le.Uint16(out[ehPhnum:]))
	if phoff > uint64(len(out)) || phnum*phSize > uint64(len(out))-phoff {
		return nil, fmt.Errorf("kernel image: program headers outside the file")
	}
	var textSeen, noteSeen bool
	for i := uint64(0); i < phnum; i++ {
		p := out[phoff+i*phSize:]
		switch typ := le.Uint32(p); {
		case typ == ptLoad && !textSeen:
			textSeen = true
			if err := dropHeaderPage(p); err != nil {
				return nil, err
			}
		case typ == ptLoad:
		case typ == ptNote && !noteSeen:
			// The stub takes the note's program header; the section stays.
			noteSeen = true
			le.PutUint32(p, ptLoad)
			le.PutUint32(p[phFlags:], pfR|pfX)
			for off, v := range map[int]uint64{
				phOffset: uint64(len(raw)), phVaddr: resetAddr, phPaddr: resetAddr,
				phFilesz: stubLength, phMemsz: stubLength, phAlign: pageSize,
			} {
				le.PutUint64(p[off:], v)
			}
		default: // PT_PHDR, PT_GNU_STACK: they describe the header page
			le.PutUint32(p, ptNull)
		}
	}
	if !textSeen || !noteSeen {
		return nil, fmt.Errorf("kernel image: no text segment or no PT_NOTE; was it linked with %q?", LinkFlags)
	}
	return append(out, stub(entry)...), nil
}

// dropHeaderPage takes the ELF header's page out of the text segment.
func dropHeaderPage(p []byte) error {
	le := binary.LittleEndian
	if v := le.Uint64(p[phVaddr:]); v != resetAddr && v+pageSize != textAddr {
		return fmt.Errorf("kernel image: first segment at %#x, want %#x", v, resetAddr)
	}
	for _, off := range []int{phOffset, phVaddr, phPaddr} {
		le.PutUint64(p[off:], le.Uint64(p[off:])+pageSize)
	}
	for _, off := range []int{phFilesz, phMemsz} {
		le.PutUint64(p[off:], le.Uint64(p[off:])-pageSize)
	}
	return nil
}

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
