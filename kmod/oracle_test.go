package kmod

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rv86/tests/lab"
)

// The oracle: GNU ld links the same object with its sections at the same
// addresses, and every byte of every section must be the same.

const (
	oracleCC = "riscv64-linux-gnu-gcc"
	oracleLD = "riscv64-linux-gnu-ld"
	// Where the module would be: in the window, the two regions some way off
	// each other.
	coreBase = 0xffffffff80003000
	initBase = 0xffffffff80403000
	// Symbols from outside, as far away as the window allows.
	externBase = 0xfffffffff0001000
)

// tool says whether a tool is there; a missing one skips, or fails in CI.
func tool(t *testing.T, name string) { lab.Tool(t, name, "gcc-riscv64-linux-gnu") }

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// externs gives every unknown symbol an address of its own.
type externs map[string]uint64

func (e externs) Resolve(name string) (uint64, error) {
	if _, ok := e[name]; !ok {
		e[name] = externBase + uint64(len(e))*64
	}
	return e[name], nil
}

// oracleFlags are the ways in which the corpus is compiled.
var oracleFlags = []string{
	"-O2 -mcmodel=medany -mno-relax",
	"-O2 -mcmodel=medany -mrelax",
	"-O2 -mcmodel=medlow -mno-relax",
	"-O0 -mcmodel=medany -mno-relax",
	"-O0 -mcmodel=medlow -mrelax",
	"-O2 -g -mcmodel=medany -mno-relax -fasynchronous-unwind-tables",
	"-O2 -fPIC -mno-relax",
	"-Os -mcmodel=medany -mno-relax -ffunction-sections -fdata-sections",
	"-O2 -mcmodel=medany -march=rv64imac -mabi=lp64 -mno-relax",
	"-O2 -mcmodel=medany -march=rv64ima -mabi=lp64 -mno-relax",
	"-O3 -mcmodel=medlow -funroll-loops -fno-jump-tables -mno-relax",
}

func TestAgainstGNULd(t *testing.T) {
	tool(t, oracleCC)
	sources, _ := filepath.Glob("testdata/oracle/*.[cS]")
	mods, _ := filepath.Glob("modules/*/*.c")
	sources = append(sources, mods...)
	if len(sources) < 6 {
		t.Fatalf("only %d sources", len(sources))
	}
	include, _ := filepath.Abs("include")
	seen := map[string]int{}
	for _, src := range sources {
		for _, flags := range oracleFlags {
			name := filepath.Base(src) + " " + flags
			t.Run(name, func(t *testing.T) {
				dir := t.TempDir()
				obj := filepath.Join(dir, "m.o")
				abs, _ := filepath.Abs(src)
				args := append(strings.Fields(flags), "-ffreestanding", "-nostdinc", "-fno-common", "-I", include,
					"-DMODULE", `-DKBUILD_MODNAME="m"`, "-c", "-o", obj, abs)
				run(t, dir, oracleCC, args...)
				compareWithLd(t, dir, obj, seen)
			})
		}
	}
	for _, row := range RISCV64.Relocs() {
		if seen[row.Name] == 0 && !strings.Contains(notInCorpus, row.Name+" ") {
			t.Errorf("%s: no source of the corpus has one", row.Name)
		}
	}
}

// notInCorpus are the types that Debian 12's gcc and gas never emit, or ld does
// not know; they have rows in boundary_test.go.
const notInCorpus = "R_RISCV_NONE R_RISCV_CALL R_RISCV_RVC_LUI R_RISCV_PLT32 R_RISCV_SET_ULEB128 R_RISCV_SUB_ULEB128 "

// addThis makes a module of a plain object: the loader wants a struct module.
const thisModule = `
	.section .gnu.linkonce.this_module,"aw"
	.align 3
	.dword 0
	.asciz "m"
	.zero 102 - 8
`

