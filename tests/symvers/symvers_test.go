package symvers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/kmod"
	"rv86/kmod/kbuild"
	"rv86/kmod/symvers"
	"rv86/tests/lab"
)

// exported asks the kernel of a machine.
func exported(t *testing.T, arch string) []kbuild.Export {
	t.Helper()
	r := lab.Guest{Arch: arch}.Run(t, "cat /proc/exports")
	if r.Status != 0 {
		t.Fatalf("status %d", r.Status)
	}
	es, err := kbuild.ParseExports(r.Out)
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
				lab.Skip(t, "%v", err)
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
