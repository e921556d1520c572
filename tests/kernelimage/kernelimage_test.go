package kernelimage

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rv86/images/kernelimg"
	"rv86/kmod/vmlinux"
	"rv86/kmod/vmlinux/ksyms"
	"rv86/machine"
	"rv86/machine/session"
	"rv86/mmu"
	"rv86/mmu/ia32"
	"rv86/mmu/sv39"
	"rv86/tests/lab"
)

const (
	pageSize = 4096
	timeout  = 2 * time.Minute
)

// guest is a machine's image and a way to boot it.
type guest struct {
	arch   string
	target *kernelimg.Target
	dir    string
	word   int
	file   *elf.File
	bounds vmlinux.Bounds
}

func eachGuest(t *testing.T, f func(t *testing.T, g *guest)) {
	if testing.Short() {
		t.Skip("boots the machine")
	}
	for _, target := range []*kernelimg.Target{kernelimg.RISCV64, kernelimg.I386} {
		g := &guest{arch: target.Machine.Name, target: target, word: target.Machine.WordSize()}
		t.Run(g.arch, func(t *testing.T) {
			g.open(t)
			f(t, g)
		})
	}
}

func (g *guest) open(t *testing.T) {
	var err error
	g.dir = lab.Images(t, g.arch, "System.map")
	if g.file, err = elf.Open(filepath.Join(g.dir, "kernel.elf")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.file.Close() })
	head, err := g.file.Section(".head.text").Data()
	if err != nil {
		t.Fatal(err)
	}
	if g.bounds, err = vmlinux.ReadBounds(head[vmlinux.HeaderOffset:], g.word); err != nil {
		t.Fatal(err)
	}
}

// boot runs commands and gives what they print, and the machine as they left it.
func (g *guest) boot(t *testing.T, commands string, change func(*session.Options)) (string, *machine.Machine) {
	t.Helper()
	var console bytes.Buffer
	o := session.Options{ImageDirs: []string{g.dir}, Console: &console}
	o.Arch, o.Command, o.Timeout = g.arch, &commands, timeout
	o.Memory = 128 << 20
	if change != nil {
		change(&o)
	}
	m, done, err := session.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	ctx, cancel := o.WithLimits(t.Context())
	defer cancel()
	if out := m.Run(ctx, machine.RunConfig{}); out.Status != 0 {
		t.Fatalf("status %d %s\n%s", out.Status, out.Reason, console.String())
	}
	return console.String(), m
}

// systemMap reads images/ARCH/System.map: addresses by name.
func (g *guest) systemMap(t *testing.T) map[string]uint64 {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(g.dir, "System.map"))
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]uint64{}
	for line := range strings.Lines(string(text)) {
		f := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if at[f[2]], err = strconv.ParseUint(f[0], 16, 64); err != nil {
			t.Fatal(err)
		}
	}
	return at
}

// listed is a line of System.map or /proc/kallsyms without its letter.
type listed struct {
	addr uint64
	name string
}

// readList reads such lines: the letter of each, and all in their order.
func readList(t *testing.T, lines string) (letters map[listed]string, order []listed) {
	t.Helper()
	letters = map[listed]string{}
	for line := range strings.Lines(lines) {
		f := strings.SplitN(strings.TrimRight(line, "\r\n"), " ", 3) // a name may have spaces
		addr, err := strconv.ParseUint(f[0], 16, 64)
		if err != nil || len(f) < 3 {
			t.Fatalf("%q: %v", line, err)
		}
		// Go's linker marks what is called by assembly's convention in the symbol
		// table, and not in the table of functions.
		l := listed{addr, strings.TrimSuffix(f[2], ".abi0")}
		letters[l] = f[1]
		order = append(order, l)
	}
	return letters, order
}

// funcLetter: the entry points are global, but have no package, like assembly's own
// functions.
func funcLetter(name, letter string) string {
	if !strings.Contains(name, ".") {
		return "t"
	}
	return letter
}

