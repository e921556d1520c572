package nucleus

// A signal frame as Linux builds it (arch/riscv/include/uapi/asm/sigcontext.h,
// ucontext.h), from sp upwards:
//
//	  0  siginfo: signo, errno, code (int32 each, padding), address
//	128  ucontext: flags, link, stack (24 bytes), mask at 40 (128 bytes),
//	     padding to a multiple of 16
//	304  mcontext: pc, x1..x31
//	560  f0..f31, fcsr; room for the Q extension's 528 bytes
const (
	siCode     = 8
	siAddr     = 16
	ucontextAt = 128
	ucMask     = ucontextAt + 40
	mcontextAt = ucontextAt + 176
	mcFP       = mcontextAt + 32*8
	sigSize    = mcFP + 528
)

// sigaction is the kernel's struct of that name.
type sigaction struct {
	handler, flags uintptr
	mask           uint64
	restorer       uintptr
}

// epoll_event: events, padding, data.
const (
	eventSize = 16
	eventData = 8
)

func pushSigFrame(t *thread, sig, code, addr, handler uintptr) {
	sp := t.R[RegSP]
	if t.altSize != 0 && (sp <= t.altSP || sp > t.altSP+t.altSize) {
		sp = t.altSP + t.altSize
	}
	sp = (sp - sigSize) &^ 15
	for i := uintptr(0); i < mcontextAt; i += 8 {
		st(sp+i, 0)
	}
	st(sp, sig)
	st32(sp+siCode, uint32(code))
	st(sp+siAddr, addr)
	st64(sp+ucMask, t.mask)
	for i := uintptr(0); i < 32; i++ {
		st(sp+mcontextAt+i*8, t.R[i])
	}
	fpSave(sp + mcFP)
	t.R[RegPC] = handler
	t.R[RegRA] = sigReturn
	t.R[RegSP] = sp
	t.R[RegA0] = sig
	t.R[RegA1] = sp
	t.R[RegA2] = sp + ucontextAt
}

func popSigFrame(t *thread) {
	sp := t.R[RegSP]
	t.mask = ld64(sp + ucMask)
	for i := uintptr(0); i < 32; i++ {
		t.R[i] = ld(sp + mcontextAt + i*8)
	}
	fpLoad(sp + mcFP)
	t.Status |= fsDirty // the registers are newer than t.F
	fpOwner = 0
}
