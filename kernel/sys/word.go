//go:build riscv64 || 386

package sys

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/task"
)

// What differs between machines in the structures of the calls is mostly the
// size of a C long: addresses, sizes and times are words.
const (
	wordSize = abi.WordSize
	wideSize = 8 // a 64-bit number
)

// signed is a register that holds a C long.
func signed(v uintptr) int64 { return int64(int(v)) }

// integer reads a signed number that fills b: 4 or 8 bytes.
func integer(b []byte) int64 {
	if len(b) == wideSize {
		return int64(binary.LittleEndian.Uint64(b))
	}
	return int64(int32(binary.LittleEndian.Uint32(b)))
}

// word reads the word at the start of b.
func word(b []byte) uintptr { return uintptr(integer(b[:wordSize])) }

// putWord stores a word; what does not fit is cut.
func putWord(b []byte, v uint64) { putInteger(b[:wordSize], v) }

func putInteger(b []byte, v uint64) {
	if len(b) == wideSize {
		binary.LittleEndian.PutUint64(b, v)
		return
	}
	binary.LittleEndian.PutUint32(b, uint32(v))
}

// userWord reads a word of user memory.
func userWord(t *task.Thread, va uintptr) (uintptr, abi.Errno) {
	var b [wordSize]byte
	e := t.CopyIn(va, b[:])
	return word(b[:]), e
}

func putUserWord(t *task.Thread, va, v uintptr) abi.Errno {
	var b [wordSize]byte
	putWord(b[:], uint64(v))
	return t.CopyOut(va, b[:])
}

// halves is the file offset that preadv(2) and its kin give as two words, the
// low one first. Where a word holds all of it, the second counts for nothing.
func halves(a *args, i int) int64 {
	if wordSize == wideSize {
		return int64(a[i])
	}
	return int64(uint64(a[i]) | uint64(a[i+1])<<32)
}

// timeSize is the size of each of the two numbers of a struct timespec: the
// machine's word, or 8 bytes in the calls that were added for 32-bit machines
// (their names end in 64).
type timeSize int

// read reads structs timespec, one after the other.
func (s timeSize) read(t *task.Thread, va uintptr, ts ...*abi.Timespec) abi.Errno {
	b := make([]byte, 2*int(s)*len(ts))
	if e := t.CopyIn(va, b); e != 0 {
		return e
	}
	for _, v := range ts {
		v.Sec, v.Nsec = integer(b[:s]), integer(b[s:2*s])
		if s > wordSize {
			// The program's own tv_nsec has 32 bits, and padding that nobody
			// cleared (Linux get_timespec64).
			v.Nsec = int64(uint32(v.Nsec))
		}
		b = b[2*s:]
	}
	return 0
}

// nanoseconds reads a struct timespec as nanoseconds, as far as they fit.
func (s timeSize) nanoseconds(t *task.Thread, va uintptr) (int64, abi.Errno) {
	var v abi.Timespec
	if e := s.read(t, va, &v); e != 0 {
		return 0, e
	}
	return join(v.Sec, v.Nsec, 1)
}

// put writes structs timespec, one after the other.
func (s timeSize) put(t *task.Thread, va uintptr, times ...int64) abi.Errno {
	b := make([]byte, 2*int(s)*len(times))
	for i, ns := range times {
		at := b[2*int(s)*i:]
		putInteger(at[:s], uint64(ns/nsPerSecond))
		putInteger(at[s:2*s], uint64(ns%nsPerSecond))
	}
	return t.CopyOut(va, b)
}
