package task

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/vm"
)

// Linux's struct rt_sigframe for riscv64 (arch/riscv/kernel/signal.c,
// uapi/asm/{sigcontext,ucontext}.h):
//
//	  0  siginfo, 128 bytes
//	128  ucontext: flags, link, stack (sp, flags, size), mask, padding
//	304  pc, x1..x31
//	560  f0..f31, fcsr, reserved up to 528 bytes
const (
	ucontextAt = 128
	ucStack    = ucontextAt + 16
	ucMask     = ucontextAt + 40
	mcontextAt = ucontextAt + 176
	mcFP       = mcontextAt + 32*8
	mcFCSR     = mcFP + 32*8
	frameSize  = mcFP + 528
	stackAlign = 16

	// The layout of siginfo's union: from 16 on.
	siCode   = 8
	siAddr   = 16
	siPID    = 16
	siUID    = 20
	siStatus = 24
	siValue  = 24
	ecallLen = 4
)

func (t *Thread) stackPointer() uintptr { return t.Frame.R[nucleus.RegSP] }

func (t *Thread) pc() uintptr { return t.Frame.R[nucleus.RegPC] }

// rewind makes the call in progress run again when the program goes on.
func (t *Thread) rewind() {
	t.Frame.R[nucleus.RegPC] -= ecallLen
	t.Frame.R[nucleus.RegA0] = t.args[0]
}

// unwind takes rewind back: the call fails with e.
func (t *Thread) unwind(e abi.Errno) {
	t.Frame.R[nucleus.RegPC] += ecallLen
	t.Frame.R[nucleus.RegA0] = -uintptr(e)
}

// pushFrame makes the thread go on in its handler. It is false if the stack
// cannot take the frame.
func (t *Thread) pushFrame(i SigInfo, act Action, mask SigSet) bool {
	f := t.Frame
	on := t.onAltStack()
	sp := f.R[nucleus.RegSP]
	if act.Flags&abi.SA_ONSTACK != 0 && t.altStack.Size != 0 && !on {
		sp = t.altStack.SP + t.altStack.Size
	}
	sp = (sp - frameSize) &^ (stackAlign - 1)
	var b [frameSize]byte
	le := binary.LittleEndian
	putSigInfo(b[:], i)
	le.PutUint64(b[ucStack:], uint64(t.altStack.SP))
	switch {
	case t.altStack.Size == 0:
		le.PutUint32(b[ucStack+8:], abi.SS_DISABLE)
	case on:
		le.PutUint32(b[ucStack+8:], abi.SS_ONSTACK)
	}
	le.PutUint64(b[ucStack+16:], uint64(t.altStack.Size))
	le.PutUint64(b[ucMask:], uint64(mask))
	for i, v := range f.R {
		le.PutUint64(b[mcontextAt+8*i:], uint64(v))
	}
	for i, v := range f.F {
		le.PutUint64(b[mcFP+8*i:], uint64(v))
	}
	le.PutUint32(b[mcFCSR:], uint32(f.FCSR))
	if t.CopyOut(sp, b[:]) != 0 {
		return false
	}
	f.R[nucleus.RegPC] = act.Handler
	f.R[nucleus.RegRA] = vm.SigPage
	f.R[nucleus.RegSP] = sp
	f.R[nucleus.RegA0] = uintptr(i.Signo)
	f.R[nucleus.RegA1] = sp
	f.R[nucleus.RegA2] = sp + ucontextAt
	return true
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
		le.PutUint64(b[siAddr:], uint64(i.Addr))
	case i.Code == abi.SI_TIMER:
		le.PutUint32(b[siPID:], uint32(i.Timer))
		le.PutUint32(b[siUID:], uint32(i.Orders))
		le.PutUint64(b[siValue:], i.Value)
	default:
		le.PutUint32(b[siPID:], uint32(i.PID))
		le.PutUint32(b[siUID:], i.UID)
		le.PutUint64(b[siValue:], i.Value)
	}
}

// SigInfoBytes is a siginfo_t, for waitid and rt_sigtimedwait.
func SigInfoBytes(i SigInfo) []byte {
	b := make([]byte, ucontextAt)
	putSigInfo(b, i)
	return b
}

// SigReturn performs rt_sigreturn(2): everything as it was before the handler.
func (t *Thread) SigReturn() {
	f := t.Frame
	var b [frameSize]byte
	if t.CopyIn(f.R[nucleus.RegSP], b[:]) != 0 {
		t.force(abi.SIGSEGV)
		return
	}
	le := binary.LittleEndian
	for i := range f.R {
		f.R[i] = uintptr(le.Uint64(b[mcontextAt+8*i:]))
	}
	for i := range f.F {
		f.F[i] = uintptr(le.Uint64(b[mcFP+8*i:]))
	}
	f.FCSR = uintptr(le.Uint32(b[mcFCSR:]) & fcsrBits)
	f.Touched()
	t.SetMask(SigSet(le.Uint64(b[ucMask:])))
	t.altStack = AltStack{uintptr(le.Uint64(b[ucStack:])), uintptr(le.Uint64(b[ucStack+16:]))}
}

// fcsrBits are the flags and the rounding mode (unprivileged spec 11.2).
const fcsrBits = 0xff
