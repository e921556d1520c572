package i386

import (
	"math/bits"
	"strconv"
)

// Choosing the fast path's operation for a decoded instruction.

// shapes are the operand patterns that fast operations exist for.
const (
	shapeNone = iota
	shapeR
	shapeM
	shapeI
	shapeRR
	shapeRI
	shapeRM
	shapeMR
	shapeMI
	shapeRS
	shapeSR
	shapeRRI
	shapeRMI
	shapeXM
	shapeMX
	shapeXX
	shapeQM
	shapeMQ
	numShapes
)

var shapeNames = [numShapes]string{"", "r", "m", "i", "rr", "ri", "rm", "mr", "mi", "rs", "sr", "rri", "rmi", "xm", "mx", "xx", "qm", "mq"}

// fastOps caches a row's operations by operand size (1 to 16 bytes) and shape;
// 0, f_exec, stands for none.
type fastOps [5][numShapes]fastOp

func sizeIndex(n uint8) int { return bits.Len8(n) - 1 }

// findFast fills in r.fast from the generated names.
func (r *row) findFast() {
	for i, bits := range [...]string{"8", "16", "32", "64", "128"} {
		for shape, s := range shapeNames {
			r.fast[i][shape] = fastByName[r.fastName()+bits+s]
		}
	}
}

// fastName is a row's name in the generated table. MOVZX and MOVSX are told
// apart by their source's size.
func (r *row) fastName() string {
	switch r.name {
	case "movzx", "movsx":
		return r.name + strconv.Itoa(int(r.ops[1].size)*8) + "_"
	case "mov":
		// Moves to and from special registers share the name.
		for _, k := range r.ops[:r.nop] {
			if k.from == fromC || k.from == fromD || k.from == fromS {
				return "mov-special"
			}
		}
	case "push", "pop":
		if r.ops[0].from == fromSreg {
			return r.name + "-segment"
		}
	}
	return r.name
}

// shape classifies in's operands. ok is false where the fast path cannot
// serve: memory through a segment that is not flat, 16-bit addresses.
func (c *CPU) shape(in *inst) (shape int, ok bool) {
	letters := ""
	for _, o := range in.op[:in.row.nop] {
		switch o.kind {
		case opReg:
			letters += "r"
		case opImm, opConst:
			letters += "i"
		case opXMM:
			if c.mode&modeSSE == 0 {
				return 0, false
			}
			letters += "x"
		case opMMX:
			if c.mode&modeSSE == 0 {
				return 0, false
			}
			letters += "q"
		case opMem:
			letter := "m"
			switch {
			case in.asz != 4:
				return 0, false
			case c.mode&modeFlat != 0 && (in.seg == FS || in.seg == GS):
				letter = "s"
			case in.seg == CS || c.mode&modeFlat == 0:
				// LEA computes an address and uses no segment.
				if in.row.name != "lea" {
					return 0, false
				}
			}
			letters += letter
		default:
			return 0, false
		}
	}
	for i, s := range shapeNames {
		if s == letters {
			return i, true
		}
	}
	return 0, false
}

// implied checks what in's operation takes for granted of operands and state
// that are not among its shape: a flat 32-bit stack, a flat destination of a
// string, an MMX unit.
func (c *CPU) implied(in *inst) bool {
	switch in.row.name {
	case "push", "pop", "call", "ret", "leave":
		return c.mode&(modeFlat|modeStack32) == modeFlat|modeStack32 && in.osz == 4
	case "stosw":
		return c.mode&modeFlat != 0 && in.asz == 4
	case "emms":
		return c.mode&modeSSE != 0
	}
	return true
}

// regOffset is a general register's byte offset in CPU.r.
func regOffset(n, size uint8) uint8 {
	if size == 1 {
		return n&3*4 + n>>2
	}
	return n * 4
}

// translateOp makes in's operation; f_exec is always right.
func (c *CPU) translateOp(in *inst, off uint8) uop {
	u := uop{op: f_exec, off: off}
	r := in.row
	if !c.fastHost || in.rep != 0 {
		return u
	}
	shape, ok := c.shape(in)
	if !ok {
		return u
	}
	size := in.osz
	if r.nop > 0 {
		size = in.op[0].size
	}
	if size == 0 || size > 16 || size&(size-1) != 0 {
		return u
	}
	if r.ends && (c.mode&modeCSFull == 0 || in.osz != 4) || !c.implied(in) {
		return u
	}
	// A branch's displacement may be a byte: the operation is the same.
	if r.nop == 1 && r.ops[0].from == fromJ {
		size = 4
	}
	u.op = r.fast[sizeIndex(size)][shape]
	if u.op == f_exec {
		return u
	}
	u.base, u.index, u.scale = in.base*4, in.index*4, in.scale
	u.disp, u.imm = in.disp, in.imm
	if in.seg == FS || in.seg == GS {
		u.scale |= in.seg << 4
	}
	setOperands(in, &u)
	return u
}

