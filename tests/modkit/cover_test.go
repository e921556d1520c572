package modkit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rv86/tests/lab"
)

// TestCover counts a module's lines over two loads, and finds that the run is
// the same as without.
func TestCover(t *testing.T) {
	for _, m := range lab.Machines {
		arch := m.Arch
		t.Run(arch, func(t *testing.T) {
			program, dir := lab.Command(t, arch), t.TempDir()
			if _, errs, status := rv86(t, program, dir, "mod", "new", "twice"); status != 0 {
				t.Fatal(errs)
			}
			if _, errs, status := rv86(t, program, dir, "mod", "build", "--arch", arch, "twice"); status != 0 {
				if strings.Contains(errs, "no C compiler for") {
					lab.Skip(t, "%s", errs)
				}
				t.Fatal(errs)
			}
			const file = "twice/twice.ko"
			run := []string{"run", "--arch", arch, "--state-hash", "-c", "insmod " + file + " n=3; rmmod twice; insmod " + file}
			plain, hash, _ := rv86(t, program, dir, append(run, "--module", file)...)
			out, text, status := rv86(t, program, dir, append(run, "--cover", file, "--cover-out", "out.info")...)
			if out != plain || status != 0 {
				t.Errorf("status %d, the guest printed\n%sand without --cover\n%s", status, out, plain)
			}
			if !strings.HasSuffix(text, hash) {
				t.Errorf("the state is another than %s\n%s", hash, text)
			}
			for _, want := range []string{
				"Coverage of module twice: ", "2 of 2 functions (100.0%)\n", "        2:   10:{\n",
				"        4:   14:\t\tpr_info(\"twice: hello %d\\n\", i);\n", "        1:   20:\tpr_info(\"twice: goodbye\\n\");\n",
			} {
				if !strings.Contains(text, want) {
					t.Errorf("there is no %q in\n%s", want, text)
				}
			}
			lcov, err := os.ReadFile(filepath.Join(dir, "out.info"))
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"TN:twice\nSF:", "twice/twice.c\n", "FN:9,twice_init\nFNDA:2,twice_init\n", "DA:14,4\n", "end_of_record\n"} {
				if !strings.Contains(string(lcov), want) {
					t.Errorf("there is no %q in\n%s", want, lcov)
				}
			}
		})
	}
}
