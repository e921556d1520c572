package kmod

// Spec is a module file taken apart and checked. It refers to the file's bytes
// and does not change them.
type Spec struct {
	Machine  *Machine
	Name     string // of the struct module
	Sections []Section
	Symbols  []Symbol // index 0 is the null symbol
	Relocs   []RelocSection
	Info     Modinfo
	Versions []Version // of __versions, in its order

	This    int // section index of .gnu.linkonce.this_module
	Symtab  int
	Strtab  int
	Modinfo int // section index of .modinfo, 0 = none
	Percpu  int // section index of .data..percpu, 0 = none
}

// Section is one section header with its contents.
type Section struct {
	Name    string
	Type    uint32
	Flags   uint64 // after the fix-ups: .modinfo and __versions are not ALLOC
	Offset  uint64 // of the contents in the file
	Size    uint64
	Align   uint64 // at least 1, a power of two
	EntSize uint64
	Link    uint32
	Info    uint32
	Data    []byte // nil for NOBITS
}

// Alloc, Exec and Write report the flags; NoBits that nothing is in the file.
func (s *Section) Alloc() bool  { return s.Flags&shfAlloc != 0 }
func (s *Section) Exec() bool   { return s.Flags&shfExecinstr != 0 }
func (s *Section) Write() bool  { return s.Flags&shfWrite != 0 }
func (s *Section) NoBits() bool { return s.Type == shtNobits }

// Special symbol places, in Symbol.Section.
const (
	SecUndef = 0  // some other module or the kernel has it
	SecAbs   = -1 // a number, not an address
)

// Symbol is one symbol table entry.
type Symbol struct {
	Name    string
	Value   uint64 // offset in the section, or the number of an absolute one
	Size    uint64
	Bind    uint8
	Type    uint8
	Section int // section index, SecUndef or SecAbs
}

// Global says that the symbol is not local; Weak that it may stay undefined.
func (s *Symbol) Global() bool { return s.Bind != stbLocal }
func (s *Symbol) Weak() bool   { return s.Bind == stbWeak }

// Func and Object say what the symbol names, if it says so.
func (s *Symbol) Func() bool   { return s.Type == sttFunc }
func (s *Symbol) Object() bool { return s.Type == sttObject }

// mapping says that a symbol is one of the assembler's own marks ($x, .L0):
// never shown to people.
func (s *Symbol) mapping() bool {
	return s.Name == "" || s.Name[0] == '$' || s.Name[0] == '.' || s.Type == sttFile || s.Type == sttSection
}

// Named says that the symbol has a name worth showing.
func (s *Symbol) Named() bool { return !s.mapping() }

// RelocSection is a relocation section whose target is loaded.
type RelocSection struct {
	Index  int // its own section index
	Target int // the section it patches
	Relocs []Reloc
}

// Reloc is one relocation. For a REL machine the addend lies at the place and
// Addend is 0 here.
type Reloc struct {
	Offset uint64 // in the target section
	Type   *RelocType
	Sym    int
	Addend int64
}

// SymbolName gives what to call symbol i in a message: its name, or that of
// its section.
func (s *Spec) SymbolName(i int) string {
	sym := &s.Symbols[i]
	if sym.Name == "" && sym.Section > 0 {
		return s.Sections[sym.Section].Name
	}
	return sym.Name
}

// Find gives the first loaded section of a name, or nil.
func (s *Spec) Find(name string) (int, *Section) {
	for i := range s.Sections {
		if s.Sections[i].Name == name && s.Sections[i].Alloc() {
			return i, &s.Sections[i]
		}
	}
	return 0, nil
}
