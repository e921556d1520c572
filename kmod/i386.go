package kmod

import "math"

// I386 follows the System V ABI Intel386 supplement 1.1, chapter 4. Addends lie
// at the place. Addresses have 32 bits and arithmetic wraps, so everything is
// within reach of everything and no field needs a range check.
var I386 = &Machine{
	Name:       "i386",
	ELFMachine: 3,
	format:     &elf32,
	relocs: []RelocType{
		{Num: 0, Name: "R_386_NONE"},
		{Num: 1, Name: "R_386_32", Formula: "S + A", Size: 4, value: valueAbs, limit: word32, get: get32s, put: put32},
		{Num: 2, Name: "R_386_PC32", Formula: "S + A - P", Size: 4, value: valueRel, limit: word32, get: get32s, put: put32},
		{Num: 3, Name: "R_386_GOT32", Formula: "G + A - GOT", Size: 4, value: valueGOTAbs, limit: word32, usesGOT: true, get: get32s, put: put32},
		{Num: 4, Name: "R_386_PLT32", Formula: "S + A - P", Size: 4, value: valueRel, limit: word32, get: get32s, put: put32},
		{Num: 9, Name: "R_386_GOTOFF", Formula: "S + A - GOT", Size: 4, value: valueGOTOff, limit: word32, get: get32s, put: put32},
		{Num: 10, Name: "R_386_GOTPC", Formula: "GOT + A - P", Size: 4, value: valueGOTBase, limit: word32, get: get32s, put: put32},
		{Num: 43, Name: "R_386_GOT32X", Formula: "G + A - GOT", Size: 4, value: valueGOTAbs, limit: word32, usesGOT: true, get: get32s, put: put32},
	},
}

// word32 only guards against our own arithmetic: S, A and P have 32 bits.
var word32 = limit{lo: -1 << 34, hi: math.MaxUint32 << 2, what: "does not fit 32 bits"}

// get32s reads a signed addend.
func get32s(b []byte) uint64 { return uint64(int64(int32(get32(b)))) }
