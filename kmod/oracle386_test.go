package kmod

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rv86/tests/lab"
)

// The i386 row against GNU ld. ld keeps its GOT slots in .got and calls the
// start of .got.plt the GOT; ours is one table. So .got.plt is put where our
// GOT is, and a field that holds a slot's place in the GOT is compared by what
// the slot holds.

// i386Base is a place below 2^32 for the regions.
const i386Base = 0xe0800000

var i386Flags = []string{
	"-O2 -fno-pic",
	"-O0 -fno-pic",
	"-O2 -fPIC -fno-plt",
	"-O2 -fPIC",
	"-Os -fPIE",
}

// i386Tools finds a compiler and linker: a cross compiler, or the host's own.
func i386Tools(t *testing.T) (cc, ld []string) {
	if _, err := exec.LookPath("i686-linux-gnu-gcc"); err == nil {
		return []string{"i686-linux-gnu-gcc"}, []string{"i686-linux-gnu-ld"}
	}
	probe := exec.Command("gcc", "-m32", "-x", "c", "-c", "-o", os.DevNull, "-")
	if probe.Run() == nil {
		return []string{"gcc", "-m32"}, []string{"ld", "-m", "elf_i386"}
	}
	lab.Skip(t, "no comparison with GNU ld for i386: install gcc-i686-linux-gnu")
	return nil, nil
}

const thisModule386 = `
	.section .gnu.linkonce.this_module,"aw"
	.align 4
	.long 0, 0
	.asciz "m"
	.zero 84 - 10
`

func TestI386AgainstGNULd(t *testing.T) {
	cc, ld := i386Tools(t)
	seen := map[string]int{}
	src, _ := filepath.Abs("testdata/oracle/mix.c")
	for _, flags := range i386Flags {
		t.Run(flags, func(t *testing.T) {
			dir := t.TempDir()
			compile := func(args ...string) { run(t, dir, cc[0], append(cc[1:len(cc):len(cc)], args...)...) }
			link := func(args ...string) { run(t, dir, ld[0], append(ld[1:len(ld):len(ld)], args...)...) }
			compile(append(strings.Fields(flags), "-ffreestanding", "-nostdinc", "-fno-common", "-fno-asynchronous-unwind-tables",
				"-fcf-protection=none", "-c", "-o", "m.o", src)...)
			if err := os.WriteFile(filepath.Join(dir, "this.S"), []byte(thisModule386), 0o600); err != nil {
				t.Fatal(err)
			}
			compile("-c", "-o", "this.o", "this.S")
			link("-r", "-o", "m.ko", "m.o", "this.o")
			compareI386(t, dir, link, seen)
		})
	}
	for _, row := range I386.Relocs() {
		if seen[row.Name] == 0 && row.value != valueNone {
			t.Errorf("%s: no source of the corpus has one", row.Name)
		}
	}
}

func compareI386(t *testing.T, dir string, link func(...string), seen map[string]int) {
	file, err := os.ReadFile(filepath.Join(dir, "m.ko"))
	if err != nil {
		t.Fatal(err)
	}
	spec, err := Parse(file, I386)
	if err != nil {
		t.Fatal(err)
	}
	l, err := spec.Place()
	if err != nil {
		t.Fatal(err)
	}
	ext := externs386{}
	im, err := spec.Link(l, Memory{
		Core: make([]byte, l.Regions[Core].Size), CoreBase: i386Base,
		Init: make([]byte, l.Regions[Init].Size), InitBase: i386Base + 0x400000,
	}, ext, func(s Step) { seen[s.Reloc.Type.Name]++ })
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	script.WriteString("SECTIONS {\n")
	for i := range spec.Sections {
		if mem, base := im.SectionMem(i); len(mem) > 0 {
			fmt.Fprintf(&script, " %s %#x : { KEEP(*(%s)) }\n", spec.Sections[i].Name, base, spec.Sections[i].Name)
		}
	}
	fmt.Fprintf(&script, " .got.plt %#x : { *(.got.plt) }\n .got : { *(.got) }\n", im.gotBase()+gotShift)
	script.WriteString(" /DISCARD/ : { *(.modinfo) *(.note*) *(.comment) *(.text) *(.data) *(.bss) }\n}\n")
	for name, addr := range ext {
		fmt.Fprintf(&script, "%s = %#x;\n", name, addr)
	}
	if err := os.WriteFile(filepath.Join(dir, "m.ld"), []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	link("--no-relax", "-static", "-e", "0", "-T", "m.ld", "-o", "out", "m.ko")
	out, err := elf.Open(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	for i := range spec.Sections {
		mem, base := im.SectionMem(i)
		if len(mem) == 0 || spec.Sections[i].NoBits() {
			continue
		}
		s := out.Section(spec.Sections[i].Name)
		if s == nil || s.Addr != base {
			t.Fatalf("ld's %s is elsewhere", spec.Sections[i].Name)
		}
		want, err := s.Data()
		if err != nil {
			t.Fatal(err)
		}
		got := append([]byte(nil), mem...)
		sameGOT(t, im, i, got, want)
		if !bytes.Equal(got, want) {
			at := 0
			for at < min(len(got), len(want)) && got[at] == want[at] {
				at++
			}
			t.Errorf("%s: byte %#x: %x, ld has %x", s.Name, at, got[at:min(at+8, len(got))], want[at:min(at+8, len(want))])
		}
	}
}

// gotShift is how far ld's GOT is from ours: it must not lie over our sections.
const gotShift = 0x100000

// sameGOT checks the fields that depend on where the GOT is, and then takes
// ld's. ld may have turned `mov slot, reg` into `lea symbol, reg`, of which
// only the last byte of the opcode lies before the field.
func sameGOT(t *testing.T, im *Image, sec int, got, want []byte) {
	if len(got) != len(want) {
		return
	}
	for _, rs := range im.Spec.Relocs {
		if rs.Target != sec {
			continue
		}
		for _, r := range rs.Relocs {
			ours, theirs := int32(get32(got[r.Offset:])), int32(get32(want[r.Offset:]))
			switch r.Type.value {
			case valueGOTBase, valueGOTOff:
				shift := int32(gotShift)
				if r.Type.value == valueGOTOff {
					shift = -shift
				}
				if theirs-ours != shift {
					t.Errorf("%s at %#x: %#x, ld has %#x with its GOT %#x further on", r.Type.Name, r.Offset, ours, theirs, gotShift)
				}
			case valueGOTAbs:
				slot := im.Mem.Core[im.Layout.GOT+uint64(uint32(ours)):]
				if get32(slot) != im.Addr[r.Sym] {
					t.Errorf("%s at %#x: slot %#x holds %#x, want %#x", r.Type.Name, r.Offset, ours, get32(slot), im.Addr[r.Sym])
				}
				copy(got[r.Offset-2:r.Offset], want[r.Offset-2:])
			default:
				continue
			}
			copy(got[r.Offset:r.Offset+4], want[r.Offset:])
		}
	}
}

// externs386 is externs with addresses of 32 bits.
type externs386 map[string]uint64

func (e externs386) Resolve(name string) (uint64, error) {
	if _, ok := e[name]; !ok {
		e[name] = 0xc0100000 + uint64(len(e))*64
	}
	return e[name], nil
}
