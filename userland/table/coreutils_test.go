package table

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"rv86/tests/lab"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// asCommand in the environment makes the test binary behave as rvbox.
const asCommand = "RVBOX_TEST_COMMAND"

func TestMain(m *testing.M) {
	if name := os.Getenv(asCommand); name != "" {
		os.Unsetenv(asCommand)
		os.Exit(Find(name).Main(name, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	syscall.Umask(0o022) // the recorded modes are those of this mask
	os.Exit(m.Run())
}

// Cases: a command line (words separated by blanks; single quotes keep them
// together) and what is on the standard input. What must come of it (output,
// errors, exit status, changes in the directory) is in the file recorded, which
// is what the commands of a Debian 12 did: GNU coreutils 9.1, grep, findutils
// and util-linux. With -update the commands of the host are recorded anew.
var coreutilsCases = []struct{ line, stdin string }{
	{"basename /usr/lib/a.txt .txt", ""},
	{"basename /", ""},
	{"dirname /usr/lib/ a b/c", ""},
	{"cat lines", ""},
	{"cat -n lines nonl", ""},
	{"cat - lines", "from stdin\n"},
	{"cat gone lines", ""},
	{"cat dir", ""},
	{"cat -y lines", ""},
	{"cat --number lines", ""},
	{"cat --nothing lines", ""},
	{"chmod 640 lines", ""},
	{"chmod u+x,go-r lines", ""},
	{"chmod a=rX,u+w lines dir", ""},
	{"chmod -R u=rwX,go= dir", ""},
	{"chmod 8 lines", ""},
	{"chmod u+q lines", ""},
	{"cmp lines lines", ""},
	{"cmp lines other", ""},
	{"cmp -s lines other", ""},
	{"cp lines copy", ""},
	{"cp lines numbers dir", ""},
	{"cp -r dir copydir", ""},
	{"cp -a dir copydir", ""},
	{"cp dir copydir", ""},
	{"cp gone copy", ""},
	{"cp lines numbers gone", ""},
	{"cp lines lines", ""},
	{"cp -v lines copy", ""},
	{"cut -d: -f1,3 fields", ""},
	{"cut -d: -f2- fields", ""},
	{"cut -d: -s -f-2 fields", ""},
	{"cut -c2-3,5 lines", ""},
	{"cut -b1 lines", ""},
	{"cut lines", ""},
	{"date -u -d @86400 '+%Y-%m-%d %H:%M:%S %a %b %e %j %s %N %Z %F %T %%'", ""},
	{"date -u -d @0", ""},
	{"dd if=lines bs=4 count=2 skip=1 status=none", ""},
	{"dd if=gone status=none", ""},
	{"echo a  b c", ""},
	{"env -i A=1 B=2", ""},
	{"false", ""},
	{"true", ""},
	{"find dir -type f -name '*.txt'", ""},
	{"find dir -maxdepth 0", ""},
	{"find dir -mindepth 1 -type d", ""},
	{"find dir -empty", ""},
	{"find dir -size +0", ""},
	{"find dir ! -name '*.txt' -type f", ""},
	{"find dir -type f -exec basename {} ;", ""},
	{"find dir -name '*.txt' -delete", ""},
	{"find gone", ""},
	{"grep a lines", ""},
	{"grep -n 'a.*e' lines numbers", ""},
	{"grep -c a lines numbers", ""},
	{"grep -v a lines", ""},
	{"grep -i BETA lines", ""},
	{"grep -l a lines numbers", ""},
	{"grep -o '[a-z][a-z]' lines", ""},
	{"grep -w alpha lines", ""},
	{"grep -x alpha lines", ""},
	{"grep -F a.b fields", ""},
	{"grep -E '(al|be)+' lines", ""},
	{"grep 'al\\(ph\\)*a' lines", ""},
	{"grep -e alpha -e gamma lines", ""},
	{"grep -q alpha lines", ""},
	{"grep -m 1 a lines", ""},
	{"grep zzz lines", ""},
	{"grep a gone lines", ""},
	{"grep -h a lines numbers", ""},
	{"grep a+ fields", ""},
	{"grep '[[:digit:]]\\{2\\}' numbers", ""},
	{"head -c 5 dir", ""},
	{"head -c 5 -q dir lines", ""},
	{"head -n 1 dir", ""},
	{"head -n 2 lines", ""},
	{"head -2 lines", ""},
	{"head -n -2 lines", ""},
	{"head -c 7 lines", ""},
	{"head -n 1 lines numbers", ""},
	{"head -n x lines", ""},
	{"head gone", ""},
	{"hexdump -C binary", ""},
	{"hexdump binary", ""},
	{"hexdump -C -s 3 -n 20 binary", ""},
	{"hexdump -C zeros", ""},
	{"hexdump -v -C zeros", ""},
	{"ln -s lines link", ""},
	{"ln lines hard", ""},
	{"ln -s lines numbers", ""},
	{"ln -sf lines numbers", ""},
	{"ln lines numbers dir", ""},
	{"ln gone hard", ""},
	{"ls", ""},
	{"ls -1 dir", ""},
	{"ls -a dir", ""},
	{"ls -A dir", ""},
	{"ls -F", ""},
	{"ls -r", ""},
	{"ls -S dir", ""},
	{"ls -R dir", ""},
	{"ls -d dir", ""},
	{"ls lines dir gone", ""},
	{"ls gone", ""},
	{"ls -l!", ""},
	{"mkdir new", ""},
	{"mkdir -p new/a/b", ""},
	{"mkdir dir", ""},
	{"mkdir -p dir", ""},
	{"mkdir new/a", ""},
	{"mkdir -m 700 new", ""},
	{"mknod", ""},
	{"mknod node", ""},
	{"mknod node c", ""},
	{"mknod node c 1", ""},
	{"mknod node c x 1", ""},
	{"mknod node c 1 0q", ""},
	{"mknod node p 1", ""},
	{"mknod node p", ""},
	{"mknod -m 600 node p", ""},
	{"mknod -m 9 node p", ""},
	{"mknod lines p", ""},
	{"mknod gone/node p", ""},
	{"mv lines renamed", ""},
	{"mv lines numbers dir", ""},
	{"mv gone x", ""},
	{"mv dir renamed", ""},
	{"mv -n lines numbers", ""},
	{"mv lines", ""},
	{"printenv NOTHING", ""},
	{"pwd -x", ""},
	{"readlink symlink", ""},
	{"readlink lines", ""},
	{"rm lines", ""},
	{"rm gone", ""},
	{"rm -f gone", ""},
	{"rm dir", ""},
	{"rm -r dir", ""},
	{"rm -d emptydir", ""},
	{"rm -v lines", ""},
	{"rm", ""},
	{"rmdir emptydir", ""},
	{"rmdir dir", ""},
	{"rmdir gone", ""},
	{"seq 3", ""},
	{"seq 2 5", ""},
	{"seq 0 .5 2", ""},
	{"seq 5 -2 0", ""},
	{"seq -w 8 11", ""},
	{"seq -s , 3", ""},
	{"seq 3 1", ""},
	{"seq x", ""},
	{"sha256sum lines binary", ""},
	{"sha256sum", "abc"},
	{"sort dir", ""},
	{"sort lines", ""},
	{"sort -r lines", ""},
	{"sort -n numbers", ""},
	{"sort -rn numbers", ""},
	{"sort -u repeated", ""},
	{"sort -f mixed", ""},
	{"sort -t : -k 2 fields", ""},
	{"sort -t : -k 3,3n fields", ""},
	{"sort -t : -k 3nr fields", ""},
	{"sort -o out lines", ""},
	{"sort gone", ""},
	{"stat -c '%n %s %F %a %A %h' lines dir symlink", ""},
	{"stat gone", ""},
	{"tail -n 1 dir", ""},
	{"tail -c 1 dir", ""},
	{"tail -n 2 lines", ""},
	{"tail -2 lines", ""},
	{"tail -n +3 lines", ""},
	{"tail -c 5 lines", ""},
	{"tail -n 1 lines numbers", ""},
	{"tee out dir", "text\n"},
	{"tee -a lines", "text\n"},
	{"test -f lines", ""},
	{"test -d lines", ""},
	{"test 3 -lt 10 -a x = x", ""},
	{"test ! -e gone", ""},
	{"test ( a = b -o c = c )", ""},
	{"test -n", ""},
	{"test ''", ""},
	{"test -f = -f", ""},
	{"[ a = a ]", ""},
	{"touch new", ""},
	{"touch -c new", ""},
	{"touch gone/new", ""},
	{"tr a-z A-Z", "Hello, World\n"},
	{"tr -d aeiou", "Hello, World\n"},
	{"tr -s ' '", "a   b  c\n"},
	{"tr -cd '[:alnum:]\\n'", "a-b+c 1\n"},
	{"tr '[:upper:]' '[:lower:]'", "MiXed\n"},
	{"tr '\\n' ' '", "a\nb\n"},
	{"uniq repeated", ""},
	{"uniq -c repeated", ""},
	{"uniq -d repeated", ""},
	{"uniq -u repeated", ""},
	{"uname -s", ""},
	{"wc lines", ""},
	{"wc -l lines numbers", ""},
	{"wc -w lines", ""},
	{"wc -c lines", ""},
	{"wc", "a b\nc\n"},
	{"wc gone lines", ""},
	{"xargs", "a b\n'c d' e\n"},
	{"xargs -n 2 echo x", "1 2 3\n"},
	{"xargs -I {} echo <{}>", "a b\nc\n"},
	{"xargs -0 echo", "a b\x00c\x00"},
	{"xargs -r echo none", ""},
	{"xargs false", "x\n"},
	{"xargs ./nothing", "x\n"},
}

// fixture is what each case finds in its directory.
var fixture = map[string]string{
	"lines":         "gamma\nalpha\nbeta\n\ndelta epsilon\nalphabet\n",
	"nonl":          "no newline",
	"numbers":       "10\n9\n-3\n100\n2.5\n",
	"other":         "gamma\nalphA\n",
	"fields":        "b:two:2\na:one:10\nno delimiter\nc:a.b:1:x\na+\n",
	"repeated":      "a\na\nb\nc\nc\nc\n",
	"mixed":         "b\nA\na\nB\n",
	"binary":        "\x00\x01\x02ABC~\x7f\x80\xff 0123456789abcdef tail",
	"zeros":         strings.Repeat("\x00", 70) + "end",
	"dir/a.txt":     "aaa\n",
	"dir/b":         "",
	"dir/.hidden":   "h\n",
	"dir/sub/c.txt": "ccccc\n",
}

func makeFixture(t *testing.T, dir string) {
	t.Helper()
	for name, text := range fixture {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "emptydir"), 0o755),
		os.Symlink("lines", filepath.Join(dir, "symlink"))); err != nil {
		t.Fatal(err)
	}
}

// words splits a case's line.
func words(line string) []string {
	var list []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(part)...)
		}
	}
	return list
}

