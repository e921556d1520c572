package corpus

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"rv86/kmod"
	"rv86/tests/kofile"
	"rv86/tests/lab"
)

// machine is what the comparison needs of one.
type machine struct {
	*kmod.Machine
	source     source
	ld, pkg    string
	core, init uint64 // where the module would be
	outside    uint64 // symbols from outside
}

var machines = []machine{
	{
		kmod.RISCV64,
		source{"riscv64", "trixie", "linux-image-riscv64"},
		"riscv64-linux-gnu-ld", "binutils-riscv64-linux-gnu", 0xffffffff80003000, 0xffffffff88003000, 0xffffffff90001000,
	},
	{
		kmod.I386,
		source{"i386", "bookworm", "linux-image-686-pae"},
		"i686-linux-gnu-ld", "binutils-i686-linux-gnu", 0xe0800000, 0xe8800000, 0xc0100000,
	},
}

// whole says that all modules are to be taken, and the packages to be fetched.
func whole() bool { return lab.CI() || os.Getenv("RV86_CORPUS") == "all" }

// sample is which part of the modules is taken otherwise.
const sample = 100

// outcome is what became of one module.
type outcome struct {
	sections, bytes, relocs int
	refused                 string
	wrong                   string
}

func TestAgainstGNULd(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: it fetches packages")
	}
	for _, m := range machines {
		t.Run(m.Name, func(t *testing.T) {
			lab.Tool(t, m.ld, m.pkg)
			files := fetch(t, m.source)
			if !whole() {
				for i := range files {
					if i*sample < len(files) {
						files[i] = files[i*sample]
					}
				}
				files = files[:(len(files)+sample-1)/sample]
			}
			m.judge(t, files, m.compareAll(t, files))
		})
	}
}

