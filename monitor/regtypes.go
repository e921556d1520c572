package monitor

import (
	"debug/dwarf"
	"strings"

	"rv86/machine/debug/point"
	"rv86/monitor/expr"
)

// Registers of which more than a number is to be seen have gdb's types: unions of
// what may be in them.

// lanes are vectors of a type: so many of a C type, or one.
type lanes struct {
	name  string
	words string // "": int8
	count int64
}

var (
	// floatLanes is a register of RISC-V's D extension.
	floatLanes = []lanes{{"float", "float ", 1}, {"double", "double ", 1}}
	mmxLanes   = []lanes{
		{"uint64", "unsigned long long ", 1}, {"v2_int32", "int ", 2}, {"v4_int16", "short ", 4}, {"v8_int8", "", 8},
	}
	xmmLanes = []lanes{
		{"v4_float", "float ", 4},
		{"v2_double", "double ", 2},
		{"v16_int8", "", 16},
		{"v8_int16", "short ", 8},
		{"v4_int32", "int ", 4},
		{"v2_int64", "long long ", 2},
	}
)

// vectorType is the type of a register that is no plain number.
func (m *Monitor) vectorType(name string) (dwarf.Type, bool) {
	kind := strings.TrimRight(name, "0123456789")
	switch {
	case m.arch == &riscv && strings.HasPrefix(kind, "f") && kind != name:
		return m.union("riscv_double", floatLanes), true
	case m.arch == &intel && kind == "st":
		return m.x87Type(), true
	case m.arch == &intel && kind == "mm":
		return m.union("vec_i64", mmxLanes), true
	case m.arch == &intel && kind == "xmm":
		return m.union("vec128", xmmLanes), true
	}
	return nil, false
}

// x87Type is the ten bytes of a register of the FPU.
func (m *Monitor) x87Type() dwarf.Type {
	const size = 10
	return &dwarf.FloatType{BasicType: dwarf.BasicType{CommonType: dwarf.CommonType{Name: "i387_ext", ByteSize: size}}}
}

func (m *Monitor) union(name string, ls []lanes) dwarf.Type {
	u := &dwarf.StructType{Kind: "union", StructName: name}
	for _, l := range ls {
		t, ok := m.basics.Basic(l.words)
		if !ok {
			t = &dwarf.IntType{BasicType: dwarf.BasicType{CommonType: dwarf.CommonType{Name: "int8", ByteSize: 1}}}
		}
		size := t.Size()
		if l.count > 1 {
			size *= l.count
			t = &dwarf.ArrayType{CommonType: dwarf.CommonType{ByteSize: size}, Type: t, Count: l.count}
		}
		u.ByteSize = max(u.ByteSize, size)
		u.Field = append(u.Field, &dwarf.StructField{Name: l.name, Type: t})
	}
	return u
}

// floatText is the number in a floating-point register; "" for other registers.
// RISC-V marks a float in a register by ones above it (I 12.2).
func (m *Monitor) floatText(r point.Register, value []byte) string {
	const boxed = 0xffff_ffff
	t, ok := m.vectorType(r.Name)
	if !ok || r.Group != point.GroupFPU {
		return ""
	}
	switch {
	case m.arch == &riscv && number(value)>>32 == boxed:
		t, _ = m.basics.Basic("float ")
	case m.arch == &riscv:
		t, _ = m.basics.Basic("double ")
	case strings.HasPrefix(r.Name, "st"):
	default:
		return ""
	}
	text, err := expr.Format(env{Monitor: m}, expr.Value{Type: t, Bytes: value[:expr.Size(t)]}, 0)
	if err != nil {
		return ""
	}
	return text
}
