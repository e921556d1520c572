package kernelimg

import (
	"encoding/binary"
	"fmt"
)

// The pc board starts a multiboot kernel at its entry point with paging off,
// so the image is loaded at its addresses less kernelBase, and so is the entry
// point. Go's text starts a page above 1 MiB, where its ELF header goes.
const kernelBase = 0xc0000000

// LinkFlags386 are the -ldflags of the kernel's go build for i386; GO386 is
// softfloat, so that the kernel itself needs no SSE.
const LinkFlags386 = "-E _kernel_entry -T 0xc0101000"

// ELF32 layout (gABI 4.1 "ELF Header", "Program Header").
const (
	eh32Size      = 52
	eh32Entry     = 24
	eh32Phoff     = 28
	eh32Shoff     = 32
	eh32Phnum     = 44
	eh32Shnum     = 48
	sh32Size      = 40
	sh32Offset    = 16
	sh32Addr      = 12
	ph32Size      = 32
	ph32Vaddr     = 8
	ph32Paddr     = 12
	ph32Filesz    = 16
	em386         = 3
	multibootSize = 12
	// The header must be in the first 8 KiB and aligned (Multiboot 3.1).
	multibootAlign = 4
	multibootMagic = 0x1badb002
	multibootFlags = 1 << 1 // wants the memory information
)

// Convert386 makes a bootable i386 image of raw, the output of go build with
// LinkFlags386. raw is not changed. The multiboot header goes into the padding
// of the ELF header's page.
func Convert386(raw []byte) ([]byte, error) {
	le := binary.LittleEndian
	if len(raw) < pageSize || string(raw[:4]) != "\x7fELF" || raw[4] != 1 {
		return nil, fmt.Errorf("kernel image: not a 32-bit ELF file")
	}
	if m := le.Uint16(raw[ehMachine:]); m != em386 {
		return nil, fmt.Errorf("kernel image: machine %d is not i386", m)
	}
	out := append([]byte(nil), raw...)
	entry := le.Uint32(out[eh32Entry:])
	if entry < kernelBase {
		return nil, fmt.Errorf("kernel image: entry point %#x is below %#x; was it linked with %q?", entry, kernelBase, LinkFlags386)
	}
	le.PutUint32(out[eh32Entry:], entry-kernelBase)
	phoff, phnum := uint64(le.Uint32(out[eh32Phoff:])), uint64(le.Uint16(out[eh32Phnum:]))
	shoff, shnum := uint64(le.Uint32(out[eh32Shoff:])), uint64(le.Uint16(out[eh32Shnum:]))
	phEnd, shEnd := phoff+phnum*ph32Size, shoff+shnum*sh32Size
	if phEnd > uint64(len(out)) || shEnd > uint64(len(out)) {
		return nil, fmt.Errorf("kernel image: headers outside the file")
	}
	for at := phoff; at < phEnd; at += ph32Size {
		if va := le.Uint32(out[at+ph32Vaddr:]); va >= kernelBase {
			le.PutUint32(out[at+ph32Paddr:], va-kernelBase)
		}
	}
	// Used in the first page: the headers, and from the end the first section.
	free, limit := phEnd, uint64(pageSize)
	if shoff < pageSize {
		free = max(free, shEnd)
	}
	for at := shoff; at < shEnd; at += sh32Size {
		if off := uint64(le.Uint32(out[at+sh32Offset:])); le.Uint32(out[at+sh32Addr:]) != 0 && off != 0 {
			limit = min(limit, off)
		}
	}
	free = (free + multibootAlign - 1) &^ (multibootAlign - 1)
	if free+multibootSize > limit {
		return nil, fmt.Errorf("kernel image: no room for the multiboot header between %#x and %#x", free, limit)
	}
	le.PutUint32(out[free:], multibootMagic)
	le.PutUint32(out[free+4:], multibootFlags)
	sum := uint32(multibootMagic + multibootFlags)
	le.PutUint32(out[free+8:], -sum)
	return out, nil
}
