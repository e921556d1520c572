package debuginfo

import (
	"cmp"
	"debug/dwarf"
	"slices"
)

// Func is a function's code.
type Func struct {
	Name      string
	Low, High uint64
	unit      *unit
	entry     *dwarf.Entry
}

// Go says that the function is Go's, not C's.
func (f *Func) Go() bool { return f.unit.goLang }

// Declared is where the source defines it.
func (f *Func) Declared() (line int) {
	n, _ := f.attr(dwarf.AttrDeclLine).(int64)
	return int(n)
}

// attr looks in the abstract instance too (DWARF 5 3.3.8).
func (f *Func) attr(a dwarf.Attr) any { return f.unit.attr(f.entry, a) }

// Variable is a variable or parameter.
type Variable struct {
	Name   string
	Param  bool
	Global bool
	Line   int // of its declaration
	unit   *unit
	entry  *dwarf.Entry
}

// index finds what has a name.
type index struct {
	funcs   []Func              // by address
	named   map[string][]uint64 // entries of functions, under their source names
	inlined map[string][]uint64
	vars    map[string][]*Variable
	types   map[string][]dwarf.Offset
	order   []string // names of vars, in the order of the file
}

// attr is an attribute of an entry, or of what it is an instance of.
func (u *unit) attr(e *dwarf.Entry, a dwarf.Attr) any {
	const deepest = 4 // origin, its specification; the rest is damage
	for range deepest {
		if v := e.Val(a); v != nil {
			return v
		}
		off, ok := e.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset)
		if !ok {
			if off, ok = e.Val(dwarf.AttrSpecification).(dwarf.Offset); !ok {
				return nil
			}
		}
		r := u.im.data.Reader()
		r.Seek(off)
		next, err := r.Next()
		if err != nil || next == nil {
			return nil
		}
		e = next
	}
	return nil
}

func (u *unit) name(e *dwarf.Entry) string {
	s, _ := u.attr(e, dwarf.AttrName).(string)
	return s
}

// buildIndex reads all entries once.
func (im *Image) buildIndex() *index {
	x := &index{named: map[string][]uint64{}, inlined: map[string][]uint64{}, vars: map[string][]*Variable{}, types: map[string][]dwarf.Offset{}}
	if im.data == nil {
		return x
	}
	defer func() { _ = recover() }() // what was read before the damage counts
	for _, u := range im.units {
		x.readUnit(u)
	}
	slices.SortFunc(x.funcs, func(a, b Func) int { return cmp.Compare(a.Low, b.Low) })
	return x
}

func (x *index) readUnit(u *unit) {
	r := u.im.data.Reader()
	r.Seek(u.entry.Offset)
	if _, err := r.Next(); err != nil {
		return
	}
	depth, inFunc := 1, 0 // inFunc: the depth of the function around, or 0
	for n := 0; depth > 0 && n < u.im.entries; n++ {
		e, err := r.Next()
		if err != nil || e == nil || e.Tag == dwarf.TagCompileUnit {
			return
		}
		if e.Tag == 0 {
			depth--
			if depth <= inFunc {
				inFunc = 0
			}
			continue
		}
		x.note(u, e, inFunc > 0)
		if e.Children {
			if e.Tag == dwarf.TagSubprogram && inFunc == 0 {
				inFunc = depth
			}
			depth++
		}
	}
}

func (x *index) note(u *unit, e *dwarf.Entry, inside bool) {
	switch e.Tag {
	case dwarf.TagSubprogram:
		if rs, err := u.im.data.Ranges(e); err == nil && len(rs) > 0 && rs[0][0] < rs[0][1] {
			name := u.name(e)
			x.funcs = append(x.funcs, Func{name, rs[0][0], rs[0][1], u, e})
			x.named[name] = append(x.named[name], rs[0][0])
		}
	case dwarf.TagInlinedSubroutine:
		if rs, err := u.im.data.Ranges(e); err == nil && len(rs) > 0 {
			name := u.name(e)
			x.inlined[name] = append(x.inlined[name], rs[0][0])
		}
	case dwarf.TagVariable:
		if name := u.name(e); !inside && name != "" && e.Val(dwarf.AttrLocation) != nil {
			if x.vars[name] == nil {
				x.order = append(x.order, name)
			}
			x.vars[name] = append(x.vars[name], newVariable(u, e, true))
		}
	case dwarf.TagStructType, dwarf.TagUnionType, dwarf.TagEnumerationType, dwarf.TagTypedef, dwarf.TagBaseType:
		name, _ := e.Val(dwarf.AttrName).(string)
		if declared, _ := e.Val(dwarf.AttrDeclaration).(bool); name != "" && !declared {
			x.types[name] = append(x.types[name], e.Offset)
		}
	}
}

func newVariable(u *unit, e *dwarf.Entry, global bool) *Variable {
	line, _ := u.attr(e, dwarf.AttrDeclLine).(int64)
	return &Variable{u.name(e), e.Tag == dwarf.TagFormalParameter, global, int(line), u, e}
}

