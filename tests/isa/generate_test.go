package isa

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"rv86/cpu/rv64"
)

// elsewhere are the rows that user-mode programs cannot show, each with the
// reason.
var elsewhere = map[string]string{
	"ecall":      "ends every program",
	"ebreak":     "traps",
	"c.ebreak":   "traps",
	"mret":       "privileged",
	"sret":       "privileged",
	"wfi":        "privileged",
	"sfence.vma": "privileged",
}

// unit is one random instruction with what it needs around it: an address made
// in a register, a repaired stack pointer. Jumps go to the beginning of a
// later unit.
type unit struct {
	size   int
	skip   int // 0: no jump; else the target is this many units ahead
	encode func(pc, target uint64) []byte
}

func (b *builder) body(n int) {
	rows := rv64.Rows()
	rows = slices.DeleteFunc(rows, func(r *rv64.Row) bool { return elsewhere[r.Name()] != "" })
	var units []unit
	for range n {
		units = append(units, b.unit(rows[b.r.IntN(len(rows))]))
		if b.r.IntN(4) == 0 { // flags are sticky: look at them often, and clear them
			units = append(units, b.fixed(sprintf("csrrw %s, fflags, zero", xReg(b.freeReg()))))
		}
	}
	at := make([]uint64, len(units)+1)
	at[0] = textBase + uint64(len(b.text))
	for i, u := range units {
		at[i+1] = at[i] + uint64(u.size)
	}
	for i, u := range units {
		target := at[min(i+u.skip, len(units))]
		b.text = append(b.text, u.encode(at[i], target)...)
	}
}

// fixed is a unit of given instructions.
func (b *builder) fixed(lines ...string) unit {
	c := &builder{t: b.t}
	c.asm(lines...)
	return unit{size: len(c.text), encode: func(_, _ uint64) []byte { return c.text }}
}

// join makes one unit of several of which the last may be a jump.
func join(us ...unit) unit {
	j := unit{}
	for _, u := range us {
		j.size += u.size
		j.skip = u.skip
	}
	j.encode = func(pc, target uint64) []byte {
		var text []byte
		for _, u := range us {
			text = append(text, u.encode(pc, target)...)
			pc += uint64(u.size)
		}
		return text
	}
	return j
}

// row is a unit of one instruction with the operands given.
func (b *builder) row(r *rv64.Row, ops map[string]int64) unit {
	raw, err := r.Encode(ops)
	if err != nil {
		b.t.Fatalf("encode %s %v: %v", r.Name(), ops, err)
	}
	text := appendInsn(nil, raw, r.Size())
	return unit{size: r.Size(), encode: func(_, _ uint64) []byte { return text }}
}

// jump is a unit of one instruction whose immediate is the distance to the
// target.
func (b *builder) jump(r *rv64.Row, ops map[string]int64) unit {
	return unit{size: r.Size(), skip: 1 + b.r.IntN(6), encode: func(pc, target uint64) []byte {
		ops["imm"] = int64(target - pc)
		raw, err := r.Encode(ops)
		if err != nil {
			b.t.Fatalf("encode %s %v: %v", r.Name(), ops, err)
		}
		return appendInsn(nil, raw, r.Size())
	}}
}

func (b *builder) unit(r *rv64.Row) unit {
	ops := b.operands(r)
	name, syntax := r.Name(), r.Syntax()
	switch {
	case name == "c.addi16sp":
		return join(b.row(r, ops), b.fixed(sprintf("addi %s, sp, 0", xReg(b.freeReg())), sprintf("lui sp, %d", scratchMid>>12)))
	case strings.HasPrefix(name, "lr.") || strings.HasPrefix(name, "sc."):
		return b.reservation(name[len(name)-1:])
	case has(ops, "aq"):
		return b.atomic(r, ops)
	case has(ops, "csr"):
		return b.csr(r, ops)
	case name == "jalr" || name == "c.jalr" || name == "c.jr":
		return b.indirect(r, ops)
	case name == "jal" || name == "c.j" || strings.HasPrefix(name, "b") || strings.HasPrefix(name, "c.b"):
		return b.jump(r, ops)
	case strings.Contains(syntax, "(rs1"):
		return b.memory(r, ops)
	}
	return b.row(r, ops)
}

func has(ops map[string]int64, name string) bool {
	_, ok := ops[name]
	return ok
}

// operands picks a value for every field of a row, with no regard to what the
// instruction does except that reserved registers stay as they are.
func (b *builder) operands(r *rv64.Row) map[string]int64 {
	ops := map[string]int64{}
	floatDest := strings.HasPrefix(r.Syntax(), "frd")
	for _, o := range r.Operands() {
		for {
			ops[o.Name] = b.value(o)
			clobbers := o.Name == "rd" && !floatDest && ops["rd"] != 0 && reserved>>ops["rd"]&1 != 0
			if !clobbers && !slices.Contains(o.Not, ops[o.Name]) {
				break
			}
		}
	}
	return ops
}

func (b *builder) value(o rv64.Operand) int64 {
	switch b.r.IntN(6) {
	case 0:
		return o.Min
	case 1:
		return o.Max
	}
	steps := (o.Max-o.Min)/o.Step + 1
	return o.Min + b.r.Int64N(steps)*o.Step
}

// freeReg is any register that generated code may write.
func (b *builder) freeReg() int {
	for {
		if i := b.r.IntN(32); reserved>>i&1 == 0 {
			return i
		}
	}
}

// address points the base register rs1 of a load or store at a place so that
// the access, at imm from there, hits the scratch area.
func (b *builder) address(prime bool, imm int64, align int) (rs1 int, u unit) {
	rs1 = b.freeReg()
	for prime && (rs1 < 8 || rs1 > 15) {
		rs1 = b.freeReg()
	}
	off := b.r.IntN(1024) - 512
	off &^= align - 1
	off -= int(imm)
	off = min(max(off, -2048), 2047)
	return rs1, b.fixed(sprintf("addi %s, s0, %d", xReg(rs1), off))
}

