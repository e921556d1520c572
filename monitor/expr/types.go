package expr

import (
	"debug/dwarf"
	"fmt"
	"strings"
)

// TypeString writes a type as its language does, without a structure's body.
func TypeString(t dwarf.Type) string {
	switch x := t.(type) {
	case nil:
		return "void"
	case *dwarf.PtrType:
		if f, ok := x.Type.(*dwarf.FuncType); ok {
			return result(f) + " (*)" + params(f)
		}
		inner := TypeString(x.Type)
		if strings.HasSuffix(inner, "*") {
			return inner + "*"
		}
		return inner + " *"
	case *dwarf.ArrayType:
		count := ""
		if x.Count >= 0 {
			count = fmt.Sprint(x.Count)
		}
		return fmt.Sprintf("%s [%s]", TypeString(x.Type), count)
	case *dwarf.StructType:
		kind := x.Kind
		switch {
		case x.StructName == "":
			return kind + " {...}"
		case strings.ContainsAny(x.StructName, "./[") || x.StructName == "string":
			return x.StructName // Go's
		}
		return kind + " " + x.StructName
	case *dwarf.EnumType:
		if x.EnumName == "" {
			return "enum {...}"
		}
		return "enum " + x.EnumName
	case *dwarf.QualType:
		if _, ok := x.Type.(*dwarf.PtrType); ok {
			return TypeString(x.Type) + " " + x.Qual
		}
		return x.Qual + " " + TypeString(x.Type)
	case *dwarf.FuncType:
		return result(x) + " " + params(x)
	case *dwarf.VoidType:
		return "void"
	case *dwarf.TypedefType:
		return x.Name
	}
	if n := t.Common().Name; n != "" {
		return n
	}
	return t.String()
}

func result(f *dwarf.FuncType) string { return TypeString(f.ReturnType) }

func params(f *dwarf.FuncType) string {
	var ps []string
	for _, p := range f.ParamType {
		if _, ok := p.(*dwarf.DotDotDotType); ok {
			ps = append(ps, "...")
			continue
		}
		ps = append(ps, TypeString(p))
	}
	if ps == nil {
		return "(void)"
	}
	return "(" + strings.Join(ps, ", ") + ")"
}

// Describe is ptype's answer: the type behind typedefs, with its fields.
func Describe(t dwarf.Type) string {
	switch x := plain(t).(type) {
	case *dwarf.StructType:
		var b strings.Builder
		fmt.Fprintf(&b, "%s {\n", TypeString(x))
		for _, f := range x.Field {
			line := "    " + declare(f.Type, f.Name)
			if f.BitSize > 0 {
				line += fmt.Sprintf(" : %d", f.BitSize)
			}
			fmt.Fprintf(&b, "%s;\n", line)
		}
		b.WriteString("}")
		return b.String()
	case *dwarf.EnumType:
		var vs []string
		next := int64(0)
		for _, v := range x.Val {
			s := v.Name
			if v.Val != next {
				s += fmt.Sprintf(" = %d", v.Val)
			}
			next = v.Val + 1
			vs = append(vs, s)
		}
		return TypeString(x) + " {" + strings.Join(vs, ", ") + "}"
	case *dwarf.PtrType:
		if _, ok := plain(x.Type).(*dwarf.StructType); ok {
			return Describe(x.Type) + " *"
		}
	}
	return TypeString(plain(t))
}

// declare writes a field as C does: the name stands inside its type.
func declare(t dwarf.Type, name string) string {
	switch x := t.(type) {
	case *dwarf.ArrayType:
		count := ""
		if x.Count >= 0 {
			count = fmt.Sprint(x.Count)
		}
		return declare(x.Type, name+"["+count+"]")
	case *dwarf.PtrType:
		if f, ok := x.Type.(*dwarf.FuncType); ok {
			return result(f) + " (*" + name + ")" + params(f)
		}
	}
	s := TypeString(t)
	if strings.HasSuffix(s, "*") {
		return s + name
	}
	return s + " " + name
}

// Basics are C's own types, for expressions outside any program's.
type Basics struct {
	WordSize int
}

// Word is the size of a pointer.
func (b Basics) Word() int { return b.WordSize }

// Pointer makes a pointer type.
func (b Basics) Pointer(t dwarf.Type) dwarf.Type {
	return &dwarf.PtrType{CommonType: dwarf.CommonType{ByteSize: int64(b.WordSize)}, Type: t}
}

// Basic gives the type that C's words name, in any order: "unsigned long ".
func (b Basics) Basic(words string) (dwarf.Type, bool) {
	count := map[string]int{}
	for _, w := range strings.Fields(words) {
		count[w]++
	}
	if len(count) == 0 {
		return nil, false
	}
	common := func(name string, size int) dwarf.BasicType {
		return dwarf.BasicType{CommonType: dwarf.CommonType{Name: name, ByteSize: int64(size)}}
	}
	prefix := ""
	if count["unsigned"] > 0 {
		prefix = "unsigned "
	}
	name, size := "int", 4
	switch {
	case count["void"] > 0:
		return &dwarf.VoidType{}, true
	case count["float"] > 0:
		return &dwarf.FloatType{BasicType: common("float", sizeFloat)}, true
	case count["double"] > 0 && count["long"] > 0:
		if b.WordSize == 4 {
			return &dwarf.FloatType{BasicType: common("long double", size80+2)}, true // System V i386 psABI, table 2.1
		}
		return &dwarf.FloatType{BasicType: common("long double", sizeQuad)}, true
	case count["double"] > 0:
		return &dwarf.FloatType{BasicType: common("double", sizeDouble)}, true
	case count["char"] > 0:
		if prefix != "" {
			return &dwarf.UcharType{BasicType: common("unsigned char", 1)}, true
		}
		return &dwarf.CharType{BasicType: common("char", 1)}, true
	case count["short"] > 0:
		name, size = "short", 2
	case count["long"] > 1:
		name, size = "long long", 8
	case count["long"] == 1:
		name, size = "long", b.WordSize
	}
	if prefix != "" {
		return &dwarf.UintType{BasicType: common(prefix+name, size)}, true
	}
	return &dwarf.IntType{BasicType: common(name, size)}, true
}
