package debuginfo

import (
	"debug/dwarf"
	"encoding/binary"
	"errors"
	"fmt"
)

// Frame is the context in which a variable is looked for.
type Frame interface {
	// Reg is a register's value in this frame, by DWARF number; ok is false if
	// it was not kept.
	Reg(n int) (v uint64, ok bool)
	CFA() (v uint64, ok bool) // DWARF 5 6.4: the caller's stack pointer
	PC() uint64               // an address within the instruction that runs
	Read(addr uint64, b []byte) error
}

// Place says where a part of a variable is.
type PlaceKind uint8

const (
	InMemory   PlaceKind = iota
	InRegister           // Num is the DWARF number
	Constant             // Num, or Bytes
	Nowhere              // optimised out
)

// Piece is a part of a variable.
type Piece struct {
	Kind  PlaceKind
	Num   uint64
	Bytes []byte
	Size  uint64 // 0: all of it
}

// ErrOptimisedOut: the compiler kept no copy of a variable here.
var ErrOptimisedOut = errors.New("optimized out")

// Locate says where a variable is.
func (v *Variable) Locate(f *Func, fr Frame) (ps []Piece, err error) {
	defer recovered(&err)
	im := v.unit.im
	expr, err := v.unit.expression(v.entry.Val(dwarf.AttrLocation), fr.PC())
	if err != nil {
		return nil, err
	}
	if expr == nil {
		if c := v.unit.attr(v.entry, dwarf.AttrConstValue); c != nil {
			return constant(c)
		}
		return nil, ErrOptimisedOut
	}
	m := evaluator{im: im, unit: v.unit, fr: fr, fn: f}
	return m.pieces(expr)
}

func constant(c any) ([]Piece, error) {
	switch c := c.(type) {
	case int64:
		return []Piece{{Kind: Constant, Num: uint64(c)}}, nil
	case uint64:
		return []Piece{{Kind: Constant, Num: c}}, nil
	case []byte:
		return []Piece{{Kind: Constant, Bytes: c}}, nil
	}
	return nil, ErrOptimisedOut
}

// expression gives the location expression that holds at pc; nil if there is
// none.
func (u *unit) expression(attr any, pc uint64) ([]byte, error) {
	switch a := attr.(type) {
	case []byte:
		if len(a) == 0 {
			return nil, nil
		}
		return a, nil
	case int64:
		return u.fromList(uint64(a), pc)
	}
	return nil, nil
}

// Entries of a location list (DWARF 5 7.7.3).
const (
	lleEnd          = 0
	lleBaseX        = 1
	lleStartXEndX   = 2
	lleStartXLength = 3
	lleOffsetPair   = 4
	lleDefault      = 5
	lleBase         = 6
	lleStartEnd     = 7
	lleStartLength  = 8
)

func (u *unit) fromList(off, pc uint64) ([]byte, error) {
	list := u.im.debug["loclists"]
	if off >= uint64(len(list)) {
		return nil, fmt.Errorf("its location list is missing")
	}
	r := reader{b: list[off:], word: u.im.Word}
	base, _ := u.entry.Val(dwarf.AttrLowpc).(uint64)
	var other []byte
	for !r.bad {
		var low, high uint64
		kind := r.u8()
		switch kind {
		case lleEnd:
			return other, nil
		case lleBaseX:
			base = u.indexed(r.uleb())
			continue
		case lleBase:
			base = r.addr()
			continue
		case lleStartXEndX:
			low, high = u.indexed(r.uleb()), u.indexed(r.uleb())
		case lleStartXLength:
			low = u.indexed(r.uleb())
			high = low + r.uleb()
		case lleOffsetPair:
			low, high = base+r.uleb(), base+r.uleb()
		case lleStartEnd:
			low, high = r.addr(), r.addr()
		case lleStartLength:
			low = r.addr()
			high = low + r.uleb()
		case lleDefault:
		default:
			return nil, fmt.Errorf("its location list has an entry of unknown kind %d", kind)
		}
		expr := r.bytes(r.uleb())
		if kind == lleDefault {
			other = expr
		} else if pc >= low && pc < high {
			return expr, nil
		}
	}
	return nil, fmt.Errorf("its location list is damaged")
}

// indexed is an address out of .debug_addr.
func (u *unit) indexed(i uint64) uint64 {
	base, _ := u.entry.Val(dwarf.AttrAddrBase).(int64)
	b := u.im.debug["addr"]
	at := uint64(base) + i*uint64(u.im.Word)
	if at >= uint64(len(b)) {
		return 0
	}
	r := reader{b: b[at:], word: u.im.Word}
	return r.addr()
}

// reader takes little-endian fields off a byte slice; after the end it gives
// zeroes and says so.
type reader struct {
	b    []byte
	word int
	bad  bool
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.bad = true
		r.b = nil
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) fixed(n int) uint64 {
	var v [8]byte
	copy(v[:], r.bytes(uint64(n)))
	return binary.LittleEndian.Uint64(v[:])
}

func (r *reader) u8() byte     { return byte(r.fixed(1)) }
func (r *reader) addr() uint64 { return r.fixed(r.word) }

func (r *reader) signed(n int) uint64 {
	v := r.fixed(n)
	shift := 64 - 8*n
	return uint64(int64(v<<shift) >> shift)
}

func (r *reader) uleb() (v uint64) {
	for shift := 0; ; shift += 7 {
		c := r.u8()
		if shift < 64 {
			v |= uint64(c&0x7f) << shift
		}
		if c&0x80 == 0 {
			return v
		}
	}
}

func (r *reader) sleb() (v int64) {
	for shift := 0; ; {
		c := r.u8()
		if shift < 64 {
			v |= int64(c&0x7f) << shift
		}
		shift += 7
		if c&0x80 == 0 {
			if shift < 64 && c&0x40 != 0 {
				v |= -1 << shift
			}
			return v
		}
	}
}
