package kmod

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rv86/kernel/abi"
)

const shipped = "../images/modules/riscv64/"

func readModule(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(shipped + name + ".ko")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// editor changes a module file field by field.
type editor struct {
	b []byte
	t testing.TB
}

var le = binary.LittleEndian

// header is the place of section header i; field offsets are ELF64's.
func (e *editor) header(i int) []byte { return e.b[le.Uint64(e.b[40:])+64*uint64(i):] }

// section finds a section header by name.
func (e *editor) section(name string) []byte {
	strs := e.header(int(le.Uint16(e.b[62:])))
	tab := e.b[le.Uint64(strs[24:]):][:le.Uint64(strs[32:])]
	for i := range int(le.Uint16(e.b[60:])) {
		if h := e.header(i); cstring(tab[le.Uint32(h):]) == name {
			return h
		}
	}
	e.t.Fatalf("no section %s", name)
	return nil
}

// data is a section's contents in the file.
func (e *editor) data(name string) []byte {
	h := e.section(name)
	return e.b[le.Uint64(h[24:]):][:le.Uint64(h[32:])]
}

// Offsets in an ELF64 section header.
const (
	shName, shType, shFlags, shAddr, shOffset, shSize, shLink, shInfo, shAlign, shEntSize = 0, 4, 8, 16, 24, 32, 40, 44, 48, 56
)

// refusals are the checks of LKM.md section 3, each with a file that fails it
// and no other, its errno and what the message must say.
var refusals = []struct {
	name string
	edit func(e *editor)
	e    abi.Errno
	want string
}{
	{"empty", func(e *editor) { e.b = nil }, abi.ENOEXEC, "the file is empty"},
	{"short", func(e *editor) { e.b = e.b[:10] }, abi.ENOEXEC, "too few for an ELF header"},
	{"short header", func(e *editor) { e.b = e.b[:63] }, abi.ENOEXEC, "too few for an ELF header of 64"},
	{"magic", func(e *editor) { e.b[1] = 'F' }, abi.ENOEXEC, "this is no ELF file: it begins with 7f 46 4c 46"},
	{"class", func(e *editor) { e.b[4] = 1 }, abi.ENOEXEC, "ELF class 1, but modules for riscv64 have class 2"},
	{"byte order", func(e *editor) { e.b[5] = 2 }, abi.ENOEXEC, "byte order 2"},
	{"version", func(e *editor) { e.b[6] = 2 }, abi.ENOEXEC, "ELF versions 2 and 1"},
	{"version word", func(e *editor) { e.b[20] = 0 }, abi.ENOEXEC, "ELF versions 1 and 0"},
	{"machine", func(e *editor) { le.PutUint16(e.b[18:], 62) }, abi.ENOEXEC, "module for ELF machine 62 (x86-64), but this is riscv64 (243)"},
	{"executable", func(e *editor) { e.b[16] = 2 }, abi.ENOEXEC, "ELF type 2 (an executable)"},
	{"header size", func(e *editor) { e.b[52] = 60 }, abi.ENOEXEC, "ELF header size 60, want 64"},
	{"program headers", func(e *editor) { e.b[56] = 1 }, abi.ENOEXEC, "1 program headers"},
	{"section header size", func(e *editor) { e.b[58] = 40 }, abi.ENOEXEC, "section header size 40, want 64"},
	{"no sections", func(e *editor) { e.b[60] = 0 }, abi.ENOEXEC, "no section headers"},
	{"table over header", func(e *editor) { le.PutUint64(e.b[40:], 8) }, abi.ENOEXEC, "overlaps the ELF header"},
	{"table outside", func(e *editor) { le.PutUint64(e.b[40:], 1<<40) }, abi.ENOEXEC, "past the end of the file"},
	{"table wraps", func(e *editor) { le.PutUint64(e.b[40:], ^uint64(63)) }, abi.ENOEXEC, "past the end of the file"},
	{"too many sections", func(e *editor) { le.PutUint16(e.b[60:], 60000) }, abi.ENOEXEC, "past the end of the file"},
	{"shstrndx", func(e *editor) { le.PutUint16(e.b[62:], 200) }, abi.ENOEXEC, "section name table index 200"},
	{"no shstrndx", func(e *editor) { le.PutUint16(e.b[62:], 0) }, abi.ENOEXEC, "section name table index 0"},
	{"shstrndx of another kind", func(e *editor) { le.PutUint16(e.b[62:], 1) }, abi.ENOEXEC, "should be the section name table, but has type 1"},
	{"section 0", func(e *editor) { e.header(0)[shType] = 1 }, abi.ENOEXEC, "section 0 is not the null section"},
	{"section outside", func(e *editor) { le.PutUint64(e.section(".exit.text")[shSize:], 1<<32) }, abi.ENOEXEC, "reaches past the end of the file"},
	{"section wraps", func(e *editor) { le.PutUint64(e.section(".exit.text")[shOffset:], ^uint64(0)) }, abi.ENOEXEC, "reaches past the end of the file"},
	{"alignment", func(e *editor) { e.section(".text")[shAlign] = 3 }, abi.ENOEXEC, "alignment 0x3 is not a power of two"},
	{"large alignment", func(e *editor) { le.PutUint64(e.section(".text")[shAlign:], 8192) }, abi.ENOEXEC, "more than a page"},
	{"section name", func(e *editor) { le.PutUint32(e.section(".text"), 5000) }, abi.ENOEXEC, "is outside the section name table"},
	{"name table end", func(e *editor) { d := e.data(".shstrtab"); d[len(d)-1] = 'x' }, abi.ENOEXEC, "does not begin and end with NUL"},
	{"empty name table", func(e *editor) { le.PutUint64(e.section(".shstrtab")[shSize:], 0) }, abi.ENOEXEC, "is empty"},
	{"stripped", func(e *editor) { e.section(".symtab")[shType] = shtProgbits }, abi.ENOEXEC, "no symbol table: was the module stripped?"},
	{"two symbol tables", func(e *editor) {
		e.section(".riscv.attributes")[shType] = shtSymtab
		le.PutUint32(e.section(".riscv.attributes")[shType:], shtSymtab)
	}, abi.ENOEXEC, "two symbol tables"},
	{"symbol size", func(e *editor) { e.section(".symtab")[shEntSize] = 16 }, abi.ENOEXEC, "symbol size 16, want 24"},
	{"symbol table size", func(e *editor) { h := e.section(".symtab"); le.PutUint64(h[shSize:], le.Uint64(h[shSize:])-1) }, abi.ENOEXEC, "no multiple of 24"},
	{"symbol strings", func(e *editor) { le.PutUint32(e.section(".symtab")[shLink:], 99) }, abi.ENOEXEC, "string table is section 99"},
	{"symbol strings of another kind", func(e *editor) { le.PutUint32(e.section(".symtab")[shLink:], 1) }, abi.ENOEXEC, "should be the symbol name table"},
	{"local symbols", func(e *editor) { le.PutUint32(e.section(".symtab")[shInfo:], 999) }, abi.ENOEXEC, "999 local symbols"},
	{"border", func(e *editor) { h := e.section(".symtab"); le.PutUint32(h[shInfo:], le.Uint32(h[shInfo:])-1) }, abi.ENOEXEC, "wrong side of the border"},
	{"symbol name", func(e *editor) { le.PutUint32(e.symbol("printk"), 1<<20) }, abi.ENOEXEC, "is outside the string table"},
	{"symbol section", func(e *editor) { le.PutUint16(e.symbol("printk")[6:], 77) }, abi.ENOEXEC, "is in section 0x4d of"},
	{"reserved section", func(e *editor) { le.PutUint16(e.symbol("printk")[6:], 0xffff) }, abi.ENOEXEC, "is in section 0xffff of"},
	{"common", func(e *editor) { le.PutUint16(e.symbol("printk")[6:], shnCommon) }, abi.ENOEXEC, "please compile with -fno-common"},
	{"symbol value", func(e *editor) { le.PutUint64(e.symbol("init_module")[8:], 0x1000) }, abi.ENOEXEC, "lies at 0x1000 in section .init.text"},
	{"nameless undefined", func(e *editor) { le.PutUint32(e.symbol("printk"), 0) }, abi.ENOEXEC, "is undefined and has no name"},
	{"binding", func(e *editor) { e.symbol("printk")[4] = 0xd0 }, abi.ENOEXEC, "unknown binding 13"},
	{"no module", func(e *editor) { e.rename(".gnu.linkonce.this_module", ".gnu.linkonce.that_module") }, abi.ENOEXEC, "this is no kernel module"},
	{"module size", func(e *editor) { e.section(".gnu.linkonce.this_module")[shSize] = 96 }, abi.ENOEXEC, "has 96 bytes, but this kernel's struct module has 104"},
	{"module of no bits", func(e *editor) { e.section(".gnu.linkonce.this_module")[shType] = shtNobits }, abi.ENOEXEC, "has no contents"},
	{"module not allocated", func(e *editor) { e.section(".gnu.linkonce.this_module")[shFlags] = 1 }, abi.ENOEXEC, "must be allocated and writable"},
	{"two modules", func(e *editor) { e.name(".riscv.attributes", ".gnu.linkonce.this_module") }, abi.ENOEXEC, "only one .gnu.linkonce.this_module section"},
	{"endless name", func(e *editor) { copy(e.data(".gnu.linkonce.this_module")[8:], bytes.Repeat([]byte("x"), 56)) }, abi.ENOEXEC, "does not end within 56 bytes"},
	{"bad name", func(e *editor) { e.data(".gnu.linkonce.this_module")[8] = '\n' }, abi.ENOEXEC, "has other characters than"},
	{"other name", func(e *editor) { e.data(".gnu.linkonce.this_module")[8] = 'j' }, abi.ENOEXEC, `calls itself "jello", but its .modinfo says "hello"`},
	{"two modinfos", func(e *editor) { e.name(".riscv.attributes", ".modinfo") }, abi.ENOEXEC, "only one .modinfo section"},
	{"modinfo end", func(e *editor) { d := e.data(".modinfo"); d[len(d)-1] = 'x' }, abi.ENOEXEC, "does not end with NUL"},
	{"modinfo form", func(e *editor) { d := e.data(".modinfo"); d[bytes.IndexByte(d, '=')] = '-' }, abi.ENOEXEC, "is not of the form key=value"},
	{"W+X", func(e *editor) { e.section(".text")[shFlags] |= shfWrite }, abi.ENOEXEC, "is writable and executable"},
	{"huge bss", func(e *editor) { le.PutUint64(e.section(".bss")[shSize:], 1<<40) }, abi.ENOMEM, "a module may have"},
	{"two large sections", func(e *editor) {
		le.PutUint64(e.section(".bss")[shSize:], MaxSize)
	}, abi.ENOMEM, "more than the 67108864 bytes a module may have"},
	{"relocations of nothing", func(e *editor) { le.PutUint32(e.section(".rela.init.text")[shInfo:], 99) }, abi.ENOEXEC, "relocates section 99"},
	{"relocations of bss", func(e *editor) { e.section(".init.text")[shType] = shtNobits }, abi.ENOEXEC, "relocates .init.text, which has no contents"},
	{"relocations without addend", func(e *editor) { e.section(".rela.init.text")[shType] = shtRel }, abi.ENOEXEC, "is not of the kind that riscv64 uses, RELA"},
	{"relocation symbols", func(e *editor) { le.PutUint32(e.section(".rela.init.text")[shLink:], 1) }, abi.ENOEXEC, "refers to symbol table 1"},
	{"relocation entry size", func(e *editor) { e.section(".rela.init.text")[shEntSize] = 16 }, abi.ENOEXEC, "in entries of 16, want 24"},
	{"relocation outside", func(e *editor) { le.PutUint64(e.data(".rela.init.text"), 0x1b) }, abi.ENOEXEC, "is outside .init.text (0x1c bytes)"},
	{"relocation far outside", func(e *editor) { le.PutUint64(e.data(".rela.init.text"), ^uint64(0)) }, abi.ENOEXEC, "is outside .init.text"},
	{"relocation symbol", func(e *editor) { le.PutUint32(e.data(".rela.init.text")[12:], 500) }, abi.ENOEXEC, "refers to symbol 500"},
	{"relocation type", func(e *editor) { le.PutUint32(e.data(".rela.init.text")[8:], 200) }, abi.ENOEXEC, "unknown relocation type 200"},
	{"checksum", func(e *editor) { e.b[49] ^= 1 }, abi.ENOEXEC, "the file was changed after it was built"},
	{"checksum digits", func(e *editor) {
		d := e.data(".modinfo")
		copy(d[bytes.Index(d, []byte("structcrc=")):], "x")
		copy(d[bytes.Index(d, []byte("vermagic=")):], "structcrc=")
	}, abi.ENOEXEC, "which are not 8 digits"},
}

// symbol is the symbol table entry of a name.
func (e *editor) symbol(name string) []byte {
	strs, tab := e.data(".strtab"), e.data(".symtab")
	for ; len(tab) > 0; tab = tab[24:] {
		if cstring(strs[le.Uint32(tab):]) == name {
			return tab
		}
	}
	e.t.Fatalf("no symbol %s", name)
	return nil
}

// rename changes a name in the section name table, in place.
func (e *editor) rename(from, to string) {
	d := e.data(".shstrtab")
	copy(d[bytes.Index(d, []byte(from+"\x00")):], to)
}

// name gives a section the name of another.
func (e *editor) name(section, other string) {
	copy(e.section(section)[:4], e.section(other)[:4])
}

func TestRefusals(t *testing.T) {
	for _, c := range refusals {
		e := &editor{append([]byte(nil), readModule(t, "hello")...), t}
		if !strings.HasPrefix(c.name, "checksum") && !strings.HasPrefix(c.name, "modinfo") {
			// Without its checksum, so that the check itself is seen.
			d := e.data(".modinfo")
			copy(d[bytes.Index(d, []byte(ChecksumKey)):], "x")
		}
		c.edit(e)
		_, err := Parse(e.b, RISCV64)
		if err == nil || !strings.Contains(err.Error(), c.want) || ErrnoOf(err) != c.e {
			t.Errorf("%s: %v (errno %d); want %q (errno %d)", c.name, err, ErrnoOf(err), c.want, c.e)
		}
	}
}

// TestEveryBitOutsideCodeAndData flips each bit of a module that is neither
// code nor data. What hides all of .modinfo is refused later, for the version
// magic that is missing with it.
func TestEveryBitOutsideCodeAndData(t *testing.T) {
	b := readModule(t, "hello")
	s, err := Parse(b, RISCV64)
	if err != nil {
		t.Fatal(err)
	}
	own := make([]bool, len(b))
	for i := range s.Sections {
		if sec := &s.Sections[i]; codeOrData(sec) {
			for j := range sec.Size {
				own[sec.Offset+j] = true
			}
		}
	}
	for i := range b {
		for bit := 0; bit < 8 && !own[i]; bit++ {
			b[i] ^= 1 << bit
			s, err := Parse(b, RISCV64)
			if refused := err != nil && ErrnoOf(err) == abi.ENOEXEC; !refused && (err != nil || s.Info.Get("vermagic") != "") {
				t.Errorf("byte %#x, bit %d: %v", i, bit, err)
			}
			b[i] ^= 1 << bit
		}
	}
}

func TestWrongMachine(t *testing.T) {
	if _, err := Parse(readModule(t, "hello"), I386); err == nil || !strings.Contains(err.Error(), "module for ELF machine 243 (RISC-V), but this is i386 (3)") {
		t.Error(err)
	}
}

func TestParseShipped(t *testing.T) {
	files, _ := filepath.Glob(shipped + "*.ko")
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".ko")
		b := readModule(t, name)
		s, err := Parse(b, RISCV64)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want := strings.ReplaceAll(name, "-", "_"); s.Name != want || s.Info.Get("name") != want {
			t.Errorf("%s calls itself %s, %s", name, s.Name, s.Info.Get("name"))
		}
		if !s.Info.GPLCompatible() || s.Info.Get("vermagic") != "6.6.0-rv86 mod_unload modversions riscv" {
			t.Errorf("%s: .modinfo %v", name, s.Info)
		}
	}
	s, err := Parse(readModule(t, "dep-b"), RISCV64)
	if err != nil || strings.Join(s.Info.Depends(), " ") != "dep_a" {
		t.Errorf("dep-b depends on %v, %v", s.Info.Depends(), err)
	}
}

