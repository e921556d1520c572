package guest

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rv86/tests/lab"
)

// refusal is what rv86 says of a machine that is too small, in KiB.
var refusal = regexp.MustCompile(`the kernel needs (\d+) KiB of memory beside the images, and they leave (\d+) KiB of (\d+)`)

// TestSmallest: with as much memory as the command and the kernel ask for a module
// can be loaded, and with less both say so.
func TestSmallest(t *testing.T) {
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		const tooSmall = "14M"
		r := lab.Guest{Arch: m.Arch, Flags: []string{"--memory", tooSmall}}.Run(t, "true")
		said := refusal.FindStringSubmatch(r.Err)
		if r.Status == 0 || said == nil {
			t.Fatalf("status %d: %s", r.Status, r.Err)
		}
		var kib [3]int
		for i := range kib {
			kib[i], _ = strconv.Atoi(said[i+1])
		}
		need, left, of := kib[0], kib[1], kib[2]

		// The kernel counts its own tables, too, and pages.
		const slack = 64
		memory := fmt.Sprintf("%dK", (of+need-left+slack)&^3)
		r = lab.Guest{Arch: m.Arch, Flags: []string{"--memory", memory}}.Run(t, "insmod hello; lsmod; rmmod hello; echo enough")
		if want := "Goodbye, world from hello.ko\nenough\n"; r.Status != 0 || !strings.HasSuffix(r.Out, want) {
			t.Errorf("with %s: status %d\n%s", memory, r.Status, r.Out)
		}

		dir := lab.Images(t, m.Arch)
		r = lab.Guest{Arch: m.Arch, Flags: []string{
			"--memory", tooSmall, "--kernel", filepath.Join(dir, lab.KernelFile), "--initrd", filepath.Join(dir, lab.InitrdFile),
		}}.Run(t, "true")
		if want := fmt.Sprintf(" KiB of memory are left beside the kernel and its files, and it needs %d KiB", need); !strings.Contains(r.Out, want) {
			t.Errorf("the kernel itself says:\n%s", r.Out)
		}
	})
}
