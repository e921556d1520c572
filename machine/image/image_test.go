package image

import (
	"encoding/binary"
	"strings"
	"testing"
)

// newELF makes a riscv64 executable of one segment, as a linker would.
func newELF(paddr uint64, code []byte, memsz uint64) []byte {
	b := make([]byte, 64+56)
	copy(b, "\x7fELF\x02\x01\x01")
	le := binary.LittleEndian
	le.PutUint16(b[16:], 2)   // ET_EXEC
	le.PutUint16(b[18:], 243) // EM_RISCV
	le.PutUint32(b[20:], 1)
	le.PutUint64(b[24:], paddr+4) // e_entry
	le.PutUint64(b[32:], 64)      // e_phoff
	le.PutUint16(b[52:], 64)
	le.PutUint16(b[54:], 56)
	le.PutUint16(b[56:], 1)
	ph := b[64:]
	le.PutUint32(ph, 1) // PT_LOAD
	le.PutUint64(ph[8:], uint64(len(b)))
	le.PutUint64(ph[16:], 0xffffffff00000000) // p_vaddr must not matter
	le.PutUint64(ph[24:], paddr)
	le.PutUint64(ph[32:], uint64(len(code)))
	le.PutUint64(ph[40:], memsz)
	return append(b, code...)
}

func TestELF(t *testing.T) {
	img, err := Load(&File{"k", newELF(0x80200000, []byte("code"), 100)}, RISCV64, 0x80000000)
	if err != nil {
		t.Fatal(err)
	}
	if img.Entry != 0x80200004 || img.Start() != 0x80200000 || img.End() != 0x80200000+100 || string(img.Segments[0].Data) != "code" {
		t.Errorf("%+v", img)
	}
}

func TestRawAndLinux(t *testing.T) {
	img, err := Load(&File{"k", []byte{1, 2, 3}}, RISCV64, 0x80200000)
	if err != nil || img.Entry != 0x80200000 || img.End() != 0x80200003 {
		t.Errorf("raw: %+v, %v", img, err)
	}
	linux := make([]byte, 0x50)
	binary.LittleEndian.PutUint64(linux[8:], 0x200000)
	binary.LittleEndian.PutUint64(linux[16:], 0x1000)
	copy(linux[0x38:], "RSC\x05")
	img, err = Load(&File{"k", linux}, RISCV64, 0x80000000)
	if err != nil || img.Entry != 0x80200000 || img.End() != 0x80201000 {
		t.Errorf("linux: %+v, %v", img, err)
	}
}

// Bad files give one sentence with the file's name, and never a panic.
func TestBadFiles(t *testing.T) {
	good := newELF(0x80000000, []byte("code"), 100)
	edit := func(off int, v ...byte) []byte {
		b := append([]byte(nil), good...)
		copy(b[off:], v)
		return b
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "k: the file is empty"},
		{"gzip", []byte("\x1f\x8b\x08..."), "k: the file is compressed with gzip; unpack it first"},
		{"i386", edit(4, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0), "k: it is an i386 program; this machine is riscv64"},
		{"x86-64", edit(18, 62), "k: it is an x86-64 program; this machine is riscv64"},
		{"riscv32", edit(4, 1), "k: it is a riscv32 program; this machine is riscv64"},
		{"unknown machine", edit(18, 9, 9), "k: it is a program for ELF machine 2313; this machine is riscv64"},
		{"big-endian", edit(5, 2), "k: it is a big-endian program; this machine is little-endian"},
		{"object file", edit(16, 1), "k: it is not an executable (ELF type 1)"},
		{"header only", good[:40], "k: the file is damaged: an ELF header has 64 bytes, the file 40"},
		{"program headers cut off", good[:100], "k: the file is truncated: its program headers lie beyond its end"},
		{"program headers far away", edit(32, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "k: the file is truncated: its program headers lie beyond its end"},
		{"no program headers", edit(56, 0), "k: it has no program headers, so there is nothing to load"},
		{"program header size", edit(54, 32), "k: the file is damaged: its program headers have 32 bytes instead of 56"},
		{"nothing loadable", edit(64, 4), "k: it has no loadable segment"},
		{"segment cut off", good[:len(good)-1], "k: the file is truncated: segment 0 lies beyond its end"},
		{"segment offset wraps", edit(72, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "k: the file is truncated: segment 0 lies beyond its end"},
		{"more in the file than in memory", edit(104, 1), "k: the file is damaged: segment 0 has impossible sizes"},
		{"segment wraps", edit(104, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "k: the file is damaged: segment 0 has impossible sizes"},
	} {
		_, err := Load(&File{"k", c.data}, RISCV64, 0x80000000)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// Linkers put the ELF headers into the first segment, a page below the code.
func TestClip(t *testing.T) {
	le := binary.LittleEndian
	f := newELF(0x7ffff000, nil, 0x1004)
	le.PutUint64(f[64+8:], 0)       // from the start of the file
	le.PutUint64(f[64+32:], 0x1004) // headers, padding, code
	f = append(f, make([]byte, 0x1000-len(f))...)
	f = append(f, "code"...)
	img, err := Load(&File{"k", f}, RISCV64, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := img.Segments[0]
	s.Clip(0x80000000)
	if s.Addr != 0x80000000 || s.Size != 4 || string(s.Data) != "code" {
		t.Errorf("clipped to %#x, %d bytes %q", s.Addr, s.Size, s.Data)
	}
	f[0x800] = 1 // somebody needs that page
	img, _ = Load(&File{"k", f}, RISCV64, 0)
	s = img.Segments[0]
	s.Clip(0x80000000)
	if s.Addr != 0x7ffff000 {
		t.Error("contents were clipped")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(newELF(0x80000000, []byte("code"), 100))
	f.Add([]byte(strings.Repeat("RSC\x05", 32)))
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := Load(&File{"k", data}, RISCV64, 0x80000000)
		if err != nil {
			return
		}
		if len(img.Segments) == 0 || img.Start() > img.End() {
			t.Errorf("accepted as %+v", img)
		}
		for _, s := range img.Segments {
			if uint64(len(s.Data)) > s.Size {
				t.Errorf("segment of %d bytes has %d bytes of data", s.Size, len(s.Data))
			}
		}
	})
}
