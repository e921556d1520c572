package kapi

import (
	"bytes"

	"rv86/kernel/abi"
)

// Env is what the functions need of the kernel. Addresses are the guest's.
type Env interface {
	// Slice views n bytes of memory, in place. It does not check; the
	// access faults.
	Slice(va, n uint64) []byte
	// Alloc gives size bytes, aligned to 16, or 0. Free takes them back; it
	// reports a pointer that is not allocated. SizeOf is the usable size of
	// an allocated block, 0 if p is none.
	Alloc(size uint64) uint64
	Free(p uint64)
	SizeOf(p uint64) uint64
	// Log adds text, with its KERN_* prefix, to the kernel log.
	Log(text string)
	// Symbol names an address: "f+0x10/0x40 [mod]", or "0x..." .
	Symbol(addr uint64) string
	// CallC calls a C function. ok is false if it faulted; then the caller
	// must return too.
	CallC(fn uint64, args ...uint64) (result uint64, ok bool)
	// Warn reports a place in C code, "file:line", with text and a call trace.
	Warn(at, text string, taint uint)
	DumpStack()
	Taint(bit uint)
	Panic(reason string)
	// ModuleGet and ModulePut count references to the module whose struct
	// is at this; ModuleGet is false if it is going away.
	ModuleGet(this uint64) bool
	ModulePut(this uint64)
	ModuleRefs(this uint64) int
}

// Call is one call of an export by C code.
type Call struct {
	Env
	Args

	// Who is the thread that calls, for functions that the kernel adds
	// (kernel/lkm.From); no function of this package looks at it.
	Who any

	// Died, when not empty, says that the caller must not go on: the call
	// was a BUG(), or a fault happened in C code it called.
	Died string
	// Bug says that it was a BUG().
	Bug bool
}

// FaultInside is the Died of a call during which other C code faulted, which
// was reported then.
const FaultInside = "fault in a function called back"

// Args reads C arguments one after the other, from registers and stack or from
// a va_list.
type Args struct {
	Next func() uint64 // the next word
	Word int           // its size in bytes
}

// Ptr and its kin read one argument of the C type they are named after.
func (a *Args) Ptr() uint64   { return a.Next() }
func (a *Args) Int() int32    { return int32(a.Next()) }
func (a *Args) Uint() uint32  { return uint32(a.Next()) }
func (a *Args) Ulong() uint64 { return a.Next() }
func (a *Args) Long() int64 {
	if a.Word == 4 {
		return int64(int32(a.Next()))
	}
	return int64(a.Next())
}

// Ulonglong takes two words, low one first, where a word has 32 bits.
func (a *Args) Ulonglong() uint64 {
	v := a.Next()
	if a.Word == 4 {
		v |= a.Next() << 32
	}
	return v
}

// vaList reads the arguments that a va_list points to. On riscv64 and i386 a
// va_list is the address of the next argument word.
func (c *Call) vaList(va uint64) Args {
	return Args{Word: c.Word, Next: func() uint64 {
		v := c.word(va)
		va += uint64(c.Word)
		return v
	}}
}

// word reads a pointer-sized number from memory, setWord writes it.
func (c *Call) word(va uint64) uint64 { return c.number(va, c.Word) }

func (c *Call) setWord(va, v uint64) { c.setNumber(va, c.Word, v) }

func (c *Call) number(va uint64, size int) uint64 {
	var v uint64
	b := c.Slice(va, uint64(size))
	for i := size - 1; i >= 0; i-- {
		v = v<<8 | uint64(b[i])
	}
	return v
}

func (c *Call) setNumber(va uint64, size int, v uint64) {
	b := c.Slice(va, uint64(size))
	for i := range b {
		b[i] = byte(v)
		v >>= 8
	}
}

// chunk is how far a string is searched at once: memory is mapped by pages, so
// up to the end of a page every byte or none is there.
const chunk = 4096

// str reads a C string; strn at most max bytes of it.
func (c *Call) str(va uint64) string { return c.strn(va, ^uint64(0)) }

func (c *Call) strn(va, max uint64) string {
	var out []byte
	for max > 0 {
		n := min(chunk-va%chunk, max)
		b := c.Slice(va, n)
		if i := bytes.IndexByte(b, 0); i >= 0 {
			b = b[:i]
			if out == nil {
				return string(b)
			}
			return string(append(out, b...))
		}
		out = append(out, b...)
		va += n
		max -= n
	}
	return string(out)
}

// setStr writes a string and its NUL.
func (c *Call) setStr(va uint64, s string) {
	b := c.Slice(va, uint64(len(s))+1)
	copy(b, s)
	b[len(s)] = 0
}

// errno is a negative error number as C returns it.
func errno(e abi.Errno) uint64 { return -uint64(e) }
