package kapi

import (
	"fmt"
	"testing"
)

// fake is an Env over a flat memory. Addresses start at base; blocks are never
// reused, so that a stale pointer is seen.
type fake struct {
	t     *testing.T
	mem   []byte
	sizes map[uint64]uint64
	log   []string
	refs  int
	taint uint
	warns []string
	funcs map[uint64]func(args ...uint64) uint64 // C functions by address
}

const base = 0x10000

func newFake(t *testing.T) *fake {
	return &fake{t: t, sizes: map[uint64]uint64{}, funcs: map[uint64]func(...uint64) uint64{}}
}

func (f *fake) Slice(va, n uint64) []byte {
	for uint64(len(f.mem)) < va-base+n {
		f.mem = append(f.mem, make([]byte, chunk)...)
	}
	return f.mem[va-base:][:n:n]
}

func (f *fake) Alloc(n uint64) uint64 {
	p := uint64(base + (len(f.mem)+15)&^15)
	f.Slice(p, n+chunk-n%chunk)
	f.sizes[p] = n
	return p
}

func (f *fake) Free(p uint64) {
	if _, ok := f.sizes[p]; !ok {
		f.warns = append(f.warns, fmt.Sprintf("bad free %#x", p))
	}
	delete(f.sizes, p)
}

func (f *fake) SizeOf(p uint64) uint64 { return f.sizes[p] }
func (f *fake) Log(text string)        { f.log = append(f.log, text) }
func (f *fake) Symbol(a uint64) string { return fmt.Sprintf("f+%#x/0x40 [mod]", a&0x3f) }
func (f *fake) Taint(bit uint)         { f.taint |= 1 << bit }
func (f *fake) DumpStack()             { f.log = append(f.log, "stack") }
func (f *fake) Panic(s string)         { f.log = append(f.log, "panic: "+s) }
func (f *fake) ModuleGet(uint64) bool  { f.refs++; return true }
func (f *fake) ModulePut(uint64)       { f.refs-- }
func (f *fake) ModuleRefs(uint64) int  { return f.refs }
func (f *fake) Warn(at, text string, taint uint) {
	f.warns = append(f.warns, fmt.Sprintf("%s %q %d", at, text, taint))
}

func (f *fake) note(format string, args ...any) uint64 {
	f.log = append(f.log, fmt.Sprintf(format, args...))
	return 0
}

func (f *fake) RegisterNotifier(nb uint64) uint64   { return f.note("register %#x", nb) }
func (f *fake) UnregisterNotifier(nb uint64) uint64 { return f.note("unregister %#x", nb) }
func (f *fake) SymbolGet(name string) uint64        { return f.note("get %s", name) }
func (f *fake) SymbolPut(name string)               { f.note("put %s", name) }
func (f *fake) SymbolPutAddr(a uint64)              { f.note("put %#x", a) }
func (f *fake) RequestModule(name string, wait bool) uint64 {
	return f.note("request %s %v", name, wait) + 0x500
}

func (f *fake) RunProgram(path string, argv, envp []string, wait int) uint64 {
	return f.note("run %s %q %q %d", path, argv, envp, wait) + 0x100
}

func (f *fake) CallC(fn uint64, args ...uint64) (uint64, bool) {
	if g := f.funcs[fn]; g != nil {
		return g(args...), true
	}
	return 0, false
}

// str puts a string into memory.
func (f *fake) str(s string) uint64 {
	p := f.Alloc(uint64(len(s)) + 1)
	copy(f.Slice(p, uint64(len(s))+1), s+"\x00")
	delete(f.sizes, p) // a constant, not a block
	return p
}

// text reads a string back.
func (f *fake) text(p uint64) string {
	c := &Call{Env: f}
	return c.str(p)
}

// called notes which exports the tests reached.
var called = map[string]bool{}

// call calls an export; strings become pointers to themselves, ints words.
func (f *fake) call(name string, args ...any) (uint64, *Call) {
	f.t.Helper()
	words := make([]uint64, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case string:
			words[i] = f.str(a)
		case int:
			words[i] = uint64(a)
		case rune:
			words[i] = uint64(a)
		case uint64:
			words[i] = a
		default:
			f.t.Fatalf("argument %T", a)
		}
	}
	for i := range Funcs {
		if Funcs[i].Name != name {
			continue
		}
		called[name] = true
		c := &Call{Env: f, Args: f.args(words)}
		return Funcs[i].Call(c), c
	}
	f.t.Fatalf("no export %s", name)
	return 0, nil
}

func (f *fake) args(words []uint64) Args {
	n := 0
	return Args{Word: 8, Next: func() uint64 {
		n++
		if n > len(words) {
			f.t.Errorf("argument %d of %d was read", n, len(words))
			return 0
		}
		return words[n-1]
	}}
}

// list lays words out in memory, as a va_list.
func (f *fake) list(words ...uint64) uint64 {
	p := f.Alloc(uint64(8*len(words)) + 8)
	c := &Call{Env: f, Args: Args{Word: 8}}
	for i, w := range words {
		c.setWord(p+uint64(8*i), w)
	}
	return p
}
