package debuginfo

import (
	"cmp"
	"fmt"
	"slices"
)

// Call frame instructions (DWARF 5 table 7.29).
const (
	cfaAdvance        = 1 // in the two upper bits
	cfaOffset         = 2
	cfaRestore        = 3
	cfaNop            = 0x00
	cfaSetLoc         = 0x01
	cfaAdvance1       = 0x02
	cfaAdvance2       = 0x03
	cfaAdvance4       = 0x04
	cfaOffsetExt      = 0x05
	cfaRestoreExt     = 0x06
	cfaUndefined      = 0x07
	cfaSameValue      = 0x08
	cfaRegister       = 0x09
	cfaRemember       = 0x0a
	cfaRestoreState   = 0x0b
	cfaDefCFA         = 0x0c
	cfaDefCFARegister = 0x0d
	cfaDefCFAOffset   = 0x0e
	cfaOffsetExtSF    = 0x11
	cfaDefCFASF       = 0x12
	cfaDefCFAOffsetSF = 0x13
	cfaValOffset      = 0x14
	cfaValOffsetSF    = 0x15
)

// cie is what several functions' unwinding has in common.
type cie struct {
	codeAlign uint64
	dataAlign int64
	ra        int
	init      []byte
}

// fde is how to unwind one function.
type fde struct {
	low, high uint64
	cie       *cie
	insns     []byte
}

const cieID = 0xffffffff // in .debug_frame (DWARF 5 6.4.1)

// readFrames reads .debug_frame as far as it makes sense.
func (im *Image) readFrames() (out []fde) {
	all := im.debug["frame"]
	cies := map[uint64]*cie{}
	for at := uint64(0); at+4 <= uint64(len(all)); {
		r := reader{b: all[at:], word: im.Word}
		n := r.fixed(4)
		if n >= cieID || n > uint64(len(r.b)) {
			break // 64-bit DWARF, or damage
		}
		body := reader{b: r.b[:n], word: im.Word}
		if id := body.fixed(4); id == cieID {
			cies[at] = readCIE(&body)
		} else if c := cies[id]; c != nil {
			low := body.addr()
			out = append(out, fde{low, low + body.addr(), c, body.b})
		}
		at += 4 + n
	}
	slices.SortStableFunc(out, func(a, b fde) int { return cmp.Compare(a.low, b.low) })
	return out
}

func readCIE(r *reader) *cie {
	version := r.u8()
	for r.u8() != 0 && !r.bad { // the augmentation: none in .debug_frame
	}
	if version >= 4 {
		r.fixed(2) // sizes of address and segment selector
	}
	c := &cie{codeAlign: r.uleb(), dataAlign: r.sleb()}
	if version == 1 {
		c.ra = int(r.u8())
	} else {
		c.ra = int(r.uleb())
	}
	c.init = r.b
	if r.bad {
		return nil
	}
	return c
}

// rule says how to find the caller's value of a register.
type rule struct {
	kind ruleKind
	n    int64 // offset, or register
}

type ruleKind uint8

const (
	ruleSame      ruleKind = iota
	ruleUndefined          // not kept
	ruleOffset             // at CFA+n
	ruleValOffset          // CFA+n itself
	ruleRegister           // in register n
)

type rules struct {
	cfaReg    int
	cfaOffset int64
	regs      map[int]rule
}

func (r rules) clone() rules {
	m := make(map[int]rule, len(r.regs))
	for k, v := range r.regs {
		m[k] = v
	}
	r.regs = m
	return r
}

// Unwind gives the caller's registers, by DWARF number, and the CFA. sp and ra
// are the numbers of the stack pointer and of what holds the return address.
// ok is false where the file says nothing about pc.
func (im *Image) Unwind(fr Frame, sp int) (regs map[int]uint64, cfa uint64, ra int, err error) {
	defer recovered(&err)
	pc := fr.PC()
	f, ok := im.fde(pc)
	if !ok {
		return im.unwindGo(fr, sp)
	}
	rs, err := f.run(pc, im.Word)
	if err != nil {
		return nil, 0, 0, err
	}
	base, ok := fr.Reg(rs.cfaReg)
	if !ok {
		return nil, 0, 0, fmt.Errorf("register %d, which the frame is relative to, was not kept", rs.cfaReg)
	}
	cfa = base + uint64(rs.cfaOffset)
	if im.Word == 4 {
		cfa = uint64(uint32(cfa))
	}
	regs = map[int]uint64{}
	const most = 64 // registers that any of the machines numbers
	for n := range most {
		if v, ok := im.restore(fr, rs, n, cfa); ok {
			regs[n] = v
		}
	}
	if rs.regs[sp].kind == ruleSame {
		regs[sp] = cfa
	}
	return regs, cfa, f.cie.ra, nil
}

