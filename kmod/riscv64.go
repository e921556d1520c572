package kmod

import (
	"math"
	"math/bits"
)

// RISCV64 follows the RISC-V ELF psABI 1.0, chapter 8 ("Relocations").
var RISCV64 = &Machine{
	Name:       "riscv64",
	ELFMachine: 243,
	format:     &elf64,
	rela:       true,
	pltSize:    24,
	pltAlign:   8,
	plt:        riscvPLT,
	relocs: []RelocType{
		{Num: 0, Name: "R_RISCV_NONE"},
		{Num: 1, Name: "R_RISCV_32", Formula: "S + A", Size: 4, value: valueAbs, limit: bits32, put: put32},
		{Num: 2, Name: "R_RISCV_64", Formula: "S + A", Size: 8, value: valueAbs, put: put64},
		{Num: 16, Name: "R_RISCV_BRANCH", Formula: "S + A - P", Size: 4, value: valueRel, limit: reachB, put: putB},
		{Num: 17, Name: "R_RISCV_JAL", Formula: "S + A - P", Size: 4, value: valueRel, limit: reachJ, usesPLT: true, put: putJ},
		{Num: 18, Name: "R_RISCV_CALL", Formula: "S + A - P", Size: 8, value: valueRel, limit: reachHi, usesPLT: true, put: putCall},
		{Num: 19, Name: "R_RISCV_CALL_PLT", Formula: "S + A - P", Size: 8, value: valueRel, limit: reachHi, usesPLT: true, put: putCall},
		{Num: 20, Name: "R_RISCV_GOT_HI20", Formula: "G + A - P", Size: 4, value: valueGOTRel, limit: reachHi, usesGOT: true, hi: true, put: putHi20},
		{Num: 23, Name: "R_RISCV_PCREL_HI20", Formula: "S + A - P", Size: 4, value: valueRel, limit: reachHi, hi: true, put: putHi20},
		{Num: 24, Name: "R_RISCV_PCREL_LO12_I", Formula: "hi(S) + A", Size: 4, value: valueHiOf, put: putLo12I},
		{Num: 25, Name: "R_RISCV_PCREL_LO12_S", Formula: "hi(S) + A", Size: 4, value: valueHiOf, put: putLo12S},
		{Num: 26, Name: "R_RISCV_HI20", Formula: "S + A", Size: 4, value: valueAbs, limit: absHi, put: putHi20},
		// The high part of the pair has the range check.
		{Num: 27, Name: "R_RISCV_LO12_I", Formula: "S + A", Size: 4, value: valueAbs, limit: absHi, put: putLo12I},
		{Num: 28, Name: "R_RISCV_LO12_S", Formula: "S + A", Size: 4, value: valueAbs, limit: absHi, put: putLo12S},
		// ADD and SUB come in pairs on one place; the value between the two
		// is an address cut to the field, so only arithmetic modulo the
		// field's size makes sense.
		{Num: 33, Name: "R_RISCV_ADD8", Formula: "V + S + A", Size: 1, value: valueAdd, get: get8, put: put8},
		{Num: 34, Name: "R_RISCV_ADD16", Formula: "V + S + A", Size: 2, value: valueAdd, get: get16, put: put16},
		{Num: 35, Name: "R_RISCV_ADD32", Formula: "V + S + A", Size: 4, value: valueAdd, get: get32, put: put32},
		{Num: 36, Name: "R_RISCV_ADD64", Formula: "V + S + A", Size: 8, value: valueAdd, get: get64, put: put64},
		{Num: 37, Name: "R_RISCV_SUB8", Formula: "V - S - A", Size: 1, value: valueSub, get: get8, put: put8},
		{Num: 38, Name: "R_RISCV_SUB16", Formula: "V - S - A", Size: 2, value: valueSub, get: get16, put: put16},
		{Num: 39, Name: "R_RISCV_SUB32", Formula: "V - S - A", Size: 4, value: valueSub, get: get32, put: put32},
		{Num: 40, Name: "R_RISCV_SUB64", Formula: "V - S - A", Size: 8, value: valueSub, get: get64, put: put64},
		{Num: 43, Name: "R_RISCV_ALIGN", Formula: "A bytes of padding", value: valueAlign},
		{Num: 44, Name: "R_RISCV_RVC_BRANCH", Formula: "S + A - P", Size: 2, value: valueRel, limit: reachCB, put: putCB},
		{Num: 45, Name: "R_RISCV_RVC_JUMP", Formula: "S + A - P", Size: 2, value: valueRel, limit: reachCJ, put: putCJ},
		{Num: 46, Name: "R_RISCV_RVC_LUI", Formula: "S + A", Size: 2, value: valueAbs, limit: absCLui, put: putCLui},
		{Num: 51, Name: "R_RISCV_RELAX"},
		{Num: 52, Name: "R_RISCV_SUB6", Formula: "V - S - A", Size: 1, value: valueSub, get: get6, put: put6},
		{Num: 53, Name: "R_RISCV_SET6", Formula: "S + A", Size: 1, value: valueAbs, put: put6},
		{Num: 54, Name: "R_RISCV_SET8", Formula: "S + A", Size: 1, value: valueAbs, put: put8},
		{Num: 55, Name: "R_RISCV_SET16", Formula: "S + A", Size: 2, value: valueAbs, put: put16},
		{Num: 56, Name: "R_RISCV_SET32", Formula: "S + A", Size: 4, value: valueAbs, put: put32},
		{Num: 57, Name: "R_RISCV_32_PCREL", Formula: "S + A - P", Size: 4, value: valueRel, limit: reach32, put: put32},
		{Num: 59, Name: "R_RISCV_PLT32", Formula: "S + A - P", Size: 4, value: valueRel, limit: reach32, usesPLT: true, put: put32},
		{Num: 60, Name: "R_RISCV_SET_ULEB128", Formula: "S + A", Size: 1, value: valueULEBSet, put: putULEB},
		{Num: 61, Name: "R_RISCV_SUB_ULEB128", Formula: "SET - S - A", Size: 1, value: valueULEBSub, put: putULEB},
	},
}

