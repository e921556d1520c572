package symvers

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/kmod"
	"rv86/kmod/kbuild"
	"rv86/kmod/symvers"
)

// skip leaves a test out loudly; in CI nothing may be left out.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip("SKIPPED: " + why)
}

// exported asks the kernel of a machine.
func exported(t *testing.T, arch string) []kbuild.Export {
	t.Helper()
	rv86 := filepath.Join("..", "..", "bin", "rv86")
	images := filepath.Join("..", "..", "images", arch)
	// All three, so that a cached result does not outlive them.
	for _, f := range []string{rv86, filepath.Join(images, "kernel.elf"), filepath.Join(images, "initramfs.cpio")} {
		if _, err := os.Stat(f); err != nil {
			skip(t, "bin/rv86 or the images are not built; run make build")
		}
	}
	out, err := exec.Command(rv86, "run", "--arch", arch, "-c", "cat /proc/exports").Output()
	if err != nil {
		t.Fatal(err)
	}
	es, err := kbuild.ParseExports(string(out))
	if err != nil {
		t.Fatal(err)
	}
	return es
}

// TestKernelTables compares symbols and kinds, for which no compiler is needed,
// and then the CRCs of what the prototypes and the headers say now.
func TestKernelTables(t *testing.T) {
	for _, target := range kbuild.Targets {
		t.Run(target.Arch, func(t *testing.T) {
			exports := exported(t, target.Arch)
			want := []symvers.Row{{Symbol: kmod.ModuleLayoutSymbol, Module: symvers.Kernel}}
			for _, e := range exports {
				want = append(want, symvers.Row{Symbol: e.Name, Module: symvers.Kernel, Kind: e.Kind})
			}
			symvers.Sort(want)
			table := symvers.Of(target.Machine).Rows()
			got := append([]symvers.Row(nil), table...)
			for i := range got {
				got[i].CRC = 0
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("the table is stale: run `make modules`\n%s", diff)
			}
			tc, err := target.Toolchain("")
			if err != nil {
				skip(t, err.Error())
			}
			rows, err := kbuild.KernelTable(tc, exports)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(rows, table); diff != "" {
				t.Errorf("the table is stale: run `make modules`\n%s", diff)
			}
		})
	}
}

// TestExportsHaveText: whoever reads the list sees a prototype for each
// function and nothing for a variable.
func TestExportsHaveText(t *testing.T) {
	for _, e := range exported(t, "riscv64") {
		if e.Proto != "" && !strings.Contains(e.Proto, e.Name+"(") {
			t.Errorf("%s has the prototype %q", e.Name, e.Proto)
		}
	}
}