func (im *Image) restore(fr Frame, rs rules, n int, cfa uint64) (uint64, bool) {
	switch r := rs.regs[n]; r.kind {
	case ruleUndefined:
		return 0, false
	case ruleOffset:
		b := make([]byte, im.Word)
		if fr.Read(cfa+uint64(r.n), b) != nil {
			return 0, false
		}
		rd := reader{b: b}
		return rd.fixed(im.Word), true
	case ruleValOffset:
		return cfa + uint64(r.n), true
	case ruleRegister:
		return fr.Reg(int(r.n))
	}
	return fr.Reg(n)
}

func (im *Image) fde(pc uint64) (fde, bool) {
	fs := im.frames()
	i, _ := slices.BinarySearchFunc(fs, pc, func(f fde, pc uint64) int {
		if f.low <= pc {
			return -1
		}
		return 1
	})
	if i == 0 || pc >= fs[i-1].high {
		return fde{}, false
	}
	return fs[i-1], true
}

// run executes the instructions up to pc.
func (f fde) run(pc uint64, word int) (rules, error) {
	t := table{cie: f.cie, word: word, loc: f.low, to: pc, rules: rules{regs: map[int]rule{}}}
	if err := t.run(f.cie.init); err != nil {
		return rules{}, err
	}
	t.initial = t.rules.clone()
	err := t.run(f.insns)
	return t.rules, err
}

type table struct {
	*cie
	word    int
	loc, to uint64
	rules
	initial rules
	saved   []rules
}

func (t *table) run(insns []byte) error {
	r := &reader{b: insns, word: t.word}
	for len(r.b) > 0 && t.loc <= t.to && !r.bad {
		op := r.u8()
		low := uint64(op & 0x3f)
		switch op >> 6 {
		case cfaAdvance:
			t.advance(low)
		case cfaOffset:
			t.regs[int(low)] = rule{ruleOffset, int64(r.uleb()) * t.dataAlign}
		case cfaRestore:
			t.restore(int(low))
		default:
			if err := t.step(op, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *table) advance(n uint64) { t.loc += n * t.codeAlign }

func (t *table) restore(n int) {
	if old, ok := t.initial.regs[n]; ok {
		t.regs[n] = old
	} else {
		delete(t.regs, n)
	}
}

func (t *table) step(op byte, r *reader) error {
	reg := func() int { return int(r.uleb()) }
	switch op {
	case cfaNop:
	case cfaSetLoc:
		t.loc = r.addr()
	case cfaAdvance1:
		t.advance(r.fixed(1))
	case cfaAdvance2:
		t.advance(r.fixed(2))
	case cfaAdvance4:
		t.advance(r.fixed(4))
	case cfaOffsetExt:
		n := reg()
		t.regs[n] = rule{ruleOffset, int64(r.uleb()) * t.dataAlign}
	case cfaOffsetExtSF:
		n := reg()
		t.regs[n] = rule{ruleOffset, r.sleb() * t.dataAlign}
	case cfaValOffset:
		n := reg()
		t.regs[n] = rule{ruleValOffset, int64(r.uleb()) * t.dataAlign}
	case cfaValOffsetSF:
		n := reg()
		t.regs[n] = rule{ruleValOffset, r.sleb() * t.dataAlign}
	case cfaRestoreExt:
		t.restore(reg())
	case cfaUndefined:
		t.regs[reg()] = rule{kind: ruleUndefined}
	case cfaSameValue:
		t.regs[reg()] = rule{kind: ruleSame}
	case cfaRegister:
		n := reg()
		t.regs[n] = rule{ruleRegister, int64(reg())}
	case cfaRemember:
		t.saved = append(t.saved, t.rules.clone())
	case cfaRestoreState:
		if n := len(t.saved); n > 0 {
			t.rules = t.saved[n-1].clone()
			t.saved = t.saved[:n-1]
		}
	case cfaDefCFA:
		t.cfaReg = reg()
		t.cfaOffset = int64(r.uleb())
	case cfaDefCFASF:
		t.cfaReg = reg()
		t.cfaOffset = r.sleb() * t.dataAlign
	case cfaDefCFARegister:
		t.cfaReg = reg()
	case cfaDefCFAOffset:
		t.cfaOffset = int64(r.uleb())
	case cfaDefCFAOffsetSF:
		t.cfaOffset = r.sleb() * t.dataAlign
	default:
		return fmt.Errorf("call frame instruction %#x is not known", op)
	}
	return nil
}
