package debuginfo

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The files in testdata are tests/monitor/src/watchme/watchme.c, compiled by
// gcc 12.2 with -Og -g. Line numbers below are of that source.

// Addresses for the sections of a module.
const (
	coreAt = 0x10000
	initAt = 0x20000
)

func placed(section string) (uint64, bool) {
	switch section {
	case ".text":
		return coreAt, true
	case ".exit.text":
		return coreAt + 0x100, true
	case ".data", ".sdata", ".sbss", ".bss", ".rodata", "__param":
		return coreAt + 0x1000 + uint64(len(section))*0x100, true
	case ".init.text":
		return initAt, true
	}
	return 0, false
}

func load(t testing.TB, arch string) *Image {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", arch+".ko"))
	if err != nil {
		t.Fatal(err)
	}
	im, err := Load("watchme", b, placed)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func each(t *testing.T, f func(t *testing.T, im *Image)) {
	for _, arch := range []string{"riscv64", "i386"} {
		t.Run(arch, func(t *testing.T) { f(t, load(t, arch)) })
	}
}

func TestModuleSymbols(t *testing.T) {
	each(t, func(t *testing.T, im *Image) {
		for name, region := range map[string]uint64{"add": coreAt, "watchme_exit": coreAt, "watchme_init": initAt, "total": coreAt} {
			s, ok := im.Symbol(name)
			if !ok || s.Addr&^0xffff != region {
				t.Errorf("%s: %+v, %v", name, s, ok)
				continue
			}
			if at, ok := im.At(s.Addr); !ok || at.Addr != s.Addr {
				t.Errorf("at %#x is %+v, %v", s.Addr, at, ok)
			}
		}
		if _, ok := im.Symbol("nothing"); ok || im.Contains(0x999) {
			t.Error("what is not there was found")
		}
	})
}

func TestModuleLines(t *testing.T) {
	each(t, func(t *testing.T, im *Image) {
		s, _ := im.Symbol("add")
		file, line, low, high, ok := im.Line(s.Addr)
		if !ok || !strings.HasSuffix(file, "/watchme.c") || line != 25 && line != 26 || low != s.Addr || high <= low {
			t.Errorf("line of add: %s:%d, %#x-%#x, %v", file, line, low, high, ok)
		}
		addrs, actual := im.Addresses("watchme.c", 28)
		if len(addrs) != 1 || actual != 28 || addrs[0]-s.Addr >= s.Size {
			t.Errorf("code of line 28: %#x, %d", addrs, actual)
		}
		// A line without code stands for the next one that has some.
		if _, actual := im.Addresses("watchme.c", 23); actual != 24 && actual != 25 {
			t.Errorf("line 23 became %d", actual)
		}
		if addrs, _ := im.Addresses("watchme.c", 1000); addrs != nil {
			t.Errorf("line 1000 is at %#x", addrs)
		}
		if addrs, _ := im.Addresses("other.c", 28); addrs != nil {
			t.Errorf("other.c is at %#x", addrs)
		}
		if got := im.Body(s.Addr); got != s.Addr {
			t.Errorf("a breakpoint on add stands at %#x: optimised code has its locations from the start", got)
		}
	})
}

func TestModuleVariables(t *testing.T) {
	each(t, func(t *testing.T, im *Image) {
		vs := im.Globals("origin")
		if len(vs) != 1 {
			t.Fatalf("origin: %d variables", len(vs))
		}
		sym, _ := im.Symbol("origin")
		ps, err := vs[0].Locate(nil, regs{})
		if err != nil || len(ps) != 1 || ps[0].Kind != InMemory || ps[0].Num != sym.Addr {
			t.Errorf("origin is at %+v, %v; want %#x", ps, err, sym.Addr)
		}
		typ, ok := vs[0].Type()
		if !ok || typ.String() != "struct point" {
			t.Errorf("type %v", typ)
		}
		if _, ok := im.Type("struct", "point"); !ok {
			t.Error("struct point is not found")
		}
		if _, ok := im.Type("", "point"); ok {
			t.Error("a structure's tag is no type name in C")
		}
	})
}

// regs is a frame with a few registers.
type regs struct {
	pc, cfa uint64
	r       map[int]uint64
	mem     map[uint64]byte
}

func (f regs) Reg(n int) (uint64, bool) { v, ok := f.r[n]; return v, ok }
func (f regs) CFA() (uint64, bool)      { return f.cfa, f.cfa != 0 }
func (f regs) PC() uint64               { return f.pc }
func (f regs) Read(a uint64, b []byte) error {
	for i := range b {
		b[i] = f.mem[a+uint64(i)]
	}
	return nil
}

func TestParameters(t *testing.T) {
	for arch, first := range map[string]Piece{
		"riscv64": {Kind: InRegister, Num: 10}, // a0
		"i386":    {Kind: InRegister, Num: 0},  // EAX: a static function has its own convention
	} {
		im := load(t, arch)
		s, _ := im.Symbol("add")
		fn := im.FuncAt(s.Addr)
		if fn == nil || fn.Name != "add" || fn.Go() {
			t.Fatalf("%s: %+v", arch, fn)
		}
		var names []string
		for _, v := range fn.Locals(s.Addr) {
			names = append(names, v.Name)
		}
		if !slices.Equal(names, []string{"p", "by", "old"}) {
			t.Errorf("%s: locals %q", arch, names)
		}
		ps, err := fn.Locals(s.Addr)[0].Locate(fn, regs{pc: s.Addr, cfa: 0x8000, r: map[int]uint64{10: 1}})
		if err != nil || len(ps) != 1 || ps[0].Kind != first.Kind || ps[0].Num != first.Num {
			t.Errorf("%s: p is at %+v, %v", arch, ps, err)
		}
		if typ, ok := fn.Result(); !ok || typ.String() != "int" {
			t.Errorf("%s: add returns %v", arch, typ)
		}
	}
}

// At a function's entry the caller's frame begins where the stack pointer is, or
// behind the return address.
func TestUnwindAtEntry(t *testing.T) {
	im := load(t, "riscv64")
	s, _ := im.Symbol("watchme_init")
	next, cfa, ra, err := im.Unwind(regs{pc: s.Addr, r: map[int]uint64{1: 0x77, 2: 0x8000, 8: 5}}, 2)
	if err != nil || cfa != 0x8000 || ra != 1 || next[1] != 0x77 || next[2] != 0x8000 || next[8] != 5 {
		t.Errorf("riscv64: %v, %#x, %d, %v", next, cfa, ra, err)
	}
	im = load(t, "i386")
	s, _ = im.Symbol("watchme_init")
	next, cfa, ra, err = im.Unwind(regs{pc: s.Addr, r: map[int]uint64{4: 0x8000}, mem: map[uint64]byte{0x8000: 0x34, 0x8001: 0x12}}, 4)
	if err != nil || cfa != 0x8004 || ra != 8 || next[8] != 0x1234 || next[4] != 0x8004 {
		t.Errorf("i386: %v, %#x, %d, %v", next, cfa, ra, err)
	}
	if _, _, _, err := im.Unwind(regs{pc: 0x999}, 4); err == nil {
		t.Error("code that is not there was unwound")
	}
}

// In the middle of watchme_init saved registers are read from the stack.
func TestUnwindInside(t *testing.T) {
	im := load(t, "riscv64")
	s, _ := im.Symbol("watchme_init")
	pc := s.Addr + s.Size/2
	mem := map[uint64]byte{}
	for a := uint64(0x8000); a < 0x8100; a++ {
		mem[a] = byte(a)
	}
	next, cfa, _, err := im.Unwind(regs{pc: pc, r: map[int]uint64{1: 1, 2: 0x8000, 8: 1}, mem: mem}, 2)
	if err != nil || cfa <= 0x8000 || next[2] != cfa || next[1] == 1 || next[1]&0xff != (cfa-8)&0xff {
		t.Errorf("%#x, %#x, %v", next, cfa, err)
	}
}

func TestKernel(t *testing.T) {
	for _, arch := range []string{"riscv64", "i386"} {
		t.Run(arch, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("..", "..", "images", arch, "kernel.elf"))
			if err != nil {
				t.Fatalf("%v: make images", err)
			}
			im, err := Load("kernel", b, nil)
			if err != nil {
				t.Fatal(err)
			}
			const name = "rv86/kernel/module.debugNotify"
			s, ok := im.Symbol(name)
			if !ok {
				t.Fatal("no debugNotify")
			}
			if got := im.EndingIn("module.debugNotify"); len(got) != 1 || got[0].Addr != s.Addr {
				t.Errorf("by its short name: %+v", got)
			}
			fn := im.FuncAt(s.Addr)
			if fn == nil || fn.Name != name || !fn.Go() {
				t.Fatalf("function %+v", fn)
			}
			if file, _, _, _, ok := im.Line(s.Addr); !ok || file != "rv86/kernel/module/debuglist.go" {
				t.Errorf("file %s", file)
			}
			if len(im.Globals("rv86/kernel/task.processes")) != 1 {
				t.Error("the process table is not found")
			}
			if _, ok := im.Type("", "rv86/kernel/nucleus.Frame"); !ok {
				t.Error("the type nucleus.Frame is not found")
			}
		})
	}
}

