package nucleus

// Implemented in regs_riscv64.s.

// Call traps to the nucleus: Linux's numbers, as the runtime uses them, and
// the call* numbers of syscall.go.
func Call(n, a0, a1, a2, a3, a4, a5 uintptr) uintptr

func fpSave(p uintptr)
func fpLoad(p uintptr)
func intrOff() uintptr
func intrRestore(sie uintptr)
func setSatp(v uintptr)
func getSatp() uintptr
func setSie(v uintptr)
func setStimecmp(t uintptr)
func clearSoft()
func wfi() uintptr
func ticks() uint64
func symbols() (rt0, sigret, text uintptr)
func goTables() (text, pclntab, epclntab uintptr)
func in8(a uintptr) uint8
func out8(a uintptr, v uint8)
func in32(a uintptr) uint32
func out32(a uintptr, v uint32)
func out64(a, v uintptr)

// Sfence orders page table writes before later translations, for all pages.
func Sfence()

// SfencePage is Sfence for the page of va.
func SfencePage(va uintptr)

// FenceI makes instructions written to memory visible to the fetch unit.
func FenceI()

// Instret counts the instructions this hart has retired.
func Instret() uint64
