package cstruct

import "sync"

// Type is the size and alignment of a member, for words of 4 and of 8 bytes.
type Type struct{ size, align [2]uint64 }

// The C types. A 64-bit number is aligned to 4 bytes only where a word has 32
// bits (System V i386 psABI, table 2.1).
var (
	Char  = Type{[2]uint64{1, 1}, [2]uint64{1, 1}}
	Short = Type{[2]uint64{2, 2}, [2]uint64{2, 2}}
	Int   = Type{[2]uint64{4, 4}, [2]uint64{4, 4}}
	Long  = Type{[2]uint64{4, 8}, [2]uint64{4, 8}} // size_t and pointers, too
	Quad  = Type{[2]uint64{8, 8}, [2]uint64{4, 8}} // long long
)

// Bits is an array of longs that holds n bits (DECLARE_BITMAP).
func Bits(n uint64) Type {
	const narrow, wide = 32, 64
	return Type{[2]uint64{(n + narrow - 1) / narrow * Long.size[0], (n + wide - 1) / wide * Long.size[1]}, Long.align}
}

// Array is n elements of t.
func Array(n uint64, t Type) Type {
	return Type{[2]uint64{n * t.size[0], n * t.size[1]}, t.align}
}

// Field is one member.
type Field struct {
	Name string
	Type Type
}

// Struct is a C structure, `struct Name`, declared in Header: a list of members
// that may be structures themselves.
type Struct struct {
	Name, Header string
	Fields       []Field
	typ          Type
	layouts      [2]lazyLayout
}

// lazyLayout is a layout that is made when it is first asked for: most structures
// are never looked at, and one of the two word sizes is another machine's.
type lazyLayout struct {
	once sync.Once
	l    Layout
}

// LongFields are members of a word each: pointers, and what has their size.
func LongFields(names ...string) []Field {
	fields := make([]Field, len(names))
	for i, n := range names {
		fields[i] = Field{Name: n, Type: Long}
	}
	return fields
}

// New defines a structure.
func New(name, header string, fields ...Field) *Struct {
	s := &Struct{Name: name, Header: header, Fields: fields}
	for i := range s.typ.size {
		most := uint64(1)
		n := s.walk(i, func(_ *Field, _, align uint64) { most = max(most, align) })
		s.typ.size[i], s.typ.align[i] = up(n, most), most
	}
	return s
}

// walk goes over the members, with the offset of each and its alignment, and gives
// the end of the last one.
func (s *Struct) walk(word int, each func(f *Field, at, align uint64)) (end uint64) {
	for i := range s.Fields {
		f := &s.Fields[i]
		align := f.Type.align[word]
		end = up(end, align)
		each(f, end, align)
		end += f.Type.size[word]
	}
	return end
}

// Type is the structure as a member of another.
func (s *Struct) Type() Type { return s.typ }

// On gives the layout for a word size in bytes.
func (s *Struct) On(word int) *Layout {
	i := 1
	if word == 4 {
		i = 0
	}
	lazy := &s.layouts[i]
	lazy.once.Do(func() {
		lazy.l = Layout{Name: s.Name, Size: s.typ.size[i], Members: make([]Member, 0, len(s.Fields))}
		s.walk(i, func(f *Field, at, _ uint64) {
			lazy.l.Members = append(lazy.l.Members, Member{f.Name, at, f.Type.size[i]})
		})
	})
	return &lazy.l
}

// member finds one by name.
func (l *Layout) member(name string) Member {
	for i := range l.Members {
		if l.Members[i].Name == name {
			return l.Members[i]
		}
	}
	panic("cstruct: bug: struct " + l.Name + " has no " + name)
}

// Len is the size of a member.
func (l *Layout) Len(name string) uint64 { return l.member(name).Size }