// TestLayout checks the order of the parts, the alignment and that no two
// sections overlap.
func TestLayout(t *testing.T) {
	for _, name := range []string{"hello", "params", "dep-a"} {
		s, err := Parse(readModule(t, name), RISCV64)
		if err != nil {
			t.Fatal(err)
		}
		l, err := s.Place()
		if err != nil {
			t.Fatal(err)
		}
		used := [3]map[uint64]int{{}, {}, {}}
		for i, p := range l.Sections {
			sec := &s.Sections[i]
			if (p.Region != NotLoaded) != sec.Alloc() || p.Offset%sec.Align != 0 {
				t.Errorf("%s: %s at %v %#x", name, sec.Name, p.Region, p.Offset)
			}
			if sec.Alloc() && (p.Region == Init) != strings.HasPrefix(sec.Name, ".init") {
				t.Errorf("%s: %s is in %v", name, sec.Name, p.Region)
			}
			if !sec.Alloc() {
				continue
			}
			r := l.Regions[p.Region]
			lo, hi := uint64(0), r.Text
			switch {
			case sec.Write():
				lo, hi = r.RO, r.Size
			case !sec.Exec():
				lo, hi = r.Text, r.RO
			}
			if p.Offset < lo || p.Offset+sec.Size > hi {
				t.Errorf("%s: %s at %#x is not in its part %#x-%#x", name, sec.Name, p.Offset, lo, hi)
			}
			for a := p.Offset; a < p.Offset+sec.Size; a++ {
				if other := used[p.Region][a]; other != 0 {
					t.Fatalf("%s: %s overlaps %s", name, sec.Name, s.Sections[other].Name)
				}
				used[p.Region][a] = i
			}
		}
		for _, r := range l.Regions {
			if r.Text%PageSize != 0 || r.RO%PageSize != 0 || r.Size%PageSize != 0 || r.RO < r.Text || r.Size < r.RO {
				t.Errorf("%s: region %+v", name, r)
			}
		}
	}
}

