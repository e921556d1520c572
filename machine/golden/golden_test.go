package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rv86/machine/asm"
)

// cat sends back what the serial port gives it, by polling, and powers off with
// status 0 at Ctrl-D.
const cat = `
	li s0, 0x10000000
next:
	lbu t1, 5(s0)
	andi t1, t1, 1
	beq t1, zero, next
	lbu a0, 0(s0)
	li t1, 4
	beq a0, t1, end
	sb a0, 0(s0)
	jal zero, next
end:
	li t0, 0x100000
	li t1, 0x5555
	sw t1, 0(t0)
stay:
	jal zero, stay
`

// load writes a script whose kernel is the program cat.
func load(t *testing.T, text string) *Script {
	t.Helper()
	dir := t.TempDir()
	code, err := asm.Assemble(cat)
	if err != nil {
		t.Fatal(err)
	}
	kernel := filepath.Join(dir, "cat")
	script := filepath.Join(dir, "script.txtar")
	for name, data := range map[string]string{kernel: string(code), script: strings.ReplaceAll(text, "CAT", kernel)} {
		if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Load(script)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const head = "test\n-- args --\n--kernel CAT\n--memory 8M\n--max-insns 1000000\n"

func TestRun(t *testing.T) {
	for _, c := range []struct{ name, text, diff string }{
		{"equal", head + "-- stdin --\nhello\n-- stdout --\nhello\n", ""},
		{"other bytes", head + "-- stdin --\nhello\n-- stdout --\nhullo\n", "-hullo\n+hello"},
		{"status", head + "-- stdin --\n-- status --\n3\n", "exit status 0, expected 3"},
		{"mask", head + "-- stdin --\nat 0x1234, CR3: 12\nat 0x5, CR3: 1f\n-- mask --\n0x[0-9a-f]+\nCR3: (\\w+)\n-- stdout --\nat (any), CR3: (any)\nat (any), CR3: (any)\n", ""},
		{"open end", head + "-- stdin --\na\n-- stdout-open --\na\n", "a"},
		{"stderr", head + "-- stdin --\n-- stderr --\nsomething\n", `last line on stderr "", expected to match ^(?:something)$`},
		// Without stdin the program polls for ever.
		{"reason", head + "-- status --\n124\n-- stderr --\nrv86: the budget of \\d+ instructions is used up .*\n", ""},
		{"drive", head + "--drive $WORK/disk\n-- disk --\n" + strings.Repeat("x", 600) + "\n-- stdin --\n", ""},
		{"no such drive", head + "--drive $WORK/disk\n-- stdin --\n", "exit status 2, expected 0"},
		{"file for the guest", head + "-- guest/etc/motd --\nhi\n-- stdin --\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, diff, err := load(t, c.text).Run(t.Context(), Config{})
			if err != nil {
				t.Fatal(err)
			}
			if (diff == "") != (c.diff == "") || !strings.Contains(diff, c.diff) {
				t.Errorf("diff %q, want %q", diff, c.diff)
			}
		})
	}
}

func TestUpdate(t *testing.T) {
	s := load(t, head+"-- stdin --\nx\ny\n-- stdout --\nold\n-- status --\n9\n")
	if _, _, err := s.Run(t.Context(), Config{Update: true}); err != nil {
		t.Fatal(err)
	}
	again, err := Load(s.path)
	if err != nil {
		t.Fatal(err)
	}
	if _, diff, err := again.Run(t.Context(), Config{}); diff != "" || err != nil {
		t.Errorf("after the update: %q, %v", diff, err)
	}
	if _, ok := again.file(fileStatus); ok || again.stdout() != "x\ny\n" {
		t.Errorf("the update stored %q", again.stdout())
	}
	if !strings.HasPrefix(string(again.archive.Comment), "test\n") {
		t.Error("the update lost the comment")
	}
}

// A machine's own expectations take the place of the common ones, for it alone.
func TestArch(t *testing.T) {
	s := load(t, "test\n-- cmd --\ntrue\n-- stdout --\ncommon\n-- stdout.i386 --\nits own\n-- status.i386 --\n3\n")
	for arch, r := range map[string]Result{
		"": {Stdout: "common\n"}, "riscv64": {Stdout: "common\n"}, "i386": {Stdout: "its own\n", Status: 3},
	} {
		if d := s.forArch(arch).compare(r); d != "" {
			t.Errorf("%q: %s", arch, d)
		}
	}
	if s.forArch("i386").compare(Result{Stdout: "common\n"}) == "" {
		t.Error("i386 may give what others do")
	}
}

// -update gives another machine expectations of its own only where it differs.
func TestUpdateArch(t *testing.T) {
	for _, c := range []struct {
		out string
		own bool
	}{{"old\n", false}, {"new\n", true}} {
		s := load(t, "test\n-- cmd --\ntrue\n-- stdout --\nold\n")
		if err := s.update(Result{Stdout: c.out}, "i386"); err != nil {
			t.Fatal(err)
		}
		again, err := Load(s.path)
		if err != nil {
			t.Fatal(err)
		}
		if got := again.hasOwn("i386"); got != c.own || again.stdout() != "old\n" || again.forArch("i386").stdout() != c.out {
			t.Errorf("%q: own expectations %v; %q and %q", c.out, got, again.stdout(), again.forArch("i386").stdout())
		}
	}
}

func TestUpdateRefusesWhatAScriptCannotHold(t *testing.T) {
	s := load(t, head+"-- stdin --\n")
	if err := s.update(Result{Stdout: "a\n-- b --\n"}, ""); err == nil {
		t.Error("output that looks like a txtar marker was stored")
	}
}

func TestBadScripts(t *testing.T) {
	for text, want := range map[string]string{
		"-- cmd --\ntrue\n":                  "line 1 must say where the script comes from",
		"x\n-- stdout --\n":                  "there is nothing to run",
		"x\n-- cmd --\n-- status --\nlots\n": `"lots" is not an exit status`,
		"x\n-- cmd --\n-- stderr --\n(\n":    "stderr: ",
		"x\n-- cmd --\n-- mask --\n(\n":      "mask: ",
	} {
		path := filepath.Join(t.TempDir(), "s.txtar")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := Load("missing.txtar"); err == nil || err.Error() != "missing.txtar: there is no such file" {
		t.Errorf("%v", err)
	}
	for text, want := range map[string]string{
		"x\n-- args --\n--nonsense\n":                    "unknown flag --nonsense",
		head + "-- ../escape --\n-- stdin --\n":          "is not a name inside the archive",
		"x\n-- args --\n--kernel CAT\n-- guest/../ --\n": "is not a path in the guest",
	} {
		r, _, err := load(t, text).Run(t.Context(), Config{})
		if (err == nil || !strings.Contains(err.Error(), want)) && !strings.Contains(r.LastLine, want) {
			t.Errorf("%q: %v, %+v, want %q", text, err, r, want)
		}
	}
}
