package apifiles

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/images/modules"
	"rv86/kernel/lkm/block"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/chrdev"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/debugfs"
	"rv86/kernel/lkm/device"
	"rv86/kernel/lkm/gpio"
	"rv86/kernel/lkm/input"
	"rv86/kernel/lkm/kobj"
	"rv86/kernel/lkm/seqfile"
	"rv86/kmod/include"
)

// skip leaves a test out loudly; in CI nothing may be left out.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip("SKIPPED: " + why)
}

// codeFlags are what of code generation matters to layouts.
var codeFlags = map[string][]string{
	"riscv64": {"-march=rv64imac_zicsr_zifencei", "-mabi=lp64"},
	"i386":    {"-m32", "-march=i686"},
}

// TestLayouts compiles the headers and compares size and members of each
// structure with what the kernel thinks they are.
func TestLayouts(t *testing.T) {
	structs := slices.Concat(cfile.Layouts, kobj.Layouts, chrdev.Layouts, device.Layouts, seqfile.Layouts, debugfs.Layouts, gpio.Layouts, input.Layouts, block.Layouts)
	for _, target := range modules.Targets {
		t.Run(target.Arch, func(t *testing.T) {
			if _, err := exec.LookPath(target.Compiler); err != nil {
				skip(t, target.Compiler+" is missing: install "+target.Package)
			}
			word := target.Machine.WordSize()
			got := compiled(t, target, structs)
			for i, s := range structs {
				var want []uint64
				l := s.On(word)
				want = append(want, l.Size)
				for _, m := range l.Members {
					want = append(want, m.Offset, m.Size)
				}
				if diff := cmp.Diff(want, got[i]); diff != "" {
					t.Errorf("struct %s: size, then offset and size of each member (-kernel +header)\n%s", s.Name, diff)
				}
			}
		})
	}
}

// compiled gives the numbers that the compiler has for each structure.
func compiled(t *testing.T, target modules.Target, structs []*cstruct.Struct) [][]uint64 {
	t.Helper()
	var c strings.Builder
	c.WriteString("#include <linux/module.h>\n")
	for _, s := range structs {
		fmt.Fprintf(&c, "#include <%s>\n", s.Header)
	}
	for i, s := range structs {
		fmt.Fprintf(&c, "const unsigned int numbers_%d[] = { sizeof(struct %s)", i, s.Name)
		for _, f := range s.Fields {
			fmt.Fprintf(&c, ", offsetof(struct %s, %s), sizeof_field(struct %s, %s)", s.Name, f.Name, s.Name, f.Name)
		}
		c.WriteString(" };\n")
	}
	dir := t.TempDir()
	headers := filepath.Join(dir, "include")
	if err := os.CopyFS(headers, include.FS); err != nil {
		t.Fatal(err)
	}
	src, obj := filepath.Join(dir, "layout.c"), filepath.Join(dir, "layout.o")
	if err := os.WriteFile(src, []byte(c.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	args := append(slices.Clone(codeFlags[target.Arch]), "-std=gnu11", "-O2", "-ffreestanding", "-nostdinc", "-fno-pic",
		"-I", headers, "-DMODULE", "-D__KERNEL__", `-DKBUILD_MODNAME="layout"`, "-c", "-o", obj, src)
	if out, err := exec.Command(target.Compiler, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	f, err := elf.Open(obj)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	syms, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	out := make([][]uint64, len(structs))
	for _, sym := range syms {
		var i int
		if n, _ := fmt.Sscanf(sym.Name, "numbers_%d", &i); n != 1 {
			continue
		}
		data, err := f.Sections[sym.Section].Data()
		if err != nil {
			t.Fatal(err)
		}
		for b := data[sym.Value:][:sym.Size]; len(b) > 0; b = b[4:] {
			out[i] = append(out[i], uint64(f.ByteOrder.Uint32(b)))
		}
	}
	return out
}