// hiBias is added before the high 20 bits are taken: the low 12 bits are
// sign-extended by the instruction that adds them (psABI 8.4, "RISC-V
// addressing"), so a low part of 0x800 or more takes one page back.
const hiBias = 0x800

var (
	bits32  = limit{lo: math.MinInt32, hi: math.MaxUint32, what: "does not fit 32 bits"}
	reach32 = limit{lo: math.MinInt32, hi: math.MaxInt32, what: "is out of the reach of 32 signed bits"}
	// auipc and lui add a sign-extended 32-bit number whose low 12 bits are 0.
	reachHi = limit{lo: math.MinInt32 - hiBias, hi: math.MaxInt32 - hiBias, what: "is out of the reach of auipc, +-2 GiB"}
	absHi   = limit{lo: math.MinInt32 - hiBias, hi: math.MaxInt32 - hiBias, what: "is out of the reach of lui, the lowest and highest 2 GiB"}
	reachB  = limit{lo: -1 << 12, hi: 1<<12 - 1, align: 2, what: "is out of the reach of a branch, +-4 KiB"}
	reachJ  = limit{lo: -1 << 20, hi: 1<<20 - 1, align: 2, what: "is out of the reach of jal, +-1 MiB"}
	reachCB = limit{lo: -1 << 8, hi: 1<<8 - 1, align: 2, what: "is out of the reach of a compressed branch, +-256 bytes"}
	reachCJ = limit{lo: -1 << 11, hi: 1<<11 - 1, align: 2, what: "is out of the reach of c.j, +-2 KiB"}
	absCLui = limit{lo: -1<<17 - hiBias, hi: 1<<17 - 1 - hiBias, what: "is out of the reach of c.lui, +-128 KiB"}
)

// set replaces the bits of mask in the 32-bit instruction at b.
func set(b []byte, mask, bits uint32) { put32(b, get32(b)&^uint64(mask)|uint64(bits&mask)) }

func set16(b []byte, mask, bits uint16) { put16(b, get16(b)&^uint64(mask)|uint64(bits&mask)) }

// bitsAt takes bits hi..lo of v and puts them at position at.
func bitsAt(v uint64, hi, lo, at uint) uint32 {
	return uint32(v>>lo&(1<<(hi-lo+1)-1)) << at
}

// Immediate fields (ISA manual volume I, 2.3 figure "Immediate variants", and
// 16.2 for the compressed ones).

func putHi20(b []byte, v uint64)  { set(b, 0xfffff000, uint32(v+hiBias)) }
func putLo12I(b []byte, v uint64) { set(b, 0xfff00000, bitsAt(v, 11, 0, 20)) }
func putLo12S(b []byte, v uint64) {
	set(b, 0xfe000f80, bitsAt(v, 11, 5, 25)|bitsAt(v, 4, 0, 7))
}

func putB(b []byte, v uint64) {
	set(b, 0xfe000f80, bitsAt(v, 12, 12, 31)|bitsAt(v, 10, 5, 25)|bitsAt(v, 4, 1, 8)|bitsAt(v, 11, 11, 7))
}

func putJ(b []byte, v uint64) {
	set(b, 0xfffff000, bitsAt(v, 20, 20, 31)|bitsAt(v, 10, 1, 21)|bitsAt(v, 11, 11, 20)|bitsAt(v, 19, 12, 12))
}

