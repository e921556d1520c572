package modpost

import (
	"debug/dwarf"
	"fmt"
	"hash/crc32"
	"strings"
)

// types finds the C types of a file's functions and variables.
type types struct {
	d     *dwarf.Data
	named map[string]dwarf.Offset // of the entries with a type, by symbol
}

// assembler is the language of what is not C (DW_LANG_Mips_Assembler).
const assembler = 0x8001

// readTypes lists the outermost functions and variables. A definition is
// preferred to a declaration.
func readTypes(d *dwarf.Data) (*types, error) {
	t := &types{d: d, named: map[string]dwarf.Offset{}}
	defined := map[string]bool{}
	for r := d.Reader(); ; {
		e, err := r.Next()
		if err != nil {
			return nil, err
		}
		if e == nil {
			return t, nil
		}
		if lang, _ := e.Val(dwarf.AttrLanguage).(int64); e.Tag == dwarf.TagCompileUnit && lang == assembler {
			r.SkipChildren() // its functions have no types
		}
		if e.Tag == dwarf.TagCompileUnit || e.Tag == 0 {
			continue
		}
		r.SkipChildren()
		if e.Tag != dwarf.TagSubprogram && e.Tag != dwarf.TagVariable {
			continue
		}
		declaration, _ := e.Val(dwarf.AttrDeclaration).(bool)
		origin := t.origin(e)
		name, _ := origin.Val(dwarf.AttrName).(string)
		if _, known := t.named[name]; name == "" || known && (declaration || defined[name]) {
			continue
		}
		t.named[name] = origin.Offset
		defined[name] = !declaration
	}
}

// origin follows a concrete function or a definition to the entry that has the
// name and the type (DWARF 5, 2.13.2 and 3.3.8.3).
func (t *types) origin(e *dwarf.Entry) *dwarf.Entry {
	const depth = 4 // no compiler nests deeper; a damaged file may have a cycle
	for range depth {
		off, ok := e.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset)
		if !ok {
			off, ok = e.Val(dwarf.AttrSpecification).(dwarf.Offset)
		}
		if !ok {
			break
		}
		r := t.d.Reader()
		r.Seek(off)
		next, err := r.Next()
		if err != nil || next == nil {
			break
		}
		e = next
	}
	return e
}

// text is the type of a symbol written out, "" if the file does not say it.
func (t *types) text(symbol string) (string, error) {
	off, ok := t.named[symbol]
	if !ok {
		return "", nil
	}
	w := &typeWriter{d: t.d, seen: map[string]bool{}}
	if err := w.entry(off); err != nil {
		return "", fmt.Errorf("the type of %s: %w", symbol, err)
	}
	return w.b.String(), nil
}

// crcOf is the CRC of a type's text; 0 is kept for symbols without one.
func crcOf(text string) uint32 {
	if text == "" {
		return 0
	}
	return max(crc32.ChecksumIEEE([]byte(text)), 1)
}

// typeWriter writes one symbol's type. A structure is written out where it is
// met first; after that its name stands for it, which also ends recursion.
type typeWriter struct {
	d    *dwarf.Data
	b    strings.Builder
	seen map[string]bool
}

func (w *typeWriter) printf(format string, args ...any) { fmt.Fprintf(&w.b, format, args...) }

// entry writes a function or a variable.
func (w *typeWriter) entry(off dwarf.Offset) error {
	r := w.d.Reader()
	r.Seek(off)
	e, err := r.Next()
	if err != nil {
		return err
	}
	if e.Tag == dwarf.TagVariable {
		w.printf("var ")
		return w.attr(e)
	}
	w.printf("func(")
	for n := 0; e.Children; {
		p, err := r.Next()
		if err != nil {
			return err
		}
		if p == nil || p.Tag == 0 {
			break
		}
		r.SkipChildren()
		if p.Tag != dwarf.TagFormalParameter && p.Tag != dwarf.TagUnspecifiedParameters {
			continue
		}
		if n++; n > 1 {
			w.printf(", ")
		}
		if p.Tag == dwarf.TagUnspecifiedParameters {
			w.printf("...")
		} else if err := w.attr(p); err != nil {
			return err
		}
	}
	w.printf(") ")
	return w.attr(e)
}

