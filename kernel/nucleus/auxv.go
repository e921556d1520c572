//go:build riscv64 || 386

package nucleus

import (
	"runtime"
	"unsafe"
)

// Auxiliary vector entries that the runtime reads (Linux uapi auxvec.h).
const (
	atPagesz = 6
	atSecure = 23
	atRandom = 25
)

const (
	// runtimeTables is what the runtime counts against GOMEMLIMIT of its tables and
	// hardly touches.
	runtimeTables = 3 << 20

	pagesPerMiB = 1 << 20 / PageSize
	gogcLeast   = 25
	gogcUsual   = 100
)

// GCPercent is the GOGC of the kernel and of the programs it starts. The first
// collection comes at 4 MiB times GOGC/100: sooner on a machine that has not got
// 100 MiB.
func GCPercent() uintptr { return min(max(pagesTotal/pagesPerMiB, gogcLeast), gogcUsual) }

var (
	argv0   = [8]byte{'k', 'e', 'r', 'n', 'e', 'l'}
	envDbg  = [64]byte{}
	envMem  = [64]byte{}
	envGC   = [64]byte{}
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
	putDecimal(envMem[n:], uint64(pagesTotal*PageSize/2+runtimeTables))
	n = copy(envGC[:], "GOGC=")
	putDecimal(envGC[n:], uint64(GCPercent()))
	copy(hexSeed[:], boot.seed[:])

	sp := stack0Pos - 256
	v := [...]uintptr{
		1, uintptr(unsafe.Pointer(&argv0)), 0,
		uintptr(unsafe.Pointer(&envDbg)), uintptr(unsafe.Pointer(&envMem)), uintptr(unsafe.Pointer(&envGC)), 0,
		atPagesz, PageSize,
		atRandom, uintptr(unsafe.Pointer(&hexSeed)),
		atSecure, 0,
		0, 0,
	}
	for i := range v {
		st(sp+uintptr(i)*wordSize, v[i])
	}
	return sp
}

// checkMemory ends the machine, with a sentence, if it is too small to be of use:
// what would come else is the death of the runtime or of the first program.
func checkMemory(least uint64) {
	left := uint64(pagesTotal) * PageSize
	if left >= least {
		return
	}
	n := putDecimal(tooSmall[:], left>>10)
	n += copy(tooSmall[n:], " KiB of memory are left beside the kernel and its files, and it needs ")
	n += putDecimal(tooSmall[n:], least>>10)
	n += copy(tooSmall[n:], " KiB")
	die(unsafe.String(&tooSmall[0], n))
}

var tooSmall [128]byte

// noProfile keeps the runtime from sampling what it allocates before it finds that
// nobody asks for a memory profile (disableMemoryProfiling): the first sample
// would cost a table of 179,999 words.
func noProfile() { runtime.MemProfileRate = 0 }

// putDecimal writes v in front of b and gives its length.
func putDecimal(b []byte, v uint64) int {
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
	return copy(b, d[i:])
}