func compareWithLd(t *testing.T, dir, obj string, seen map[string]int) {
	asm := filepath.Join(dir, "this.S")
	if err := os.WriteFile(asm, []byte(thisModule), 0o644); err != nil {
		t.Fatal(err)
	}
	ko := filepath.Join(dir, "m.ko")
	run(t, dir, oracleCC, "-c", "-mno-relax", "-mabi="+abiOf(t, obj), "-march="+archOf(t, obj), "-o", "this.o", asm)
	run(t, dir, oracleLD, "-r", "-o", ko, obj, "this.o")
	file, err := os.ReadFile(ko)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := Parse(file, RISCV64)
	if err != nil {
		t.Fatal(err)
	}
	l, err := spec.Place()
	if err != nil {
		t.Fatal(err)
	}
	ext := externs{}
	im, err := spec.Link(l, Memory{
		Core: make([]byte, l.Regions[Core].Size), CoreBase: coreBase,
		Init: make([]byte, l.Regions[Init].Size), InitBase: initBase,
	}, ext, func(s Step) { seen[s.Reloc.Type.Name]++ })
	if err != nil {
		if strings.Contains(err.Error(), "compile with -mno-relax") {
			return // as it should: ld would shorten the padding
		}
		t.Fatal(err)
	}
	for _, rs := range spec.Relocs {
		for _, r := range rs.Relocs {
			if r.Type.value == valueNone || r.Type.value == valueAlign {
				seen[r.Type.Name]++
			}
		}
	}
	want := linkWithLd(t, dir, file, im, ext)
	for i := range spec.Sections {
		mem, base := im.SectionMem(i)
		if len(mem) == 0 || spec.Sections[i].NoBits() {
			continue
		}
		name := fmt.Sprintf(".s%d", i)
		got := append([]byte(nil), mem...)
		maskGOT(t, im, i, got, want[name], want)
		if !bytes.Equal(got, want[name].data) {
			at := 0
			for at < len(got) && at < len(want[name].data) && got[at] == want[name].data[at] {
				at++
			}
			t.Errorf("section %s at %#x: byte %#x: %x, ld has %x", spec.Sections[i].Name, base, at, got[at:min(at+8, len(got))],
				want[name].data[at:min(at+8, len(want[name].data))])
		}
	}
}

type ldSection struct {
	addr uint64
	data []byte
}

// linkWithLd links a copy of the file in which every loaded section has a name
// of its own, so that a linker script can place it, and none is mergeable,
// since ld would move strings.
func linkWithLd(t *testing.T, dir string, file []byte, im *Image, ext externs) map[string]ldSection {
	t.Helper()
	b := append([]byte(nil), file...)
	le := binary.LittleEndian
	shoff := le.Uint64(b[40:])
	var names, script bytes.Buffer
	names.WriteByte(0)
	script.WriteString("SECTIONS {\n")
	for i := range im.Spec.Sections {
		h := b[shoff+uint64(i)*64:]
		const shfMerge, shfStrings, shfGroup = 1 << 4, 1 << 5, 1 << 9
		le.PutUint64(h[8:], le.Uint64(h[8:])&^(shfMerge|shfStrings|shfGroup))
		name := im.Spec.Sections[i].Name
		if _, base := im.SectionMem(i); base != 0 {
			name = fmt.Sprintf(".s%d", i)
			fmt.Fprintf(&script, " %s %#x : { KEEP(*(%s)) }\n", name, base, name)
		}
		le.PutUint32(h, uint32(names.Len()))
		names.WriteString(name + "\x00")
	}
	// ld's own GOT, anywhere in reach.
	fmt.Fprintf(&script, " .got %#x : { *(.got) *(.got.plt) }\n /DISCARD/ : { *(.modinfo) *(.note*) *(.comment) *(.debug*) *(.riscv*) }\n}\n", uint64(coreBase+0x200000))
	for name, addr := range ext {
		fmt.Fprintf(&script, "%s = %#x;\n", name, addr)
	}
	strtab := b[shoff+uint64(le.Uint16(b[62:]))*64:]
	le.PutUint64(strtab[24:], uint64(len(b)))
	le.PutUint64(strtab[32:], uint64(names.Len()))
	b = append(b, names.Bytes()...)
	in, ld, out := filepath.Join(dir, "in.o"), filepath.Join(dir, "in.ld"), filepath.Join(dir, "out")
	if os.WriteFile(in, b, 0o644) != nil || os.WriteFile(ld, script.Bytes(), 0o644) != nil {
		t.Fatal("cannot write ld's input")
	}
	run(t, dir, oracleLD, "--no-relax", "-static", "-e", "0", "-T", ld, "-o", out, in)
	f, err := elf.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	secs := map[string]ldSection{}
	for _, s := range f.Sections {
		if s.Type != elf.SHT_NOBITS && s.Flags&elf.SHF_ALLOC != 0 {
			data, err := s.Data()
			if err != nil {
				t.Fatal(err)
			}
			secs[s.Name] = ldSection{s.Addr, data}
		}
	}
	return secs
}

