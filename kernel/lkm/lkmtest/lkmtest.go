// Package lkmtest is a module core for tests on the host: memory is a table of
// blocks, C functions are Go functions at made-up addresses, threads are
// goroutines. Time is the test's, so that testing/synctest makes it exact.
package lkmtest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/wait"
	"rv86/kmod/kapi"
)

// Core implements lkm.Core and kapi.Env.
type Core struct {
	T *testing.T

	mu     sync.Mutex
	blocks map[uint64][]byte
	next   uint64
	funcs  map[uint64]func(who *lkm.Caller, args ...uint64) uint64
	log    strings.Builder
	start  time.Time
	Refs   int
}

// New makes a core without contents.
func New(t *testing.T) *Core {
	return &Core{
		T: t, blocks: map[uint64][]byte{}, next: 0x10000, start: time.Now(),
		funcs: map[uint64]func(*lkm.Caller, ...uint64) uint64{},
	}
}

// BadAddress is the panic of an access to nothing.
type BadAddress uint64

const page = 4096

// Slice implements lkm.Core.
func (c *Core) Slice(va, n uint64) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	for at, b := range c.blocks {
		off := va - at
		if va < at || off > uint64(len(b)) {
			continue
		}
		// A search for a string's end looks at the rest of its page.
		if off+n <= uint64(len(b)) || off < uint64(len(b)) && (va+n)%page == 0 && off+n <= uint64(cap(b)) {
			return b[off : off+n : off+n]
		}
	}
	panic(BadAddress(va))
}

// WordSize implements lkm.Core.
func (c *Core) WordSize() int { return 8 }

// Alloc implements lkm.Core.
func (c *Core) Alloc(size uint64) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.next
	c.blocks[p] = make([]byte, size, size+page-(p+size)%page)
	c.next += (size + 31) &^ 15
	return p
}

// Free implements lkm.Core.
func (c *Core) Free(p uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.blocks[p] == nil {
		c.T.Errorf("free of %#x", p)
	}
	delete(c.blocks, p)
}

// Blocks counts what is allocated.
func (c *Core) Blocks() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.blocks)
}

// Func makes a C function.
func (c *Core) Func(f func(who *lkm.Caller, args ...uint64) uint64) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.next
	c.next += 16
	c.funcs[p] = f
	return p
}

// Run implements lkm.Core.
func (c *Core) Run(who *lkm.Caller, fn uint64, args ...uint64) (uint64, bool) {
	c.mu.Lock()
	f := c.funcs[fn]
	c.mu.Unlock()
	if f == nil {
		c.Log(fmt.Sprintf("\x010Oops: call of %#x\n", fn))
		return 0, false
	}
	r := f(who, args...)
	if status, ok := who.Exited(); ok {
		return status, true
	}
	return r, true
}

// Guard implements lkm.Core.
func (c *Core) Guard(_ *lkm.Caller, f func()) (ok bool) {
	defer func() {
		if bad, is := recover().(BadAddress); is {
			c.Log(fmt.Sprintf("\x010Oops: access to %#x\n", uint64(bad)))
			ok = false
		}
	}()
	f()
	return true
}

// Log implements lkm.Core; levels are dropped.
func (c *Core) Log(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(text) > 1 && text[0] == 1 {
		text = text[2:]
	}
	c.log.WriteString(text)
}

// TakeLog gives what was logged since.
func (c *Core) TakeLog() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.log.String()
	c.log.Reset()
	return s
}

// Symbol implements lkm.Core.
func (c *Core) Symbol(addr uint64) string { return fmt.Sprintf("f+%#x [test]", addr&0xff) }

// Hold implements lkm.Core.
func (c *Core) Hold(uint64) bool { c.Refs++; return true }

// Unhold implements lkm.Core.
func (c *Core) Unhold(uint64) { c.Refs-- }

// ModuleOf implements lkm.Core.
func (c *Core) ModuleOf(uint64) string { return "test" }

// Now implements lkm.Core.
func (c *Core) Now() int64 { return int64(time.Since(c.start)) }

// The rest of kapi.Env.

// SizeOf implements kapi.Env.
func (c *Core) SizeOf(p uint64) uint64 { return uint64(len(c.blocks[p])) }

// CallC implements kapi.Env.
func (c *Core) CallC(fn uint64, args ...uint64) (uint64, bool) {
	return c.Run(&lkm.Caller{}, fn, args...)
}

// Warn implements kapi.Env.
func (c *Core) Warn(at, text string, _ uint) { c.Log("WARNING: " + at + ": " + text + "\n") }

// DumpStack implements kapi.Env.
func (c *Core) DumpStack() { c.Log("Call Trace:\n") }

