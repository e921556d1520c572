package nucleus

import "unsafe"

// The global descriptor table (SDM 3 3.4.5). Numbers are Linux's where a
// program can see them.
//
//	 6-8   a program's thread-local segments, reloaded by Run
//	 9     the runtime's thread-local segment: GS of Go code
//	10     the same for the nucleus: its g is blankG
//	12 13  kernel code and data
//	14 15  user code and data
//	16 17  the task, and that of the double fault
const (
	tlsFirst      = 6
	gdtRuntimeTLS = 9
	gdtNucleusTLS = 10
	gdtKernelCode = 12
	gdtKernelData = 13
	gdtUserCode   = 14
	gdtUserData   = 15
	gdtTSS        = 16
	gdtFaultTSS   = 17
	gdtEntries    = 18
)

// Selectors (SDM 3 3.4.2).
const (
	selShift = 3
	selLocal = 1 << 2 // in the LDT, which there is none of
	selUser  = 3      // requested privilege level
	selMask  = 0xffff

	SelKernelCode  = gdtKernelCode << selShift
	SelKernelData  = gdtKernelData << selShift
	SelUserCode    = gdtUserCode<<selShift | selUser
	SelUserData    = gdtUserData<<selShift | selUser
	selTSS         = gdtTSS << selShift
	selFaultTSS    = gdtFaultTSS << selShift
	selNucleusTLS  = gdtNucleusTLS << selShift
	selRuntimeTLS  = gdtRuntimeTLS<<selShift | selUser // as the runtime itself loads it
	tlsSelectorOut = gdtRuntimeTLS                     // what set_thread_area reports
)

// Access bytes of descriptors (SDM 3 3.4.5.1, 3.5) and the flags' nibble.
const (
	descCode      = 0x9a // present, code, readable
	descData      = 0x92 // present, data, writable
	descUser      = 0x60 // privilege level 3
	descTSS       = 0x89 // present, 32-bit TSS
	descPages     = 0xc  // limit in pages, 32-bit
	gateInterrupt = 0x8e // present, 32-bit interrupt gate
	gateTask      = 0x85
	flatLimit     = 0xfffff
)

// Vectors (SDM 3 table 6-1).
const (
	VecDivide       = 0
	VecDebug        = 1
	VecBreakpoint   = 3
	VecOverflow     = 4
	VecBound        = 5
	VecInvalidOp    = 6
	VecNoFPU        = 7
	VecDoubleFault  = 8
	VecInvalidTSS   = 10
	VecNotPresent   = 11
	VecStack        = 12
	VecProtection   = 13
	VecPageFault    = 14
	VecFPU          = 16
	VecAlignment    = 17
	VecSIMD         = 19
	vecIRQ          = 0x20
	VecSyscall      = 0x80
	vectors         = 256
	errorCodeVector = 1<<VecDoubleFault | 1<<VecInvalidTSS | 1<<VecNotPresent | 1<<VecStack |
		1<<VecProtection | 1<<VecPageFault | 1<<VecAlignment
)

// taskState is the 32-bit TSS (SDM 3 figure 7-2).
type taskState struct {
	link, esp0, ss0, esp1, ss1, esp2, ss2, cr3          uintptr
	eip, eflags, eax, ecx, edx, ebx, esp, ebp, esi, edi uintptr
	es, cs, ss, ds, fs, gs, ldt                         uintptr
	ioMap                                               uintptr // offset of the permission bitmap in the upper half
}

const (
	tssSize    = unsafe.Sizeof(taskState{})
	tssESP0    = 4
	noIOBitmap = tssSize << 16
)

// pseudoDescriptor is the operand of LGDT and LIDT (SDM 3 3.5.1): a 16-bit
// limit and an address.
type pseudoDescriptor struct{ lo, hi uint32 }

var (
	gdt        [gdtEntries]uint64
	idt        [vectors]uint64
	tss        taskState
	faultTSS   taskState
	gdtr, idtr pseudoDescriptor
	nucTLS     [2]uintptr // g, and at the segment's base its own address (psABI's variant II)
	curFrame   uintptr
	halted     uintptr // not 0 while the nucleus waits for an interrupt; then its vector
	faultStack [4096]byte
)

