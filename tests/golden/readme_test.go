package golden_test

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/machine"
	"rv86/machine/session"
	"rv86/tests/lab"
)

// commandRE is a prompt in README.md's transcripts.
var commandRE = regexp.MustCompile(`^\$ bin/rv86 run -c '([^']*)'$`)

// TestReadme replays the transcripts of README.md: what is printed below each
// command must be what comes out.
func TestReadme(t *testing.T) {
	dirs := []string{lab.Images(t, session.DefaultArch)}
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	const indent = "    "
	var cmd, want string
	replayed := 0
	finish := func() {
		if cmd == "" {
			return
		}
		replayed++
		if diff := cmp.Diff(want, runCommands(t, dirs, cmd)); diff != "" {
			t.Errorf("README.md: %s (-written +printed):\n%s", cmd, diff)
		}
		cmd, want = "", ""
	}
	for line := range strings.Lines(string(text)) {
		code, ok := strings.CutPrefix(line, indent)
		if m := commandRE.FindStringSubmatch(strings.TrimSuffix(code, "\n")); ok && m != nil {
			finish()
			cmd = m[1]
		} else if ok && cmd != "" {
			want += code
		} else {
			finish()
		}
	}
	finish()
	if replayed == 0 {
		t.Error("README.md shows no run of the command")
	}
}

func runCommands(t *testing.T, dirs []string, cmd string) string {
	t.Helper()
	var console bytes.Buffer
	v, done, err := session.Open(session.Options{
		Flags:     session.Flags{Arch: session.DefaultArch, Command: &cmd, Memory: 128 << 20},
		ImageDirs: dirs, Console: &console,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if out := v.Run(t.Context(), machine.RunConfig{}); out.Status != 0 || out.Reason != "" {
		t.Errorf("%s: ended with %+v", cmd, out)
	}
	return console.String()
}