// maskGOT compares what goes through the GOT by meaning: ld orders its slots in
// its own way, so the two instructions differ, but both slots must hold the
// symbol's address. Then ours gets ld's bytes.
func maskGOT(t *testing.T, im *Image, sec int, got []byte, want ldSection, all map[string]ldSection) {
	if len(got) != len(want.data) {
		return
	}
	viaGOT := map[uint64]int{} // address of the auipc -> symbol
	_, base := im.SectionMem(sec)
	for _, rs := range im.Spec.Relocs {
		_, b := im.SectionMem(rs.Target)
		for _, r := range rs.Relocs {
			if r.Type.value == valueGOTRel {
				viaGOT[b+r.Offset] = r.Sym
			}
		}
	}
	for _, rs := range im.Spec.Relocs {
		if rs.Target != sec {
			continue
		}
		for _, r := range rs.Relocs {
			sym, ok := viaGOT[im.Addr[r.Sym]]
			if r.Type.value == valueHiOf && ok {
				hi := im.Addr[r.Sym]
				auipc := binary.LittleEndian.Uint32(want.data[hi-base:])
				lo := binary.LittleEndian.Uint32(want.data[r.Offset:])
				slot := hi + uint64(int64(int32(auipc&0xfffff000))) + uint64(int64(int32(lo)>>20))
				g := all[".got"]
				if slot < g.addr || slot+8 > g.addr+uint64(len(g.data)) || binary.LittleEndian.Uint64(g.data[slot-g.addr:]) != im.Addr[sym] {
					t.Errorf("ld's GOT slot %#x does not hold %#x", slot, im.Addr[sym])
				}
				ours := im.gotSlotAddr(sym)
				if mem := im.Mem.Core[ours-coreBase:]; binary.LittleEndian.Uint64(mem) != im.Addr[sym] {
					t.Errorf("our GOT slot of %s is wrong", im.Spec.SymbolName(sym))
				}
				copy(got[hi-base:hi-base+4], want.data[hi-base:])
				copy(got[r.Offset:r.Offset+4], want.data[r.Offset:])
			}
		}
	}
}

// abiOf and archOf say how an object was compiled, so that the part added to it
// can be linked with it.
func abiOf(t *testing.T, obj string) string {
	f, err := elf.Open(obj)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := os.ReadFile(obj)
	if err != nil {
		t.Fatal(err)
	}
	const efFloat = 6 // EF_RISCV_FLOAT_ABI
	if binary.LittleEndian.Uint32(b[48:])&efFloat == 0 {
		return "lp64"
	}
	return "lp64d"
}

func archOf(t *testing.T, obj string) string {
	if abiOf(t, obj) == "lp64" {
		return "rv64imac"
	}
	return "rv64gc"
}
