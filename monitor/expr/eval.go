package expr

import (
	"debug/dwarf"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Eval gives the value of an expression.
func (e *Expr) Eval(env Env) (Value, error) {
	return (&evaluation{env}).eval(e.root)
}

// Evaluate reads and evaluates in one go.
func Evaluate(env Env, s string) (Value, error) {
	e, err := Parse(env, s)
	if err != nil {
		return Value{}, err
	}
	return e.Eval(env)
}

type evaluation struct{ env Env }

func (ev *evaluation) eval(n node) (Value, error) {
	switch n := n.(type) {
	case number:
		return Typed(ev.numberType(n), n.v), nil
	case real:
		return ev.double(n.f), nil
	case text:
		t, _ := ev.env.Basic("char ")
		b := append([]byte(n.s), 0)
		return Value{Type: &dwarf.ArrayType{Type: t, Count: int64(len(b))}, Bytes: b}, nil
	case reg:
		return ev.env.Register(n.name)
	case name:
		return ev.name(n.parts)
	case member:
		x, err := ev.eval(n.x)
		if err != nil {
			return Value{}, err
		}
		return ev.field(x, n.field)
	case index:
		return ev.index(n)
	case unary:
		return ev.unary(n)
	case infix:
		return ev.binary(n)
	case cast:
		x, err := ev.eval(n.x)
		if err != nil {
			return Value{}, err
		}
		return ev.convert(x, n.t)
	case sizeofType:
		return ev.size(Size(n.t)), nil
	case choice:
		cond, err := ev.eval(n.cond)
		if err != nil {
			return Value{}, err
		}
		c, err := ev.scalar(cond)
		if err != nil {
			return Value{}, err
		}
		if c != 0 {
			return ev.eval(n.a)
		}
		return ev.eval(n.b)
	case assign:
		return ev.assign(n)
	}
	return Value{}, errors.New("an expression that is not one")
}

// numberType is the first type that a number's suffix allows and that can hold
// it (C11 6.4.4.1).
func (ev *evaluation) numberType(n number) dwarf.Type {
	if n.char {
		t, _ := ev.env.Basic("char ")
		return t
	}
	var t dwarf.Type
	for _, words := range []string{"int ", "long long ", "unsigned long long "} {
		t, _ = ev.env.Basic(n.words + words)
		bits := 8 * Size(t)
		if isSigned(t) {
			bits--
		}
		if n.v>>bits == 0 {
			break
		}
	}
	return t
}

// scalar is a value of which only matters whether it is 0: a fraction is not.
func (ev *evaluation) scalar(v Value) (uint64, error) {
	if !isFloat(v.Type) {
		return Int(ev.env, v)
	}
	f, err := Float(ev.env, v)
	if f != 0 {
		return 1, err
	}
	return 0, err
}

func (ev *evaluation) size(n int64) Value {
	t, _ := ev.env.Basic("unsigned long ")
	return Typed(t, uint64(n))
}

func (ev *evaluation) int(n node) (uint64, error) {
	v, err := ev.eval(n)
	if err != nil {
		return 0, err
	}
	return Int(ev.env, v)
}

// name resolves a.b.c: the longest prefix that is a name, then fields of it.
func (ev *evaluation) name(parts []string) (Value, error) {
	var first error
	for n := len(parts); n > 0; n-- {
		v, err := ev.env.Lookup(strings.Join(parts[:n], "."))
		if err != nil {
			if first == nil || n == 1 {
				first = err
			}
			continue
		}
		for _, f := range parts[n:] {
			if v, err = ev.field(v, f); err != nil {
				return Value{}, err
			}
		}
		return v, nil
	}
	return Value{}, first
}

// field takes a field of a structure, or of what a pointer points to.
func (ev *evaluation) field(x Value, field string) (Value, error) {
	if _, ok := plain(x.Type).(*dwarf.PtrType); ok {
		var err error
		if x, err = ev.follow(x); err != nil {
			return Value{}, err
		}
	}
	s, ok := plain(x.Type).(*dwarf.StructType)
	if !ok {
		return Value{}, fmt.Errorf("%s has no fields", aType(x.Type))
	}
	f, offset, ok := findField(s, field, 0)
	if !ok {
		return Value{}, fmt.Errorf("%s has no field %s: it has %s", typeName(x.Type), field, fieldNames(s))
	}
	return part(x, f, offset)
}

// fieldNames lists a structure's fields for a person, if they are not too many.
func fieldNames(s *dwarf.StructType) string {
	const most = 16
	var names []string
	for _, f := range s.Field {
		if f.Name != "" && len(names) < most {
			names = append(names, f.Name)
		}
	}
	switch {
	case len(names) == 0:
		return "none"
	case len(names) == most && len(s.Field) > most:
		names = append(names, "... (ptype shows all)")
	}
	return strings.Join(names, ", ")
}

// findField also looks into structures without a name of their own, and those
// that Go embeds.
func findField(s *dwarf.StructType, name string, depth int) (f *dwarf.StructField, offset int64, ok bool) {
	const deepest = 16
	for _, f := range s.Field {
		if f.Name == name {
			return f, f.ByteOffset, true
		}
	}
	for _, f := range s.Field {
		inner, isStruct := plain(f.Type).(*dwarf.StructType)
		embedded := f.Name == "" || strings.HasSuffix(inner0(f.Type), "."+f.Name)
		if isStruct && embedded && depth < deepest {
			if g, off, ok := findField(inner, name, depth+1); ok {
				return g, f.ByteOffset + off, true
			}
		}
	}
	return nil, 0, false
}

// inner0 is the name of a type, for the rule that an embedded field has it.
func inner0(t dwarf.Type) string { return t.String() }

// part is a field of a structure's value.
func part(x Value, f *dwarf.StructField, offset int64) (Value, error) {
	if x.Gone != "" {
		return Value{Type: f.Type, Gone: x.Gone}, nil
	}
	v := Value{Type: f.Type, Mem: x.Mem, Addr: x.Addr + uint64(offset), Reg: x.Reg, RegAt: x.RegAt + offset}
	if f.BitSize > 0 {
		shift := f.DataBitOffset - 8*offset
		if f.DataBitOffset == 0 && f.BitOffset != 0 { // DWARF 3: from the top
			shift = 8*Size(f.Type) - f.BitOffset - f.BitSize
		}
		if unit := 8 * Size(f.Type); f.DataBitOffset > 0 && unit > 0 {
			start := f.DataBitOffset / unit * Size(f.Type)
			v.Addr, shift = x.Addr+uint64(start), f.DataBitOffset-8*start
			offset = start
		}
		v.Bits = &Bits{Shift: shift, Size: f.BitSize}
	}
	if x.Bytes != nil {
		end := offset + Size(f.Type)
		if offset < 0 || end > int64(len(x.Bytes)) {
			return Value{}, fmt.Errorf("field %s is outside its structure", f.Name)
		}
		v.Bytes = x.Bytes[offset:end]
	}
	return v, nil
}

// follow is what a pointer points to.
func (ev *evaluation) follow(x Value) (Value, error) {
	n, err := Int(ev.env, x)
	if err != nil {
		return Value{}, err
	}
	switch t := plain(x.Type).(type) {
	case *dwarf.PtrType:
		if _, void := plain(t.Type).(*dwarf.VoidType); void || t.Type == nil {
			return Value{}, errors.New("a void pointer points to nothing in particular: cast it first")
		}
		if _, ok := plain(t.Type).(*dwarf.FuncType); ok {
			return Value{Type: t.Type, Func: true, Addr: n}, nil
		}
		return Value{Type: t.Type, Mem: true, Addr: n}, nil
	case *dwarf.ArrayType:
		return Value{Type: t.Type, Mem: true, Addr: n}, nil
	case *dwarf.StructType:
		return Value{}, fmt.Errorf("%s is not a pointer", aType(x.Type))
	}
	if x.Func {
		return x, nil
	}
	// A number: a word there.
	t, _ := ev.env.Basic("long ")
	return Value{Type: t, Mem: true, Addr: n}, nil
}

func (ev *evaluation) index(n index) (Value, error) {
	x, err := ev.eval(n.x)
	if err != nil {
		return Value{}, err
	}
	i, err := ev.int(n.i)
	if err != nil {
		return Value{}, err
	}
	if s, ok := plain(x.Type).(*dwarf.StructType); ok { // a Go slice or string
		array, err := ev.field(x, "array")
		if err != nil {
			if array, err = ev.field(x, "str"); err != nil {
				return Value{}, fmt.Errorf("a %s has no elements", s.StructName)
			}
		}
		x = array
	}
	if a, ok := plain(x.Type).(*dwarf.ArrayType); ok && !x.Mem {
		size := Size(a.Type)
		if i >= uint64(max(a.Count, 0)) || size*int64(i+1) > int64(len(x.Bytes)) {
			return Value{}, fmt.Errorf("there is no element %d", i)
		}
		at := size * int64(i)
		return Value{Type: a.Type, Bytes: x.Bytes[at : at+size], Reg: x.Reg, RegAt: x.RegAt + at}, nil
	}
	at, err := ev.follow(x)
	if err != nil {
		return Value{}, err
	}
	at.Addr += i * uint64(max(Size(at.Type), 1))
	return at, nil
}

func (ev *evaluation) unary(n unary) (Value, error) {
	if n.op == "sizeof" {
		x, err := ev.eval(n.x)
		return ev.size(Size(x.Type)), err
	}
	x, err := ev.eval(n.x)
	if err != nil {
		return Value{}, err
	}
	switch n.op {
	case "()", "+":
		return x, nil
	case "*":
		return ev.follow(x)
	case "&":
		if x.Func {
			return Typed(ev.env.Pointer(x.Type), x.Addr), nil
		}
		if !x.Mem || x.Bits != nil {
			return Value{}, errors.New("only what is in memory has an address")
		}
		return Typed(ev.env.Pointer(x.Type), x.Addr), nil
	}
	if isFloat(x.Type) && n.op == "-" {
		f, err := Float(ev.env, x)
		return ev.double(-f), err
	}
	if isFloat(x.Type) && n.op == "~" {
		return Value{}, errors.New("the operator ~ needs a whole number")
	}
	v, err := ev.scalar(x)
	if err != nil {
		return Value{}, err
	}
	t := ev.promote(x.Type)
	switch n.op {
	case "-":
		v = -v
	case "~":
		v = ^v
	case "!":
		return ev.truth(v == 0), nil
	}
	return Typed(t, v), nil
}

func (ev *evaluation) truth(b bool) Value {
	t, _ := ev.env.Basic("int ")
	if b {
		return Typed(t, 1)
	}
	return Typed(t, 0)
}

// promote is the integer promotion (C11 6.3.1.1).
func (ev *evaluation) promote(t dwarf.Type) dwarf.Type {
	if Size(t) < 4 || t == nil {
		t, _ = ev.env.Basic("int ")
	}
	return t
}

// common is the type of the result of arithmetic (C11 6.3.1.8).
func (ev *evaluation) common(a, b dwarf.Type) dwarf.Type {
	a, b = ev.promote(a), ev.promote(b)
	switch sa, sb := Size(a), Size(b); {
	case sa > sb:
		return a
	case sb > sa:
		return b
	case isSigned(a):
		return b
	}
	return a
}

func (ev *evaluation) binary(n infix) (Value, error) {
	a, err := ev.eval(n.a)
	if err != nil {
		return Value{}, err
	}
	if n.op == "&&" || n.op == "||" {
		v, err := ev.scalar(a)
		if err != nil || (v != 0) == (n.op == "||") {
			return ev.truth(v != 0), err
		}
		b, err := ev.eval(n.b)
		if err != nil {
			return Value{}, err
		}
		w, err := ev.scalar(b)
		return ev.truth(w != 0), err
	}
	b, err := ev.eval(n.b)
	if err != nil {
		return Value{}, err
	}
	return ev.operate(n.op, a, b)
}

// pointee is the size of what a pointer or array points to; 0 for others.
func pointee(t dwarf.Type) int64 {
	switch x := plain(t).(type) {
	case *dwarf.PtrType:
		return max(Size(x.Type), 1)
	case *dwarf.ArrayType:
		return max(Size(x.Type), 1)
	}
	return 0
}

// decay makes a pointer of an array or a function (C11 6.3.2.1).
func (ev *evaluation) decay(v Value) Value {
	if v.Func {
		return Typed(ev.env.Pointer(v.Type), v.Addr)
	}
	if a, ok := plain(v.Type).(*dwarf.ArrayType); ok && v.Mem {
		return Typed(ev.env.Pointer(a.Type), v.Addr)
	}
	return v
}

func (ev *evaluation) operate(op string, a, b Value) (Value, error) {
	if op == "@" {
		return ev.repeat(a, b)
	}
	a, b = ev.decay(a), ev.decay(b)
	if isFloat(a.Type) || isFloat(b.Type) {
		return ev.floating(op, a, b)
	}
	x, err := Int(ev.env, a)
	if err != nil {
		return Value{}, err
	}
	y, err := Int(ev.env, b)
	if err != nil {
		return Value{}, err
	}
	pa, pb := pointee(a.Type), pointee(b.Type)
	switch {
	case op == "+" && pa > 0:
		return Typed(a.Type, x+y*uint64(pa)), nil
	case op == "+" && pb > 0:
		return Typed(b.Type, y+x*uint64(pb)), nil
	case op == "-" && pa > 0 && pb > 0:
		t, _ := ev.env.Basic("long ")
		return Typed(t, uint64(int64(x-y)/pa)), nil
	case op == "-" && pa > 0:
		return Typed(a.Type, x-y*uint64(pa)), nil
	}
	t := ev.common(a.Type, b.Type)
	if op == "<<" || op == ">>" {
		t = ev.promote(a.Type) // C11 6.5.7
	}
	return ev.arithmetic(op, t, x, y)
}

func (ev *evaluation) arithmetic(op string, t dwarf.Type, x, y uint64) (Value, error) {
	signed := isSigned(t)
	if !signed && Size(t) == 4 {
		x, y = uint64(uint32(x)), uint64(uint32(y))
	}
	less := x < y
	if signed {
		less = int64(x) < int64(y)
	}
	switch op {
	case "+":
		return Typed(t, x+y), nil
	case "-":
		return Typed(t, x-y), nil
	case "*":
		return Typed(t, x*y), nil
	case "/", "%":
		if y == 0 {
			return Value{}, errors.New("a division by zero")
		}
		q := x / y
		if signed && y == ^uint64(0) {
			q = -x // also where the quotient would not fit
		} else if signed {
			q = uint64(int64(x) / int64(y))
		}
		if op == "%" {
			q = x - q*y
		}
		return Typed(t, q), nil
	case "&":
		return Typed(t, x&y), nil
	case "|":
		return Typed(t, x|y), nil
	case "^":
		return Typed(t, x^y), nil
	case "<<", ">>":
		if bits := 8 * uint64(Size(t)); y >= bits {
			return Value{}, fmt.Errorf("a shift by %d of a number of %d bits (1ULL has 64)", int64(y), bits)
		}
		return Typed(t, shift(op, x, y, signed)), nil
	case "==":
		return ev.truth(x == y), nil
	case "!=":
		return ev.truth(x != y), nil
	case "<":
		return ev.truth(less), nil
	case ">=":
		return ev.truth(!less), nil
	case ">":
		return ev.truth(!less && x != y), nil
	case "<=":
		return ev.truth(less || x == y), nil
	}
	return Value{}, fmt.Errorf("the operator %s is not known", op)
}

// shift moves bits by fewer than there are.
func shift(op string, x, y uint64, signed bool) uint64 {
	switch {
	case op == "<<":
		return x << y
	case signed:
		return uint64(int64(x) >> y)
	}
	return x >> y
}

// repeat is gdb's a@n: an array of n values from a on.
func (ev *evaluation) repeat(a, n Value) (Value, error) {
	count, err := Int(ev.env, n)
	if err != nil {
		return Value{}, err
	}
	if !a.Mem {
		return Value{}, errors.New("@ needs something in memory at its left")
	}
	if size := uint64(max(Size(a.Type), 1)); count == 0 || count > MaxValue/size {
		return Value{}, fmt.Errorf("an array of %d elements is not possible", count)
	}
	return Value{Type: &dwarf.ArrayType{Type: a.Type, Count: int64(count)}, Mem: true, Addr: a.Addr}, nil
}

// convert is a cast.
func (ev *evaluation) convert(x Value, t dwarf.Type) (Value, error) {
	if _, ok := plain(t).(*dwarf.StructType); ok {
		if !x.Mem {
			return Value{}, fmt.Errorf("only what is in memory can be seen as a %s", typeName(t))
		}
		return Value{Type: t, Mem: true, Addr: x.Addr}, nil
	}
	if isFloat(t) {
		f, err := Float(ev.env, x)
		if err != nil {
			return Value{}, err
		}
		b, err := encodeFloat(f, Size(t))
		return Value{Type: t, Bytes: b}, err
	}
	n, err := Int(ev.env, ev.decay(x))
	if err != nil {
		return Value{}, err
	}
	return Typed(t, n), nil
}

// target is what stands at the left of an assignment.
func (ev *evaluation) target(n assign) (Value, error) {
	v, err := ev.eval(n.a)
	if r, ok := n.a.(reg); ok && err != nil && n.op == "" {
		if v, ok := ev.env.NewVariable(r.name); ok {
			return v, nil
		}
	}
	return v, err
}

// assign stores.
func (ev *evaluation) assign(n assign) (Value, error) {
	a, err := ev.target(n)
	if err != nil {
		return Value{}, err
	}
	b, err := ev.eval(n.b)
	if err != nil {
		return Value{}, err
	}
	if n.op != "" {
		if b, err = ev.operate(n.op, a, b); err != nil {
			return Value{}, err
		}
	}
	if a.Var != "" {
		return ev.setVariable(a.Var, b)
	}
	if a.Bits != nil {
		if b, err = ev.unitWith(a, b); err != nil {
			return Value{}, err
		}
	}
	bytes, err := ev.bytesFor(a, b)
	if err != nil {
		return Value{}, err
	}
	switch {
	case a.Reg != "":
		err = ev.setRegister(a, bytes)
	case a.Mem:
		err = ev.env.Write(a.Addr, bytes)
	default:
		err = errors.New("only a register or what is in memory can be changed")
	}
	if err != nil {
		return Value{}, err
	}
	a.Bytes = bytes
	return a, nil
}

// unitWith is the storage unit of a bit field, with another value in the field.
func (ev *evaluation) unitWith(a, b Value) (Value, error) {
	n, err := Int(ev.env, b)
	if err != nil {
		return Value{}, err
	}
	old, err := Load(ev.env, a)
	if err != nil {
		return Value{}, err
	}
	mask := (uint64(1)<<a.Bits.Size - 1) << a.Bits.Shift
	return Number(number64(old.Bytes)&^mask | n<<a.Bits.Shift&mask), nil
}

// setRegister changes a register, or the part of it that a value is in.
func (ev *evaluation) setRegister(a Value, b []byte) error {
	whole, err := ev.env.Register(a.Reg)
	if err != nil {
		return err
	}
	end := a.RegAt + int64(len(b))
	if end > int64(len(whole.Bytes)) {
		return fmt.Errorf("%d bytes do not fit into register %s", end, a.Reg)
	}
	all := slices.Clone(whole.Bytes)
	copy(all[a.RegAt:], b)
	return ev.env.SetRegister(a.Reg, all)
}

// setVariable gives a variable of the session a value, with its type: a copy,
// which memory that changes later does not change.
func (ev *evaluation) setVariable(name string, v Value) (Value, error) {
	v = ev.decay(v)
	if v.Bits != nil {
		n, err := Int(ev.env, v)
		if err != nil {
			return Value{}, err
		}
		v = Typed(ev.promote(v.Type), n)
	}
	v, err := Load(ev.env, v)
	if err != nil {
		return Value{}, err
	}
	v = Value{Type: v.Type, Bytes: slices.Clone(v.Bytes), Var: name}
	ev.env.SetVariable(v)
	return v, nil
}

// bytesFor converts what is assigned to the size of its target.
func (ev *evaluation) bytesFor(a, b Value) ([]byte, error) {
	size := Size(a.Type)
	if a.Bytes != nil && a.Type == nil {
		size = int64(len(a.Bytes))
	}
	switch plain(a.Type).(type) {
	case *dwarf.StructType, *dwarf.ArrayType:
		v, err := Load(ev.env, b)
		if err != nil {
			return nil, err
		}
		if int64(len(v.Bytes)) > size {
			return nil, fmt.Errorf("%d bytes do not fit into %d", len(v.Bytes), size)
		}
		return append(append([]byte(nil), v.Bytes...), make([]byte, size-int64(len(v.Bytes)))...), nil
	}
	if isFloat(a.Type) {
		f, err := Float(ev.env, b)
		if err != nil {
			return nil, err
		}
		return encodeFloat(f, size)
	}
	n, err := Int(ev.env, b)
	if err != nil {
		return nil, err
	}
	out := Number(n).Bytes
	for int64(len(out)) < size {
		out = append(out, 0)
	}
	return out[:size], nil
}

// Field takes a field of a structure, or of what a pointer points to.
func Field(env Env, v Value, path ...string) (Value, error) {
	var err error
	for _, name := range path {
		if v, err = (&evaluation{env}).field(v, name); err != nil {
			return Value{}, err
		}
	}
	return v, nil
}

// Deref is what a pointer points to.
func Deref(env Env, v Value) (Value, error) { return (&evaluation{env}).follow(v) }

// As sees an address as a pointer to a type.
func As(env Env, t dwarf.Type, addr uint64) Value { return Value{Type: t, Mem: true, Addr: addr} }
