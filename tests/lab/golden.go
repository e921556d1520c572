package lab

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what comes out now into testdata; read the difference")

// Update reports whether goldens are to be written anew.
func Update() bool { return *update }

// Golden compares with testdata/NAME. The file's first line is "# " and origin:
// where it comes from. With -update it is written.
func Golden(t testing.TB, name, origin, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	got = "# " + origin + "\n" + got
	if Update() {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.SplitAfter(string(want), "\n"), strings.SplitAfter(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got)\n%s", file, diff)
	}
}
