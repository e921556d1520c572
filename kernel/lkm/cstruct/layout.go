package cstruct

import "fmt"

// Type is the size and alignment of a member, for words of 4 and of 8 bytes.
type Type struct{ size, align [2]uint64 }

// The C types. A 64-bit number is aligned to 4 bytes only where a word has 32
// bits (System V i386 psABI, table 2.1).
var (
	Char  = Type{[2]uint64{1, 1}, [2]uint64{1, 1}}
	Short = Type{[2]uint64{2, 2}, [2]uint64{2, 2}}
	Int   = Type{[2]uint64{4, 4}, [2]uint64{4, 4}}
	Word  = Type{[2]uint64{4, 8}, [2]uint64{4, 8}} // long, size_t, a pointer
	Quad  = Type{[2]uint64{8, 8}, [2]uint64{4, 8}} // long long
)

// Array is n elements of t.
func Array(n uint64, t Type) Type {
	return Type{[2]uint64{n * t.size[0], n * t.size[1]}, t.align}
}

// Field is one member.
type Field struct {
	Name string
	Type Type
}

// Struct is a C structure: `struct Name`, declared in Header.
type Struct struct {
	Name, Header string
	Fields       []Field
	layouts      [2]Layout
}

// Layout is a Struct on a machine.
type Layout struct {
	Size  uint64
	align uint64
	at    map[string]member
}

type member struct{ off, size uint64 }

// New defines a structure.
func New(name, header string, fields ...Field) *Struct {
	s := &Struct{Name: name, Header: header, Fields: fields}
	for i := range s.layouts {
		l := &s.layouts[i]
		*l = Layout{align: 1, at: map[string]member{}}
		for _, f := range fields {
			size, align := f.Type.size[i], f.Type.align[i]
			l.Size = roundUp(l.Size, align)
			l.at[f.Name] = member{l.Size, size}
			l.Size += size
			l.align = max(l.align, align)
		}
		l.Size = roundUp(l.Size, l.align)
	}
	return s
}

func roundUp(n, align uint64) uint64 { return (n + align - 1) &^ (align - 1) }

// Type is the structure as a member of another.
func (s *Struct) Type() Type {
	a, b := &s.layouts[0], &s.layouts[1]
	return Type{[2]uint64{a.Size, b.Size}, [2]uint64{a.align, b.align}}
}

// On gives the layout for a word size in bytes.
func (s *Struct) On(word int) *Layout {
	if word == 4 {
		return &s.layouts[0]
	}
	return &s.layouts[1]
}

// Off is the offset of a member; Len is its size.
func (l *Layout) Off(name string) uint64 { return l.find(name).off }

// Len is the size of a member.
func (l *Layout) Len(name string) uint64 { return l.find(name).size }

func (l *Layout) find(name string) member {
	m, ok := l.at[name]
	if !ok {
		panic(fmt.Sprintf("cstruct: bug: no member %q", name))
	}
	return m
}