func (b *builder) memory(r *rv64.Row, ops map[string]int64) unit {
	prime := strings.Contains(r.Syntax(), "rs1'")
	rs1, u := b.address(prime, ops["imm"]+ops["uimm"], 1<<b.r.IntN(4))
	ops["rs1"] = int64(rs1)
	return join(u, b.row(r, ops))
}

func (b *builder) atomic(r *rv64.Row, ops map[string]int64) unit {
	rs1, u := b.address(false, 0, 8)
	ops["rs1"] = int64(rs1)
	return join(u, b.row(r, ops))
}

// reservation is an LR, some arithmetic, and an SC to the same place or to
// another, and then an SC that must fail. QEMU compares the value too, so no
// store may come between.
func (b *builder) reservation(width string) unit {
	rs1, u := b.address(false, 0, 8)
	other, elsewhere := rs1, unit{encode: func(_, _ uint64) []byte { return nil }}
	if b.r.IntN(3) == 0 {
		other, elsewhere = b.address(false, 0, 8)
	}
	us := []unit{u}
	add := func(name string, ops map[string]int64) {
		ops["aq"], ops["rl"] = b.r.Int64N(2), b.r.Int64N(2)
		us = append(us, b.row(rowByName(name+width), ops))
	}
	dest := func() int64 {
		for {
			if d := b.freeReg(); d != other && d != rs1 {
				return int64(d)
			}
		}
	}
	add("lr.", map[string]int64{"rd": dest(), "rs1": int64(rs1)})
	us = append(us, elsewhere)
	add("sc.", map[string]int64{"rd": dest(), "rs1": int64(other), "rs2": b.r.Int64N(32)})
	add("sc.", map[string]int64{"rd": dest(), "rs1": int64(other), "rs2": b.r.Int64N(32)})
	return join(us...)
}

func rowByName(name string) *rv64.Row {
	rows := rv64.Rows()
	return rows[slices.IndexFunc(rows, func(r *rv64.Row) bool { return r.Name() == name })]
}

// csr accesses one of the floating-point CSRs and then makes the rounding mode
// a legal one again.
func (b *builder) csr(r *rv64.Row, ops map[string]int64) unit {
	const fflags, fcsr, modes = 1, 3, 5
	ops["csr"] = fflags + b.r.Int64N(fcsr)
	return join(b.row(r, ops), b.fixed(sprintf("csrrwi zero, frm, %d", b.r.IntN(modes))))
}

// indirect jumps through a register made with AUIPC: target = pc + distance,
// split between an ADDI and, where there is one, the jump's own immediate.
func (b *builder) indirect(r *rv64.Row, ops map[string]int64) unit {
	rs1 := b.freeReg()
	ops["rs1"] = int64(rs1)
	if has(ops, "imm") {
		ops["imm"] = b.r.Int64N(64) - 32
	}
	odd := b.r.Int64N(2) // JALR clears the lowest bit of the sum (I 2.5)
	jump := b.row(r, ops)
	return unit{size: 8 + jump.size, skip: 1 + b.r.IntN(6), encode: func(pc, target uint64) []byte {
		c := &builder{t: b.t}
		c.asm(sprintf("auipc %s, 0", xReg(rs1)),
			sprintf("addi %s, %s, %d", xReg(rs1), xReg(rs1), int64(target-pc)-ops["imm"]+odd))
		return append(c.text, jump.encode(pc, target)...)
	}}
}

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// The assembler takes the names of the calling convention.
var xNames = strings.Fields("zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6")

var fNames = strings.Fields("ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7 fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11")

func xReg(i int) string { return xNames[i] }
func fReg(i int) string { return fNames[i] }

// nastyInt and nastyFloat give values near the borders where results differ.

func nastyInt(r *rand.Rand) uint64 {
	v := r.Uint64() >> r.IntN(64)
	switch r.IntN(5) {
	case 0:
		v = 1<<r.IntN(64) - uint64(r.IntN(3))
	case 1:
		v = -v
	case 2:
		v = uint64(int64(int32(v)))
	}
	return v
}

// nastyFloat is the content of an f register: a double, a boxed single, or a
// single with a damaged box.
func nastyFloat(r *rand.Rand) uint64 {
	switch r.IntN(5) {
	case 0, 1:
		return nastyFormat(r, 11, 52)
	case 2, 3:
		return 0xffffffff_00000000 | nastyFormat(r, 8, 23)
	}
	return r.Uint64()<<32 | nastyFormat(r, 8, 23)
}

// nastyFormat biases exponents towards the ends and the middle of the range,
// and fractions towards few ones or few zeros.
func nastyFormat(r *rand.Rand, expBits, fracBits int) uint64 {
	most := 1<<expBits - 1
	exp := r.IntN(most + 1)
	switch r.IntN(6) {
	case 0:
		exp = 0
	case 1:
		exp = most
	case 2, 3:
		exp = most/2 - fracBits + r.IntN(2*fracBits+12)
	case 4:
		exp = most - 1 - r.IntN(3)
	}
	exp = min(max(exp, 0), most)
	frac := r.Uint64() & (1<<fracBits - 1)
	switch r.IntN(5) {
	case 0:
		frac = 0
	case 1:
		frac = 1<<fracBits - 1
	case 2:
		frac = 1 << r.IntN(fracBits)
	case 3:
		frac &= 1<<r.IntN(fracBits) - 1
	}
	return r.Uint64N(2)<<(expBits+fracBits) | uint64(exp)<<fracBits | frac
}
