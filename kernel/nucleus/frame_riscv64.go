package nucleus

import "unsafe"

// frame is a saved context. Its layout is known to vector_riscv64.s, which
// takes the offsets from go_asm.h; the order of R is also Linux's order in a
// signal frame.
type frame struct {
	R                   [32]uintptr // pc, x1..x31
	Status, Cause, Tval uintptr
	kind                uintptr     // frameThread or frameForeign
	F                   [32]uintptr // f0..f31
	FCSR                uintptr
}

// What the assembly takes for granted beyond go_asm.h: R comes first, FCSR
// right after F, and a Frame begins with a frame. An offset that differs makes
// a constant negative, which does not compile.
const (
	_ = 0 - unsafe.Offsetof(frame{}.R)
	_ = 0 - (unsafe.Offsetof(frame{}.FCSR) - unsafe.Offsetof(frame{}.F) - unsafe.Sizeof(frame{}.F))
	_ = 0 - unsafe.Offsetof(Frame{}.frame)
	_ = 0 - unsafe.Offsetof(thread{}.frame)
)

// Kinds of frame.
const (
	frameThread  = 0 // an OS thread of the Go runtime: the nucleus handles its traps
	frameForeign = 1 // other code, in user or supervisor mode: Run returns
)

// Frame is the context of code that is not Go: a program in user mode, or C
// code of a module in supervisor mode. It lives on the Go heap: its address is
// in sscratch while the code runs, so it must not move.
type Frame struct {
	frame
	ksp, kg, kra uintptr // where Run continues
	satp         uintptr
}

// NewFrame makes a context that starts at pc with stack pointer sp. root is
// the physical address of its page table; 0 means the kernel's own address
// space, and supervisor mode.
func NewFrame(pc, sp, root uintptr) *Frame {
	f := &Frame{satp: satpSv39 | root>>12}
	f.kind = frameForeign
	f.Status = statusInit
	if root == 0 {
		f.Status |= StatusSPP
		f.satp = kernelSatp
	}
	f.R[RegPC], f.R[RegSP] = pc, sp
	return f
}

// Fork copies a context, for a new thread or process under the page table root.
func (f *Frame) Fork(root uintptr) *Frame {
	g := *f
	g.satp = satpSv39 | root>>12
	return &g
}

// SetRoot changes the address space the code runs in.
func (f *Frame) SetRoot(root uintptr) { f.satp = satpSv39 | root>>12 }

// Touched says that R, F or FCSR were changed from outside: the registers of
// the floating point unit are no longer a copy of F.
func (f *Frame) Touched() { fpOwner = 0 }

// Run lets the code of f go on until its next trap of any kind, which it
// leaves in f.Cause and f.Tval, and returns to the calling goroutine. An
// interrupt is then still pending and is taken by the goroutine's own thread
// right after: nothing is left to do but to offer a reschedule.
//
// Floating point registers are loaded only if the unit holds something else,
// and saved only if the code wrote them (sstatus.FS, Priv. spec 3.1.6.6).
func Run(f *Frame)
