//go:build riscv64 || 386

package module

import (
	"fmt"
	"runtime"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/nucleus"
)

// cCall is one activation of C code.
type cCall struct {
	k     *Kernel
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

// nanos is a second in nanoseconds.
const nanos = 1_000_000_000

// Call implements Machine. The loop is the whole life of a C call: run to the
// next trap; an interrupt only offers the processor to others; a stub's trap
// is an export, or the end; anything else is a fault.
func (m *machine) Call(k *Kernel, who *lkm.Caller, fn uint64, args []uint64) (uint64, *Fault) {
	stack := m.takeStack()
	if stack == 0 {
		return 0, &Fault{Title: "No memory for the stack of a module function", PC: fn}
	}
	defer m.putStack(stack)
	c := &cCall{k: k, stack: stack}
	c.begin(uintptr(fn), args)
	server := k.NewServer(who, c.nextArg, c.trace)
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

// trace lists the code addresses on the stack, innermost first, after those
// that the machine has in registers. Without frame pointers some may be left
// over from calls that returned.
func (c *cCall) trace() []uint64 {
	const most = 24
	var out []uint64
	for _, r := range codeRegs {
		if a := uint64(c.f.R[r]); c.k.Code(a) {
			out = append(out, a)
		}
	}
	// Below its stack it has run off it: the whole stack tells how.
	sp := max(c.f.R[nucleus.RegSP]&^(abi.WordSize-1), c.stack)
	for ; sp < c.stack+stackSize && len(out) < most; sp += abi.WordSize {
		if a := c.k.word(uint64(sp)); c.k.Code(a) {
			out = append(out, a)
		}
	}
	return out
}