// Taint implements kapi.Env.
func (c *Core) Taint(uint) {}

// Panic implements kapi.Env.
func (c *Core) Panic(reason string) { c.T.Errorf("panic: %s", reason) }

// ModuleGet implements kapi.Env.
func (c *Core) ModuleGet(this uint64) bool { return c.Hold(this) }

// ModulePut implements kapi.Env.
func (c *Core) ModulePut(this uint64) { c.Unhold(this) }

// ModuleRefs implements kapi.Env.
func (c *Core) ModuleRefs(uint64) int { return c.Refs }

// Str puts a string into memory, at the beginning of a page: rows look for a
// string's end up to the end of the page.
func (c *Core) Str(s string) uint64 {
	const page = 4096
	p := (c.Alloc(2*page) + page - 1) &^ (page - 1)
	copy(c.Slice(p, uint64(len(s))), s)
	return p
}

// Call calls a row by name.
func (c *Core) Call(who *lkm.Caller, rows []kapi.Func, name string, args ...uint64) uint64 {
	c.T.Helper()
	r, died := c.TryCall(who, rows, name, args...)
	if died != "" {
		c.T.Errorf("%s: %s", name, died)
	}
	return r
}

// TryCall calls a row that may end its caller, and says why.
func (c *Core) TryCall(who *lkm.Caller, rows []kapi.Func, name string, args ...uint64) (r uint64, died string) {
	c.T.Helper()
	for i := range rows {
		if rows[i].Name != name {
			continue
		}
		n := 0
		call := &kapi.Call{Env: c, Who: who, Args: kapi.Args{Word: 8, Next: func() uint64 {
			n++
			if n > len(args) {
				return 0
			}
			return args[n-1]
		}}}
		r = rows[i].Call(call)
		return r, call.Died
	}
	c.T.Errorf("no row %s", name)
	return 0, ""
}

// Thread is an lkm.Thread.
type Thread struct {
	Core *Core
	ID   lkm.Info

	wakeup  chan struct{}
	mu      sync.Mutex
	pending uint64
	Dead    int // the signal it died of
}

// NewThread makes one; its caller comes with it.
func (c *Core) NewThread(pid int, comm string) (*Thread, *lkm.Caller) {
	t := &Thread{Core: c, ID: lkm.Info{PID: pid, TID: pid, PPID: 1, Comm: comm}, wakeup: make(chan struct{}, 1)}
	return t, &lkm.Caller{PID: pid, Comm: comm, Thread: t}
}

// Signal sends one.
func (t *Thread) Signal(sig int) {
	t.mu.Lock()
	t.pending |= 1 << (sig - 1)
	t.mu.Unlock()
	select {
	case t.wakeup <- struct{}{}:
	default:
	}
}

// Info implements lkm.Thread.
func (t *Thread) Info() lkm.Info { return t.ID }

// CopyIn implements lkm.Thread: there is no program.
func (t *Thread) CopyIn(uintptr, []byte) abi.Errno { return abi.EFAULT }

// CopyOut implements lkm.Thread.
func (t *Thread) CopyOut(uintptr, []byte) abi.Errno { return abi.EFAULT }

// NewWaiter implements lkm.Thread.
func (t *Thread) NewWaiter() *wait.Waiter { return &wait.Waiter{C: t.wakeup} }

// Sleep implements lkm.Thread.
func (t *Thread) Sleep(deadline int64) abi.Errno {
	if t.Interrupted() {
		return abi.ERESTARTSYS
	}
	if e := t.SleepDeep(deadline); e != 0 {
		return e
	}
	if t.Interrupted() {
		return abi.ERESTARTSYS
	}
	return 0
}

// SleepDeep implements lkm.Thread.
func (t *Thread) SleepDeep(deadline int64) abi.Errno {
	if deadline == lkm.Never {
		<-t.wakeup
		return 0
	}
	d := deadline - t.Core.Now()
	if d <= 0 {
		return abi.ETIMEDOUT
	}
	select {
	case <-t.wakeup:
		return 0
	case <-time.After(time.Duration(d)):
		return abi.ETIMEDOUT
	}
}

// Interrupted implements lkm.Thread.
func (t *Thread) Interrupted() bool { p, _ := t.Signals(); return p != 0 }

// Killed implements lkm.Thread.
func (t *Thread) Killed() bool {
	p, _ := t.Signals()
	return p>>(abi.SIGKILL-1)&1 != 0
}

// Signals implements lkm.Thread.
func (t *Thread) Signals() (pending, blocked uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.pending, 0
}

// Die implements lkm.Thread.
func (t *Thread) Die(sig int) { t.Dead = sig }

var _ cstruct.Memory = (*Core)(nil)