// TestKallsyms: the running kernel's bounds, functions and exports have the
// addresses, the classes and the names that were known when the image was built,
// and are sorted by address.
func TestKallsyms(t *testing.T) {
	eachGuest(t, func(t *testing.T, g *guest) {
		out, _ := g.boot(t, "cat /proc/kallsyms", nil)
		text, err := os.ReadFile(filepath.Join(g.dir, "System.map"))
		if err != nil {
			t.Fatal(err)
		}
		want, _ := readList(t, string(text))
		got, order := readList(t, out)
		if !slices.IsSortedFunc(order, func(a, b listed) int {
			if a.addr < b.addr {
				return -1
			}
			return int(min(a.addr-b.addr, 1))
		}) {
			t.Error("it is not sorted by address")
		}
		for l := range got {
			// A variable whose contents are made while booting has its place from
			// then on, among the modules. A function there is one that the list
			// lacks, which is found below.
			later := l.addr >= vmlinux.WindowBase(g.target.Machine)+vmlinux.ExportsRoom
			if !later && want[l] == "" {
				t.Errorf("%s at %#x is not in System.map", l.name, l.addr)
			}
		}
		// Marks are no functions, and what the image builder adds is not Go's.
		marks := []string{"runtime.text", "runtime.etext", "go:textfipsstart", "go:textfipsend", "_stext"}
		at := g.systemMap(t)
		functions := 0
		for l, letter := range want {
			if strings.ToLower(letter) != "t" || l.addr < at["runtime.text"] || l.addr >= at["runtime.etext"] || slices.Contains(marks, l.name) {
				continue
			}
			functions++
			if letter = funcLetter(l.name, letter); got[l] != letter {
				t.Errorf("%s at %#x is %s in System.map, %q in /proc/kallsyms", l.name, l.addr, letter, got[l])
			}
		}
		if functions < 5000 {
			t.Errorf("System.map has %d functions of Go", functions)
		}
		seen := map[string]bool{}
		for l := range got {
			seen[l.name] = true
		}
		for _, e := range ksyms.Of(g.target.Machine) {
			if !seen[e.Name] {
				t.Errorf("%s is not in /proc/kallsyms", e.Name)
			}
		}
		for b := vmlinux.Bound(0); b < vmlinux.BoundCount; b++ {
			if !seen[b.String()] {
				t.Errorf("%s is not in /proc/kallsyms", b)
			}
		}
		late, _ := g.boot(t, "dmesg -t | grep '^module: '; true", nil)
		if late != "" {
			t.Errorf("the list of exports is stale: run `make modules`, then `make images`\n%s", late)
		}
	})
}

// ram is a machine's memory as the walkers see it.
type ram struct {
	data []byte
	base uint64
}

func (r ram) at(pa, n uint64) []byte {
	if pa < r.base || pa-r.base+n > uint64(len(r.data)) {
		return nil
	}
	return r.data[pa-r.base:][:n]
}

func (r ram) LoadPTE(pa uint64) (uint64, bool) {
	if b := r.at(pa, 8); b != nil {
		return binary.LittleEndian.Uint64(b), true
	}
	return 0, false
}
func (r ram) StorePTE(uint64, uint64) bool { return true }