// setOperands fills in the registers and constants. The destination comes
// first, so that a lone source, as PUSH's, counts as one.
func setOperands(in *inst, u *uop) {
	for i, o := range in.op[:in.row.nop] {
		switch o.kind {
		case opReg:
			if i == 0 {
				u.dst = regOffset(o.n, o.size)
			} else {
				u.src = regOffset(o.n, o.size)
			}
		case opXMM:
			if i == 0 {
				u.dst = o.n * 16
			} else {
				u.src = o.n * 16
			}
		case opMMX:
			if i == 0 {
				u.dst = o.n
			} else {
				u.src = o.n
			}
		case opConst:
			u.imm = uint32(o.n)
		}
	}
}

// What an operation has to do with the flags, for dropDeadFlags.
type flagUse uint8

const (
	flagsUsed  flagUse = iota // reads them, or may fault and so shows them
	flagsNone                 // neither reads nor writes, and cannot fault
	flagsAll                  // writes all six, and cannot fault
	flagsNotCF                // writes all but CF, which it reads
)

var (
	flagUses  [numFast]flagUse
	flagless  [numFast]fastOp // the variant that sets no flags
	fusedWith [numFast][16]fastOp
	condOf    [numFast]int8 // condition code of a conditional jump, or -1
)

func init() {
	for i := range condOf {
		condOf[i] = -1
	}
	for cc, name := range condNames {
		condOf[fastByName["j"+name+"32i"]] = int8(cc)
	}
	mark := func(use flagUse, names ...string) {
		for _, n := range names {
			if op, ok := fastByName[n]; ok {
				flagUses[op] = use
			}
		}
	}
	for _, bits := range []string{"8", "16", "32"} {
		for _, shape := range []string{"rr", "ri"} {
			for _, op := range []string{"add", "or", "and", "sub", "xor", "cmp", "test"} {
				mark(flagsAll, op+bits+shape)
			}
			mark(flagsNone, "mov"+bits+shape)
		}
		mark(flagsNone, "not"+bits+"r", "movzx"+bits+"_32rr", "movsx"+bits+"_32rr")
		mark(flagsAll, "neg"+bits+"r")
		mark(flagsNotCF, "inc"+bits+"r", "dec"+bits+"r")
	}
	mark(flagsNone, "lea32rm", "nop32", "xchg32rr", "cwd32", "cbw32")
	mark(flagsAll, "imul32rr", "imul32rri", "mul32r")
	for _, n := range []string{
		"add32rr", "add32ri", "or32rr", "or32ri", "and32rr", "and32ri", "sub32rr", "sub32ri",
		"xor32rr", "xor32ri", "inc32r", "dec32r", "shl32ri", "shr32ri", "sar32ri",
	} {
		flagless[fastByName[n]] = fastByName["nf_"+n]
	}
	for _, cmp := range []string{"cmp", "test"} {
		for _, bits := range []string{"8", "32"} {
			for _, shape := range shapeNames {
				op := fastByName[cmp+bits+shape]
				if op == f_exec {
					continue
				}
				for cc, name := range condNames {
					fusedWith[op][cc] = fastByName[cmp+bits+shape+"_j"+name]
				}
			}
		}
	}
}

// dropDeadFlags replaces operations whose flags are overwritten before
// anything can see them: a later instruction, or the frame of a fault or an
// interrupt, neither of which can come between operations that do not fault.
func dropDeadFlags(b *block) {
	live := true
	for i := len(b.ops) - 1; i >= 0; i-- {
		u := &b.ops[i]
		use := flagUses[u.op]
		// A shift by a constant other than 0 sets all flags.
		if f := flagless[u.op]; f != f_exec && use == flagsUsed && u.imm&countMask != 0 {
			use = flagsAll
		}
		switch use {
		case flagsUsed:
			live = true
		case flagsAll:
			if !live && flagless[u.op] != f_exec {
				u.op = flagless[u.op]
			}
			live = false
		case flagsNotCF:
			if !live && flagless[u.op] != f_exec {
				u.op = flagless[u.op]
			} else {
				live = true
			}
		}
	}
}

// fuse joins a comparison with the jump behind it. The jump keeps its place:
// the slow path executes the two one by one.
func fuse(b *block) {
	i := len(b.insts) - 2
	if i < 0 {
		return
	}
	cc := condOf[b.ops[i+1].op]
	if cc < 0 {
		return
	}
	if f := fusedWith[b.ops[i].op][cc]; f != f_exec {
		b.ops[i].op = f
	}
}
