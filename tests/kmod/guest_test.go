package kmod

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/images/modules"
	"rv86/machine/session"
)

// build compiles the modules of src for a machine.
func build(t *testing.T, arch string) (files []string) {
	t.Helper()
	target, err := modules.Find(arch)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath(target.Compiler); err != nil {
		skip(t, target.Compiler+" is missing: install "+target.Package)
	}
	dir := t.TempDir()
	tree := modules.Tree{Src: "src", Out: dir, InTree: true}
	if err := modules.Build(target, tree); err != nil {
		t.Fatal(err)
	}
	files, err = filepath.Glob(filepath.Join(dir, "*.ko"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no modules: %v", err)
	}
	return files
}

// guest runs commands with modules in /lib/modules.
func guest(t *testing.T, arch, cmd string, files []string) string {
	t.Helper()
	rv86 := filepath.Join("..", "..", "bin", "rv86")
	for _, f := range []string{rv86, "../../images/" + arch + "/kernel.elf", "../../images/" + arch + "/initramfs.cpio"} {
		if _, err := os.Stat(f); err != nil {
			skip(t, "bin/rv86 or the images are not built; run make build")
		}
	}
	args := []string{"run", "--arch", arch, "--timeout", "2m", "-c", cmd}
	for _, f := range files {
		args = append(args, "--module", f)
	}
	var out bytes.Buffer
	c := exec.Command(rv86, args...)
	c.Stdout = &out
	err := c.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return out.String()
}

// script loads and removes a chain of five, a diamond and a module with soft
// dependencies; the modules say when they come and go.
const script = `modprobe top || depmod
grep -v 'hello\|dep-\|params\|initfail' /lib/modules/$(uname -r)/modules.dep
modprobe chain5; lsmod; rmmod chain3; modprobe -r chain3; modprobe -rv chain5; lsmod
modprobe -v diamond-x; lsmod; modprobe -r -v left; modprobe -r -v diamond-x; lsmod
modprobe -r --first-time top; modprobe left; modprobe top; modprobe -r --remove-holders base; lsmod
modprobe soft; lsmod; modprobe -r soft; lsmod
insmod top; rmmod base top left right base; echo "status $?"; lsmod`

var update = flag.Bool("update", false, "write what the guest prints now")

const (
	golden = "testdata/guest.txt"
	origin = "# What the guest prints when TestGuest loads and removes the modules of src; the same on both machines.\n"
)

func TestGuest(t *testing.T) {
	for _, arch := range session.Archs {
		t.Run(arch, func(t *testing.T) {
			got := origin + guest(t, arch, script, build(t, arch))
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
