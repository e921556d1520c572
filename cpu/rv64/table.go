package rv64

import (
	"fmt"
	"slices"
	"strings"
)

// source says where an operand of a compressed instruction's base comes from: a
// field of the compressed row, or a constant.
type source struct {
	to       string // operand of the base row
	from     *field // nil: constant
	constant int64
}

// assembleRows joins the tables of the extensions and derives what follows
// from their texts. It panics on a malformed row: that is a bug of ours, found
// by every test.
func assembleRows(tables ...[]Row) []*Row {
	var all []*Row
	byName := map[string]*Row{}
	for _, t := range tables {
		for i := range t {
			r := &t[i]
			f, err := parseFigure(r.enc)
			if err != nil {
				panic(fmt.Sprintf("rv64: bug: row %s: %v", r.name, err))
			}
			r.figure = f
			r.base = r
			r.op = opExec
			byName[r.name] = r
			all = append(all, r)
		}
	}
	for _, r := range all {
		if r.is == "" {
			continue
		}
		if err := r.setBase(byName); err != nil {
			panic(fmt.Sprintf("rv64: bug: row %s: %v", r.name, err))
		}
	}
	for i, r := range all {
		if r.is == "" && i < len(rowOps) {
			r.op = rowOps[i]
		}
	}
	return all
}

// setBase finds the row of `is` and pairs its operands with ours by position.
func (r *Row) setBase(byName map[string]*Row) error {
	name, rest, _ := strings.Cut(r.is, " ")
	base := byName[name]
	if base == nil {
		return fmt.Errorf("no base row %q", name)
	}
	r.base = base
	r.do, r.fp, r.end = base.do, base.fp, base.end
	to, from := operandNames(base.asm), operandNames(rest)
	if len(to) != len(from) {
		return fmt.Errorf("%q has %d operands, %q has %d", base.asm, len(to), rest, len(from))
	}
	for i := range to {
		e := source{to: plainOperand(to[i]), from: r.field(plainOperand(from[i]))}
		if e.from == nil {
			var err error
			if e.constant, err = constantOperand(from[i]); err != nil {
				return err
			}
		}
		r.expand = append(r.expand, e)
	}
	return nil
}

// operandNames splits "rd, imm(rs1)" into rd, imm, rs1.
func operandNames(asm string) []string {
	return strings.FieldsFunc(asm, func(c rune) bool { return strings.ContainsRune(" ,()", c) })
}

// plainOperand turns an operand of the syntax into the name of its field: f
// registers, registers of the 3-bit kind and upper immediates have marks.
func plainOperand(name string) string {
	if strings.HasPrefix(name, "fr") {
		name = name[1:]
	}
	name, _, _ = strings.Cut(name, "[")
	return strings.TrimSuffix(name, "'")
}

func constantOperand(s string) (int64, error) {
	if i := slices.Index(xNames[:], s); i >= 0 {
		return int64(i), nil
	}
	return parseNumber(s)
}

// Rows returns every instruction in the manual's order, for documentation,
// assemblers and tests.
func Rows() []*Row { return slices.Clone(rows) }

// Name is the assembler mnemonic.
func (r *Row) Name() string { return r.name }

// Syntax is the operand syntax, as "rd, imm(rs1)".
func (r *Row) Syntax() string { return r.asm }

// Encoding is the figure of the manual that the row was made from.
func (r *Row) Encoding() string { return r.enc }

// Doc is the effect in one line.
func (r *Row) Doc() string { return r.doc }

// Ref is the clause of the manual.
func (r *Row) Ref() string { return r.ref }

// Size is the instruction's length in bytes, 2 or 4.
func (r *Row) Size() int { return int(r.size) }

// Expansion is the text of the instruction that a compressed one stands for,
// or empty.
func (r *Row) Expansion() string { return r.is }

// Example splits the row's example into the instruction's bits and its text.
func (r *Row) Example() (raw uint32, text string) {
	hex, text, _ := strings.Cut(r.ex, " ")
	fmt.Sscanf(hex, "%x", &raw)
	return raw, text
}

// Operand is one variable field of an instruction.
type Operand struct {
	Name     string  // as in the figure, without prime and nz
	Min, Max int64   // range of values
	Step     int64   // values are multiples of it
	Not      []int64 // values in the range that are not this instruction's
}

// Operands lists the variable fields, most significant first.
func (r *Row) Operands() []Operand {
	var ops []Operand
	for _, fd := range r.fields {
		o := Operand{Name: fd.name, Step: 1, Max: 1<<fd.width - 1}
		low := fd.width
		for _, p := range fd.parts {
			low = min(low, p.to)
		}
		o.Step = 1 << low
		o.Max &^= o.Step - 1
		if fd.signed {
			o.Min, o.Max = -1<<(fd.width-1), (1<<(fd.width-1)-1)&^(o.Step-1)
		}
		if fd.prime {
			o.Min, o.Max = 8, 15
		}
		for _, v := range fd.not {
			o.Not = append(o.Not, int64(v))
		}
		if fd.nz {
			o.Not = append(o.Not, 0)
		}
		ops = append(ops, o)
	}
	return ops
}

// Encode makes the instruction from its operands by name; those not given are 0.
func (r *Row) Encode(operands map[string]int64) (uint32, error) {
	raw := r.match
	for i := range r.fields {
		fd := &r.fields[i]
		var err error
		if raw, err = fd.put(raw, operands[fd.name]); err != nil {
			return 0, fmt.Errorf("%s: %w", r.name, err)
		}
	}
	return raw, nil
}
