package shell

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// asShell in the environment makes the test binary behave as sh.
const asShell = "RV86_TEST_SHELL"

func TestMain(m *testing.M) {
	if os.Getenv(asShell) != "" {
		os.Exit(Command.Main("sh", os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

type result struct {
	out, errs string
	status    int
}

func (r result) String() string { return fmt.Sprintf("%q, %q, status %d", r.out, r.errs, r.status) }

func sh(t *testing.T, dir, stdin string, args ...string) result {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Dir = dir
	cmd.Env = []string{asShell + "=1", "PATH=/bin:/usr/bin", "HOME=/home/test", "LC_ALL=C"}
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	cmd.WaitDelay = time.Second
	cmd.Run()
	return result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

func TestCommands(t *testing.T) {
	for _, tc := range []struct {
		name, script string
		want         result
	}{
		{"list", "echo a; echo b && false || echo c", result{"a\nb\nc\n", "", 0}},
		{"status", "exit 7", result{"", "", 7}},
		{"status of the last", "true; false", result{"", "", 1}},
		{"not found", "nothing-like-this; echo $?", result{"127\n", "sh: nothing-like-this: not found\n", 0}},
		{"not executable", "./plain; echo $?", result{"126\n", "sh: ./plain: Permission denied\n", 0}},
		{"directory", "/; echo $?", result{"126\n", "sh: /: Is a directory\n", 0}},
		{"pipe", "printf 'b\\na\\n' | sort | head -n 1", result{"a\n", "", 0}},
		{"pipe to a builtin", "echo x | { read v; echo got $v; }", result{"got x\n", "", 0}},
		{"status of a pipe", "false | true; echo $?; true | false; echo $?", result{"0\n1\n", "", 0}},
		{"redirection", "echo text >f; cat <f; echo more >>f; cat f 2>/dev/null", result{"text\ntext\nmore\n", "", 0}},
		{"bad redirection", "cat <gone; echo $?", result{"1\n", "sh: gone: No such file or directory\n", 0}},
		{"stderr to stdout", "cat gone 2>&1 | head -c 3", result{"cat", "", 0}},
		{"here document", "x=5; cat <<E\nv $x\nE\ncat <<'E'\nv $x\nE", result{"v 5\nv $x\n", "", 0}},
		{"quoting", `x="a  b"; echo $x "$x" '$x' \$x`, result{"a b a  b $x $x\n", "", 0}},
		{"substitution", "echo $(echo a; echo b) `echo c`", result{"a b c\n", "", 0}},
		{"substitution of a program", "x=$(cat /dev/null; basename /a/b); echo $x", result{"b\n", "", 0}},
		{"arithmetic", "echo $((2 + 3 * 4))", result{"14\n", "", 0}},
		{"parameters", "echo ${u:-d} ${HOME#/} $#", result{"d home/test 0\n", "", 0}},
		{"functions", "f() { echo $1; return 3; }; f x; echo $?", result{"x\n3\n", "", 0}},
		{"for and case", "for i in 1 2 3; do case $i in 2) continue;; esac; echo $i; done", result{"1\n3\n", "", 0}},
		{"while", "i=0; while [ $i -lt 3 ]; do i=$((i+1)); done; echo $i", result{"3\n", "", 0}},
		{"subshell", "x=1; (x=2; exit 4); echo $? $x", result{"4 1\n", "", 0}},
		{"environment", "A=1; export B=2; C=3 env | sort | grep '^[ABC]='", result{"B=2\nC=3\n", "", 0}},
		{"glob", "touch a.x b.x; echo *.x *.none", result{"a.x b.x *.none\n", "", 0}},
		{"cd", "mkdir d; cd d; pwd | tail -c 3; cd ..; cat plain", result{"/d\nplain\n", "", 0}},
		{"write error", "echo x >/dev/full; echo $?; printf y >/dev/full; echo $?", result{
			"1\n1\n", "sh: echo: write error: No space left on device\nsh: printf: write error: No space left on device\n", 0,
		}},
		{"echo and printf", `echo -n a b; echo -e 'c\td'; echo -E '\t' %s; printf '%s-%d\n' x 1 y 2; printf`, result{
			"a bc\td\n\\t %s\nx-1\ny-2\n", "sh: printf: usage: printf FORMAT [ARG]...\n", 2,
		}},
		{"reader gone", "while echo y; do :; done | head -n 1", result{"y\n", "", 0}},
		{"exit trap", "trap 'echo bye' EXIT; echo hi; exit 2", result{"hi\nbye\n", "", 2}},
		{"errexit", "set -e; false; echo no", result{"", "", 1}},
		{"nounset", "set -u; echo $nothing; echo no", result{"", "nothing: unbound variable\n", 1}},
		{"exec", "exec echo gone; echo no", result{"gone\n", "", 0}},
		{"script without #!", "printf 'echo script $1\\n' >s; chmod +x s; ./s arg", result{"script arg\n", "", 0}},
		{"background", "sleep 0 & wait; echo done", result{"done\n", "", 0}},
		{"status of a background job", "(exit 5) & wait $!; echo $?", result{"5\n", "", 0}},
		{"kill of a background job", "sleep 100 & kill $!; wait $!; echo $?", result{"143\n", "Terminated\n", 0}},
		{
			"several background jobs", "sleep 100 & a=$!; sleep 101 & kill -9 $a; wait $a; echo $?; kill $!; wait $!; echo $?",
			result{"137\n143\n", "Killed\nTerminated\n", 0},
		},
		{"jobs in a loop", "for i in 1 2 3; do (exit $i) & done; wait; echo all", result{"all\n", "", 0}},
		{"kill of nothing", "kill %9", result{"", "sh: kill: %9: no such job\n", 1}},
		{"killed by a signal", "/bin/sh -c 'kill -SEGV $$'; echo $?", result{"139\n", "Segmentation fault\n", 0}},
		{"killed by a pipe", "yes | head -n 1", result{"y\n", "", 0}},
		{"umask", "umask 077; umask; touch u; ls -l u | cut -c1-10", result{"0077\n-rw-------\n", "", 0}},
		{"syntax error", "echo a\nif", result{"", "sh: line 2: syntax error: `if` must be followed by a statement list\n", 2}},
		{"arguments kept", `printf '<%s>' "a b" '' c`, result{"<a b><><c>", "", 0}},
		{"conditional", "[ -f plain ] && test 1 -lt 2 && [[ abc == a* ]] && echo yes", result{"yes\n", "", 0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "plain"), []byte("plain\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			if got := sh(t, dir, "", "-c", tc.script); got != tc.want {
				t.Errorf("%s\ngot  %v\nwant %v", tc.script, got, tc.want)
			}
		})
	}
}

func TestInvocation(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "script")
	if err := os.WriteFile(script, []byte("echo $0 $# $2\nexit 3\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, stdin string
		args        []string
		want        result
	}{
		{"file", "", []string{script, "a", "b c"}, result{script + " 2 b c\n", "", 3}},
		{"missing file", "", []string{"gone"}, result{"", "sh: gone: No such file or directory\n", 127}},
		{"-c with a name", "", []string{"-c", "echo $1 $2", "name", "x", "y"}, result{"x y\n", "", 0}},
		{"-c without", "", []string{"-c"}, result{"", "sh: -c requires an argument\n", 2}},
		{"-ec", "", []string{"-ec", "false; echo no"}, result{"", "", 1}},
		{"input", "echo a\nexit 4\necho no\n", nil, result{"a\n", "", 4}},
		{"input with a trap", "trap 'echo bye' EXIT\nfalse\n", nil, result{"bye\n", "", 1}},
		{"bad option", "", []string{"-Q"}, result{"", "sh: invalid option: \"-Q\"\n", 2}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := sh(t, dir, tc.stdin, tc.args...); got != tc.want {
				t.Errorf("got  %v\nwant %v", got, tc.want)
			}
		})
	}
}
