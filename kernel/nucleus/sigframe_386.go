package nucleus

// sigaction is the kernel's struct of that name.
type sigaction struct {
	handler, flags, restorer uintptr
	mask                     uint64
}

// epoll_event is packed: events, data.
const (
	eventSize = 12
	eventData = 4
)

const (
	sigFPE   = 8
	siKernel = 0x80 // SI_KERNEL
)

// A signal frame as Linux builds it (arch/x86/include/asm/sigframe.h:
// rt_sigframe_ia32), from the stack pointer upwards:
//
//	  0  return address, signal, siginfo's address, ucontext's address
//	 16  siginfo: signo, errno, code, address
//	144  ucontext: flags, link, stack (12 bytes)
//	164  sigcontext: the 19 words of frame.R, fpstate's address, oldmask, cr2
//	252  mask
//	     FXSAVE area, aligned
const (
	sfInfo     = 16
	siCode     = 8
	siAddr     = 12
	sfUcontext = sfInfo + 128
	sfContext  = sfUcontext + 20
	sfFP       = sfContext + 19*4
	sfCR2      = sfFP + 8
	sfMask     = sfCR2 + 4
	sfSize     = sfMask + 128
)

func pushSigFrame(t *thread, sig, code, addr, handler uintptr) {
	sp := t.R[RegSP]
	if t.altSize != 0 && (sp <= t.altSP || sp > t.altSP+t.altSize) {
		sp = t.altSP + t.altSize
	}
	fp := (sp - fxSize) &^ (fxAlign - 1)
	sp = fp - (sfSize+fxAlign-1)&^(fxAlign-1)
	for i := uintptr(0); i < sfSize; i += wordSize {
		st(sp+i, 0)
	}
	info, uc := sp+sfInfo, sp+sfUcontext
	st(sp, sigActions[sig].restorer)
	st(sp+4, sig)
	st(sp+8, info)
	st(sp+12, uc)
	st(info, sig)
	st(info+siCode, code)
	st(info+siAddr, addr)
	for i := uintptr(0); i < uintptr(len(t.R)); i++ {
		st(sp+sfContext+i*wordSize, t.R[i])
	}
	// The handler changes this one; the last but one is "esp at signal".
	st(sp+sfContext+RegESP0*wordSize, t.R[RegSP])
	st(sp+sfFP, fp)
	st(sp+sfCR2, addr)
	st64(sp+sfMask, t.mask)
	fpSave(fp)
	t.R[RegEFLAGS] &^= FlagDF // the runtime copies backwards, too
	t.R[RegPC] = handler
	t.R[RegSP] = sp
}

// popSigFrame undoes it. The handler's return took the first word off.
func popSigFrame(t *thread) {
	sp := t.R[RegSP] - wordSize
	t.mask = ld64(sp + sfMask)
	for i := uintptr(0); i < uintptr(len(t.R)); i++ {
		t.R[i] = ld(sp + sfContext + i*wordSize)
	}
	t.R[RegSP] = t.R[RegESP0]
	fpLoad(ld(sp + sfFP))
}
