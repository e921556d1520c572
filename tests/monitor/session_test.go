package monitor_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rv86/tests/lab"
)

// TestSessions runs testdata/NAME.mon on both machines and compares all that is
// printed with testdata/NAME.ARCH.golden. The first line of a script is a
// comment with the commands of the guest's shell.
func TestSessions(t *testing.T) {
	scripts, _ := filepath.Glob("testdata/*.mon")
	if len(scripts) == 0 {
		t.Fatal("no sessions")
	}
	for _, file := range scripts {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		first, script, _ := strings.Cut(string(text), "\n")
		command, ok := strings.CutPrefix(first, "# guest: ")
		if !ok {
			t.Fatalf("%s: the first line is not '# guest: COMMANDS'", file)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".mon")
		for _, arch := range archs {
			t.Run(name+"/"+arch, func(t *testing.T) {
				l := newBench(t, arch, command)
				got, err := l.run(script)
				if err != nil {
					t.Errorf("%v\n%s", err, got)
				}
				origin := "What tests/monitor printed for " + filepath.Base(file) + "; go test ./tests/monitor -update writes it again."
				lab.Golden(t, name+"."+arch+".golden", origin, stable(got))
			})
		}
	}
}