func TestParseArgs(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{" \t\n", ""},
		{"a=1 b", "a=1|b"},
		{`a="x y" c=2`, "a=x y|c=2"},
		{`"a=x y" c`, "a=x y|c"},
		{`a=x" "y`, `a=x" "y`},
		{"a=", "a="},
		{"a=b=c", "a=b=c"},
		{"=x", "=x"},
		{`a="`, "error"},
	} {
		args, err := ParseArgs(c.in)
		var parts []string
		for _, a := range args {
			s := a.Name
			if a.HasValue {
				s += "=" + a.Value
			}
			parts = append(parts, s)
		}
		got := strings.Join(parts, "|")
		if err != nil {
			got = "error"
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.in, got, c.want)
		}
	}
}

// FuzzParse: no input makes the parser panic, and what it accepts can be
// placed.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(_ *testing.T, b []byte) {
		for _, m := range Machines {
			if s, err := Parse(b, m); err == nil {
				_, _ = s.Place()
			}
		}
	})
}

// FuzzLink: what is accepted can be linked, or is refused; the same bytes give
// the same memory.
func FuzzLink(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, m := range Machines {
			s, err := Parse(b, m)
			if err != nil {
				continue
			}
			l, err := s.Place()
			if err != nil || l.Regions[Core].Size+l.Regions[Init].Size > 1<<20 {
				continue
			}
			link := func() (*Image, error) {
				return s.Link(l, Memory{
					Core: make([]byte, l.Regions[Core].Size), CoreBase: coreBase,
					Init: make([]byte, l.Regions[Init].Size), InitBase: initBase,
				}, at(coreBase+0x10000), nil)
			}
			one, err := link()
			if err != nil {
				continue
			}
			if two, err := link(); err != nil || !bytes.Equal(one.Mem.Core, two.Mem.Core) || !bytes.Equal(one.Mem.Init, two.Mem.Init) {
				t.Error("two links of the same module differ")
			}
			_, _, _, _ = one.This()
			_, _ = one.Exports()
			_, _ = one.Params()
			_, _ = one.ExTable()
			_, _ = one.Constructors()
		}
	})
}

// seeds are the shipped modules, without checksums, so that mutants get past
// the first check.
func seeds(f *testing.F) {
	files, _ := filepath.Glob(shipped + "*.ko")
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.Replace(b, []byte(ChecksumKey), []byte("xxxxxxxxx"), 1))
	}
}
