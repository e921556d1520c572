package rv64

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// An enc string is a sequence of tokens, most significant bit first:
//
//	0110011        literal bits
//	rd rs1 rs2 rs3 register fields, 5 bits; rd' rs1' rs2' 3 bits, meaning x8..x15
//	rm csr aq rl   3, 12, 1 and 1 bits
//	imm[11:5|4]    an immediate's bits, as the manual draws them; imm is sign-extended from
//	               its highest bit, uimm and every other name zero-extended
//	nzimm, nzuimm  the same, and zero is reserved
//	rd!=0,2        a register field and the values that belong to another row or to none
//
// figure is what all that means.
type figure struct {
	mask, match uint32
	size        uint8 // 2 or 4 bytes
	fields      []field
	hasRS2      bool
}

// field is one operand: where its bits lie in the instruction.
type field struct {
	name   string // without nz and without the prime
	prime  bool   // a 3-bit register field
	signed bool
	nz     bool
	not    []uint32 // excluded values
	width  uint8    // of the value: one more than its highest bit
	parts  []part
}

// part says that `width` bits at `at` in the instruction are bits `to`... of the value.
type part struct{ at, to, width uint8 }

func parseFigure(enc string) (figure, error) {
	var f figure
	at := 0
	for _, tok := range strings.Fields(enc) {
		at += tokenWidth(tok)
	}
	switch at {
	case 16, 32:
		f.size = uint8(at / 8)
	default:
		return f, fmt.Errorf("%d bits", at)
	}
	for _, tok := range strings.Fields(enc) {
		width := tokenWidth(tok)
		at -= width
		if isLiteral(tok) {
			v, err := strconv.ParseUint(tok, 2, 32)
			if err != nil {
				return f, err
			}
			f.mask |= (1<<width - 1) << at
			f.match |= uint32(v) << at
			continue
		}
		if err := f.addField(tok, at); err != nil {
			return f, fmt.Errorf("%s: %w", tok, err)
		}
	}
	for i := range f.fields {
		if f.fields[i].name == "rs2" {
			f.hasRS2 = true
		}
	}
	return f, nil
}

// addField enters the token whose lowest bit is `at`. An immediate may come in
// several tokens.
func (f *figure) addField(tok string, at int) error {
	name, bits, not := splitToken(tok)
	fd := field{nz: strings.HasPrefix(name, "nz")}
	name = strings.TrimPrefix(name, "nz")
	fd.prime = strings.HasSuffix(name, "'")
	fd.name = strings.TrimSuffix(name, "'")
	fd.signed = fd.name == "imm"
	for _, s := range not {
		v, err := strconv.ParseUint(s, 10, 32)
		if err != nil {
			return err
		}
		fd.not = append(fd.not, uint32(v))
	}
	if i := slices.IndexFunc(f.fields, func(g field) bool { return g.name == fd.name }); i >= 0 {
		fd = f.fields[i]
		f.fields = slices.Delete(f.fields, i, i+1)
	}
	if bits == nil {
		fd.width = uint8(tokenWidth(tok))
		fd.parts = []part{{uint8(at), 0, fd.width}}
	}
	for i := len(bits) - 1; i >= 0; i-- {
		hi, lo := bits[i][0], bits[i][1]
		fd.parts = append(fd.parts, part{uint8(at), uint8(lo), uint8(hi - lo + 1)})
		fd.width = max(fd.width, uint8(hi+1))
		at += hi - lo + 1
	}
	f.fields = append(f.fields, fd)
	return nil
}

func isLiteral(tok string) bool { return strings.Trim(tok, "01") == "" }

// splitToken takes "nzimm[9|4:2]!=0,2" apart; bits is nil without brackets.
func splitToken(tok string) (name string, bits [][2]int, not []string) {
	name, ex, found := strings.Cut(tok, "!=")
	if found {
		not = strings.Split(ex, ",")
	}
	name, list, found := strings.Cut(strings.TrimSuffix(name, "]"), "[")
	if !found {
		return name, nil, not
	}
	for _, r := range strings.Split(list, "|") {
		hi, lo, isRange := strings.Cut(r, ":")
		if !isRange {
			lo = hi
		}
		h, _ := strconv.Atoi(hi)
		l, _ := strconv.Atoi(lo)
		bits = append(bits, [2]int{h, l})
	}
	return name, bits, not
}

func tokenWidth(tok string) int {
	if isLiteral(tok) {
		return len(tok)
	}
	name, bits, _ := splitToken(tok)
	if bits != nil {
		n := 0
		for _, r := range bits {
			n += r[0] - r[1] + 1
		}
		return n
	}
	switch name {
	case "rd'", "rs1'", "rs2'", "rm":
		return 3
	case "csr":
		return 12
	case "aq", "rl":
		return 1
	}
	return 5
}

// get takes the operand's value out of an instruction: registers as 0..31,
// immediates extended to 64 bits.
func (fd *field) get(raw uint32) int64 {
	var v uint64
	for _, p := range fd.parts {
		v |= uint64(raw>>p.at&(1<<p.width-1)) << p.to
	}
	if fd.prime {
		return int64(v + 8)
	}
	if fd.signed {
		shift := 64 - uint(fd.width)
		return int64(v<<shift) >> shift
	}
	return int64(v)
}

// put is the inverse of get. It fails where the value does not fit.
func (fd *field) put(raw uint32, v int64) (uint32, error) {
	u := v
	if fd.prime {
		u -= 8
	}
	for _, p := range fd.parts {
		m := uint32(1<<p.width - 1)
		raw = raw&^(m<<p.at) | uint32(uint64(u)>>p.to)&m<<p.at
	}
	if fd.get(raw) != v || !fd.legal(v) {
		return 0, fmt.Errorf("%s cannot be %d", fd.name, v)
	}
	return raw, nil
}

// legal says whether the value belongs to this row.
func (fd *field) legal(v int64) bool {
	if fd.nz && v == 0 {
		return false
	}
	return !slices.Contains(fd.not, uint32(v))
}

// matches says whether raw is this row's instruction.
func (f *figure) matches(raw uint32) bool {
	if raw&f.mask != f.match {
		return false
	}
	for i := range f.fields {
		fd := &f.fields[i]
		if (fd.nz || fd.not != nil) && !fd.legal(fd.get(raw)) {
			return false
		}
	}
	return true
}

func (f *figure) field(name string) *field {
	for i := range f.fields {
		if f.fields[i].name == name {
			return &f.fields[i]
		}
	}
	return nil
}
