//go:build riscv64 || 386

package module

import (
	"fmt"
	"runtime"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/module/unwind"
	"rv86/kernel/nucleus"
)

// cCall is one activation of C code.
type cCall struct {
	k     *Kernel
	who   *lkm.Caller
	f     *nucleus.Frame
	stack uintptr // its lowest address
	arg   int     // how many arguments of the export being called were read
}

// trapKind is what C code can stop at.
type trapKind uint8

const (
	trapFault     trapKind = iota
	trapStub               // an export, or the end
	trapInterrupt          // nothing of its own
)

// lockup is how long C code may run without calling an export, in seconds.
// Nothing could end a loop without end: the caller hears no signal while it is
// inside. Linux reports one (kernel/watchdog.c) and lets it go on.
const lockup = 4

// Call implements Machine. The loop is the whole life of a C call: run to the
// next trap; an interrupt only offers the processor to others; a stub's trap
// is an export, or the end; anything else is a fault.
func (m *machine) Call(k *Kernel, who *lkm.Caller, fn uint64, args []uint64) (uint64, *Fault) {
	stack := m.takeStack()
	if stack == 0 {
		return 0, &Fault{Title: "No memory for the stack of a module function", PC: fn}
	}
	defer m.putStack(stack)
	c := &cCall{k: k, who: who, stack: stack}
	who.Calls = append(who.Calls, c)
	defer func() { who.Calls = who.Calls[:len(who.Calls)-1] }()
	c.begin(uintptr(fn), args)
	server := k.NewServer(who, CallState{Next: c.nextArg, From: c.caller, Trace: c.trace})
	since := nucleus.Now()
	for {
		nucleus.Run(c.f)
		export := -1
		switch c.trap() {
		case trapInterrupt:
			before := nucleus.Now()
			if before-since > lockup*nanos {
				return 0, c.describe(&Fault{
					Title: fmt.Sprintf("watchdog: BUG: soft lockup - CPU#0 stuck for %ds! [%s:%d]", lockup, who.Comm, who.PID),
					Die:   "Oops - soft lockup",
				})
			}
			runtime.Gosched()
			since += nucleus.Now() - before // others' time
			continue
		case trapStub:
			export = k.Export(c.stub())
		}
		switch {
		case export == len(k.funcs):
			return c.result(), nil
		case export >= 0:
			c.arg = 0
			r, fault := server.Serve(export)
			if fault != nil {
				return 0, c.describe(fault)
			}
			if status, exited := who.Exited(); exited {
				return status, nil
			}
			c.giveBack(r)
			since = nucleus.Now()
		default:
			fixup, ok := k.Fixup(c.pc())
			if !ok {
				return 0, c.describe(c.fault())
			}
			c.f.R[nucleus.RegPC] = uintptr(fixup)
		}
	}
}

// pc is where the code is.
func (c *cCall) pc() uint64 { return uint64(c.f.R[nucleus.RegPC]) }

// trace is the whole call trace, innermost first: this C code, the kernel's
// functions that called it, and the C code that called those.
func (c *cCall) trace() []Frame {
	const most = 64
	out := c.frames()
	pcs := make([]uintptr, most)
	outer := len(c.who.Calls) - 1
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	inside := true // of what reports
	for {
		f, more := frames.Next()
		name := f.Function[strings.LastIndexByte(f.Function, '/')+1:]
		switch {
		case name == callFunction && inside:
			inside = false
			out = append(out, Frame{Go: name})
		case inside || strings.HasPrefix(name, "runtime."):
		case name == callFunction:
			out = append(out, Frame{Go: name})
			if outer--; outer >= 0 {
				if o, ok := c.who.Calls[outer].(*cCall); ok {
					out = append(out, o.frames()...)
				}
			}
		default:
			out = append(out, Frame{Go: fmt.Sprintf("%s at %s:%d", name, f.File[strings.LastIndexByte(f.File, '/')+1:], f.Line)})
		}
		if !more {
			return out
		}
	}
}

// callFunction is what the traceback calls (*machine).Call.
const callFunction = "module.(*machine).Call"

// frames are the C functions on this stack. As far as the frames can be
// followed these are calls; beyond that, whatever on the stack looks like one.
func (c *cCall) frames() []Frame {
	const most = 24
	// Below its stack it has run off it: the whole stack tells how.
	sp := max(uint64(c.f.R[nucleus.RegSP])&^(abi.WordSize-1), uint64(c.stack))
	end := uint64(c.stack + stackSize)
	out, sp := c.follow(sp, end, most)
	for ; sp < end && len(out) < most; sp += abi.WordSize {
		if a := c.k.word(sp); c.k.Code(a) {
			out = append(out, Frame{PC: a, Guess: true})
		}
	}
	return out
}

// follow finds the frames from the innermost out. It gives those it is sure of
// and where on the stack it lost the trail, end if it found them all.
func (c *cCall) follow(sp, end uint64, most int) (out []Frame, at uint64) {
	k := c.k
	pc, link := c.pc(), c.link()
	if !k.Code(pc) {
		// In an export, or where no code is: the trail begins at the caller.
		pc, sp = c.caller(), sp+uint64(unwinder.Popped)
		link = 0
	}
	for k.Code(pc) && len(out) < most {
		out = append(out, Frame{PC: pc})
		start, size, ok := k.function(pc)
		if !ok {
			break
		}
		f, ok := unwind.Find(unwinder, k.Machine.Slice(start, size), start, pc)
		entry := sp - uint64(f.Depth)
		if !ok || entry < sp || entry > end {
			break
		}
		switch saved := entry + uint64(f.RA); {
		case !f.Saved:
			pc = link
		case saved < sp || saved >= end:
			return out, sp
		default:
			pc = k.word(saved)
		}
		sp, link = entry+uint64(unwinder.Popped), 0
		if pc == k.base.ReturnStub() {
			return out, end
		}
	}
	return out, sp
}
