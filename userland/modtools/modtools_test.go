package modtools

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseLoaded(t *testing.T) {
	got, err := parseLoaded("dep_b 16384 0 - Live 0xffffffff80010000\n" +
		"dep_a 20480 2 dep_b,other, Live 0xffffffff80000000 (O)\n" +
		"fixed 4096 - - Live 0x0\n")
	want := []loaded{
		{name: "dep_b", size: 16384, state: "Live"},
		{name: "dep_a", size: 20480, refs: 2, users: []string{"dep_b", "other"}, state: "Live"},
		{name: "fixed", size: 4096, state: "Live"},
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(loaded{})); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"short 1 2\n", "size x 0 -\n", "count 1 x -\n"} {
		if _, err := parseLoaded(bad); err == nil {
			t.Errorf("parseLoaded(%q) found nothing wrong", bad)
		}
	}
}

// The rows are those that kmod 30's lsmod prints: "%-19s %8ld  %d", then the
// users.
func TestLsmodTable(t *testing.T) {
	var out bytes.Buffer
	printLoaded(&out, []loaded{
		{name: "dep_b", size: 16384},
		{name: "a_name_longer_than_the_column", size: 20480, refs: 2, users: []string{"dep_b", "other"}},
	})
	want := "Module                  Size  Used by\n" +
		"dep_b                  16384  0\n" +
		"a_name_longer_than_the_column    20480  2 dep_b,other\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestDependencies(t *testing.T) {
	const rules = "# comment\ndep-b: dep-a # why\nthree: one two\ndep_b: wrong\nempty:\n"
	for name, want := range map[string]string{
		"dep-b": "dep-a", "dep_b": "dep-a", "three": "one two", "empty": "", "none": "",
	} {
		deps, ok := dependencies(rules, name)
		if got := strings.Join(deps, " "); got != want || ok != (name != "none") {
			t.Errorf("dependencies(%q) = %q, %v, want %q", name, got, ok, want)
		}
	}
}

func TestInsertReason(t *testing.T) {
	for errno, want := range map[syscall.Errno]string{
		syscall.ENOEXEC: "Invalid module format", syscall.ENOENT: "Unknown symbol in module",
		syscall.ESRCH: "Module has wrong symbol version", syscall.EINVAL: "Invalid parameters",
		syscall.EEXIST: "File exists", syscall.ENODEV: "No such device", syscall.EPERM: "Operation not permitted",
	} {
		if got := insertReason(errno); got != want {
			t.Errorf("insertReason(%d) = %q, want %q", errno, got, want)
		}
	}
}

func TestHint(t *testing.T) {
	for _, tc := range []struct{ name, log, want string }{
		{"about the module", "<6>[    0.1] boot\n<3>[    1.5] hello: Unknown symbol foo (err -2)\n<4>[ 1.6] other\n", "hello: Unknown symbol foo (err -2)"},
		{"no module name yet", "<3>[    1.5] Invalid ELF header magic\n", "Invalid ELF header magic"},
		{"plain text", "hello: no symtab found.\n", "hello: no symtab found."},
		{"another's prefix", "hello_world: x\n", "hello_world: x"},
		{"advice", "hello: Unknown symbol foo (err -2)\nhello: hint: nobody exports foo\n", "nobody exports foo"},
		{"nothing", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := hint(tc.log, "hello"); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func runModinfo(t *testing.T, args ...string) (out, errs string, status int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = modinfoCommand.Main("modinfo", args, strings.NewReader(""), &stdout, &stderr)
	return stdout.String(), stderr.String(), status
}

func TestModinfo(t *testing.T) {
	file, err := filepath.Abs("../../images/modules/riscv64/dep-b.ko")
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{"depends": "dep_a\n", "license": "GPL\n", "filename": file + "\n"} {
		out, errs, status := runModinfo(t, "-F", field, file)
		if status != 0 || errs != "" || !strings.Contains(strings.ReplaceAll(out, "-", "_"), strings.ReplaceAll(want, "-", "_")) {
			t.Errorf("-F %s: status %d, %q, %q", field, status, out, errs)
		}
	}
	out, _, _ := runModinfo(t, file)
	if !strings.HasPrefix(out, "filename:       "+file+"\n") {
		t.Errorf("modinfo prints first %q", strings.SplitN(out, "\n", 2)[0])
	}
	bad := filepath.Join(t.TempDir(), "short.ko")
	if err := os.WriteFile(bad, []byte("abc\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ arg, want string }{
		{bad, "modinfo: ERROR: could not get modinfo from 'short': Invalid argument\n"},
		{"./gone.ko", "modinfo: ERROR: Module ./gone.ko not found.\n"},
	} {
		if _, errs, status := runModinfo(t, tc.arg); status != 1 || errs != tc.want {
			t.Errorf("modinfo %s: status %d, %q, want %q", tc.arg, status, errs, tc.want)
		}
	}
}
