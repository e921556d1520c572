package nucleus

import (
	"unsafe"

	"rv86/kmod/vmlinux"
)

// Addresses that symbols gives: runtime.exitThread, and the way from a double
// fault back to Run.
var exitThread, foreignFault uintptr

func addressOf(p *[argsMax]byte) uintptr { return uintptr(unsafe.Pointer(p)) }

// start is the first Go code: paging on with the boot loader's memory mapped,
// no runtime. It returns the frame of the runtime's first thread.
func start(info uintptr) *frame {
	boot.bootInsns = Instret()
	entry, exit, common, fault, foreign, text, dbgvars := symbols()
	exitThread, foreignFault = exit, foreign
	physOff = directMap
	boot.panicDevice = true
	readMultiboot(info)
	findImage(text)
	addHole(boot.initrd, boot.initrdEnd)
	pageInit(bound(vmlinux.End) - imageOffset)
	pagingInit()
	commitRange(stack0Pos-stack0Size, stack0Size)
	commitRange(nucStackPos-nucStackSize, nucStackSize)
	nucStackTop = nucStackPos
	vectorsInit(common, fault)
	picInit()
	clockInit()
	readMXCSRMask()
	decommitHard(dbgvars)
	checkMemory(vmlinux.LeastFreeI386)
	noProfile()

	t := &threads[0]
	nThreads = 1
	cur = uintptr(unsafe.Pointer(t))
	t.state = tRun
	t.tls = gdt[gdtRuntimeTLS]
	t.R[RegPC], t.R[RegCS], t.R[RegEFLAGS] = entry, SelKernelCode, flagInit
	t.R[RegSP] = initStack()
	boot.runtime = Instret()
	return &t.frame
}

// commitRange maps the stacks at the window's top.
func commitRange(va, n uintptr) {
	for end := va + n; va < end; va += PageSize {
		st(leaf(va), takeZeroed(PageHeap)|PteW|pteKernel)
	}
}