const recorded = "testdata/debian12.txtar"

// runIn runs a command in a fresh fixture and describes all that it did.
func runIn(t *testing.T, cmd *exec.Cmd, stdin string) string {
	t.Helper()
	dir := t.TempDir()
	makeFixture(t, dir)
	before := tree(t, dir)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, strings.NewReader(stdin), &stdout, &stderr
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	out := strings.SplitAfter(stdout.String(), "\n")
	if cmd.Args[0] == "find" { // in the order of the directory, which is nobody's
		slices.Sort(out)
	}
	var text strings.Builder
	describe := func(mark string, lines []string) {
		for _, line := range lines {
			if line != "" {
				fmt.Fprintf(&text, "%s %s\n", mark, strconv.Quote(line))
			}
		}
	}
	describe(">", out)
	describe("!", strings.SplitAfter(plainQuotes(stderr.String()), "\n"))
	after := tree(t, dir)
	describe("-", subtract(before, after))
	describe("+", subtract(after, before))
	fmt.Fprintf(&text, "status %d\n", cmd.ProcessState.ExitCode())
	return text.String()
}

// tree lists the files below a directory with their kinds and contents.
func tree(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text := ""
		switch {
		case d.Type().IsRegular():
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text = string(data)
		case d.Type()&os.ModeSymlink != 0:
			if text, err = os.Readlink(path); err != nil {
				return err
			}
		}
		list = append(list, fmt.Sprintf("%s %v %q", strings.TrimPrefix(path, dir), info.Mode(), text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func subtract(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// plainQuotes drops what GNU's messages have and ours need not: the path by
// which a program was called, and quotes around names that need none.
func plainQuotes(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "/usr/bin/", ""), "'", "")
}

func TestAgainstCoreutils(t *testing.T) {
	env := []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC", "HOME=/"}
	if lab.Update() {
		record(t, env)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	archive, err := txtar.ParseFile(recorded)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range archive.Files {
		want[f.Name] = string(f.Data)
	}
	if len(want) != len(coreutilsCases) {
		t.Errorf("%s has %d cases, the table %d; run with -update", recorded, len(want), len(coreutilsCases))
	}
	for _, tc := range coreutilsCases {
		t.Run(strings.ReplaceAll(tc.line, "/", "_"), func(t *testing.T) {
			t.Parallel()
			args := words(tc.line)
			cmd := exec.Command(self, args[1:]...)
			cmd.Args[0] = args[0]
			cmd.Env = append(slices.Clone(env), asCommand+"="+args[0])
			if diff := cmp.Diff(want[tc.line], runIn(t, cmd, tc.stdin)); diff != "" {
				t.Errorf("-theirs +ours:\n%s", diff)
			}
		})
	}
}

// record writes down what the host's commands do.
func record(t *testing.T, env []string) {
	archive := &txtar.Archive{Comment: []byte("What Debian 12's commands do in the cases of coreutils_test.go; written by -update.\n")}
	for _, tc := range coreutilsCases {
		args := words(tc.line)
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = env
		archive.Files = append(archive.Files, txtar.File{Name: tc.line, Data: []byte(runIn(t, cmd, tc.stdin))})
	}
	if err := os.WriteFile(recorded, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}
