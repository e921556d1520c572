package lab

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// defaultTimeout is for a loaded host; most scripts take about a second.
const defaultTimeout = 2 * time.Minute

// Guest is a machine with what it is given.
type Guest struct {
	Arch    string
	Modules []string      // module files, for /lib/modules
	Files   []string      // HOST:GUEST
	Flags   []string      // further ones of `rv86 run`
	Timeout time.Duration // zero is two minutes
}

// Result is what a command did.
type Result struct {
	Out, Err string
	Status   int
}

// Run boots the guest and runs commands in its shell. A status other than zero
// is the caller's matter; what rv86 itself says is in the test's log.
func (g Guest) Run(t testing.TB, commands string) Result {
	t.Helper()
	if g.Timeout == 0 {
		g.Timeout = defaultTimeout
	}
	args := append([]string{"run", "--arch", g.Arch, "--timeout", g.Timeout.String()}, g.Flags...)
	for _, f := range g.Modules {
		args = append(args, "--module", f)
	}
	for _, f := range g.Files {
		args = append(args, "--file", f)
	}
	r := Exec(t, exec.Command(Command(t, g.Arch), append(args, "-c", commands)...))
	if r.Err != "" {
		t.Logf("rv86: %s", r.Err)
	}
	return r
}

// Exec runs a command whose exit status is a result like another.
func Exec(t testing.TB, c *exec.Cmd) Result {
	t.Helper()
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	var exit *exec.ExitError
	if err := c.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return Result{out.String(), errs.String(), c.ProcessState.ExitCode()}
}

// Program compiles a Go program for the guest; pkg is an import path, or one
// that begins with a dot.
func Program(t testing.TB, goarch, pkg string) (file string) {
	t.Helper()
	Sources(t, goarch, pkg)
	file = filepath.Join(t.TempDir(), "program")
	goTool(t, goarch, "build", "-trimpath", "-o", file, pkg)
	return file
}

// Sources looks at each source file of a program for the guest, so that a cached
// result of a test that has it built does not outlive one.
func Sources(t testing.TB, goarch, pkg string) {
	t.Helper()
	const files = `{{if not .Standard}}{{$dir := .Dir}}` +
		`{{range .GoFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}` +
		`{{range .SFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}` +
		`{{range .HFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}` +
		`{{range .EmbedFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{end}}`
	for name := range strings.Lines(goTool(t, goarch, "list", "-deps", "-f", files, pkg)) {
		if _, err := os.Stat(strings.TrimSpace(name)); err != nil {
			t.Fatal(err)
		}
	}
}

// goTool runs the go command for the guest and gives what it prints.
func goTool(t testing.TB, goarch string, args ...string) string {
	t.Helper()
	c := exec.Command("go", args...)
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+goarch)
	r := Exec(t, c)
	if r.Status != 0 {
		t.Fatalf("go %s: status %d\n%s%s", strings.Join(args, " "), r.Status, r.Out, r.Err)
	}
	return r.Out
}
