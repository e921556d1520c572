package apidevices

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"

	"rv86/images/modules"
	"rv86/kmod"
	"rv86/tests/lab"
	"rv86/tests/lab/modbuild"
)

// guideTable says what becomes of each example on each machine.
const guideTable = "../../docs/guide-coverage.md"

// The outcomes that the table has.
const (
	works   = "works"
	noBuild = "does not build"
	noLoad  = "does not load"
)

// tableRow is one: file, riscv64, i386, what happens.
var tableRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]*) \\| ([^|]*) \\|")

// promised reads the table: the outcome of each module on a machine.
func promised(t *testing.T, arch string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(guideTable)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, row := range tableRow.FindAllStringSubmatch(string(text), -1) {
		outcome := row[2]
		if arch == "i386" {
			outcome = row[3]
		}
		out[strings.TrimSuffix(row[1], ".c")] = outcome
	}
	return out
}

// TestGuideTable reads the table, also where there is no checkout to hold it to.
func TestGuideTable(t *testing.T) {
	for _, arch := range []string{"riscv64", "i386"} {
		rows := promised(t, arch)
		const least = 40
		if len(rows) < least {
			t.Errorf("%s: %d rows", arch, len(rows))
		}
		for name, outcome := range rows {
			if !slices.Contains([]string{works, noBuild, noLoad}, outcome) {
				t.Errorf("%s, %s: %q is no outcome", name, arch, outcome)
			}
		}
	}
}

// TestGuide builds all examples of the kernel module guide whose checkout is at
// RV86_GUIDE, unchanged, loads and unloads each, and compares with the table.
func TestGuide(t *testing.T) {
	dir := os.Getenv("RV86_GUIDE")
	if dir == "" {
		t.Skip("SKIPPED: RV86_GUIDE names no checkout of the kernel module guide (github.com/sysprog21/lkmpg)")
	}
	for _, m := range lab.Machines {
		arch := m.Arch
		t.Run(arch, func(t *testing.T) {
			modbuild.Toolchain(t, arch)
			target, err := modules.Find(arch)
			if err != nil {
				t.Fatal(err)
			}
			src, out := t.TempDir(), t.TempDir()
			if err := os.CopyFS(src, os.DirFS(filepath.Join(dir, "examples"))); err != nil {
				t.Fatal(err)
			}
			build := lab.Exec(t, exec.Command(lab.Command(t, arch), "mod", "build", "-k", "--strip", "--arch", arch, "-o", out, src))
			log := build.Out + build.Err
			want := promised(t, arch)
			got := outcomes(t, arch, out, target.Machine)
			for name, outcome := range want {
				if _, built := got[name]; !built {
					got[name] = noBuild
				}
				if outcome == noBuild && !strings.Contains(log, name+".c:") && !strings.Contains(log, "["+name+".ko]") {
					t.Errorf("%s is refused without a word", name)
				}
			}
			if d := diff.Diff(want, got); d != "" {
				t.Errorf("(-%s +here)\n%s%s", guideTable, d, log)
			}
		})
	}
}

// atOnce is how many modules one run tries: the kernel's command line is short.
const atOnce = 8

// outcomes loads and unloads each module that was built.
func outcomes(t *testing.T, arch, dir string, m *kmod.Machine) map[string]string {
	t.Helper()
	got := map[string]string{}
	files, _ := filepath.Glob(filepath.Join(dir, "*.ko"))
	slices.SortFunc(files, func(a, b string) int { return cmp.Compare(a, b) })
	for part := range slices.Chunk(files, atOnce) {
		var script strings.Builder
		for _, f := range part {
			name := strings.TrimSuffix(filepath.Base(f), ".ko")
			for _, d := range depends(t, f, m) {
				fmt.Fprintf(&script, "insmod %s;", d)
			}
			fmt.Fprintf(&script, "insmod %s;echo @%s load $?;rmmod %s;echo @%s unload $?;", name, name, name, name)
			for _, d := range depends(t, f, m) {
				fmt.Fprintf(&script, "rmmod %s;", d)
			}
		}
		text := guest(t, arch, dir, script.String())
		for _, f := range part {
			name := strings.TrimSuffix(filepath.Base(f), ".ko")
			switch {
			case strings.Contains(text, "@"+name+" load 0") && strings.Contains(text, "@"+name+" unload 0"):
				got[name] = works
			case strings.Contains(text, "@"+name+" load 1"):
				got[name] = noLoad
			default:
				t.Errorf("%s: neither loaded nor refused:\n%s", name, text)
			}
		}
	}
	return got
}

// depends lists the modules that one needs.
func depends(t *testing.T, file string, m *kmod.Machine) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := kmod.Parse(b, m)
	if err != nil {
		t.Fatal(err)
	}
	return strings.FieldsFunc(s.Info.Get("depends"), func(r rune) bool { return r == ',' })
}
