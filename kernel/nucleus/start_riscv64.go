package nucleus

import (
	"unsafe"

	"rv86/kmod/vmlinux"
)

var (
	runtimeEntry, sigReturn uintptr // addresses from symbols()

	fpOwner     uintptr // frame whose F and FCSR equal the registers, if sstatus.FS is not dirty
	nucStackLow uintptr // below this, only the emergency stack is left
	mscratch    [8]uintptr
	hasSstc     uintptr
)

// start is the first Go code: S-mode, paging off, no runtime. It returns the
// frame of the runtime's first thread.
func start(tree uintptr) *frame {
	boot.bootInsns = Instret()
	var text uintptr
	runtimeEntry, sigReturn, text = symbols()
	findImage(text)
	readTree(tree)
	addHole(boot.initrd, boot.initrdEnd)
	addHole(boot.tree, boot.tree+boot.treeSize)
	pageInit(bound(vmlinux.End))
	nucStackTop = nucStackPos
	pagingInit()
	checkMemory(vmlinux.LeastFreeRISCV64)
	noProfile()

	t := &threads[0]
	nThreads = 1
	cur = uintptr(unsafe.Pointer(t))
	t.state = tRun
	t.R[RegPC] = runtimeEntry
	t.R[RegSP] = initStack()
	t.Status = statusInit | StatusSPP
	if hasSstc != 0 {
		setStimecmp(^uintptr(0))
	} else {
		out64(mmio+clintMTimeCmp, ^uintptr(0))
	}
	setSie(sieSSI | sieSTI | sieSEI)
	// From here on the boot stack is only for a nucleus stack that overflows.
	nucStackLow = nucStackPos - nucStackSize + stackSlack
	boot.runtime = Instret()
	return &t.frame
}