func (r ram) Load32(pa uint32) uint32 {
	if b := r.at(uint64(pa), 4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}
func (r ram) Store32(uint32, uint32) {}

// rights are what the kernel may do at an address: "rwx" with dashes; "" if
// nothing is mapped. i386 can execute what it can read.
func (g *guest) rights(r ram, root, va uint64) (rights string, pa uint64) {
	if g.word == 4 {
		c := ia32.Config{CR3: uint32(root), WriteProtect: true, LargePages: true, Global: true}
		p, _, ok := ia32.Walk(r, c, uint32(va), ia32.Access{})
		if !ok {
			return "", 0
		}
		if _, _, ok := ia32.Walk(r, c, uint32(va), ia32.Access{Write: true}); ok {
			return "rw", uint64(p.Frame)
		}
		return "r-", uint64(p.Frame)
	}
	b := []byte("---")
	for i, a := range []mmu.Access{mmu.Load, mmu.Store, mmu.Fetch} {
		if leaf, fault := sv39.Walk(r, root, va, a, sv39.Mode{}); fault == mmu.NoFault {
			b[i], pa = "rwx"[i], leaf.PA
		}
	}
	if string(b) == "---" {
		return "", 0
	}
	return string(b), pa
}

// TestRights: each section is mapped where it is linked to what was loaded, with
// its rights and no more; init memory is gone from there.
func TestRights(t *testing.T) {
	eachGuest(t, func(t *testing.T, g *guest) {
		_, m := g.boot(t, "true", nil)
		data, base := m.RAM()
		r := ram{data, base}
		root := g.word64(r.at(g.physical(g.systemMap(t)["rv86/kernel/nucleus.kernelRoot"]), 8))
		for _, s := range g.file.Sections {
			if s.Flags&elf.SHF_ALLOC == 0 || s.Size == 0 {
				continue
			}
			want := []byte("r--")
			if s.Flags&elf.SHF_WRITE != 0 {
				want[1] = 'w'
			}
			if s.Flags&elf.SHF_EXECINSTR != 0 {
				want[2] = 'x'
			}
			freed := s.Addr >= g.bounds[vmlinux.InitBegin] && s.Addr < g.bounds[vmlinux.InitEnd]
			for va := s.Addr &^ (pageSize - 1); va < s.Addr+s.Size; va += pageSize {
				got, pa := g.rights(r, root, va)
				switch {
				case freed && g.word == 8 && got != "":
					t.Errorf("%s at %#x is still mapped: %s", s.Name, va, got)
				case freed:
				case got != string(want)[:len(got)]:
					t.Errorf("%s at %#x may be %s, want %s", s.Name, va, got, want)
				case pa != g.physical(va):
					t.Errorf("%s at %#x is the page %#x, want %#x", s.Name, va, pa, g.physical(va))
				}
			}
		}
	})
}

func (g *guest) word64(b []byte) uint64 {
	if g.word == 4 {
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}

// physical is where the image's program headers load a link address.
func (g *guest) physical(va uint64) uint64 {
	for _, p := range g.file.Progs {
		if p.Type == elf.PT_LOAD && va >= p.Vaddr && va < p.Vaddr+(p.Memsz+pageSize-1)&^(pageSize-1) {
			return va - p.Vaddr + p.Paddr
		}
	}
	return 0
}

var (
	freedRE  = regexp.MustCompile(`(?m)^Freeing unused kernel memory: (\d+)K$`)
	memoryRE = regexp.MustCompile(`(?m)^Memory: \d+K/(\d+)K available$`)
	totalRE  = regexp.MustCompile(`(?m)^MemTotal: +(\d+) kB$`)
)

func number(t *testing.T, re *regexp.Regexp, text string) uint64 {
	t.Helper()
	m := re.FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no line %s in:\n%s", re, text)
	}
	n, err := strconv.ParseUint(m[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestInitMemoryIsFreed: boot gives back what lies between __init_begin and
// __init_end, the total grows by that much, and nothing of it is left there.
func TestInitMemoryIsFreed(t *testing.T) {
	eachGuest(t, func(t *testing.T, g *guest) {
		out, m := g.boot(t, "dmesg -t; cat /proc/meminfo", nil)
		const kib = 1 << 10
		freed := number(t, freedRE, out)
		if want := (g.bounds[vmlinux.InitEnd] - g.bounds[vmlinux.InitBegin]) / kib; freed != want || freed == 0 {
			t.Errorf("%d KiB were freed, init memory has %d", freed, want)
		}
		before, after := number(t, memoryRE, out), number(t, totalRE, out)
		if after != before+freed {
			t.Errorf("%d KiB in all before, %d after, %d freed", before, after, freed)
		}
		data, base := m.RAM()
		r := ram{data, base}
		for _, s := range g.file.Sections {
			if s.Addr < g.bounds[vmlinux.InitBegin] || s.Addr >= g.bounds[vmlinux.InitEnd] || s.Size == 0 {
				continue
			}
			old, err := s.Data()
			if err != nil {
				t.Fatal(err)
			}
			if now := r.at(g.physical(s.Addr), s.Size); bytes.Equal(now, old) {
				t.Errorf("%s is still there", s.Name)
			}
		}
	})
}

// TestInitcallDebug: the initcalls run in the order of the image's sections.
func TestInitcallDebug(t *testing.T) {
	eachGuest(t, func(t *testing.T, g *guest) {
		out, _ := g.boot(t, "dmesg -t", func(o *session.Options) { o.Append = "initcall_debug" })
		var want []string
		memory := func(va, n uint64) []byte {
			for _, s := range g.file.Sections {
				if s.Flags&elf.SHF_ALLOC != 0 && va >= s.Addr && va+n <= s.Addr+s.Size {
					b := make([]byte, n)
					if _, err := s.ReadAt(b, int64(va-s.Addr)); err != nil {
						t.Fatal(err)
					}
					return b
				}
			}
			t.Fatalf("%#x is not in the image", va)
			return nil
		}
		calls, err := vmlinux.ReadInitcalls(&g.bounds, g.word, memory)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range calls {
			want = append(want, fmt.Sprintf("calling  %s @ 1", c.Name), fmt.Sprintf("initcall %s returned 0 after N usecs", c.Name))
		}
		var got []string
		usecs := regexp.MustCompile(`after \d+ usecs`)
		for line := range strings.Lines(out) {
			if strings.HasPrefix(line, "calling  ") || strings.HasPrefix(line, "initcall ") {
				got = append(got, usecs.ReplaceAllString(strings.TrimSpace(line), "after N usecs"))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestParameters: the command line's words reach their functions through __param.
func TestParameters(t *testing.T) {
	eachGuest(t, func(t *testing.T, g *guest) {
		for _, c := range []struct{ args, commands, want string }{
			{"module_blacklist=dep-a,hello", "insmod hello 2>/dev/null; echo $?", "hello: module is blacklisted\n1\n"},
			{"module-blacklist=other", "insmod hello", "Hello, world from hello.ko\n"},
			{"loglevel=4", "insmod hello; dmesg -t | tail -n 1", "Hello, world from hello.ko\n"},
			{"quiet nothing=1 some.thing", "insmod hello; echo $?", "0\n"},
			{"loglevel=x", "dmesg -t | grep Booting", "Booting kernel: `x' invalid for parameter `loglevel'\n"},
			{"module.sig=bogus", "dmesg -t | grep invalid", "module: `bogus' invalid for parameter `module.sig': it takes one of off, warn, enforce; enforce holds\n"},
			{"initcall_debug=bogus", "dmesg -t | grep Booting", "Booting kernel: `bogus' invalid for parameter `initcall_debug'\n"},
			{"nomodule=bogus", "dmesg -t | grep invalid; insmod hello", "module: `bogus' invalid for parameter `nomodule': it takes y or n; nothing changes\nHello, world from hello.ko\n"},
			{"loglevel=8", "dmesg -t | grep -c '^Run /init'", "Run /init as init process\r\n1\n"},
		} {
			out, _ := g.boot(t, c.commands, func(o *session.Options) { o.Append = c.args })
			if !strings.HasSuffix(out, c.want) {
				t.Errorf("%s: %q, want %q", c.args, out, c.want)
			}
		}
	})
}

// TestNotes: /sys/kernel/notes are the image's, with the build identifier.
func TestNotes(t *testing.T) {
	eachGuest(t, func(t *testing.T, g *guest) {
		want, err := g.file.Section(".notes").Data()
		if err != nil || len(vmlinux.BuildID(want)) != vmlinux.BuildIDLength {
			t.Fatalf("the image's notes are %x, %v", want, err)
		}
		out, _ := g.boot(t, "mkdir /s; mount -t sysfs sysfs /s; sha256sum </s/kernel/notes", nil)
		if sum := sha256.Sum256(want); !strings.HasPrefix(out, hex.EncodeToString(sum[:])) {
			t.Errorf("/sys/kernel/notes has the sum %s, want %x", out, sum)
		}
	})
}

// TestEmbedded: with its root file system inside, the image boots without one.
func TestEmbedded(t *testing.T) {
	eachGuest(t, func(t *testing.T, g *guest) {
		raw, err := os.ReadFile(filepath.Join(g.dir, "obj", "kernel.raw"))
		if err != nil {
			t.Fatal(err)
		}
		ramfs, err := os.ReadFile(filepath.Join(g.dir, "initramfs.cpio"))
		if err != nil {
			t.Fatal(err)
		}
		im, err := g.target.Build(raw, kernelimg.Config{Exports: ksyms.Of(g.target.Machine), Ramfs: ramfs})
		if err != nil {
			t.Fatal(err)
		}
		kernel := filepath.Join(t.TempDir(), "kernel.elf")
		if err := os.WriteFile(kernel, im.File, 0o644); err != nil {
			t.Fatal(err)
		}
		out, _ := g.boot(t, "insmod hello; rmmod hello", func(o *session.Options) { o.Kernel = kernel })
		if want := "Hello, world from hello.ko\nGoodbye, world from hello.ko\n"; out != want {
			t.Errorf("%q, want %q", out, want)
		}
	})
}
