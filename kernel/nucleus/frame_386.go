package nucleus

import "unsafe"

// frame is a saved context. Its layout is known to vector_386.s. R is in the
// order in which a trap pushes it, which is also that of Linux's struct
// sigcontext.
type frame struct {
	R    [19]uintptr
	Tval uintptr // CR2: the address of a page fault
	kind uintptr // frameThread or frameForeign
	_    uintptr
	tls  uint64       // a thread's: the descriptor that its GS selects
	F    [fxSize]byte // as FXSAVE lays it out; must be aligned (SDM 1 10.5.1)
}

const (
	fxSize  = 512
	fxAlign = 16
)

// What the assembly takes for granted beyond go_asm.h. An offset that differs
// makes a constant negative, which does not compile.
const (
	_ = 0 - unsafe.Offsetof(frame{}.R)
	_ = 0 - unsafe.Offsetof(frame{}.F)%fxAlign
	_ = 0 - unsafe.Sizeof(frame{})%fxAlign
	_ = 0 - unsafe.Offsetof(Frame{}.frame)
	_ = 0 - unsafe.Offsetof(thread{}.frame)
	_ = 0 - unsafe.Sizeof(thread{})%fxAlign
)

// Indexes of frame.R.
const (
	RegGS     = 0
	RegFS     = 1
	RegES     = 2
	RegDS     = 3
	RegEDI    = 4
	RegESI    = 5
	RegEBP    = 6
	RegESP0   = 7 // unused by a trap; the stack pointer in a signal frame
	RegEBX    = 8
	RegEDX    = 9
	RegECX    = 10
	RegEAX    = 11
	RegTrapNo = 12
	RegErr    = 13
	RegPC     = 14
	RegCS     = 15
	RegEFLAGS = 16
	RegSP     = 17
	RegSS     = 18

	regResult = RegEAX
)

// Bits of EFLAGS (SDM 1 3.4.3).
const (
	FlagTF   = 1 << 8
	FlagIF   = 1 << 9
	FlagDF   = 1 << 10
	flagOne  = 1 << 1 // always set
	flagInit = FlagIF | flagOne
)

// Kinds of frame.
const (
	frameThread  = 0 // an OS thread of the Go runtime: the nucleus handles its traps
	frameForeign = 1 // other code, in ring 3 or ring 0: Run returns
)

// Frame is the context of code that is not Go: a program in ring 3, or C code
// of a module in ring 0. It lives on the Go heap: the processor writes to it,
// so it must not move. It holds no pointers, which keeps it aligned.
type Frame struct {
	frame
	ksp  uintptr // where Run continues
	root uintptr // page directory
	TLS  [TLSSlots]uint64
}

// TLSSlots is the number of segments that set_thread_area(2) gives.
const TLSSlots = 3

// NewFrame makes a context that starts at pc with stack pointer sp. root is
// the physical address of its page directory; 0 means the kernel's own address
// space, and ring 0.
func NewFrame(pc, sp, root uintptr) *Frame {
	f := &Frame{root: root}
	f.kind = frameForeign
	code, data := uintptr(SelUserCode), uintptr(SelUserData)
	if root == 0 {
		f.root = kernelRoot
		code, data = SelKernelCode, SelKernelData
	}
	f.R[RegPC], f.R[RegSP] = pc, sp
	f.R[RegCS], f.R[RegSS], f.R[RegDS], f.R[RegES] = code, data, data, data
	f.R[RegEFLAGS] = flagInit
	f.F = fpInit
	if uintptr(unsafe.Pointer(f))%fxAlign != 0 {
		panic("nucleus: bug: a Frame is not aligned")
	}
	return f
}

// Fork copies a context, for a new thread or process under the page directory
// root.
func (f *Frame) Fork(root uintptr) *Frame {
	g := *f
	g.root = root
	return &g
}

// SetRoot changes the address space the code runs in.
func (f *Frame) SetRoot(root uintptr) { f.root = root }

// Control gives the control registers that the code ran with (SDM 3 2.5). CR2
// is Tval.
func (f *Frame) Control() (cr0, cr3, cr4 uintptr) { return getCR0(), f.root, getCR4() }

// FP is the state of the floating point and SIMD unit, as FXSAVE lays it out.
func (f *Frame) FP() *[fxSize]byte { return &f.F }

// Sanitize makes a ring 3 context safe to enter, whatever the program wrote
// into its signal frame: selectors that would fault become null or the
// standard ones, and the flags that are not the program's become ours.
func (f *Frame) Sanitize() {
	f.R[RegCS], f.R[RegSS] = SelUserCode, SelUserData
	for _, r := range [...]int{RegGS, RegFS, RegES, RegDS} {
		sel := f.R[r] & selMask
		i := sel>>selShift - tlsFirst
		if sel != SelUserData && sel != SelUserCode && (i >= TLSSlots || f.TLS[i] == 0 || sel&selLocal != 0) {
			sel = 0
		}
		f.R[r] = sel
	}
	f.R[RegEFLAGS] = f.R[RegEFLAGS]&flagsUser | flagInit
	for i := range 4 { // reserved bits: FXRSTOR would fault
		f.F[mxcsrAt+i] &= byte(mxcsrMask >> (8 * i))
	}
}

const (
	// flagsUser are the flags a program may set: AC, OF, DF, TF, SF, ZF, AF, PF, CF.
	flagsUser = 1<<18 | 1<<11 | FlagDF | FlagTF | 1<<7 | 1<<6 | 1<<4 | 1<<2 | 1<<0

	// In the FXSAVE area (SDM 1 table 10-2).
	mxcsrAt     = 24
	mxcsrMaskAt = 28

	mxcsrInit = 0x1f80
	// mxcsrDefault is the mask of a processor that gives none (SDM 1 11.6.6).
	mxcsrDefault = 0xffbf
)

// mxcsrMask are the bits of MXCSR that this processor has.
var mxcsrMask uint32 = mxcsrDefault

// readMXCSRMask asks the processor.
func readMXCSRMask() {
	p := uintptr(unsafe.Pointer(&nestFrame.F))
	fpSave(p)
	if m := ld32(p + mxcsrMaskAt); m != 0 {
		mxcsrMask = m
	}
}

// fpInit is the unit's state after FNINIT with MXCSR's default.
var fpInit = [fxSize]byte{0: 0x7f, 1: 0x03, mxcsrAt: mxcsrInit & 0xff, mxcsrAt + 1: mxcsrInit >> 8}

// Run lets the code of f go on until its next trap of any kind, which it
// leaves in R[RegTrapNo], R[RegErr] and Tval, and returns to the calling
// goroutine. An interrupt was then taken by the goroutine's own thread right
// after: nothing is left to do but to offer a reschedule.
func Run(f *Frame)
