package expr

import (
	"debug/dwarf"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Env is the guest as an expression sees it.
type Env interface {
	Types
	// Register gives what $NAME stands for: a register, a value that was printed,
	// or a variable of the session.
	Register(name string) (v Value, err error)
	// NewVariable gives what an assignment to $NAME makes where Register knows
	// nothing of that name; ok is false if it can make nothing.
	NewVariable(name string) (v Value, ok bool)
	SetRegister(name string, b []byte) error
	// SetVariable gives v.Var, a variable of the session, a value and a type.
	SetVariable(v Value)
	// Lookup finds a variable or function.
	Lookup(name string) (v Value, err error)
	Read(addr uint64, b []byte) error
	Write(addr uint64, b []byte) error
	// Symbol names an address of code or data, or gives "".
	Symbol(addr uint64) string
}

// Types is where casts find what they name.
type Types interface {
	Type(keyword, name string) (dwarf.Type, bool)
	Word() int // bytes of a pointer
	Pointer(t dwarf.Type) dwarf.Type
	Basic(words string) (dwarf.Type, bool)
}

// Value is what an expression gives. Type nil is a plain number.
type Value struct {
	Type  dwarf.Type
	Bytes []byte // nil: still in memory at Addr
	Addr  uint64
	Mem   bool   // it is in memory
	Reg   string // it is in a register
	RegAt int64  // so many bytes from the register's lowest
	Var   string // it is a variable of the session
	Bits  *Bits  // it is a bit field
	Func  bool   // it is code at Addr
	Gone  string // why there is no value: optimized out
}

// Bits is a bit field: of so many bits from the lowest of its storage unit.
type Bits struct{ Shift, Size int64 }

// ErrNotFound is what Lookup wraps for a name nobody has.
var ErrNotFound = errors.New("there is no such symbol")

// MaxValue is how large a value may be that is read as a whole.
const MaxValue = 1 << 20

// plain takes typedefs and qualifiers off a type.
func plain(t dwarf.Type) dwarf.Type {
	const deepest = 100 // types of a damaged file may go round
	for range deepest {
		switch x := t.(type) {
		case *dwarf.TypedefType:
			t = x.Type
		case *dwarf.QualType:
			t = x.Type
		default:
			return t
		}
	}
	return nil
}

// Plain is the type behind typedefs and qualifiers.
func Plain(t dwarf.Type) dwarf.Type { return plain(t) }

// Size is the size of a type; 0 for what has none.
func Size(t dwarf.Type) int64 {
	switch x := plain(t).(type) {
	case nil:
		return 0
	case *dwarf.ArrayType:
		if x.Count < 0 {
			return 0
		}
		return x.Count * Size(x.Type)
	case *dwarf.StructType:
		return max(x.ByteSize, 0)
	default:
		return max(x.Size(), 0)
	}
}

// isSigned says how to widen a value.
func isSigned(t dwarf.Type) bool {
	switch x := plain(t).(type) {
	case *dwarf.IntType, *dwarf.CharType:
		return true
	case *dwarf.EnumType:
		for _, v := range x.Val {
			if v.Val < 0 {
				return true
			}
		}
	}
	return false
}

// Load fetches the bytes of a value that is still in memory.
func Load(env Env, v Value) (Value, error) {
	if v.Gone != "" {
		return v, errors.New(v.Gone)
	}
	if v.Bytes != nil || !v.Mem {
		return v, nil
	}
	n := Size(v.Type)
	if n > MaxValue {
		return v, fmt.Errorf("%s has %d bytes: too much to read at once", typeName(v.Type), n)
	}
	b := make([]byte, n)
	if err := env.Read(v.Addr, b); err != nil {
		return v, err
	}
	v.Bytes = b
	return v, nil
}

// Int is a value as a number, sign-extended to 64 bits where its type has a
// sign; a fraction is cut off. Arrays and functions are their addresses.
func Int(env Env, v Value) (uint64, error) {
	if v.Func {
		return v.Addr, nil
	}
	if _, ok := plain(v.Type).(*dwarf.ArrayType); ok && v.Mem {
		return v.Addr, nil
	}
	v, err := Load(env, v)
	if err != nil {
		return 0, err
	}
	switch plain(v.Type).(type) {
	case *dwarf.StructType, *dwarf.ArrayType:
		return 0, fmt.Errorf("%s is not a number", aType(v.Type))
	case *dwarf.FloatType:
		f, err := Float(env, v)
		return truncated(f), err
	}
	if len(v.Bytes) > 8 {
		return 0, fmt.Errorf("a value of %d bytes is not a number", len(v.Bytes))
	}
	n := number64(v.Bytes)
	bits := 8 * len(v.Bytes)
	if v.Bits != nil {
		n = n >> v.Bits.Shift & (1<<v.Bits.Size - 1)
		bits = int(v.Bits.Size)
	}
	if isSigned(v.Type) && bits > 0 && bits < 64 {
		n = uint64(int64(n<<(64-bits)) >> (64 - bits))
	}
	return n, nil
}

func number64(b []byte) uint64 {
	var w [8]byte
	copy(w[:], b)
	return binary.LittleEndian.Uint64(w[:])
}

// Number makes a plain number.
func Number(n uint64) Value {
	return Value{Bytes: binary.LittleEndian.AppendUint64(nil, n)}
}

// Typed makes a number of a type.
func Typed(t dwarf.Type, n uint64) Value {
	b := binary.LittleEndian.AppendUint64(nil, n)
	size := Size(t)
	if size <= 0 || size > 8 {
		size = 8
	}
	return Value{Type: t, Bytes: b[:size]}
}

// typeName is how a type is written; nil is a plain number's.
func typeName(t dwarf.Type) string {
	if t == nil {
		return "long"
	}
	return TypeString(t)
}

// aType is a type's name behind its article.
func aType(t dwarf.Type) string {
	name := typeName(t)
	if name != "" && strings.ContainsAny(name[:1], "aeio") || strings.HasPrefix(name, "unsigned") {
		return "an " + name
	}
	return "a " + name
}
