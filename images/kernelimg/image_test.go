package kernelimg

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/arch/riscv64/riscv64asm"

	"rv86/kmod/vmlinux"
	"rv86/kmod/vmlinux/ksyms"
	"rv86/tests/lab"
)

var targets = []struct {
	goarch string
	*Target
}{{"riscv64", RISCV64}, {"386", I386}}

// built keeps what buildRaw gave, for every test builds the same kernel.
var built = map[string][2][]byte{}

// buildRaw builds the real kernel, which takes a second with a warm cache, and
// gives the linker's output and what it said. Nobody may change them.
func buildRaw(t *testing.T, goarch, ldflags string) (raw, said []byte) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the kernel")
	}
	if b, ok := built[goarch+ldflags]; ok {
		return b[0], b[1]
	}
	lab.Sources(t, goarch, "rv86/kernel")
	out := filepath.Join(t.TempDir(), "kernel.raw")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", ldflags, "-o", out, "rv86/kernel")
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+goarch, "GO386=softfloat", "CGO_ENABLED=0")
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if raw, err = os.ReadFile(out); err != nil {
		t.Fatal(err)
	}
	built[goarch+ldflags] = [2][]byte{raw, said}
	return raw, said
}

func eachTarget(t *testing.T, f func(t *testing.T, target *Target, raw []byte)) {
	for _, target := range targets {
		t.Run(target.Machine.Name, func(t *testing.T) {
			raw, _ := buildRaw(t, target.goarch, target.LinkFlags)
			f(t, target.Target, raw)
		})
	}
}

func build(t *testing.T, target *Target, raw []byte) (*Image, *elf.File) {
	t.Helper()
	im, err := target.Build(raw, Config{Exports: ksyms.Of(target.Machine)})
	if err != nil {
		t.Fatal(err)
	}
	f, err := elf.NewFile(bytes.NewReader(im.File))
	if err != nil {
		t.Fatal(err)
	}
	return im, f
}

// TestSegments: no page is both written and executed, or in two segments, where
// it is linked or where it is loaded; the machine enters inside the text.
func TestSegments(t *testing.T) {
	eachTarget(t, func(t *testing.T, target *Target, raw []byte) {
		im, f := build(t, target, raw)
		linked, loaded, entered := map[uint64]bool{}, map[uint64]bool{}, false
		for _, p := range f.Progs {
			if p.Type != elf.PT_LOAD {
				continue
			}
			if p.Flags&(elf.PF_W|elf.PF_X) == elf.PF_W|elf.PF_X {
				t.Errorf("segment at %#x is writable and executable", p.Vaddr)
			}
			if inWindow := p.Vaddr >= vmlinux.WindowBase(target.Machine); !inWindow && p.Paddr != p.Vaddr-target.base {
				t.Errorf("segment at %#x is loaded at %#x", p.Vaddr, p.Paddr)
			}
			for a := uint64(0); a < p.Memsz; a += pageSize {
				if linked[(p.Vaddr+a)/pageSize] || loaded[(p.Paddr+a)/pageSize] {
					t.Errorf("page %#x is in two segments", p.Vaddr+a)
				}
				linked[(p.Vaddr+a)/pageSize], loaded[(p.Paddr+a)/pageSize] = true, true
			}
			entered = entered || p.Flags&elf.PF_X != 0 && f.Entry >= p.Paddr && f.Entry < p.Paddr+p.Filesz
		}
		if !entered {
			t.Errorf("the entry point %#x is in no text", f.Entry)
		}
		if got := f.Section(".debug_info"); got == nil {
			t.Error("the debug information is gone")
		}
		if d, err := f.DWARF(); err != nil || d == nil {
			t.Errorf("the debug information is damaged: %v", err)
		}
		if bytes.Equal(im.BuildID, make([]byte, vmlinux.BuildIDLength)) {
			t.Error("no build identifier")
		}
		notes, err := f.Section(".notes").Data()
		if err != nil || !bytes.Equal(vmlinux.BuildID(notes), im.BuildID) {
			t.Errorf(".notes has the build identifier %x, %v; want %x", vmlinux.BuildID(notes), err, im.BuildID)
		}
	})
}

