package gofuncs

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// The table, in words of the machine's size behind the first 8 bytes:
//
//	0         u32  magic; bytes: 0, 0, size of the smallest instruction, of a word
//	8         nfunc, nfiles, nothing, offsets of names, units, files, pc tables
//	          and functions
//
// At the offset of the functions there are nfunc pairs of u32, by address: where a
// function begins, behind the program's text, and where its record is, behind
// the pairs' beginning. A record begins with that u32 again, and has then the u32
// offset of the name, which a NUL ends.
const (
	magic      = 0xfffffff1
	headerSize = 8
	wordSizeAt = 7

	wordFuncs     = 0
	wordNames     = 3
	wordRecords   = 7
	words         = 8
	pairSize      = 8
	pairRecord    = 4
	recordName    = 4
	recordMinimum = 8
)

// Table is a program's functions, by address.
type Table struct {
	names, records []byte
	n              int
	text           uint64
}

// What Read can have against a table.
var (
	errMagic   = errors.New("gofuncs: this is not a table of Go 1.20 and later")
	errWords   = errors.New("gofuncs: the table's words have neither 4 nor 8 bytes, or it ends among them")
	errOutside = errors.New("gofuncs: the table's parts reach past its end")
)

// Read finds the parts of a table; text is the address of the program's text.
func Read(table []byte, text uint64) (*Table, error) {
	if len(table) < headerSize || binary.LittleEndian.Uint32(table) != magic {
		return nil, errMagic
	}
	size := int(table[wordSizeAt])
	if size != 4 && size != 8 || len(table) < headerSize+words*size {
		return nil, errWords
	}
	word := func(i int) uint64 {
		b := table[headerSize+i*size:]
		if size == 4 {
			return uint64(binary.LittleEndian.Uint32(b))
		}
		return binary.LittleEndian.Uint64(b)
	}
	n, names, records := word(wordFuncs), word(wordNames), word(wordRecords)
	whole := uint64(len(table))
	if names > whole || records > whole || n > (whole-records)/pairSize {
		return nil, errOutside
	}
	return &Table{names: table[names:], records: table[records:], n: int(n), text: text}, nil
}

// Len is how many functions there are.
func (t *Table) Len() int {
	if t == nil {
		return 0
	}
	return t.n
}

// At gives function i: its address and its name, which is part of the table and
// must not be written. A name that is not in the table is empty.
//
// Preconditions: i is below Len.
func (t *Table) At(i int) (addr uint64, name []byte) {
	pair := t.records[i*pairSize:]
	addr = t.text + uint64(binary.LittleEndian.Uint32(pair))
	record := uint64(binary.LittleEndian.Uint32(pair[pairRecord:]))
	if record+recordMinimum > uint64(len(t.records)) {
		return addr, nil
	}
	at := uint64(binary.LittleEndian.Uint32(t.records[record+recordName:]))
	if at >= uint64(len(t.names)) {
		return addr, nil
	}
	name = t.names[at:]
	end := bytes.IndexByte(name, 0)
	if end < 0 {
		return addr, nil
	}
	return addr, name[:end]
}
