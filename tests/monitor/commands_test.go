package monitor_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rv86/monitor"
)

// TestExamples runs the example of every command and of every subject of info,
// each from the same state: stopped in watchme's init, with breakpoint 1 there.
func TestExamples(t *testing.T) {
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			l := newBench(t, arch, "insmod watchme n=3; rmmod watchme")
			l.must("break add\ncontinue\ncontinue\n")
			start := l.engine.Insn()
			tmp := t.TempDir()
			if err := os.WriteFile(filepath.Join(tmp, "script"), []byte("echo a script\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			for _, ex := range monitor.Examples(arch) {
				t.Run(ex.Command, func(t *testing.T) {
					l.t = t
					if err := l.engine.Goto(start); err != nil {
						t.Fatal(err)
					}
					l.fresh()
					l.must("break watchme_init\n")
					text, err := l.run(strings.ReplaceAll(ex.Script, "$TMP", tmp))
					switch {
					case errors.Is(err, monitor.ErrQuit), errors.Is(err, monitor.ErrDetach):
					case err != nil:
						t.Errorf("%v\n%s", err, text)
					case text == "":
						t.Error("it printed nothing")
					}
				})
			}
		})
	}
}

// TestRestartedLab shows that the state is the same each time.
func TestGotoReproduces(t *testing.T) {
	l := newBench(t, archs[0], "insmod watchme n=3; rmmod watchme")
	l.must("break add\ncontinue\n")
	at := l.engine.Insn()
	first := l.must("info registers\nbacktrace\n")
	l.must("continue\nnext\n")
	if err := l.engine.Goto(at); err != nil {
		t.Fatal(err)
	}
	l.fresh()
	if again := l.must("info registers\nbacktrace\n"); again != first {
		t.Errorf("after going back:\n%s\nbefore:\n%s", again, first)
	}
}
