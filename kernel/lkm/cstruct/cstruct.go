package cstruct

import (
	"strconv"
	"strings"
)

// Layout is a structure on one machine.
type Layout struct {
	Name    string
	Size    uint64
	Members []Member
}

// Member is one of a structure's.
type Member struct {
	Name         string
	Offset, Size uint64
}

// Of lays a structure out for words of that many bytes. A declaration is "TYPE
// NAME" or "TYPE NAME[N]", TYPE one of u8, u16, u32, u64, long (as wide as a
// pointer), ptr and list (two pointers).
func Of(word int, name string, members ...string) *Layout {
	l := &Layout{Name: name}
	align := uint64(1)
	for _, m := range members {
		size, al, n, id := parse(uint64(word), m)
		l.Size = up(l.Size, al)
		l.Members = append(l.Members, Member{id, l.Size, size * n})
		l.Size += size * n
		align = max(align, al)
	}
	l.Size = up(l.Size, align)
	return l
}

func up(n, align uint64) uint64 { return (n + align - 1) &^ (align - 1) }

func parse(word uint64, decl string) (size, align, n uint64, name string) {
	typ, name, _ := strings.Cut(decl, " ")
	n = 1
	if id, rest, ok := strings.Cut(name, "["); ok {
		count, err := strconv.ParseUint(strings.TrimSuffix(rest, "]"), 10, 32)
		if err != nil {
			panic("cstruct: bug: " + decl)
		}
		name, n = id, count
	}
	switch typ {
	case "u8":
		size = 1
	case "u16":
		size = 2
	case "u32":
		size = 4
	case "u64":
		// The i386 psABI aligns a 64-bit member to a word.
		return 8, min(8, word), n, name
	case "long", "ptr":
		size = word
	case "list":
		return 2 * word, word, n, name
	default:
		panic("cstruct: bug: " + decl)
	}
	return size, size, n, name
}

// At is the offset of a member.
func (l *Layout) At(name string) uint64 { return l.member(name).Offset }

// Memory is where structures lie.
type Memory interface {
	Slice(va, n uint64) []byte
	WordSize() int
}

// Get reads size bytes, low one first; Put writes them.
func Get(m Memory, va uint64, size int) uint64 {
	var v uint64
	b := m.Slice(va, uint64(size))
	for i := range b { // upwards, so that a fault is at the first byte
		v |= uint64(b[i]) << (8 * i)
	}
	return v
}

// Put writes size bytes, low one first.
func Put(m Memory, va uint64, size int, v uint64) {
	b := m.Slice(va, uint64(size))
	for i := range b {
		b[i] = byte(v)
		v >>= 8
	}
}

// Word reads a word; SetWord writes one.
func Word(m Memory, va uint64) uint64 { return Get(m, va, m.WordSize()) }

// SetWord writes a word.
func SetWord(m Memory, va, v uint64) { Put(m, va, m.WordSize(), v) }

// U32 reads 32 bits.
func U32(m Memory, va uint64) uint32 { return uint32(Get(m, va, 4)) }

// SetU32 writes 32 bits.
func SetU32(m Memory, va uint64, v uint32) { Put(m, va, 4, uint64(v)) }