// No file's bytes make the reader panic.
// goProgram compiles a program without debug information; goStripped has no
// symbols either.
func goProgram(t *testing.T, arch, ldflags string) *Image {
	t.Helper()
	dir := t.TempDir()
	src, out := filepath.Join(dir, "main.go"), filepath.Join(dir, "main")
	text := "package main\n\n//go:noinline\nfunc add(a []int) int {\n\tvar big [100]int\n\tcopy(big[:], a)\n\treturn big[3] + sub(&big)\n}\n\n" +
		"//go:noinline\nfunc sub(b *[100]int) int { return b[5] }\n\nfunc main() { println(add(nil)) }\n"
	if err := os.WriteFile(src, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", ldflags, "-o", out, src)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+arch, "CGO_ENABLED=0")
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, msg)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	im, err := Load("main", b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// TestGoTable: what a Go program's own table says of lines and of the stack is
// what DWARF says.
func TestGoTable(t *testing.T) {
	for arch, sp := range map[string]int{"riscv64": 2, "386": 4} {
		full, bare := goProgram(t, arch, ""), goProgram(t, arch, "-s -w")
		if bare.HasDebug() || !full.HasDebug() {
			t.Fatal("the programs are not as they should be")
		}
		compared := 0
		for _, name := range []string{"main.add", "main.sub", "main.main", "runtime.schedinit", "runtime.memmove", "runtime.printint"} {
			s, ok := full.Symbol(name)
			if b, found := bare.Symbol(name); !ok || !found || b.Addr != s.Addr {
				t.Fatalf("%s: %s is at %#x and %#x", arch, name, s.Addr, b.Addr)
			}
			for pc := s.Addr; pc < s.Addr+s.Size; pc += 2 {
				fr := regs{r: map[int]uint64{sp: 0x1000, 1: 0x77, 8: 0x88}, pc: pc}
				want, wantCFA, ra, err := full.Unwind(fr, sp)
				if err != nil {
					continue
				}
				got, cfa, gotRA, err := bare.Unwind(fr, sp)
				if err != nil || cfa != wantCFA || gotRA != ra || got[sp] != want[sp] || got[ra] != want[ra] {
					t.Errorf("%s: %s+%#x: %x, %#x, %v; DWARF says %x, %#x", arch, name, pc-s.Addr, got, cfa, err, want, wantCFA)
				}
				file, line, low, high, ok := bare.Line(pc)
				if f, l, _, _, has := full.Line(pc); has && (!ok || l != line || path.Clean(f) != path.Clean(file) || low > pc || high <= pc) {
					t.Errorf("%s: %s+%#x is %s:%d from %#x to %#x; DWARF says %s:%d", arch, name, pc-s.Addr, file, line, low, high, f, l)
				}
				compared++
			}
		}
		if compared < 500 {
			t.Errorf("only %d places were compared", compared)
		}
		if _, _, _, err := bare.Unwind(regs{r: map[int]uint64{sp: 0x1000}, pc: 1}, sp); err == nil {
			t.Error("the stack is known where there is no code")
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, arch := range []string{"riscv64", "i386"} {
		b, err := os.ReadFile(filepath.Join("testdata", arch+".ko"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(_ *testing.T, b []byte) {
		im, err := Load("x", b, placed)
		if err != nil {
			return
		}
		for _, s := range im.Symbols() {
			im.Line(s.Addr)
			im.Body(s.Addr)
			fr := regs{pc: s.Addr, cfa: 0x8000, r: map[int]uint64{2: 0x8000, 4: 0x8000}}
			_, _, _, _ = im.Unwind(fr, 2)
			if fn := im.FuncAt(s.Addr); fn != nil {
				fn.InlinedAt(s.Addr)
				fn.Result()
				for _, v := range fn.Locals(s.Addr) {
					v.Type()
					_, _ = v.Locate(fn, fr)
				}
			}
		}
		im.Addresses("watchme.c", 28)
		for _, name := range im.GlobalNames() {
			for _, v := range im.Globals(name) {
				v.Type()
				_, _ = v.Locate(nil, regs{})
			}
		}
		im.Type("struct", "point")
	})
}