//go:nosplit
func descriptor(base uintptr, limit, access, flags uint64) uint64 {
	b := uint64(base)
	return limit&0xffff | b&0xffffff<<16 | access<<40 | limit>>16<<48 | flags<<52 | b>>24<<56
}

// TLSDescriptor describes a program's data segment at base with limit, in
// pages or in bytes (set_thread_area(2)).
func TLSDescriptor(base uintptr, limit uint32, pages bool) uint64 {
	flags := uint64(descPages)
	if !pages {
		flags &^= 8
	}
	return descriptor(base, uint64(limit)&flatLimit, descData|descUser, flags)
}

//go:nosplit
func pseudo(addr, size uintptr) pseudoDescriptor {
	return pseudoDescriptor{uint32(size-1) | uint32(addr)<<16, uint32(addr >> 16)}
}

// segmentsInit fills the GDT. It runs without a g, hence nosplit.
//
//go:nosplit
func segmentsInit() {
	tls := uintptr(unsafe.Pointer(&nucTLS[1]))
	nucTLS[0], nucTLS[1] = uintptr(unsafe.Pointer(&blankG)), tls
	gdt[gdtRuntimeTLS] = descriptor(tls, flatLimit, descData|descUser, descPages)
	gdt[gdtNucleusTLS] = descriptor(tls, flatLimit, descData, descPages)
	gdt[gdtKernelCode] = descriptor(0, flatLimit, descCode, descPages)
	gdt[gdtKernelData] = descriptor(0, flatLimit, descData, descPages)
	gdt[gdtUserCode] = descriptor(0, flatLimit, descCode|descUser, descPages)
	gdt[gdtUserData] = descriptor(0, flatLimit, descData|descUser, descPages)
	gdt[gdtTSS] = descriptor(uintptr(unsafe.Pointer(&tss)), uint64(tssSize-1), descTSS, 0)
	gdt[gdtFaultTSS] = descriptor(uintptr(unsafe.Pointer(&faultTSS)), uint64(tssSize-1), descTSS, 0)
	gdtr = pseudo(uintptr(unsafe.Pointer(&gdt)), unsafe.Sizeof(gdt))
}

// vectorsInit writes a stub for each vector and the gates that lead to them.
// The stubs get a page of their own: code on a page with written data defeats
// every code cache. Preconditions: pages can be taken, curRoot is set.
func vectorsInit(common, doubleFault uintptr) {
	const (
		stubSize = 16
		push0    = 0x9090006a // push 0; nop; nop
		nops     = 0x90909090 // the processor has pushed an error code
		push32   = 0x68
		jmp32    = 0xe9
	)
	page := takeZeroed(PageNucleus) + directMap
	for i := uintptr(0); i < vectors; i++ {
		p := page + i*stubSize
		st(p, push0)
		if i < 32 && errorCodeVector>>i&1 != 0 {
			st(p, nops)
		}
		st(p+4, push32|i<<8)
		st8(p+9, jmp32)
		st(p+10, common-(p+14))
		access := uint64(gateInterrupt)
		if i == VecBreakpoint || i == VecOverflow || i == VecSyscall {
			access |= descUser
		}
		idt[i] = uint64(p&0xffff) | SelKernelCode<<16 | access<<40 | uint64(p>>16)<<48
	}
	idt[VecDoubleFault] = selFaultTSS<<16 | gateTask<<40
	idtr = pseudo(uintptr(unsafe.Pointer(&idt)), unsafe.Sizeof(idt))
	tss.ss0, tss.ioMap = SelKernelData, noIOBitmap
	faultTSS = taskState{
		cr3: curRoot, eip: doubleFault, eflags: flagOne,
		esp: uintptr(unsafe.Pointer(&faultStack)) + unsafe.Sizeof(faultStack),
		cs:  SelKernelCode, ss: SelKernelData, ds: SelKernelData, es: SelKernelData,
		gs: selNucleusTLS, ioMap: noIOBitmap,
	}
	loadTables()
}

func loadTables()
