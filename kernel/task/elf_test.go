package task

import (
	"encoding/binary"
	"testing"

	"rv86/kernel/abi"
)

func TestScript(t *testing.T) {
	for _, c := range []struct {
		in, interp, arg string
		ok              bool
	}{
		{"#!/bin/sh\necho", "/bin/sh", "", true},
		{"#! /bin/sh -e x \n", "/bin/sh", "-e x", true},
		{"#!/bin/sh", "/bin/sh", "", true},
		{"#!\t/bin/sh\x00junk", "/bin/sh", "", true},
		{"#!\n", "", "", false},
		{"#!  ", "", "", false},
		{"#", "", "", false},
		{"\x7fELF", "", "", false},
	} {
		interp, arg, ok := script([]byte(c.in))
		if interp != c.interp || arg != c.arg || ok != c.ok {
			t.Errorf("%q: %q %q %v", c.in, interp, arg, ok)
		}
	}
}

// program is a small ELF file with one segment that holds all of it.
func testELF() []byte {
	le := binary.LittleEndian
	b := make([]byte, 0x200)
	copy(b, "\x7fELF\x00\x01\x01")
	b[4] = elfClass
	le.PutUint16(b[16:], etExec)
	le.PutUint16(b[18:], elfMachine)
	putWord(b[ehEntry:], 0x10100)
	putWord(b[ehPhoff:], elfHeaderSize)
	le.PutUint16(b[ehPhentsize:], elfPhSize)
	le.PutUint16(b[ehPhnum:], 1)
	p := b[elfHeaderSize:]
	le.PutUint32(p, ptLoad)
	le.PutUint32(p[phFlags:], pfR|pfX)
	putWord(p[phVaddr:], 0x10000)
	putWord(p[phFilesz:], uintptr(len(b)))
	putWord(p[phMemsz:], 0x2000)
	return b
}

func parse(b []byte) (*image, abi.Errno) {
	phoff, n, e := parseHeader(b)
	if e != 0 {
		return nil, e
	}
	if phoff > uint64(len(b)) || uint64(n*elfPhSize) > uint64(len(b))-phoff {
		return nil, abi.ENOEXEC
	}
	return parseImage(b, b[phoff:][:n*elfPhSize], uint64(len(b)))
}

func TestParseImage(t *testing.T) {
	im, e := parse(testELF())
	if e != 0 || im.entry != 0x10100 || im.phdr != 0x10000+elfHeaderSize || im.pie || len(im.segments) != 1 {
		t.Fatalf("%+v, %v", im, e)
	}
	le := binary.LittleEndian
	for name, damage := range map[string]func(b []byte){
		"magic":               func(b []byte) { b[0] = 0 },
		"the other class":     func(b []byte) { b[4] ^= 3 },
		"big endian":          func(b []byte) { b[5] = 2 },
		"another machine":     func(b []byte) { b[18] = 62 },
		"relocatable":         func(b []byte) { b[16] = 1 },
		"no program headers":  func(b []byte) { b[ehPhnum] = 0 },
		"odd header size":     func(b []byte) { b[ehPhentsize]-- },
		"headers outside":     func(b []byte) { putWord(b[ehPhoff:], 1<<31) },
		"segment outside":     func(b []byte) { putWord(b[elfHeaderSize+phFilesz:], 0x10000) },
		"memory below file":   func(b []byte) { putWord(b[elfHeaderSize+phMemsz:], 1) },
		"address wraps":       func(b []byte) { putWord(b[elfHeaderSize+phMemsz:], ^uintptr(0)) },
		"offset out of phase": func(b []byte) { putWord(b[elfHeaderSize+phVaddr:], 0x10010) },
		"no segment":          func(b []byte) { le.PutUint32(b[elfHeaderSize:], 0) },
	} {
		b := testELF()
		damage(b)
		if _, e := parse(b); e != abi.ENOEXEC {
			t.Errorf("%s: %v", name, e)
		}
	}
	for n := range testELF() {
		parse(testELF()[:n]) // must not panic
	}
}

func FuzzParseImage(f *testing.F) {
	f.Add(testELF())
	f.Fuzz(func(t *testing.T, b []byte) {
		im, e := parse(b)
		if e != 0 {
			return
		}
		for _, s := range im.segments {
			if s.off+s.filesz > uint64(len(b)) || s.off+s.filesz < s.off || s.vaddr+s.memsz < s.vaddr {
				t.Fatalf("segment %+v of a file of %d bytes", s, len(b))
			}
		}
	})
}