// putCall patches the pair auipc, jalr.
func putCall(b []byte, v uint64) {
	putHi20(b, v)
	putLo12I(b[4:], v)
}

func putCB(b []byte, v uint64) {
	set16(b, 0x1c7c, uint16(bitsAt(v, 8, 8, 12)|bitsAt(v, 4, 3, 10)|bitsAt(v, 7, 6, 5)|bitsAt(v, 2, 1, 3)|bitsAt(v, 5, 5, 2)))
}

func putCJ(b []byte, v uint64) {
	set16(b, 0x1ffc, uint16(bitsAt(v, 11, 11, 12)|bitsAt(v, 4, 4, 11)|bitsAt(v, 9, 8, 9)|bitsAt(v, 10, 10, 8)|
		bitsAt(v, 6, 6, 7)|bitsAt(v, 7, 7, 6)|bitsAt(v, 3, 1, 3)|bitsAt(v, 5, 5, 2)))
}

const (
	cFunct3 = 0xe000
	cLi     = 0x4000
)

// putCLui writes c.lui's immediate. The immediate 0 is reserved there, so a
// value whose high part is 0 turns it into c.li rd, 0, as GNU ld does.
func putCLui(b []byte, v uint64) {
	hi := v + hiBias
	if hi>>12&0x3f == 0 {
		set16(b, cFunct3, cLi)
	}
	set16(b, 0x107c, uint16(bitsAt(hi, 17, 17, 12)|bitsAt(hi, 16, 12, 2)))
}

func get6(b []byte) uint64    { return uint64(b[0] & 0x3f) }
func put6(b []byte, v uint64) { b[0] = b[0]&^0x3f | byte(v)&0x3f }

// putULEB keeps the length the assembler chose for the number; the linker may
// not move what follows (psABI 8.4.9).
func putULEB(b []byte, v uint64) {
	n := ulebLen(b)
	for i := range n {
		b[i] = b[i]&0x80 | byte(v>>(7*i))&0x7f
	}
}

// ulebMax is the longest ULEB128 number of 64 bits.
const ulebMax = 10

// ulebLen is the length of the number at b, 0 if it does not end in b.
func ulebLen(b []byte) int {
	for i := 0; i < len(b) && i < ulebMax; i++ {
		if b[i] < 0x80 {
			return i + 1
		}
	}
	return 0
}

// riscvPLT writes a jump to any address:
//
//	auipc t1, 0
//	ld    t1, 16(t1)
//	jr    t1
//	nop
//	.dword target
func riscvPLT(slot []byte, _, target uint64) {
	put32(slot, 0x00000317)
	put32(slot[4:], 0x01033303)
	put32(slot[8:], 0x00030067)
	put32(slot[12:], 0x00000013)
	put64(slot[16:], target)
}

// hiOf finds the value of which this is the low part. An addend here must not
// change the high part, which the auipc already has.
func (pl *place) hiOf() (int64, error) {
	hi, ok := pl.im.hi[pl.s]
	if !ok {
		return 0, pl.cured(pl.fail(pl.s, "is not the address of a PCREL_HI20 or GOT_HI20 relocation"),
			"it is the low part of an address whose high part is missing; %s", hintReloc)
	}
	v := hi + pl.r.Addend
	if (v+hiBias)>>12 != (hi+hiBias)>>12 {
		return 0, pl.fail(uint64(v), "has another high part than its PCREL_HI20: the addend is too large")
	}
	return v, nil
}

// checkAlign accepts padding only where it does its work at full length. A
// linker that relaxes would delete what is too much (psABI 8.5); the loader
// moves nothing. The alignment wanted is the next power of two above A.
func (pl *place) checkAlign() error {
	a := uint64(pl.r.Addend)
	if a > PageSize || pl.r.Offset+a > pl.im.Spec.Sections[pl.sec].Size {
		return pl.cured(pl.fail(a, "is more padding than the section has"), "%s", hintReloc)
	}
	align := uint64(1) << bits.Len64(a)
	if (pl.p+a)%align != 0 {
		return pl.fail(a, "bytes of padding would have to be shortened: compile with -mno-relax")
	}
	return nil
}

// checkULEB checks a number of variable length. The first of the pair leaves an
// address cut to the field, as it must; what the second leaves has to fit.
func (pl *place) checkULEB(v int64) error {
	n := ulebLen(pl.mem)
	switch {
	case n == 0:
		return pl.fail(uint64(v), "has no ULEB128 number at its place")
	case pl.r.Type.value == valueULEBSet:
		pl.im.uleb[pl.p] = v
	case v < 0 || n < ulebMax && v>>(7*n) != 0:
		return pl.fail(uint64(v), "does not fit the ULEB128 number at its place")
	}
	return nil
}