// TestBoundarySymbols: every bound is a symbol, and says the same in the header,
// where the kernel reads it.
func TestBoundarySymbols(t *testing.T) {
	eachTarget(t, func(t *testing.T, target *Target, raw []byte) {
		im, f := build(t, target, raw)
		symbols, err := f.Symbols()
		if err != nil {
			t.Fatal(err)
		}
		at := map[string]uint64{}
		for _, s := range symbols {
			at[s.Name] = s.Value
		}
		head, err := f.Section(".head.text").Data()
		if err != nil {
			t.Fatal(err)
		}
		bounds, err := vmlinux.ReadBounds(head[vmlinux.HeaderOffset:], im.word)
		if err != nil {
			t.Fatal(err)
		}
		for b, addr := range bounds {
			name := vmlinux.Bound(b).String()
			if got, ok := at[name]; !ok || got != addr || addr == 0 {
				t.Errorf("%s is %#x (%v), in the header %#x", name, got, ok, addr)
			}
		}
		for _, name := range []string{".text", ".init.data", ".data..percpu", "__ksymtab", "__kcrctab", "__param", "__ex_table", ".notes"} {
			if f.Section(name) == nil {
				t.Errorf("there is no section %s", name)
			}
		}
		if end := f.Section(".noptrbss"); end.Addr+end.Size != bounds[vmlinux.BSSStop] {
			t.Errorf("__bss_stop is %#x", bounds[vmlinux.BSSStop])
		}
	})
}

// TestExportTables reads the tables as the kernel does: every export is found
// under its name, with its address among the symbols.
func TestExportTables(t *testing.T) {
	eachTarget(t, func(t *testing.T, target *Target, raw []byte) {
		im, f := build(t, target, raw)
		k, err := vmlinux.ReadKsymtab(target.Machine, &im.Bounds, func(va, n uint64) []byte {
			b := make([]byte, n)
			if s := im.sectionAt(va); s != nil {
				copy(b, s.data[va-s.Addr:])
			}
			return b
		})
		if err != nil {
			t.Fatal(err)
		}
		symbols, err := f.Symbols()
		if err != nil {
			t.Fatal(err)
		}
		at := map[string]uint64{}
		for _, s := range symbols {
			at[s.Name] = s.Value
		}
		exports := ksyms.Of(target.Machine)
		for _, e := range exports {
			s, ok := k.Lookup(e.Name)
			if !ok || s.CRC != e.CRC || s.Kind != e.Kind || s.Addr != at[e.Name] || s.Addr == 0 {
				t.Errorf("%s is %+v (%v), at %#x in the symbol table", e.Name, s, ok, at[e.Name])
			}
		}
		n := 0
		k.All(func(vmlinux.Symbol) { n++ })
		if n != len(exports) {
			t.Errorf("%d exports in the tables, want %d", n, len(exports))
		}
		for _, name := range []string{"", "a", "printk_", "zzz"} {
			if _, ok := k.Lookup(name); ok {
				t.Errorf("%q is found", name)
			}
		}
		if k.Stub(k.ReturnStub()) != k.Stubs() || at[vmlinux.ReturnStub] != k.ReturnStub() {
			t.Errorf("the return stub is %#x, in the symbol table %#x", k.ReturnStub(), at[vmlinux.ReturnStub])
		}
	})
}

