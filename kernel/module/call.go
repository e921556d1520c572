package module

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"rv86/kernel/klog"
	"rv86/kernel/lkm"
	"rv86/kmod/kapi"
)

// call runs a C function of a module. ok is false after an oops.
func (k *Kernel) call(who *lkm.Caller, m *Module, fn uint64, args ...uint64) (r uint64, ok bool) {
	who.Depth++
	r, fault := k.Machine.Call(k, who, fn, args)
	who.Depth--
	if who.Depth == 0 && k.Returned != nil {
		defer func() { k.Returned(who, ok) }()
	}
	if fault != nil {
		if at := k.owner(fault.PC); at != nil {
			m = at
		}
		k.oops(who, m, fault)
		return 0, false
	}
	return r, true
}

// Server serves the calls of exports that one activation of C code makes.
type Server struct {
	call kapi.Call
	env  env
}

// CallState is the call of an export in progress, as the machine sees it.
type CallState struct {
	Next  func() uint64  // reads the next argument
	From  func() uint64  // where C code called from: the return address
	Trace func() []Frame // the call trace
}

// NewServer makes one.
func (k *Kernel) NewServer(who *lkm.Caller, call CallState) *Server {
	s := &Server{env: env{k: k, who: who, from: call.From, trace: call.Trace}}
	s.call = kapi.Call{Env: &s.env, Who: who, Args: kapi.Args{Next: call.Next, Word: k.Machine.Target().WordSize()}}
	return s
}

// Serve runs export number i and gives its result. A fault means that the C
// code cannot go on: it called BUG(), or gave the function a pointer to
// nothing. The registers are for the caller to fill in.
func (s *Server) Serve(i int) (r uint64, fault *Fault) {
	s.call.Died, s.call.Bug = "", false
	k := s.env.k
	fault = guard(func() {
		if k.probed != nil && k.probed[i] {
			k.Entering(&s.call, k.funcs[i].Name)
		}
		r = k.funcs[i].Call(&s.call)
	})
	switch {
	case fault != nil || s.call.Died == "":
	case s.call.Died == kapi.FaultInside:
		fault = &Fault{Reported: true}
	case s.call.Bug:
		fault = &Fault{Title: s.call.Died, Bug: true, Die: s.env.k.bug()}
	default:
		fault = &Fault{Title: s.call.Died, Die: dieBug}
	}
	return r, fault
}

// guard runs f, which follows pointers that C code gave. A page fault on one of
// them reaches this goroutine as a run-time panic, which is turned into a Fault
// here and nowhere else; any other panic is a bug of ours and goes on.
func guard(f func()) (fault *Fault) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch e := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			fault = &Fault{Access: true, Addr: uint64(e.Addr())}
		case *runtime.TypeAssertionError:
			panic(e)
		case runtime.Error:
			// The runtime gives no address for the first page, and refuses a
			// slice whose length wraps around memory.
			fault = &Fault{Title: "Unable to handle kernel NULL pointer dereference or bad length"}
		default:
			panic(e)
		}
	}()
	f()
	return nil
}

// env implements kapi.Env for one call.
type env struct {
	k     *Kernel
	who   *lkm.Caller
	from  func() uint64
	trace func() []Frame
}

func (e *env) Slice(va, n uint64) []byte { return e.k.Machine.Slice(va, n) }
func (e *env) Alloc(size uint64) uint64  { return e.k.heap.alloc(size, e.site()) }
func (e *env) SizeOf(p uint64) uint64    { return e.k.heap.size(p) }
func (e *env) Symbol(addr uint64) string { return e.k.Symbol(addr) }
func (e *env) Taint(bit uint)            { e.k.setTaint(bit & 31) }

// Panic tells those who want to know first.
func (e *env) Panic(reason string) {
	if e.k.Panicking != nil {
		e.k.Panicking(e.who, reason)
	}
	e.k.Machine.Panic(reason)
}

var _ kapi.ModuleCore = (*env)(nil)

// site says which module's code is calling.
func (e *env) site() site {
	if e.from == nil {
		return site{}
	}
	pc := e.from()
	e.k.mu.Lock()
	s := e.k.spans.find(pc)
	e.k.mu.Unlock()
	if s == nil {
		return site{}
	}
	return site{m: s.m, pc: uint32(pc)}
}

// Free reports a wrong pointer and goes on: the block is lost, the kernel not.
func (e *env) Free(p uint64) {
	if err := e.k.heap.free(p); err != nil {
		e.report("BUG: "+err.Error(), TaintWarn)
	}
}

func (e *env) Log(text string) {
	level, text := klog.SplitLevel(text)
	e.k.Log.Printk(level, text)
}

func (e *env) CallC(fn uint64, args ...uint64) (uint64, bool) {
	return e.k.call(e.who, nil, fn, args...)
}

// cutHere begins what people send with a report (Linux CUT_HERE).
const cutHere = "------------[ cut here ]------------"

// Warn is a WARN_ON: a report like an oops, but execution goes on.
func (e *env) Warn(at, text string, taint uint) {
	k := e.k
	k.logf(klog.Warning, cutHere)
	if text != "" {
		e.Log("\x014" + text)
	}
	where := ""
	if trace := e.trace(); len(trace) > 0 {
		where = " " + k.Symbol(trace[0].PC)
	}
	e.report(fmt.Sprintf("WARNING: CPU: 0 PID: %d at %s%s", e.who.PID, at, where), taint)
}

// report says what is wrong and who is running.
func (e *env) report(title string, taint uint) {
	k := e.k
	k.logf(klog.Warning, "%s", title)
	k.header(klog.Warning, e.who)
	k.traceLines(klog.Warning, e.trace())
	k.logf(klog.Warning, "---[ end trace 0000000000000000 ]---")
	k.setTaint(taint & 31)
}

func (e *env) DumpStack() {
	e.k.header(klog.DefaultLevel, e.who)
	e.k.traceLines(klog.DefaultLevel, e.trace())
}

func (e *env) ModuleGet(this uint64) bool {
	k := e.k
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.byStruct(this)
	if m == nil || m.state == Going {
		return false
	}
	m.refs++
	k.storeRefs(m)
	return true
}

func (e *env) ModulePut(this uint64) {
	k := e.k
	k.mu.Lock()
	defer k.mu.Unlock()
	if m := k.byStruct(this); m != nil && m.refs > 0 {
		m.refs--
		k.storeRefs(m)
	}
}

func (e *env) ModuleRefs(this uint64) int {
	e.k.mu.Lock()
	defer e.k.mu.Unlock()
	if m := e.k.byStruct(this); m != nil {
		return m.refs
	}
	return -1
}

// storeRefs shows the count in the module's own structure, for C code that
// looks there; nobody reads it back.
func (k *Kernel) storeRefs(m *Module) {
	t := k.Machine.Target()
	putWord(k.Machine.Slice(m.this+uint64(t.Module().RefCnt), uint64(t.WordSize())), uint64(m.refs))
}
