// Package modbuild compiles a test's modules for a machine.
package modbuild

import (
	"errors"
	"path/filepath"
	"testing"

	"rv86/images/modules"
	"rv86/kmod/kbuild"
	"rv86/tests/lab"
)

// Toolchain finds a machine's compiler, or skips where there is none.
func Toolchain(t testing.TB, arch string) *kbuild.Toolchain {
	t.Helper()
	target, err := modules.Find(arch)
	if err != nil {
		t.Fatal(err)
	}
	tc, err := target.Toolchain()
	var missing *kbuild.MissingError
	if errors.As(err, &missing) {
		lab.Skip(t, "%v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return tc
}

// Modules builds tree for a machine, in a directory of the test unless it names
// one, and gives the files.
func Modules(t testing.TB, arch string, tree modules.Tree) (files []string) {
	t.Helper()
	Toolchain(t, arch)
	target, err := modules.Find(arch)
	if err != nil {
		t.Fatal(err)
	}
	if tree.Out == "" {
		tree.Out = t.TempDir()
	}
	if err := modules.Build(target, tree); err != nil {
		t.Fatal(err)
	}
	files, err = filepath.Glob(filepath.Join(tree.Out, "*.ko"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no modules: %v", err)
	}
	return files
}