// compareAll goes through the files with two workers.
func (m *machine) compareAll(t *testing.T, files []string) []outcome {
	out := make([]outcome, len(files))
	var wait sync.WaitGroup
	next := make(chan int)
	for range 2 {
		dir := t.TempDir()
		wait.Go(func() {
			for i := range next {
				out[i] = m.compare(files[i], dir)
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	wait.Wait()
	return out
}

// judge sums up: what is wrong is an error, why modules were refused is shown.
func (m *machine) judge(t *testing.T, files []string, outcomes []outcome) {
	var sum outcome
	refused := map[string]int{}
	for i, o := range outcomes {
		switch {
		case o.wrong != "":
			t.Errorf("%s: %s", filepath.Base(files[i]), o.wrong)
		case o.refused != "":
			refused[numbers.ReplaceAllString(o.refused, "N")]++
		}
		sum.sections += o.sections
		sum.bytes += o.bytes
		sum.relocs += o.relocs
	}
	t.Logf("%d modules: %d sections with %d bytes are as ld has them, after %d relocations", len(files), sum.sections, sum.bytes, sum.relocs)
	for _, why := range slices.Sorted(maps.Keys(refused)) {
		t.Logf("refused %d: %s", refused[why], why)
	}
	if sum.relocs == 0 {
		t.Error("nothing was relocated")
	}
}

// numbers and names differ from module to module.
var numbers = regexp.MustCompile(`0x[0-9a-f]+|\d+|'[^']*'`)

// read reads a module, unpacked.
func read(file string) ([]byte, error) {
	if strings.HasSuffix(file, ".xz") {
		return exec.Command("xz", "-dc", file).Output()
	}
	return os.ReadFile(file)
}

// thisModule is the structure whose size Debian's kernel and this one differ in.
const thisModule = ".gnu.linkonce.this_module"

// ours gives a module of Debian's this kernel's struct module; its own becomes
// an ordinary section. Addresses, which `ld -r` with a script leaves behind,
// mean nothing in a relocatable file.
func (m *machine) ours(b []byte) (*kofile.File, error) {
	f, err := kofile.Read(b)
	if err != nil {
		return nil, err
	}
	for _, s := range f.Sections {
		s.Addr = 0
		if s.Name == thisModule {
			s.Name = ".debian.this_module"
		}
	}
	l := m.Module()
	data := make([]byte, l.Size)
	copy(data[l.Name:], f.Info("name"))
	const write, alloc, align = 1, 2, 8
	f.Add(&kofile.Section{Name: thisModule, Type: uint32(elf.SHT_PROGBITS), Flags: write | alloc, Align: align, Data: data})
	return f, nil
}

// externs gives every symbol from outside an address of its own.
type externs struct {
	base uint64
	addr map[string]uint64
}

func (e *externs) Resolve(name string) (uint64, error) {
	const apart = 64
	if _, ok := e.addr[name]; !ok {
		e.addr[name] = e.base + uint64(len(e.addr))*apart
	}
	return e.addr[name], nil
}

// compare links one module both ways.
func (m *machine) compare(file, dir string) (o outcome) {
	fail := func(err error) outcome { return outcome{wrong: err.Error()} }
	b, err := read(file)
	if err != nil {
		return fail(err)
	}
	f, err := m.ours(b)
	if err != nil {
		return fail(err)
	}
	spec, err := kmod.Parse(f.Bytes(), m.Machine)
	if err != nil {
		return outcome{refused: err.Error()}
	}
	lay, err := spec.Place()
	if err != nil {
		return outcome{refused: err.Error()}
	}
	ext := &externs{m.outside, map[string]uint64{}}
	im, err := spec.Link(lay, kmod.Memory{
		Core: make([]byte, lay.Regions[kmod.Core].Size), CoreBase: m.core,
		Init: make([]byte, lay.Regions[kmod.Init].Size), InitBase: m.init,
	}, ext, nil)
	var reloc *kmod.RelocError
	if errors.As(err, &reloc) {
		return outcome{refused: reloc.Type + ": " + reloc.Why}
	}
	if err != nil {
		return fail(err)
	}
	want, err := m.link(f, im, ext, dir)
	if err != nil {
		return fail(err)
	}
	for _, rs := range spec.Relocs {
		o.relocs += len(rs.Relocs)
	}
	for i := range spec.Sections {
		got, base := im.SectionMem(i)
		if len(got) == 0 || spec.Sections[i].NoBits() {
			continue
		}
		o.sections++
		o.bytes += len(got)
		data := want[sectionName(i)]
		if bytes.Equal(got, data) {
			continue
		}
		at := 0
		for at < min(len(got), len(data)) && got[at] == data[at] {
			at++
		}
		o.wrong = fmt.Sprintf("%s at %#x: from byte %#x %x, ld has %x", spec.Sections[i].Name, base, at, got[at:min(at+8, len(got))], data[at:min(at+8, len(data))])
	}
	return o
}

// sectionName is a section's name for ld: each has one of its own.
func sectionName(i int) string { return fmt.Sprintf(".s%d", i) }

// link lets ld do it. Nothing is mergeable then, since ld would move strings.
func (m *machine) link(f *kofile.File, im *kmod.Image, ext *externs, dir string) (map[string][]byte, error) {
	type placed struct {
		name string
		addr uint64
	}
	var places []placed
	for i, s := range f.Sections {
		if _, base := im.SectionMem(i); base != 0 {
			s.Name = sectionName(i)
			places = append(places, placed{s.Name, base})
		}
		s.Flags &^= uint64(elf.SHF_MERGE | elf.SHF_STRINGS | elf.SHF_GROUP | elf.SHF_LINK_ORDER)
	}
	slices.SortStableFunc(places, func(a, b placed) int {
		if a.addr < b.addr {
			return -1
		}
		return 1
	})
	var script strings.Builder
	script.WriteString("SECTIONS {\n")
	for _, p := range places {
		fmt.Fprintf(&script, " %s %#x : { KEEP(*(%s)) }\n", p.name, p.addr, p.name)
	}
	fmt.Fprintf(&script, " .got %#x : { *(.got) *(.got.plt) }\n /DISCARD/ : { *(*) }\n}\n", m.core+0x4000000)
	for _, name := range slices.Sorted(maps.Keys(ext.addr)) {
		fmt.Fprintf(&script, "%q = %#x;\n", name, ext.addr[name])
	}
	in, ld, out := filepath.Join(dir, "in.o"), filepath.Join(dir, "in.ld"), filepath.Join(dir, "out")
	if err := errors.Join(os.WriteFile(in, f.Bytes(), 0o600), os.WriteFile(ld, []byte(script.String()), 0o600)); err != nil {
		return nil, err
	}
	if text, err := exec.Command(m.ld, "--no-relax", "-static", "-e", "0", "-T", ld, "-o", out, in).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", m.ld, err, firstLines(text))
	}
	file, err := elf.Open(out)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data := map[string][]byte{}
	for _, s := range file.Sections {
		if s.Type != elf.SHT_NOBITS && s.Flags&elf.SHF_ALLOC != 0 {
			if data[s.Name], err = s.Data(); err != nil {
				return nil, err
			}
		}
	}
	return data, nil
}

// firstLines keeps a tool's words short.
func firstLines(text []byte) string {
	const enough = 400
	return string(text[:min(len(text), enough)])
}
