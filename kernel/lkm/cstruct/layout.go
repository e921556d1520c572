package cstruct

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
	layouts      [2]Layout
}

// New defines a structure.
func New(name, header string, fields ...Field) *Struct {
	s := &Struct{Name: name, Header: header, Fields: fields}
	for i := range s.layouts {
		l := &s.layouts[i]
		*l = Layout{Name: name, Members: make([]Member, 0, len(fields))}
		most := uint64(1)
		for j := range fields {
			f := &fields[j]
			size, align := f.Type.size[i], f.Type.align[i]
			l.Size = up(l.Size, align)
			l.Members = append(l.Members, Member{f.Name, l.Size, size})
			l.Size += size
			most = max(most, align)
		}
		l.Size = up(l.Size, most)
		s.typ.size[i], s.typ.align[i] = l.Size, most
	}
	return s
}

// Type is the structure as a member of another.
func (s *Struct) Type() Type { return s.typ }

// On gives the layout for a word size in bytes.
func (s *Struct) On(word int) *Layout {
	if word == 4 {
		return &s.layouts[0]
	}
	return &s.layouts[1]
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
