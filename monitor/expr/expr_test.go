package expr

import (
	"debug/dwarf"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

// fakeEnv is a guest with a little memory, two registers and some variables.
type fakeEnv struct {
	Basics
	mem  []byte // from base on
	regs map[string]uint64
	vars map[string]Value
	own  map[string]Value // the session's
}

const base = 0x1000

func (f *fakeEnv) Type(keyword, name string) (dwarf.Type, bool) {
	if keyword == "struct" && name == "pair" {
		return f.pair(), true
	}
	return nil, false
}

func (f *fakeEnv) pair() *dwarf.StructType {
	i, _ := f.Basic("int ")
	c, _ := f.Basic("char ")
	u, _ := f.Basic("unsigned int ")
	return &dwarf.StructType{CommonType: dwarf.CommonType{ByteSize: 24}, StructName: "pair", Kind: "struct", Field: []*dwarf.StructField{
		{Name: "x", Type: i},
		{Name: "y", Type: i, ByteOffset: 4},
		{Name: "name", Type: f.Pointer(c), ByteOffset: 8},
		{Name: "low", Type: u, ByteOffset: 16, BitSize: 3, DataBitOffset: 128},
		{Name: "high", Type: u, ByteOffset: 16, BitSize: 5, DataBitOffset: 131},
	}}
}

func (f *fakeEnv) Register(name string) (Value, error) {
	if v, ok := f.own[name]; ok {
		return v, nil
	}
	v, ok := f.regs[name]
	if !ok {
		return Value{}, fmt.Errorf("no $%s: %w", name, ErrNotFound)
	}
	return f.register(name, v), nil
}

func (f *fakeEnv) NewVariable(name string) (Value, bool) { return Value{Var: name}, name != "9" }

func (f *fakeEnv) SetVariable(v Value) { f.own[v.Var] = v }

func (f *fakeEnv) register(name string, v uint64) Value {
	t, _ := f.Basic("long ")
	if name == "f1" {
		t = f.lanes()
	}
	x := Typed(t, v)
	x.Reg = name
	return x
}

// lanes is a register's type with parts.
func (f *fakeEnv) lanes() dwarf.Type {
	real, _ := f.Basic("float ")
	word, _ := f.Basic("int ")
	two := &dwarf.ArrayType{Type: word, Count: 2}
	return &dwarf.StructType{CommonType: dwarf.CommonType{ByteSize: 8}, StructName: "lanes", Kind: "union", Field: []*dwarf.StructField{{Name: "float", Type: real}, {Name: "word", Type: two}}}
}

func (f *fakeEnv) SetRegister(name string, b []byte) error {
	f.regs[name] = number64(b)
	return nil
}

func (f *fakeEnv) Lookup(name string) (Value, error) {
	if v, ok := f.vars[name]; ok {
		return v, nil
	}
	return Value{}, fmt.Errorf("no %s: %w", name, ErrNotFound)
}

var errOutside = errors.New("no memory there")

func (f *fakeEnv) Read(a uint64, b []byte) error {
	if a < base || a-base > uint64(len(f.mem)) || uint64(len(b)) > uint64(len(f.mem))-(a-base) {
		return errOutside
	}
	copy(b, f.mem[a-base:])
	return nil
}

func (f *fakeEnv) Write(a uint64, b []byte) error {
	if err := f.Read(a, make([]byte, len(b))); err != nil {
		return err
	}
	copy(f.mem[a-base:], b)
	return nil
}

func (f *fakeEnv) Symbol(a uint64) string {
	if a == base {
		return "pair"
	}
	return ""
}

func newFake() *fakeEnv {
	f := &fakeEnv{Basics: Basics{8}, regs: map[string]uint64{"a0": 7, "pc": base, "f1": uint64(math.Float32bits(1.5))}, vars: map[string]Value{}, own: map[string]Value{}}
	f.mem = binary.LittleEndian.AppendUint32(f.mem, 5)           // x
	f.mem = binary.LittleEndian.AppendUint32(f.mem, 0xfffffffe)  // y = -2
	f.mem = binary.LittleEndian.AppendUint64(f.mem, base+32)     // name
	f.mem = binary.LittleEndian.AppendUint64(f.mem, 3|9<<3)      // low, high
	f.mem = binary.LittleEndian.AppendUint64(f.mem, base)        // pointer to pair
	f.mem = append(f.mem, "hello\x00\x00\x00"...)                // 32
	f.mem = append(f.mem, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 9) // 40: array
	i, _ := f.Basic("int ")
	c, _ := f.Basic("char ")
	b := &dwarf.BoolType{BasicType: dwarf.BasicType{CommonType: dwarf.CommonType{ByteSize: 1, Name: "bool"}}}
	f.vars["p"] = Value{Type: f.pair(), Mem: true, Addr: base}
	f.vars["pp"] = Value{Type: f.Pointer(f.pair()), Mem: true, Addr: base + 24}
	f.vars["text"] = Value{Type: &dwarf.ArrayType{Type: c, Count: 8}, Mem: true, Addr: base + 32}
	f.vars["list"] = Value{Type: &dwarf.ArrayType{Type: i, Count: 3}, Mem: true, Addr: base + 40}
	f.vars["ok"] = Value{Type: b, Mem: true, Addr: base + 40}
	f.vars["a.b"] = Value{Type: i, Mem: true, Addr: base}
	f.vars["mod!x"] = Value{Type: i, Mem: true, Addr: base + 40}
	f.mem = binary.LittleEndian.AppendUint64(append(f.mem, 0, 0, 0), math.Float64bits(0.1)) // 56
	d, _ := f.Basic("double ")
	f.vars["d"] = Value{Type: d, Mem: true, Addr: base + 56}
	f.vars["f"] = Value{Type: &dwarf.FuncType{}, Func: true, Addr: base}
	f.vars["gone"] = Value{Type: i, Gone: "optimized out"}
	f.vars["color"] = Value{Type: &dwarf.EnumType{CommonType: dwarf.CommonType{ByteSize: 4}, EnumName: "color", Val: []*dwarf.EnumValue{{Name: "RED", Val: 1}, {Name: "GREEN", Val: 2}}}, Mem: true, Addr: base + 44}
	return f
}

func TestExpressions(t *testing.T) {
	for text, want := range map[string]string{
		"1 + 2 * 3":                     "7",
		"(1 + 2) * 3":                   "9",
		"7 / 2":                         "3",
		"-7 / 2":                        "-3",
		"-7 % 3":                        "-1",
		"1 << 4 | 3":                    "19",
		"0x10":                          "16",
		"010":                           "8",
		"10UL":                          "10",
		"~0":                            "-1",
		"!5":                            "0",
		"!0":                            "1",
		"5 > 3 && 2 < 1":                "0",
		"5 > 3 || 1 / 0":                "1",
		"1 ? 10 : 20":                   "10",
		"'a'":                           "97 'a'",
		"'\\n'":                         `10 '\n'`,
		"(char)65":                      "65 'A'",
		"(unsigned char)-1":             `255 '\xff'`,
		"(unsigned)-1":                  "4294967295",
		"(short)0x18000":                "-32768",
		"(int)0xffffffff":               "-1",
		"-1 < 1":                        "1",
		"-1 < 1u":                       "0",
		"1ULL << 60":                    "1152921504606846976",
		"1 << 31":                       "-2147483648",
		"1u << 31":                      "2147483648",
		"0xffffffff >> 4":               "268435455",
		"-16 >> 2":                      "-4",
		"(short)-16 >> 2":               "-4",
		"0xffffffffffffffff":            "18446744073709551615",
		"0xffffffffffffffffu":           "18446744073709551615",
		"1 << 60":                       "error a shift by 60 of a number of 32 bits",
		"1 << -1":                       "error a shift by -1 of",
		"$a0 + 1":                       "8",
		"p.x":                           "5",
		"p.y":                           "-2",
		"p.low":                         "3",
		"p.high":                        "9",
		"pp->x":                         "5",
		"(*pp).y":                       "-2",
		"*pp":                           `{x = 5, y = -2, name = 0x1020 "hello", low = 3, high = 9}`,
		"&p":                            "(struct pair *) 0x1000 <pair>",
		"&p.y":                          "(int *) 0x1004",
		"pp":                            "(struct pair *) 0x1000 <pair>",
		"p.name":                        `0x1020 "hello"`,
		"*p.name":                       "104 'h'",
		"p.name[1]":                     "101 'e'",
		"text":                          `"hello"`,
		"list":                          "{1, 2, 3}",
		"list[1]":                       "2",
		"*list":                         "1",
		"*(list + 2)":                   "3",
		"&list[2] - &list[0]":           "2",
		"list[0]@2":                     "{1, 2}",
		"sizeof(struct pair)":           "24",
		"sizeof(int)":                   "4",
		"sizeof list":                   "12",
		"*(int *)0x1000":                "5",
		"((struct pair *)0x1000)->y":    "-2",
		"*(struct pair *)0x1000 . x":    "error",
		"ok":                            "true",
		"color":                         "GREEN",
		"color == 2":                    "1",
		"a.b":                           "5",
		"mod!x":                         "1",
		"'a.b'":                         "5",
		"1.5":                           "1.5",
		"1.5 + 1":                       "2.5",
		"3 / 2.0":                       "1.5",
		"1e3":                           "1000",
		"25e-1f":                        "2.5",
		"-1.5 * 2":                      "-3",
		"!0.5":                          "0",
		"0.5 && 1":                      "1",
		"0.25 ? 1 : 2":                  "1",
		"1.5 < 2":                       "1",
		"(int)-2.75":                    "-2",
		"(float)1 / 3":                  "0.3333333333333333",
		"(long double)1.5":              "1.5",
		"d":                             "0.1",
		"d * 10":                        "1",
		"(int)(d * 100)":                "10",
		"sizeof(float)":                 "4",
		"sizeof(long double)":           "16",
		"$f1":                           "{float = 1.5, word = {1069547520, 0}}",
		"$f1.float + 1":                 "2.5",
		"$f1.word[0]":                   "1069547520",
		"5f":                            `error "5f" is not a number`,
		"1.5 % 1":                       "error the operator % needs whole numbers",
		"~1.5":                          "error the operator ~ needs a whole number",
		"1.0 / 0":                       "error a division by zero",
		"f":                             "{void (void)} 0x1000 <pair>",
		"f + 1":                         "(void (*)(void)) 0x1001",
		"f(1)":                          "error functions of the guest cannot be called",
		"$a0.x":                         "error a long has no fields",
		"list[0].x":                     "error an int has no fields",
		"gone":                          "<optimized out>",
		"gone + 1":                      "error optimized out",
		"nothing":                       "error no nothing",
		"1 +":                           "error something is missing at the end",
		"(1":                            `error ")" is missing before the end`,
		"1 2":                           "error a number is left over",
		"1 / 0":                         "error a division by zero",
		"*(int *)0":                     "error no memory there",
		"p + 1":                         "error a struct pair is not a number",
		"p.z":                           "error struct pair has no field z: it has x, y, name, low, high",
		"5.x":                           "error",
		"$9":                            "error no $9",
		"$9 = 1":                        "error no $9",
		"$zz += 1":                      "error no $zz",
		"$zz":                           "error no $zz",
		`"abc"`:                         `"abc"`,
		`"abc`:                          "error a string without an end",
		"0x":                            `error "0x" is not a number`,
		"1 ` 2":                         "error",
		"5 = 6":                         "error only a register",
		strings.Repeat("(", 5000) + "1": "error too many parentheses",
		strings.Repeat("-", 5000) + "1": "error too many operators",
	} {
		env := newFake()
		v, err := Evaluate(env, text)
		got := ""
		if err == nil {
			got, err = Format(env, v, 0)
		}
		if bad, isErr := strings.CutPrefix(want, "error"); isErr {
			if err == nil || !strings.Contains(err.Error(), strings.TrimSpace(bad)) {
				t.Errorf("%.40s: %q, %v; want an error with %q", text, got, err, bad)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestFormats(t *testing.T) {
	for _, c := range []struct {
		text   string
		letter byte
		want   string
	}{
		{"p.y", 'x', "0xfffffffe"},
		{"p.y", 'u', "4294967294"},
		{"p.y", 'd', "-2"},
		{"5", 't', "101"},
		{"8", 'o', "010"},
		{"5", 'z', "0x00000005"},
		{"0x1000", 'a', "0x1000 <pair>"},
		{"65", 'c', "65 'A'"},
		{"list", 'x', "{0x1, 0x2, 0x3}"},
		{"p.name", 's', `"hello"`},
		{"0x3f800000", 'f', "1"},
	} {
		env := newFake()
		v, err := Evaluate(env, c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Format(env, v, c.letter); err != nil || got != c.want {
			t.Errorf("%s as %c: %q, %v; want %q", c.text, c.letter, got, err, c.want)
		}
	}
}

func TestAssignment(t *testing.T) {
	for text, check := range map[string]string{
		"p.x = 9": "p.x", "p.x += 4": "p.x", "$a0 = 9": "$a0", "list[2] = 9": "list[2]", "pp->x = list[1] + 7": "p.x", "$a0 += 2": "$a0",
		"p.high = 9": "p.high", "p.high = 9 + 32": "p.high",
		"d = 9": "d", "d = p.x * 2 - 1.0": "d", "$f1.float = 9": "$f1.float", "$f1.word[1] = 9": "$f1.word[1]", "p.x = 9.75": "p.x",
	} {
		env := newFake()
		if _, err := Evaluate(env, text); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		v, err := Evaluate(env, check)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := Int(env, v); err != nil || n != 9 {
			t.Errorf("%s: %s is %d, %v", text, check, n, err)
		}
	}
}

// A variable of the session has the type of what it was given.
func TestSessionVariables(t *testing.T) {
	for _, c := range []struct{ set, text, want string }{
		{"$v = 5", "$v * 2", "10"},
		{"$v = $w = 5", "$v + $w", "10"},
		{"$v = &p", "$v->y", "-2"},
		{"$v = p", "$v.x", "5"},
		{"$v = list", "$v[1]", "2"},
		{"$v = p.high", "$v", "9"},
		{"$v = gone", "", "optimized out"},
	} {
		env := newFake()
		if _, err := Evaluate(env, c.set); err != nil {
			if c.text != "" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", c.set, err)
			}
			continue
		}
		v, err := Evaluate(env, c.text)
		if err != nil {
			t.Errorf("%s, %s: %v", c.set, c.text, err)
			continue
		}
		if got, err := Format(env, v, 0); err != nil || got != c.want {
			t.Errorf("%s, %s: %q, %v; want %q", c.set, c.text, got, err, c.want)
		}
	}
}

// A bit field's neighbours stay.
func TestBitFields(t *testing.T) {
	env := newFake()
	for _, text := range []string{"p.low = 5", "p.high = 30"} {
		if _, err := Evaluate(env, text); err != nil {
			t.Fatal(err)
		}
	}
	if got := env.mem[16]; got != 5|30<<3 {
		t.Errorf("the unit is %#x", got)
	}
}

// Parts of a register leave the others alone.
func TestRegisterParts(t *testing.T) {
	env := newFake()
	if _, err := Evaluate(env, "$f1.word[1] = 0x55"); err != nil {
		t.Fatal(err)
	}
	if got, want := env.regs["f1"], 0x55<<32|uint64(math.Float32bits(1.5)); got != want {
		t.Errorf("the register is %#x, want %#x", got, want)
	}
}

// Numbers keep their value in C's floating types, of either machine.
func TestFloats(t *testing.T) {
	for _, f := range []float64{0, 1, -1.5, math.Pi, 1e300, -1e-300, 5e-324, math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN(), math.Copysign(0, -1)} {
		for _, size := range []int64{8, 10, 12, 16} {
			b, err := encodeFloat(f, size)
			if err != nil || int64(len(b)) != size {
				t.Fatalf("%g in %d bytes: %x, %v", f, size, b, err)
			}
			if got, ok := decodeFloat(b); !ok || math.Float64bits(got) != math.Float64bits(f) && !(math.IsNaN(f) && math.IsNaN(got)) {
				t.Errorf("%g in %d bytes is %x, which is %g", f, size, b, got)
			}
		}
	}
	// As gcc 12 writes them: 0.1L of both machines, and the least of the x87's.
	for text, want := range map[string]float64{
		"cdccccccccccccccfb3f": 0.1, "9a9999999999999999999999" + "9999fb3f": 0.1, "010000000000000000000000000000000000"[:20]: 0,
	} {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := decodeFloat(b); !ok || got != want {
			t.Errorf("%s is %g, want %g", text, got, want)
		}
	}
	for f, want := range map[float64]uint64{1.9: 1, -1.9: ^uint64(0), 1 << 63: 1 << 63, 1e30: math.MaxUint64, -1e30: 1 << 63, math.NaN(): 0} {
		if got := truncated(f); got != want {
			t.Errorf("%g becomes %#x, want %#x", f, got, want)
		}
	}
	for _, size := range []int{0, 3, 17} {
		if _, ok := decodeFloat(make([]byte, size)); ok {
			t.Errorf("a number of %d bytes", size)
		}
	}
}

func TestTypes(t *testing.T) {
	env := newFake()
	for text, want := range map[string]string{
		"int *": "int *", "unsigned long": "unsigned long", "long unsigned int": "unsigned long", "char **": "char **",
		"struct pair *": "struct pair *", "const char *": "char *", "long long": "long long", "void *": "void *",
	} {
		typ, ok := ParseType(env, text)
		if !ok || TypeString(typ) != want {
			t.Errorf("%s: %v, %v; want %s", text, ok, typ, want)
		}
	}
	for _, text := range []string{"", "5", "struct nothing", "int 5", "foo"} {
		if typ, ok := ParseType(env, text); ok {
			t.Errorf("%q is the type %v", text, typ)
		}
	}
	want := "struct pair {\n    int x;\n    int y;\n    char *name;\n    unsigned int low : 3;\n    unsigned int high : 5;\n}"
	if got := Describe(env.pair()); got != want {
		t.Errorf("ptype:\n%s", got)
	}
}

// No text makes an evaluation panic.
func FuzzExpression(f *testing.F) {
	for _, s := range []string{"1+2*3", "p.x", "*pp", "list[1]@2", "(struct pair*)0x1000", "'a'", "\"x\"", "$a0=5", "a?b:c", "sizeof(int)", "p.name[3] << 70"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, s string) {
		env := newFake()
		if v, err := Evaluate(env, s); err == nil {
			_, _ = Format(env, v, 0)
			_, _ = Format(env, v, 'x')
		}
	})
}