// TestInitTables: the initcalls are in the order of their levels, and their
// functions and the parameters' are functions of the kernel's.
func TestInitTables(t *testing.T) {
	eachTarget(t, func(t *testing.T, target *Target, raw []byte) {
		im, f := build(t, target, raw)
		functions := map[uint64]string{}
		symbols, err := f.Symbols()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range symbols {
			if elf.ST_TYPE(s.Info) == elf.STT_FUNC && strings.HasPrefix(s.Name, "main.") {
				functions[s.Value] = s.Name
			}
		}
		slice := func(va, n uint64) []byte {
			b, err := im.slice(va, n)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		calls, err := vmlinux.ReadInitcalls(&im.Bounds, im.word, slice)
		if err != nil || len(calls) == 0 {
			t.Fatalf("%d initcalls, %v", len(calls), err)
		}
		for _, c := range calls {
			name := strings.ToLower(strings.TrimPrefix(functions[c.Func], "main."))
			if name != strings.ReplaceAll(c.Name, "_", "") {
				t.Errorf("initcall %s is %s", c.Name, functions[c.Func])
			}
			if s := im.sectionAt(c.Row); s.Name != c.Level.Section() || !s.Freed {
				t.Errorf("initcall %s of level %s is in %s, freed: %v", c.Name, c.Level, s.Name, s.Freed)
			}
		}
		if last := calls[len(calls)-1]; last.Name != "populate_rootfs" {
			t.Errorf("the last initcall is %s", last.Name)
		}
		params, err := vmlinux.ReadParams(&im.Bounds, im.word, slice)
		if err != nil || len(params) == 0 {
			t.Fatalf("%d parameters, %v", len(params), err)
		}
		for _, p := range params {
			if functions[p.Func] == "" {
				t.Errorf("parameter %s is set by no function of the kernel's", p.Name)
			}
		}
	})
}

// TestReset: the riscv64 image starts at the reset address with a jump to the
// entry point.
func TestReset(t *testing.T) {
	raw, _ := buildRaw(t, "riscv64", RISCV64.LinkFlags)
	im, f := build(t, RISCV64, raw)
	head, err := f.Section(".head.text").Data()
	if err != nil || f.Section(".head.text").Addr != resetAddr {
		t.Fatalf(".head.text is at %#x, %v", f.Section(".head.text").Addr, err)
	}
	text := f.Section(".init.text")
	if to := jumpTarget(resetAddr, head); to != text.Addr || f.Entry != resetAddr {
		t.Errorf("the image is entered at %#x, which jumps to %#x; .init.text is at %#x", f.Entry, to, text.Addr)
	}
	b, err := text.Data()
	if err != nil {
		t.Fatal(err)
	}
	const jump = 8
	last := uint64(len(b) - jump)
	if to := jumpTarget(text.Addr+last, b[last:]); to != im.symbolNamed("_kernel_entry").value {
		t.Errorf(".init.text ends with a jump to %#x", to)
	}
}

// jumpTarget evaluates auipc + jalr at an address.
func jumpTarget(at uint64, b []byte) uint64 {
	auipc, jalr := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
	return uint64(int64(at) + int64(int32(auipc&^0xfff)) + int64(int32(jalr)>>20))
}

func TestFarCarries(t *testing.T) {
	const from = resetAddr + 0x123450
	for _, off := range []int64{0x1000, 0x17fe, 0x17ff, 0x1800, 0x1801, 0x7ffff7fe, -2, -0x800, -0x801, -0x1000, -0x80000} {
		to := uint64(int64(from) + off)
		pair := far(from, to)
		if got := jumpTarget(from, code(pair[0], pair[1])); got != to {
			t.Errorf("offset %#x: jumps to %#x", off, got)
		}
	}
}

// TestInitTextRISCV reads the startup code back with another disassembler.
func TestInitTextRISCV(t *testing.T) {
	raw, _ := buildRaw(t, "riscv64", RISCV64.LinkFlags)
	im, _ := build(t, RISCV64, raw)
	var got []string
	for b := im.find(".init.text").data; len(b) > 0; b = b[4:] {
		inst, err := riscv64asm.Decode(b)
		if err != nil {
			t.Fatalf("% x: %v", b[:4], err)
		}
		got = append(got, strings.ToLower(inst.Op.String()))
	}
	want := "csrrs beq auipc jalr auipc addi csrrw addi csrrw addi csrrw auipc jalr"
	if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
		t.Error(diff)
	}
}

// TestMultiboot: a multiboot loader finds its header.
func TestMultiboot(t *testing.T) {
	raw, _ := buildRaw(t, "386", I386.LinkFlags)
	im, f := build(t, I386, raw)
	const searched, align, size = 8 << 10, 4, 12 // Multiboot 3.1
	at := bytes.Index(im.File[:searched], binary.LittleEndian.AppendUint32(nil, multibootMagic))
	if at < 0 || at%align != 0 {
		t.Fatalf("multiboot header at %d", at)
	}
	sum := uint32(0)
	for i := 0; i < size; i += align {
		sum += binary.LittleEndian.Uint32(im.File[at+i:])
	}
	if sum != 0 {
		t.Errorf("the header's sum is %#x", sum)
	}
	if text := f.Section(".init.text"); text.Addr-kernelBase != f.Entry {
		t.Errorf("the entry point is %#x, .init.text at %#x", f.Entry, text.Addr)
	}
	const extendedMemory = 1 << 20
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD && p.Paddr < extendedMemory {
			t.Errorf("segment at %#x is loaded at %#x", p.Vaddr, p.Paddr)
		}
	}
}

