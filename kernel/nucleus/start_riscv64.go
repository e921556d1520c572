package nucleus

import "unsafe"

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
	var text, etext, data, end uintptr
	runtimeEntry, sigReturn, text, etext, data, end = symbols()
	readTree(tree)
	// The page below the first function holds the reset stub.
	text = text&^pageMask - PageSize
	etext = (etext + pageMask) &^ pageMask
	end = (end + pageMask) &^ pageMask
	addHole(boot.initrd, boot.initrdEnd)
	addHole(boot.tree, boot.tree+boot.treeSize)
	pageInit(end)
	nucStackTop = nucStackPos
	pagingInit(text, etext, data&^pageMask, end)

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

// Auxiliary vector entries that the runtime reads (Linux uapi auxvec.h).
const (
	atPagesz = 6
	atSecure = 23
	atRandom = 25
)

var (
	argv0   = [8]byte{'k', 'e', 'r', 'n', 'e', 'l'}
	envDbg  = [64]byte{}
	envMem  = [64]byte{}
	hexSeed [16]byte
)

// Debug is appended to GODEBUG; set with -ldflags "-X
// rv86/kernel/nucleus.Debug=,inittrace=1".
var Debug string

// initStack lays out argc, argv, envp and auxv for the runtime's entry.
func initStack() uintptr {
	// The heap's pages must go back when the scavenger frees them; huge pages
	// mean nothing here.
	n := copy(envDbg[:], "GODEBUG=madvdontneed=1")
	copy(envDbg[n:len(envDbg)-1], Debug)
	// Half of RAM for the kernel's own heap, as a soft limit.
	n = copy(envMem[:], "GOMEMLIMIT=")
	putDecimal(envMem[n:], uint64(pagesTotal*PageSize/2))
	copy(hexSeed[:], boot.seed[:])

	sp := stack0Pos - 256
	v := [...]uintptr{
		1, uintptr(unsafe.Pointer(&argv0)), 0,
		uintptr(unsafe.Pointer(&envDbg)), uintptr(unsafe.Pointer(&envMem)), 0,
		atPagesz, PageSize,
		atRandom, uintptr(unsafe.Pointer(&hexSeed)),
		atSecure, 0,
		0, 0,
	}
	for i := range v {
		st(sp+uintptr(i)*8, v[i])
	}
	return sp
}

func putDecimal(b []byte, v uint64) {
	var d [20]byte
	i := len(d)
	for {
		i--
		d[i] = byte('0' + v%10)
		v /= 10
		if v == 0 {
			break
		}
	}
	copy(b, d[i:])
}
