package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"rv86/machine/asm"
	"rv86/machine/session"
	"rv86/tests/lab"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"rv86": main})
}

// TestScripts drives the command as a user would: testdata/script/*.txtar.
func TestScripts(t *testing.T) {
	for _, cc := range []string{"riscv64-linux-gnu-gcc", "i686-linux-gnu-gcc"} {
		if _, err := exec.LookPath(cc); err != nil && lab.CI() {
			t.Errorf("%s is missing, so the script mod-build is skipped: install gcc-%s", cc, strings.TrimSuffix(cc, "-gcc"))
		}
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv(session.ImagesEnv, e.WorkDir+"/no-images")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"assemble": cmdAssemble,
			"elf":      cmdElf,
			"status":   cmdStatus,
			"pprof":    cmdPprof,
			"unhex":    cmdUnhex,
		},
	})
}

// cmdAssemble makes a guest program: assemble FILE.s FILE.
func cmdAssemble(ts *testscript.TestScript, _ bool, args []string) {
	code, err := asm.Assemble(ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), code, 0o644))
}

// cmdUnhex makes a binary file of hexadecimal digits: unhex FILE.hex FILE.
func cmdUnhex(ts *testscript.TestScript, _ bool, args []string) {
	data, err := hex.DecodeString(strings.Join(strings.Fields(ts.ReadFile(args[0])), ""))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o644))
}

// cmdStatus runs a command and checks its exit status: status N rv86 ARG...
func cmdStatus(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit status %s, want %s", got, args[0])
	}
}

// A panic of ours is one sentence and status 70, whatever it was.
func TestBug(t *testing.T) {
	var stderr bytes.Buffer
	// A stream that panics stands for a bug anywhere below.
	status := execute([]string{"version"}, streams{nil, panicWriter{}, &stderr})
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	if last := lines[len(lines)-1]; status != statusBug || last != "rv86: this is a bug in rv86: boom" {
		t.Errorf("status %d, last line %q", status, last)
	}
}

type panicWriter struct{}

func (panicWriter) Write([]byte) (int, error) { panic("boom") }

// brokenPipe is a stdout whose reader has gone.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// failing is a stdout on a full disk.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestOutputFailures(t *testing.T) {
	for _, c := range []struct {
		w      io.Writer
		status int
		text   string
	}{
		{brokenPipe{}, statusPipe, ""},
		{failing{}, statusOutput, "rv86: cannot write the version: disk full\n"},
	} {
		var stderr bytes.Buffer
		if got := execute([]string{"version"}, streams{nil, c.w, &stderr}); got != c.status || stderr.String() != c.text {
			t.Errorf("status %d, stderr %q; want %d, %q", got, stderr.String(), c.status, c.text)
		}
	}
}

func TestEscapes(t *testing.T) {
	for _, c := range []struct {
		in, out string
		quit    bool
		msg     string // "monitor" if that is called
	}{
		{"plain", "plain", false, ""},
		{"a\x01\x01b", "a\x01b", false, ""},
		{"a\x01xb", "ab", true, ""},
		{"\x01h", "", false, "Ctrl-A x  quit"},
		{"\x01c", "", false, "monitor"},
		{"a\x03\x01\x03", "a\x03\x03", false, ""},
		{"\x01?z", "z", false, ""},
	} {
		for _, chunk := range []int{1, 64} { // the escape may end a read
			var msg bytes.Buffer
			quit := false
			e := &escapes{msg: &msg, quit: func(error) { quit = true }, monitor: func() { msg.WriteString("monitor") }}
			var out []byte
			for in := range slices.Chunk([]byte(c.in), chunk) {
				out = append(out, e.filter(in)...)
			}
			if string(out) != c.out || quit != c.quit || !strings.Contains(msg.String(), c.msg) {
				t.Errorf("%q in pieces of %d: %q, quit %v, message %q", c.in, chunk, out, quit, &msg)
			}
		}
	}
}

func TestNewlines(t *testing.T) {
	var out bytes.Buffer
	n := &newlines{w: &out}
	for _, part := range []string{"a\nb\r\nc\r", "\n\n"} {
		if k, err := n.Write([]byte(part)); k != len(part) || err != nil {
			t.Errorf("Write: %d, %v", k, err)
		}
	}
	if out.String() != "a\r\nb\r\nc\r\n\r\n" {
		t.Errorf("%q", &out)
	}
	if _, err := (&newlines{w: failing{}}).Write([]byte("x")); err == nil {
		t.Error("an error is lost")
	}
}