// TestRamfs: an embedded root file system is a section of its own, and kept.
func TestRamfs(t *testing.T) {
	eachTarget(t, func(t *testing.T, target *Target, raw []byte) {
		data := bytes.Repeat([]byte("070701"), 2000)
		im, err := target.Build(raw, Config{Exports: ksyms.Of(target.Machine), Ramfs: data})
		if err != nil {
			t.Fatal(err)
		}
		s := im.find(".init.ramfs")
		if s == nil || s.Freed || s.Addr != im.Bounds[vmlinux.InitramfsStart] || s.end() != im.Bounds[vmlinux.InitramfsEnd] || !bytes.Equal(s.data, data) {
			t.Errorf("the section is %+v", s)
		}
	})
}

// TestDiscard: what is never used takes no memory, and nothing else is lost.
func TestDiscard(t *testing.T) {
	eachTarget(t, func(t *testing.T, target *Target, raw []byte) {
		im, err := target.read(raw)
		if err != nil {
			t.Fatal(err)
		}
		bss := im.find(".noptrbss")
		before, symbols := bss.Size, len(im.symbols)
		const added = 12345
		im.symbols = append(im.symbols, symbol{name: "crypto/internal/fips140/drbg.memory", value: bss.end(), size: added, section: bss})
		bss.Size += added
		if err := im.discard(nil); err != nil {
			t.Fatal(err)
		}
		if bss.Size > before || len(im.symbols) > symbols {
			t.Errorf("%d bytes are left of %d, %d symbols of %d", bss.Size, before, len(im.symbols), symbols)
		}
		im.symbols = append(im.symbols,
			symbol{name: "crypto/internal/fips140/drbg.memory", value: bss.end(), size: added, section: bss},
			symbol{name: "last", value: bss.end() + added, size: 8, section: bss})
		bss.Size += added + 8
		if err := im.discard(nil); err == nil || !strings.HasPrefix(err.Error(), "last lies behind") {
			t.Errorf("a variable behind it: %v", err)
		}
	})
}

// TestAssertions: what a linker script would assert stops the build with a
// sentence.
func TestAssertions(t *testing.T) {
	eachTarget(t, func(t *testing.T, target *Target, raw []byte) {
		good, _ := build(t, target, raw)
		for _, c := range []struct {
			name  string
			spoil func(im *Image)
			want  string
		}{
			{"alignment", func(im *Image) { im.Bounds[vmlinux.InitBegin] += 8 }, "__init_begin is .*, not on a page boundary"},
			{"section alignment", func(im *Image) { im.find("__ksymtab").Addr++ }, "__ksymtab is at .*, not aligned to 8"},
			{"overlap", func(im *Image) { im.find(".data..percpu").Size += pageSize }, "addresses of .data..percpu and __ksymtab overlap"},
			{"load overlap", func(im *Image) { im.find(".text.exports").Load -= pageSize }, "load addresses of .* overlap"},
			{"written and executed", func(im *Image) { im.find(".text").Flags |= elf.SHF_WRITE }, "text is writable and executable"},
			{"shared page", func(im *Image) { im.find(".notes").Flags |= elf.SHF_WRITE }, "share the page .*, but not their rights"},
			{"order", func(im *Image) { im.Bounds[vmlinux.StopParam], im.Bounds[vmlinux.StartParam] = 1, 2 }, "__start___param is 0x2, below"},
			{"head", func(im *Image) { im.Bounds[vmlinux.Stext] += pageSize }, "_text is .* the machine starts at"},
			{"entry", func(im *Image) { im.entry = 0 }, "entry point 0x0 is not between"},
			{"size", func(im *Image) {
				for b := vmlinux.InitEnd; b <= vmlinux.End; b++ {
					im.Bounds[b] += imageRoom
				}
			}, "the image takes .* KiB; it has 8192 KiB"},
			{"per-CPU", func(im *Image) { im.Bounds[vmlinux.PerCPUEnd] -= 8 }, "per-CPU area has 8184 bytes"},
			{"exports", func(im *Image) { im.Bounds[vmlinux.ExportsEnd] += pageSize }, "the exports take"},
		} {
			im := *good
			im.Sections = nil
			for _, s := range good.Sections {
				copied := *s
				im.Sections = append(im.Sections, &copied)
			}
			if err := im.assert(nil); err != nil {
				t.Fatalf("the image itself: %v", err)
			}
			c.spoil(&im)
			err := im.assert(nil)
			if err == nil || !regexp.MustCompile(c.want).MatchString(err.Error()) {
				t.Errorf("%s: %v; want %q", c.name, err, c.want)
			}
		}
	})
}

