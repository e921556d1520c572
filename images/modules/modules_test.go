package modules

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rv86/kmod"
	"rv86/kmod/kapi"
	"rv86/tests/lab"
)

// builtWith is the compiler whose output is kept in the tree; another one may
// choose other instructions.
const builtWith = "12.2.0"

// TestShippedModules rebuilds what is kept in the tree and compares the bytes.
func TestShippedModules(t *testing.T) {
	for _, target := range Targets {
		t.Run(target.Arch, func(t *testing.T) {
			out, err := exec.Command(lab.Tool(t, target.Compiler, target.Package), "-dumpfullversion").Output()
			if err != nil {
				t.Fatal(err)
			}
			version := strings.TrimSpace(string(out))
			dir := t.TempDir()
			tree := Tree{Src: "../../kmod/modules", Out: dir, InTree: true}
			if err := Build(target, tree); err != nil {
				t.Fatal(err)
			}
			built, _ := filepath.Glob(filepath.Join(dir, "*"))
			shipped, _ := filepath.Glob(filepath.Join(target.Arch, "*"))
			if len(built) != len(shipped) {
				t.Errorf("%d files built, %d shipped: run `make modules`", len(built), len(shipped))
			}
			for _, f := range built {
				got, _ := os.ReadFile(f)
				want, err := os.ReadFile(filepath.Join(target.Arch, filepath.Base(f)))
				switch {
				case err != nil:
					t.Error(err)
				case bytes.Equal(got, want):
				case version != builtWith && strings.HasSuffix(f, ".ko"):
					t.Logf("%s differs, but %s is version %s, not %s", filepath.Base(f), target.Compiler, version, builtWith)
				default:
					t.Errorf("%s is not what its source gives: run `make modules`", filepath.Base(f))
				}
			}
		})
	}
}

// TestShippedModulesAreSound parses every shipped module and looks for who
// provides its symbols.
func TestShippedModulesAreSound(t *testing.T) {
	for _, target := range Targets {
		files, _ := filepath.Glob(filepath.Join(target.Arch, "*.ko"))
		if len(files) == 0 {
			t.Errorf("no modules for %s", target.Arch)
		}
		exported := map[string]bool{}
		specs := map[string]*kmod.Spec{}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			s, err := kmod.Parse(b, target.Machine)
			if err != nil {
				t.Errorf("%s: %v", f, err)
				continue
			}
			specs[f] = s
			for _, sym := range s.Symbols {
				if name, ok := strings.CutPrefix(sym.Name, "__ksymtab_"); ok {
					exported[name] = true
				}
			}
		}
		for f, s := range specs {
			for _, sym := range s.Symbols[1:] {
				_, _, ok := kapi.Lookup(sym.Name)
				if sym.Section == kmod.SecUndef && !ok && !exported[sym.Name] {
					t.Errorf("%s: nobody exports %s", f, sym.Name)
				}
			}
			if s.Info.Get(kmod.ChecksumKey) == kmod.ChecksumBlank || s.Info.Get("intree") != "Y" {
				t.Errorf("%s: .modinfo is %v", f, s.Info)
			}
		}
	}
}