// FuncAt is the function an address lies in, or nil.
func (im *Image) FuncAt(pc uint64) *Func {
	if im.unitAt(pc) == nil {
		return nil
	}
	funcs := im.index().funcs
	i, _ := slices.BinarySearchFunc(funcs, pc, func(f Func, pc uint64) int {
		if f.Low <= pc {
			return -1
		}
		return 1
	})
	if i == 0 || pc >= funcs[i-1].High {
		return nil
	}
	return &funcs[i-1]
}

// Named gives the entries of a function under its name in the source, where a
// compiler that changed its parameters also changed its symbol.
func (im *Image) Named(name string) []uint64 { return im.index().named[name] }

// Inlined gives where the compiler put copies of a function.
func (im *Image) Inlined(name string) []uint64 { return im.index().inlined[name] }

// Globals finds global variables by name, or by the end of a Go path.
func (im *Image) Globals(name string) []*Variable { return im.index().vars[name] }

// GlobalNames lists all, in the order of the file.
func (im *Image) GlobalNames() []string { return im.index().order }

// kind is what a C type name begins with.
var kinds = map[string]dwarf.Tag{
	"struct": dwarf.TagStructType, "union": dwarf.TagUnionType, "enum": dwarf.TagEnumerationType,
}

// Type finds a type: keyword is struct, union, enum or empty.
func (im *Image) Type(keyword, name string) (dwarf.Type, bool) {
	for _, off := range im.index().types[name] {
		r := im.data.Reader()
		r.Seek(off)
		e, err := r.Next()
		if err != nil || e == nil {
			continue
		}
		// C's tags are a name space of their own; Go's types have no keyword.
		if tag, ok := kinds[keyword]; ok && e.Tag != tag || !ok && kinds["struct"] == e.Tag && !im.goType(off) {
			continue
		}
		if t, err := im.typeAt(off); err == nil {
			return t, true
		}
	}
	return nil, false
}

func (im *Image) goType(off dwarf.Offset) bool {
	goLang := false
	for _, u := range im.units {
		if u.entry.Offset > off {
			break
		}
		goLang = u.goLang
	}
	return goLang
}

func (im *Image) typeAt(off dwarf.Offset) (t dwarf.Type, err error) {
	defer recovered(&err)
	return im.data.Type(off)
}

// Type is the variable's.
func (v *Variable) Type() (dwarf.Type, bool) { return v.unit.typeOf(v.entry) }

// Result is the type a function returns; ok is false for void.
func (f *Func) Result() (dwarf.Type, bool) { return f.unit.typeOf(f.entry) }

func (u *unit) typeOf(e *dwarf.Entry) (dwarf.Type, bool) {
	off, ok := u.attr(e, dwarf.AttrType).(dwarf.Offset)
	if !ok {
		return nil, false
	}
	t, err := u.im.typeAt(off)
	return t, err == nil
}

// Locals lists the parameters and variables that are in scope at pc, innermost
// last.
func (f *Func) Locals(pc uint64) (out []*Variable) {
	r := f.unit.im.data.Reader()
	r.Seek(f.entry.Offset)
	if e, err := r.Next(); err != nil || e == nil || !e.Children {
		return nil
	}
	defer func() { _ = recover() }()
	depth := 1
	for n := 0; depth > 0 && n < f.unit.im.entries; n++ {
		e, err := r.Next()
		if err != nil || e == nil {
			return out
		}
		switch e.Tag {
		case 0:
			depth--
			continue
		case dwarf.TagFormalParameter, dwarf.TagVariable:
			out = append(out, newVariable(f.unit, e, false))
		case dwarf.TagLexDwarfBlock, dwarf.TagInlinedSubroutine:
			if !f.unit.covers(e, pc) {
				r.SkipChildren()
				continue
			}
		}
		if e.Children {
			depth++
		}
	}
	return out
}

// covers says that a block's code includes pc.
func (u *unit) covers(e *dwarf.Entry, pc uint64) bool {
	rs, err := u.im.data.Ranges(e)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(rs, func(r [2]uint64) bool { return pc >= r[0] && pc < r[1] })
}

// InlinedAt names the functions that were inlined around pc, outermost first,
// each with the line of the call of it.
func (f *Func) InlinedAt(pc uint64) (out []Call) {
	r := f.unit.im.data.Reader()
	r.Seek(f.entry.Offset)
	if e, err := r.Next(); err != nil || e == nil || !e.Children {
		return nil
	}
	depth := 1
	for n := 0; depth > 0 && n < f.unit.im.entries; n++ {
		e, err := r.Next()
		if err != nil || e == nil {
			return out
		}
		if e.Tag == 0 {
			depth--
			continue
		}
		nested := e.Tag == dwarf.TagInlinedSubroutine || e.Tag == dwarf.TagLexDwarfBlock
		if !nested || !f.unit.covers(e, pc) {
			r.SkipChildren()
			continue
		}
		if e.Tag == dwarf.TagInlinedSubroutine {
			line, _ := e.Val(dwarf.AttrCallLine).(int64)
			out = append(out, Call{f.unit.name(e), int(line)})
		}
		if e.Children {
			depth++
		}
	}
	return out
}

// Call is a call that the compiler inlined.
type Call struct {
	Name string
	Line int // of the call
}
