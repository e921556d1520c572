package task

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/vm"
)

// Linux's signal frames for i386 (arch/x86/include/asm/sigframe.h,
// uapi/asm/sigcontext.h). A handler without SA_SIGINFO gets the older one:
//
//	  0  return address, signal
//	  8  sigcontext
//	 96  room for an fpstate that is not there
//	720  upper half of the mask; code nobody uses
//
// With SA_SIGINFO:
//
//	  0  return address, signal, address of siginfo, address of ucontext
//	 16  siginfo, 128 bytes
//	144  ucontext: flags, link, stack (sp, flags, size)
//	164  sigcontext
//	252  mask
//
// Above either lies the state of the floating point unit: 112 bytes as FSAVE
// lays it out, then as FXSAVE does.
const (
	oldContextAt = 8
	oldMaskAt    = 720
	oldSize      = oldMaskAt + 4 + 8

	infoAt     = 16
	infoSize   = 128
	ucontextAt = infoAt + infoSize
	ucStack    = ucontextAt + 8
	contextAt  = ucontextAt + 20
	contextLen = 22 * 4
	ucMask     = contextAt + contextLen
	rtSize     = ucMask + 8

	// In a sigcontext, after the registers in a trap's order.
	scFP   = 19 * 4
	scMask = scFP + 4
	scCR2  = scMask + 4

	fsaveSize = 112
	fxsaveLen = 512
	fsStatus  = 108 // the status word again, then which layouts there are: 0 = FXSAVE, too
	fpSize    = fsaveSize + fxsaveLen
	fpAlign   = 64

	// The layout of siginfo's union: from 12 on.
	siCode   = 8
	siAddr   = 12
	siPID    = 12
	siUID    = 16
	siStatus = 20
	siValue  = 20
)

// pushFrame makes the thread go on in its handler. It is false if the stack
// cannot take the frame.
func (t *Thread) pushFrame(i SigInfo, act Action, mask SigSet) bool {
	f := t.Frame
	on := t.onAltStack()
	sp := f.R[nucleus.RegSP]
	if act.Flags&abi.SA_ONSTACK != 0 && t.altStack.Size != 0 && !on {
		sp = t.altStack.SP + t.altStack.Size
	}
	rt := act.Flags&abi.SA_SIGINFO != 0
	size, context := uintptr(oldSize), uintptr(oldContextAt)
	ret := uintptr(vm.SigPage)
	if rt {
		size, context, ret = rtSize, contextAt, rtReturnAt
	}
	if act.Restorer != 0 {
		ret = act.Restorer
	}
	fp := (sp-fxsaveLen)&^(fpAlign-1) - fsaveSize
	sp = (fp-size+wordSize)&^(stackAlign-1) - wordSize // as after a call
	b := make([]byte, fp-sp+fpSize)
	le := binary.LittleEndian
	putWord(b, ret)
	putWord(b[4:], uintptr(i.Signo))
	c := b[context:]
	for r, v := range f.R {
		putWord(c[4*r:], v)
	}
	putWord(c[4*nucleus.RegESP0:], f.R[nucleus.RegSP])
	putWord(c[scFP:], fp)
	le.PutUint32(c[scMask:], uint32(mask))
	putWord(c[scCR2:], f.Tval)
	if rt {
		putWord(b[8:], sp+infoAt)
		putWord(b[12:], sp+ucontextAt)
		putSigInfo(b[infoAt:], i)
		le.PutUint32(b[ucStack:], uint32(t.altStack.SP))
		switch {
		case t.altStack.Size == 0:
			le.PutUint32(b[ucStack+4:], abi.SS_DISABLE)
		case on:
			le.PutUint32(b[ucStack+4:], abi.SS_ONSTACK)
		}
		le.PutUint32(b[ucStack+8:], uint32(t.altStack.Size))
		le.PutUint64(b[ucMask:], uint64(mask))
	} else {
		le.PutUint32(b[oldMaskAt:], uint32(mask>>32))
	}
	putFP(b[fp-sp:], f.FP())
	if t.CopyOut(sp, b) != 0 {
		return false
	}
	f.R[nucleus.RegPC] = act.Handler
	f.R[nucleus.RegSP] = sp
	// Linux passes the arguments in registers as well, for -mregparm handlers.
	f.R[nucleus.RegEAX], f.R[nucleus.RegEDX], f.R[nucleus.RegECX] = uintptr(i.Signo), 0, 0
	if rt {
		f.R[nucleus.RegEDX], f.R[nucleus.RegECX] = sp+infoAt, sp+ucontextAt
	}
	f.R[nucleus.RegEFLAGS] &^= nucleus.FlagDF | nucleus.FlagTF
	f.R[nucleus.RegCS], f.R[nucleus.RegSS] = nucleus.SelUserCode, nucleus.SelUserData
	f.R[nucleus.RegDS], f.R[nucleus.RegES] = nucleus.SelUserData, nucleus.SelUserData
	return true
}

