package expr

import (
	"debug/dwarf"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Limits of what is printed of one value, as gdb's.
const (
	maxElements = 200
	maxNesting  = 8
)

// Format prints a value; letter is one of gdb's output formats (x d u o t a c f
// s z), or 0 for the type's own.
func Format(env Env, v Value, letter byte) (string, error) {
	if v.Gone != "" {
		return "<" + v.Gone + ">", nil
	}
	p := &printer{env: env, letter: letter}
	v, err := Load(env, v)
	if err != nil {
		return "", err
	}
	p.value(v, 0, true)
	return p.b.String(), nil
}

type printer struct {
	env    Env
	letter byte
	b      strings.Builder
}

func (p *printer) printf(format string, a ...any) { fmt.Fprintf(&p.b, format, a...) }

func (p *printer) value(v Value, depth int, top bool) {
	if depth > maxNesting {
		p.b.WriteString("{...}")
		return
	}
	if v.Func {
		p.printf("{%s} %s", TypeString(v.Type), p.address(v.Addr))
		return
	}
	switch t := plain(v.Type).(type) {
	case *dwarf.ArrayType:
		p.array(v, t, depth)
	case *dwarf.StructType:
		p.structure(v, t, depth)
	default:
		p.scalar(v, top)
	}
}

func (p *printer) array(v Value, t *dwarf.ArrayType, depth int) {
	size := Size(t.Type)
	if isChar(t.Type) && (p.letter == 0 || p.letter == 's') {
		p.chars(v.Bytes)
		return
	}
	p.b.WriteByte('{')
	for i := range max(t.Count, 0) {
		if i > 0 {
			p.b.WriteString(", ")
		}
		if i == maxElements || size*(i+1) > int64(len(v.Bytes)) {
			p.b.WriteString("...")
			break
		}
		p.value(Value{Type: t.Type, Bytes: v.Bytes[size*i : size*(i+1)]}, depth+1, false)
	}
	p.b.WriteByte('}')
}

// chars is a character array: a string up to its zeroes.
func (p *printer) chars(b []byte) {
	n := len(b)
	for n > 0 && b[n-1] == 0 {
		n--
	}
	more := ""
	if n > maxElements {
		n, more = maxElements, "..."
	}
	p.b.WriteString(quote(string(b[:n])) + more)
}

// quote writes a string as C does.
func quote(s string) string { return strconv.QuoteToASCII(s) }

func (p *printer) structure(v Value, t *dwarf.StructType, depth int) {
	if p.goString(v, t) || p.goSlice(v, t, depth) {
		return
	}
	p.b.WriteByte('{')
	for i, f := range t.Field {
		if i > 0 {
			p.b.WriteString(", ")
		}
		if f.Name != "" {
			p.b.WriteString(f.Name + " = ")
		}
		x, err := part(v, f, f.ByteOffset)
		if err != nil {
			p.b.WriteString("<damaged>")
			continue
		}
		p.value(x, depth+1, false)
	}
	p.b.WriteByte('}')
}

// goString prints a value of Go's type string.
func (p *printer) goString(v Value, t *dwarf.StructType) bool {
	w := p.env.Word()
	if t.StructName != "string" || len(v.Bytes) != 2*w {
		return false
	}
	addr, n := number64(v.Bytes[:w]), number64(v.Bytes[w:])
	more := ""
	if n > maxElements {
		n, more = maxElements, "..."
	}
	b := make([]byte, n)
	if err := p.env.Read(addr, b); err != nil && n > 0 {
		p.printf("<string at %#x: %v>", addr, err)
		return true
	}
	p.b.WriteString(quote(string(b)) + more)
	return true
}

// goSlice prints a Go slice with its elements.
func (p *printer) goSlice(v Value, t *dwarf.StructType, depth int) bool {
	w := p.env.Word()
	if !strings.HasPrefix(t.StructName, "[]") || len(v.Bytes) != 3*w || len(t.Field) == 0 {
		return false
	}
	ptr, ok := plain(t.Field[0].Type).(*dwarf.PtrType)
	if !ok {
		return false
	}
	addr, n := number64(v.Bytes[:w]), number64(v.Bytes[w:2*w])
	size := uint64(max(Size(ptr.Type), 1))
	p.printf("len %d {", n)
	for i := range n {
		if i > 0 {
			p.b.WriteString(", ")
		}
		b := make([]byte, size)
		if i == maxElements || size > MaxValue || p.env.Read(addr+i*size, b) != nil {
			p.b.WriteString("...")
			break
		}
		p.value(Value{Type: ptr.Type, Bytes: b}, depth+1, false)
	}
	p.b.WriteByte('}')
	return true
}

func isChar(t dwarf.Type) bool {
	switch x := plain(t).(type) {
	case *dwarf.CharType, *dwarf.UcharType:
		return true
	case *dwarf.IntType:
		return x.Name == "char"
	}
	return false
}

func (p *printer) scalar(v Value, top bool) {
	if isFloat(v.Type) {
		p.float(v)
		return
	}
	n, err := Int(p.env, v)
	if err != nil { // wider than a number: a vector register
		for i := len(v.Bytes) - 1; i >= 0; i-- {
			p.printf("%02x", v.Bytes[i])
		}
		return
	}
	if p.letter != 0 {
		p.b.WriteString(Scalar(p.env, n, max(len(v.Bytes), 1), p.letter))
		return
	}
	switch t := plain(v.Type).(type) {
	case nil:
		p.printf("%d", int64(n))
	case *dwarf.PtrType:
		p.pointer(v.Type, t, n, top)
	case *dwarf.BoolType:
		if n <= 1 {
			p.printf("%t", n == 1)
		} else {
			p.printf("%d", n)
		}
	case *dwarf.EnumType:
		p.enum(t, n)
	default:
		switch {
		case isChar(t):
			p.b.WriteString(character(n, isSigned(t)))
		case isSigned(t):
			p.printf("%d", int64(n))
		default:
			p.printf("%d", n)
		}
	}
}

func (p *printer) enum(t *dwarf.EnumType, n uint64) {
	for _, e := range t.Val {
		if e.Val == int64(n) {
			p.b.WriteString(e.Name)
			return
		}
	}
	p.printf("%d", int64(n))
}

func (p *printer) pointer(full dwarf.Type, t *dwarf.PtrType, n uint64, top bool) {
	if isChar(t.Type) {
		p.printf("%#x", n)
		if n != 0 {
			if s, ok := cString(p.env, n); ok {
				p.b.WriteString(" " + s)
			}
		}
		return
	}
	if top {
		p.printf("(%s) ", TypeString(full))
	}
	p.b.WriteString(p.address(n))
}

func (p *printer) address(n uint64) string {
	if s := p.env.Symbol(n); s != "" && n != 0 {
		return fmt.Sprintf("%#x <%s>", n, s)
	}
	return fmt.Sprintf("%#x", n)
}

// cString reads a string of the guest's and quotes it.
func cString(env Env, addr uint64) (string, bool) {
	var b []byte
	var c [1]byte
	for len(b) < maxElements {
		if env.Read(addr+uint64(len(b)), c[:]) != nil {
			return "", false
		}
		if c[0] == 0 {
			return quote(string(b)), true
		}
		b = append(b, c[0])
	}
	return quote(string(b)) + "...", true
}

func character(n uint64, signed bool) string {
	b := byte(n)
	text := strconv.QuoteToASCII(string([]byte{b}))
	text = "'" + strings.ReplaceAll(text[1:len(text)-1], "'", `\'`) + "'"
	if signed {
		return fmt.Sprintf("%d %s", int8(b), text)
	}
	return fmt.Sprintf("%d %s", b, text)
}

// float prints a floating-point number; in another format than f, its bits.
func (p *printer) float(v Value) {
	if p.letter != 0 && p.letter != 'f' && len(v.Bytes) <= sizeDouble {
		p.b.WriteString(Scalar(p.env, number64(v.Bytes), len(v.Bytes), p.letter))
		return
	}
	p.b.WriteString(floatText(v.Bytes))
}

// floatText writes as many digits as the number needs.
func floatText(b []byte) string {
	f, ok := decodeFloat(b)
	if !ok {
		return fmt.Sprintf("%#x", number64(b))
	}
	bits := 64
	if len(b) == sizeFloat {
		bits = 32
	}
	return strconv.FormatFloat(f, 'g', -1, bits)
}

// Scalar writes a number of size bytes in one of gdb's formats.
func Scalar(env Env, n uint64, size int, letter byte) string {
	bits := 8 * min(size, 8)
	u := n
	if bits < 64 {
		u &= 1<<bits - 1
	}
	s := int64(u<<(64-bits)) >> (64 - bits)
	switch letter {
	case 'd':
		return strconv.FormatInt(s, 10)
	case 'u':
		return strconv.FormatUint(u, 10)
	case 'o':
		return fmt.Sprintf("%#o", u)
	case 't':
		return strconv.FormatUint(u, 2)
	case 'z':
		return fmt.Sprintf("0x%0*x", bits/4, u)
	case 'c':
		return character(u, true)
	case 'f':
		return floatText(binary.LittleEndian.AppendUint64(nil, u)[:min(size, 8)])
	case 'a':
		if name := env.Symbol(u); name != "" {
			return fmt.Sprintf("%#x <%s>", u, name)
		}
	case 's':
		if text, ok := cString(env, u); ok {
			return text
		}
	}
	return fmt.Sprintf("%#x", u)
}
