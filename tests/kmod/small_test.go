package kmod

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/tests/lab"
)

// TestSmallTools compares what needs no kernel of ours: misuse, and files that
// are not there.
func TestSmallTools(t *testing.T) {
	for _, args := range [][]string{
		{"insmod"},
		{"insmod", "-"},
		{"insmod", "none.ko"},
		{"insmod", "./none", "p=1"},
		{"rmmod"},
		{"rmmod", "none_such"},
		{"rmmod", "none-such.ko", "none_such2"},
		{"rmmod", "-v", "none_such"},
		{"lsmod", "argument"},
	} {
		compare(t, args[0], args[1:]...)
	}
}

// loadedFiles is what a kernel with four modules shows.
var loadedFiles = map[string]string{
	"proc/modules": `top 16384 0 - Live 0x0000000000000000 (O)
left 12288 1 top, Live 0x0000000000000000
base 20480 3 top,left, Live 0x0000000000000000
a_name_of_more_than_twenty_letters 1048576 0 [permanent], Unloading 0x0000000000000000
`,
	"sys/module/top/refcnt": "0\n", "sys/module/top/coresize": "16384\n",
	"sys/module/left/refcnt": "1\n", "sys/module/left/coresize": "12288\n", "sys/module/left/holders/top": "",
	"sys/module/base/refcnt": "3\n", "sys/module/base/coresize": "20480\n",
	"sys/module/base/holders/top": "", "sys/module/base/holders/left": "",
	"sys/module/a_name_of_more_than_twenty_letters/refcnt": "0\n", "sys/module/a_name_of_more_than_twenty_letters/coresize": "1048576\n",
}

// TestLsmod prints the same modules with both. The host's own modules are none
// of its business, so it runs in a mount namespace; not every container lets one
// be made, and no package helps against that.
func TestLsmod(t *testing.T) {
	root := t.TempDir()
	for name, text := range loadedFiles {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range []string{"top", "a_name_of_more_than_twenty_letters"} {
		if err := os.MkdirAll(filepath.Join(root, "sys/module", m, "holders"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	mounts := `mount --bind "$1/sys" /sys; mount --bind "$1/proc" /proc; shift; exec "$@"`
	run := func(args ...string) result {
		c := exec.Command("unshare", append([]string{"--user", "--map-root-user", "--mount", "sh", "-ec", mounts, "sh", root}, args...)...)
		r := lab.Exec(t, c)
		return result{r.Out, r.Err, r.Status}
	}
	if r := run("true"); r.Status != 0 {
		t.Skip("SKIPPED: the host makes no mount namespace: " + r.Err)
	}
	box := filepath.Join(t.TempDir(), "rvbox")
	if b, err := exec.Command("go", "build", "-o", box, "rv86/userland/rvbox").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	if diff := cmp.Diff(run(kmodTool(t, "lsmod")), run(box, "lsmod")); diff != "" {
		t.Errorf("(-kmod +ours)\n%s", diff)
	}
}
