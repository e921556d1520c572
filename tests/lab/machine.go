package lab

import (
	"os"
	"path/filepath"
	"testing"
)

// Machine is a machine's names.
type Machine struct {
	Arch   string // of `rv86 run --arch` and of its directory of images
	GOARCH string // Go's
}

// Machines are all that there are.
var Machines = []Machine{{"riscv64", "riscv64"}, {"i386", "386"}}

// Each runs a test on every machine. It is left out of short runs.
func Each(t *testing.T, f func(t *testing.T, m Machine)) {
	t.Helper()
	if testing.Short() {
		t.Skip("boots the machine")
	}
	for _, m := range Machines {
		t.Run(m.Arch, func(t *testing.T) { f(t, m) })
	}
}

// Find gives the machine of a name.
//
// Preconditions: there is one.
func Find(arch string) Machine {
	for _, m := range Machines {
		if m.Arch == arch {
			return m
		}
	}
	panic("lab: bug: no machine " + arch)
}

// The image's files, and the variable that names another directory than images;
// machine/session has the same.
const (
	KernelFile = "kernel.elf"
	InitrdFile = "initramfs.cpio"
	ImagesEnv  = "RV86_IMAGES"
)

// Root is the directory of go.mod.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// Images is the directory of a machine's images, or skips where they are not
// built. It looks at each file, so that a cached result of the test does not
// outlive one; others are more of them that the test needs.
func Images(t testing.TB, arch string, others ...string) (dir string) {
	t.Helper()
	if dir = os.Getenv(ImagesEnv); dir == "" {
		dir = filepath.Join(Root(t), "images")
	}
	dir = filepath.Join(dir, arch)
	for _, f := range append([]string{KernelFile, InitrdFile}, others...) {
		if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
			Skip(t, "the images are not built: run `make images` first")
		}
	}
	return dir
}

// Command is the rv86 that was built, or skips where it or a machine's images
// are not.
func Command(t testing.TB, arch string) (path string) {
	t.Helper()
	path = filepath.Join(Root(t), "bin", "rv86")
	if _, err := os.Stat(path); err != nil {
		Skip(t, "bin/rv86 is not built: run `make build` first")
	}
	Images(t, arch)
	return path
}