// attr writes the type an entry refers to.
func (w *typeWriter) attr(e *dwarf.Entry) error {
	off, ok := e.Val(dwarf.AttrType).(dwarf.Offset)
	if !ok {
		w.printf("void")
		return nil
	}
	t, err := w.d.Type(off)
	if err != nil {
		return err
	}
	w.typ(t)
	return nil
}

// bitsPerByte turns the sizes of DWARF into those of type names.
const bitsPerByte = 8

func (w *typeWriter) typ(t dwarf.Type) {
	switch t := t.(type) {
	case nil:
		w.printf("void")
	case *dwarf.VoidType:
		w.printf("void")
	case *dwarf.TypedefType:
		w.typ(t.Type)
	case *dwarf.QualType:
		if t.Qual != "restrict" { // a promise of the caller, not an interface
			w.printf("%s ", t.Qual)
		}
		w.typ(t.Type)
	case *dwarf.PtrType:
		w.printf("*")
		w.typ(t.Type)
	case *dwarf.ArrayType:
		w.printf("[%d]", t.Count)
		w.typ(t.Type)
	case *dwarf.FuncType:
		w.funcType(t)
	case *dwarf.DotDotDotType:
		w.printf("...")
	case *dwarf.StructType:
		w.structType(t)
	case *dwarf.EnumType:
		w.enumType(t)
	case *dwarf.CharType:
		w.printf("schar")
	case *dwarf.UcharType:
		w.printf("uchar")
	case *dwarf.BoolType:
		w.printf("bool")
	case *dwarf.IntType:
		w.printf("s%d", t.ByteSize*bitsPerByte)
	case *dwarf.UintType:
		w.printf("u%d", t.ByteSize*bitsPerByte)
	case *dwarf.FloatType:
		w.printf("f%d", t.ByteSize*bitsPerByte)
	default:
		w.printf("%s/%d", t.Common().Name, t.Size())
	}
}

func (w *typeWriter) funcType(t *dwarf.FuncType) {
	w.printf("func(")
	for i, p := range t.ParamType {
		if i > 0 {
			w.printf(", ")
		}
		w.typ(p)
	}
	w.printf(") ")
	w.typ(t.ReturnType)
}

// once writes a name and says whether what it stands for must follow.
// Structures without a name are always written out: they cannot recur.
func (w *typeWriter) once(kind, name string) bool {
	if name == "" {
		w.printf("%s", kind)
		return true
	}
	key := kind + " " + name
	w.printf("%s", key)
	first := !w.seen[key]
	w.seen[key] = true
	return first
}

func (w *typeWriter) structType(t *dwarf.StructType) {
	if !w.once(t.Kind, t.StructName) {
		return
	}
	if t.Incomplete {
		w.printf("{?}")
		return
	}
	w.printf("/%d{", t.ByteSize)
	for _, f := range t.Field {
		bit := f.ByteOffset*bitsPerByte + f.DataBitOffset
		if f.BitSize != 0 && f.ByteSize != 0 {
			// The older form counts from the highest bit of a unit (DWARF 4,
			// 5.5.6, DW_AT_bit_offset).
			bit += f.ByteSize*bitsPerByte - f.BitOffset - f.BitSize
		}
		w.printf("%s@%d", f.Name, bit/bitsPerByte)
		if f.BitSize != 0 {
			w.printf(".%d:%d", bit%bitsPerByte, f.BitSize)
		}
		w.printf(" ")
		w.typ(f.Type)
		w.printf("; ")
	}
	w.printf("}")
}

func (w *typeWriter) enumType(t *dwarf.EnumType) {
	if !w.once("enum", t.EnumName) {
		return
	}
	w.printf("/%d{", t.ByteSize)
	for _, v := range t.Val {
		w.printf("%s=%d; ", v.Name, v.Val)
	}
	w.printf("}")
}
