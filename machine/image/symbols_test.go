package image

import (
	"encoding/binary"
	"testing"
)

// symbolFile is newELF's executable with sections: code of 0x40 bytes, linked
// at 0xffffffff00000000, and its symbols.
func symbolFile() []byte {
	const vaddr = 0xffffffff00000000
	b := newELF(0x80000000, make([]byte, 0x40), 0x40)
	le := binary.LittleEndian
	names := "\x00main\x00leaf\x00label\x00$x\x00.Llocal\x00data\x00"
	nameAt := func(s string) uint32 {
		for i := range names {
			if len(names)-i > len(s) && names[i:i+len(s)+1] == s+"\x00" && names[i-1] == 0 {
				return uint32(i)
			}
		}
		panic("no such name")
	}
	symtab := make([]byte, 24)
	const notype, object, function = 0, 1, 2
	for _, s := range []struct {
		name        string
		kind        byte
		value, size uint64
	}{
		{"leaf", function, 0x10, 0x8},
		{"main", function, 0, 0x10}, // not in order
		{"$x", notype, 0x4, 0},
		{".Llocal", notype, 0x8, 0},
		{"data", object, 0x14, 4},
		{"label", notype, 0x20, 0},
	} {
		e := make([]byte, 24)
		le.PutUint32(e, nameAt(s.name))
		e[4] = 1<<4 | s.kind // STB_GLOBAL
		le.PutUint16(e[6:], 1)
		le.PutUint64(e[8:], vaddr+s.value)
		le.PutUint64(e[16:], s.size)
		symtab = append(symtab, e...)
	}
	symOff := len(b)
	b = append(b, symtab...)
	strOff := len(b)
	b = append(b, names...)
	le.PutUint64(b[40:], uint64(len(b))) // e_shoff
	le.PutUint16(b[58:], 64)             // e_shentsize
	le.PutUint16(b[60:], 4)              // e_shnum
	le.PutUint16(b[62:], 3)              // e_shstrndx
	section := func(kind uint32, flags, addr, off, size, entry uint64, link uint32) {
		s := make([]byte, 64)
		le.PutUint32(s[4:], kind)
		le.PutUint64(s[8:], flags)
		le.PutUint64(s[16:], addr)
		le.PutUint64(s[24:], off)
		le.PutUint64(s[32:], size)
		le.PutUint32(s[40:], link)
		le.PutUint64(s[56:], entry)
		b = append(b, s...)
	}
	const progbits, symbols, strings, allocExec = 1, 2, 3, 6
	section(0, 0, 0, 0, 0, 0, 0)
	section(progbits, allocExec, vaddr, 64+56, 0x40, 0, 0)
	section(symbols, 0, 0, uint64(symOff), uint64(len(symtab)), 24, 3)
	section(strings, 0, 0, uint64(strOff), uint64(len(names)), 0, 0)
	return b
}

func TestSymbols(t *testing.T) {
	s := ReadSymbols(&File{"k", symbolFile()})
	for addr, want := range map[uint64]string{
		0xffffffff00000000: "main",
		0xffffffff0000000c: "main+0xc",
		0xffffffff00000010: "leaf",
		0xffffffff00000016: "leaf+0x6", // and not the object there
		0xffffffff00000018: "",         // behind leaf, which has a size
		0xffffffff00000024: "label+0x4",
		0xffffffff0000003f: "label+0x1f",
		0xffffffff00000040: "", // the section ends
		0x80000010:         "leaf",
		0x80000040:         "",
		0:                  "",
		0x7fffffff:         "",
	} {
		if got := s.Name(addr); got != want {
			t.Errorf("%#x is %q, want %q", addr, got, want)
		}
	}
}

// What is no ELF file, or a damaged one, has no names or fewer.
func TestSymbolsOfDamagedFiles(t *testing.T) {
	good := symbolFile()
	for n := range good {
		ReadSymbols(&File{"k", good[:n]}).Name(0x80000000)
		bad := append([]byte(nil), good...)
		bad[n] = ^bad[n]
		ReadSymbols(&File{"k", bad}).Name(0x80000000)
	}
	for _, f := range []*File{nil, {"k", nil}, {"k", []byte("raw")}} {
		if got := ReadSymbols(f).Name(0); got != "" {
			t.Errorf("%v has %q at 0", f, got)
		}
	}
}
