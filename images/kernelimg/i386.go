package kernelimg

import (
	"debug/elf"
	"encoding/binary"

	"rv86/kmod"
	"rv86/kmod/vmlinux"
)

// The pc board starts a multiboot kernel at its entry point with paging off, so
// the image is loaded at its addresses less kernelBase. Go's text starts a page
// above 1 MiB; the multiboot header is in the page before it, which is the
// second of the file (Multiboot 3.1: within 8 KiB).
const kernelBase = 0xc0000000

// I386 is the PC. GO386 is softfloat, so that the kernel itself needs no SSE.
var I386 = &Target{
	Machine: kmod.I386,
	// The nucleus reads runtime.dbgvars (window_386.go), which the linker has to allow.
	LinkFlags: "-E _kernel_entry -T 0xc0101000 -checklinkname=0",
	headAddr:  kernelBase + 1<<20,
	base:      kernelBase,
	head:      headI386,
	start:     startI386,
}

// The header (Multiboot Specification 0.6.96, 3.1).
const (
	multibootMagic = 0x1badb002
	multibootFlags = 1 << 1 // wants the memory information
)

func headI386(*Image) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(nil, multibootMagic)
	b = le.AppendUint32(b, multibootFlags)
	sum := uint32(multibootMagic + multibootFlags)
	return le.AppendUint32(b, -sum)
}

// The boot page directory maps the first 256 MiB by 4 MiB pages (SDM 3 4.3),
// where they are and at kernelBase: as much as the kernel itself will map there.
const (
	pdeBoot     = 1<<0 | 1<<1 | 1<<7 // present, writable, 4 MiB
	megaShift   = 22
	bootMapped  = 256 << 20
	pdeSize     = 4
	entriesBoot = bootMapped >> megaShift
)

// Control register bits (SDM 3 2.5).
const (
	cr0PG, cr0WP, cr0NE, cr0TS, cr0EM, cr0MP = 1 << 31, 1 << 16, 1 << 5, 1 << 3, 1 << 2, 1 << 1
	cr4PSE, cr4OSFXSR, cr4OSXMMEXCPT         = 1 << 4, 1 << 9, 1 << 10
)

// startI386 makes the code that turns paging on, and the first page directory.
// Both are done with when the kernel has a page directory of its own.
func startI386(im *Image) {
	im.bound(vmlinux.Sinittext)
	im.boot = im.at - kernelBase // entered where it is loaded
	text := im.add(".init.text", elf.SHF_EXECINSTR, pageSize, nil)
	dir := text.Addr + pageSize
	text.data = startupCode(uint32(dir-kernelBase), uint32(im.entry))
	text.Size = uint64(len(text.data))
	im.at = text.end()
	im.bound(vmlinux.Einittext)
	im.pageAlign()
	im.bound(vmlinux.InitDataBegin)
	im.define("startup_32", text.Addr, text.Size, elf.STT_FUNC, text)
	table := im.add(".init.page_tables", elf.SHF_WRITE, pageSize, bootDirectory())
	im.define("initial_page_table", table.Addr, table.Size, elf.STT_OBJECT, table)
}

// startupCode runs at its physical address, in 32-bit protected mode with paging
// off; EBX is the loader's and stays as it is.
func startupCode(dir, entry uint32) []byte {
	le := binary.LittleEndian
	var b []byte
	op := func(code ...byte) { b = append(b, code...) }
	imm := func(code byte, v uint32) { b = le.AppendUint32(append(b, code), v) }
	const orEAX, andEAX, movEAX = 0x0d, 0x25, 0xb8
	op(0xfa)             // cli
	op(0xfc)             // cld
	op(0x0f, 0x20, 0xe0) // mov eax, cr4
	imm(orEAX, cr4PSE|cr4OSFXSR|cr4OSXMMEXCPT)
	op(0x0f, 0x22, 0xe0) // mov cr4, eax
	imm(movEAX, dir)
	op(0x0f, 0x22, 0xd8) // mov cr3, eax
	op(0x0f, 0x20, 0xc0) // mov eax, cr0
	imm(andEAX, ^uint32(cr0TS|cr0EM))
	imm(orEAX, cr0PG|cr0WP|cr0NE|cr0MP)
	op(0x0f, 0x22, 0xc0) // mov cr0, eax
	imm(movEAX, entry)
	op(0xff, 0xe0) // jmp eax
	return b
}

func bootDirectory() []byte {
	b := make([]byte, pageSize)
	for i := uint32(0); i < entriesBoot; i++ {
		pde := i<<megaShift | pdeBoot
		binary.LittleEndian.PutUint32(b[i*pdeSize:], pde)
		binary.LittleEndian.PutUint32(b[(kernelBase>>megaShift+i)*pdeSize:], pde)
	}
	return b
}
