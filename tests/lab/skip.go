package lab

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// CI reports whether everything that a test could need is promised to be there.
func CI() bool { return os.Getenv("CI") != "" }

// Skip leaves a test out loudly; in CI nothing may be left out.
func Skip(t testing.TB, format string, args ...any) {
	t.Helper()
	why := fmt.Sprintf(format, args...)
	if CI() {
		t.Fatal(why)
	}
	t.Skip("SKIPPED: " + why)
}

// Tool finds a program of the host, or skips; pkg is Debian's name for what to
// install.
func Tool(t testing.TB, name, pkg string) (path string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Skip(t, "%s is missing: install %s", name, pkg)
	}
	return path
}
