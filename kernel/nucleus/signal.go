//go:build riscv64 || 386

package nucleus

const (
	sigILL  = 4
	sigTRAP = 5
	sigBUS  = 7
	sigSEGV = 11
	nSignal = 64

	siTkill   = -6 // si_code of tgkill
	siFault   = 1  // SEGV_MAPERR and its like
	saNoDefer = 0x40000000
	ssDisable = 2
	sigDfl    = 0
	sigIgn    = 1
	sigBlock  = 0
	sigUnblk  = 1
	sigSet    = 2
)

var sigActions [nSignal + 1]sigaction

// deliver makes t go on in its handler of sig. A signal that the runtime
// blocks or does not handle, raised by a fault, means that it is broken.
func deliver(t *thread, sig, code, addr uintptr) {
	kstat().Signals++
	a := &sigActions[sig]
	if a.handler <= sigIgn || t.mask>>(sig-1)&1 != 0 {
		oops("fault outside the Go runtime's reach", &t.frame)
	}
	pushSigFrame(t, sig, code, addr, a.handler)
	t.mask |= a.mask
	if a.flags&saNoDefer == 0 {
		t.mask |= 1 << (sig - 1)
	}
}

// deliverPending delivers one signal sent by tgkill, if t does not block it.
func deliverPending(t *thread) {
	p := t.pending &^ t.mask
	if p == 0 {
		return
	}
	for s := uintptr(1); s <= nSignal; s++ {
		if p>>(s-1)&1 == 0 {
			continue
		}
		t.pending &^= 1 << (s - 1)
		if sigActions[s].handler > sigIgn {
			code := siTkill
			deliver(t, s, uintptr(code), 0)
		}
		return
	}
}

func setAction(sig, act, old uintptr) uintptr {
	if sig == 0 || sig > nSignal {
		return errno(eINVAL)
	}
	a := &sigActions[sig]
	if old != 0 {
		*(*sigaction)(ptr(old)) = *a
	}
	if act != 0 {
		*a = *(*sigaction)(ptr(act))
	}
	return 0
}

func setMask(t *thread, how, set, old uintptr) uintptr {
	if old != 0 {
		st64(old, t.mask)
	}
	if set == 0 {
		return 0
	}
	m := ld64(set)
	switch how {
	case sigBlock:
		t.mask |= m
	case sigUnblk:
		t.mask &^= m
	case sigSet:
		t.mask = m
	}
	return 0
}

// altStack serves sigaltstack(2): struct { sp; flags int32; size }.
func altStack(t *thread, ss, old uintptr) uintptr {
	if old != 0 {
		st(old, t.altSP)
		st(old+wordSize, 0)
		if t.altSize == 0 {
			st(old+wordSize, ssDisable)
		}
		st(old+2*wordSize, t.altSize)
	}
	if ss != 0 {
		t.altSP, t.altSize = ld(ss), ld(ss+2*wordSize)
		if ld32(ss+wordSize)&ssDisable != 0 {
			t.altSize = 0
		}
	}
	return 0
}

// kill marks sig pending on the thread tid.
func kill(tid, sig uintptr) uintptr {
	if tid-1 >= maxThreads || sig-1 >= nSignal {
		return errno(eINVAL)
	}
	threads[tid-1].pending |= 1 << (sig - 1)
	return 0
}