// putFP lays out the floating point state: the control, status and tag words
// and the registers as FSAVE has them, then the FXSAVE image.
func putFP(b []byte, fx *[fxsaveLen]byte) {
	const (
		fxStatus, fxRegs, fxRegLen    = 2, 32, 16
		fsStatusWord, fsRegs, fsRegLn = 4, 28, 10
		upperOnes                     = 0xff
	)
	copy(b, fx[:2])
	copy(b[fsStatusWord:], fx[fxStatus:fxStatus+2])
	for _, at := range []int{0, fsStatusWord, 2 * 4} {
		b[at+2], b[at+3] = upperOnes, upperOnes
	}
	b[8], b[9] = fsaveTags(fx)
	for r := range 8 {
		copy(b[fsRegs+fsRegLn*r:][:fsRegLn], fx[fxRegs+fxRegLen*r:])
	}
	copy(b[fsStatus:], fx[fxStatus:fxStatus+2])
	copy(b[fsaveSize:], fx[:])
}

// fsaveTags makes the two-bit tags of FSAVE from FXSAVE's one-bit ones (SDM 1
// 10.5.1.1); a register in use is tagged valid, whatever is in it.
func fsaveTags(fx *[fxsaveLen]byte) (lo, hi byte) {
	const abridgedTags, empty = 4, 3
	tags := uint(0)
	for r := range 8 {
		if fx[abridgedTags]>>r&1 == 0 {
			tags |= empty << (2 * r)
		}
	}
	return byte(tags), byte(tags >> 8)
}

// putSigInfo lays out a siginfo_t.
func putSigInfo(b []byte, i SigInfo) {
	le := binary.LittleEndian
	le.PutUint32(b, uint32(i.Signo))
	le.PutUint32(b[siCode:], uint32(i.Code))
	switch {
	case i.Signo == abi.SIGCHLD && i.Code > 0:
		le.PutUint32(b[siPID:], uint32(i.PID))
		le.PutUint32(b[siUID:], i.UID)
		le.PutUint32(b[siStatus:], uint32(i.Status))
	case i.Code > 0 && i.Code != abi.SI_KERNEL:
		le.PutUint32(b[siAddr:], uint32(i.Addr))
	case i.Code == abi.SI_TIMER:
		le.PutUint32(b[siPID:], uint32(i.Timer))
		le.PutUint32(b[siUID:], uint32(i.Orders))
		le.PutUint32(b[siValue:], uint32(i.Value))
	default:
		le.PutUint32(b[siPID:], uint32(i.PID))
		le.PutUint32(b[siUID:], i.UID)
		le.PutUint32(b[siValue:], uint32(i.Value))
	}
}

// SigInfoBytes is a siginfo_t, for waitid and rt_sigtimedwait.
func SigInfoBytes(i SigInfo) []byte {
	b := make([]byte, infoSize)
	putSigInfo(b, i)
	return b
}

// SigReturn performs rt_sigreturn(2): everything as it was before the handler.
// The handler's return took the first word off the frame.
func (t *Thread) SigReturn() {
	var b [rtSize]byte
	le := binary.LittleEndian
	if t.CopyIn(t.Frame.R[nucleus.RegSP]-wordSize, b[:]) != 0 || !t.restore(b[contextAt:]) {
		t.force(abi.SIGSEGV)
		return
	}
	t.SetMask(SigSet(le.Uint64(b[ucMask:])))
	t.altStack = AltStack{uintptr(le.Uint32(b[ucStack:])), uintptr(le.Uint32(b[ucStack+8:]))}
}

// OldSigReturn performs sigreturn(2). The handler's return and the code it
// returned to took two words off the frame.
func (t *Thread) OldSigReturn() {
	var b [oldSize]byte
	le := binary.LittleEndian
	if t.CopyIn(t.Frame.R[nucleus.RegSP]-2*wordSize, b[:]) != 0 || !t.restore(b[oldContextAt:]) {
		t.force(abi.SIGSEGV)
		return
	}
	t.SetMask(SigSet(le.Uint32(b[oldContextAt+scMask:])) | SigSet(le.Uint32(b[oldMaskAt:]))<<32)
}

// restore takes the registers from a sigcontext.
func (t *Thread) restore(c []byte) bool {
	f := t.Frame
	if fp := elfWord(c[scFP:]); fp != 0 {
		if t.CopyIn(uintptr(fp)+fsaveSize, f.FP()[:]) != 0 {
			f.Sanitize() // part of it may have come
			return false
		}
	}
	for r := range f.R {
		f.R[r] = uintptr(elfWord(c[4*r:]))
	}
	f.R[nucleus.RegSP] = f.R[nucleus.RegESP0]
	f.Sanitize()
	return true
}