func TestBuildRefuses(t *testing.T) {
	eachTarget(t, func(t *testing.T, target *Target, raw []byte) {
		exports := ksyms.Of(target.Machine)
		many := make([]vmlinux.Export, vmlinux.ExportsRoom/vmlinux.StubSize)
		for i := range many {
			many[i].Name = fmt.Sprint(i)
		}
		other := bytes.Clone(raw)
		other[18]++ // e_machine
		for _, c := range []struct {
			name string
			raw  []byte
			c    Config
			want string
		}{
			{"empty", nil, Config{}, "no ELF file"},
			{"cut", raw[:4096], Config{}, "kernel image: "},
			{"another machine", other, Config{}, "is for .*, not for"},
			{"an export twice", raw, Config{Exports: append(exports, exports[0])}, "is exported twice"},
			{"too many exports", raw, Config{Exports: many}, "the exports need .* KiB of the module window"},
			{"a lost function", raw, Config{Exports: []vmlinux.Export{{Name: "v", Words: []vmlinux.Word{{Func: "f"}}}}}, "v names f, which is not exported"},
		} {
			_, err := target.Build(c.raw, c.c)
			if err == nil || !regexp.MustCompile(c.want).MatchString(err.Error()) {
				t.Errorf("%s: %v; want %q", c.name, err, c.want)
			}
		}
	})
}

// TestSystemMap: the list is in nm's form and order.
func TestSystemMap(t *testing.T) {
	eachTarget(t, func(t *testing.T, target *Target, raw []byte) {
		im, _ := build(t, target, raw)
		line := regexp.MustCompile(`^[0-9a-f]+ [tTrRdDbB] \S`)
		last, n := "", 0
		for l := range strings.Lines(string(im.SystemMap())) {
			if !line.MatchString(l) || l[:2*im.word] < last {
				t.Errorf("line %q behind %s", l, last)
			}
			last = l[:2*im.word]
			n++
		}
		if n < 1000 {
			t.Errorf("%d lines", n)
		}
	})
}

// TestMap holds the order of the sections.
func TestMap(t *testing.T) {
	eachTarget(t, func(t *testing.T, target *Target, raw []byte) {
		im, _ := build(t, target, raw)
		var out strings.Builder
		im.WriteMap(&out)
		var got []string
		for l := range strings.Lines(out.String()) {
			f := strings.Fields(l)
			got = append(got, strings.Join(append(f[:1], f[4:]...), " "))
		}
		want := []string{"section", ".head.text r-x", ".text r-x", ".rodata r--", ".gopclntab r--", ".typelink r--", ".itablink r--"}
		if diff := cmp.Diff(want, got[:len(want)]); diff != "" {
			t.Error(diff)
		}
		if last := got[len(got)-1]; last != ".initcallrootfs.init rw- freed after boot" {
			t.Errorf("last is %q", last)
		}
	})
}

// TestNoWriteBarriers: the compiler reports no write barrier in the nucleus,
// whose code must run when the runtime is in any state.
func TestNoWriteBarriers(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the nucleus")
	}
	for _, target := range targets {
		lab.Sources(t, target.goarch, "rv86/kernel/nucleus")
		cmd := exec.Command("go", "build", "-gcflags=rv86/kernel/nucleus=-d=wb", "rv86/kernel/nucleus")
		cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+target.goarch, "GO386=softfloat", "CGO_ENABLED=0")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, line := range strings.Split(string(out), "\n") {
			// api*.go runs in goroutines, where barriers are welcome.
			if strings.Contains(line, "write barrier") && !strings.Contains(line, "/api.go:") {
				t.Errorf("%s: %s", target.goarch, line)
			}
		}
	}
}
