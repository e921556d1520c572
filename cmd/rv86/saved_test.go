package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSavedSymbols: a monitor on a recording, or on a machine that was saved, knows
// the modules that the run was given, while they are what they were.
func TestSavedSymbols(t *testing.T) {
	eachGuest(t, func(t *testing.T, arch, ko string) {
		dir := t.TempDir()
		file := func(name string) string { return filepath.Join(dir, name) }
		write := func(name string, b []byte) {
			t.Helper()
			if err := os.WriteFile(file(name), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		module, err := os.ReadFile(ko)
		if err != nil {
			t.Fatal(err)
		}
		write("covered.ko", module)
		write("save.mon", []byte("savevm "+file("saved")+"\nquit\n"))
		write("look.mon", []byte("break half\ncontinue\nbacktrace 2\nquit\n"))
		given := []string{"--arch", arch, "--module", file("covered.ko"), "-c", "insmod covered n=3"}
		rv86Run(t, append(given, "--record", file("recording"))...)
		rv86Run(t, append(given, "-x", file("save.mon"))...)

		look := func(status int, args ...string) string {
			t.Helper()
			var out, msg bytes.Buffer
			if got := execute(append(args, "-x", file("look.mon")), streams{strings.NewReader(""), &out, &msg}); got != status {
				t.Errorf("%q: status %d\n%s%s", args, got, &out, &msg)
			}
			return out.String() + msg.String()
		}
		replay, from := []string{"replay", file("recording")}, []string{"run", "--from", file("saved")}
		for _, how := range [][]string{replay, from} {
			for _, c := range []struct {
				status int
				extra  []string
				says   string // "": the module is known
			}{
				{0, nil, ""},
				{0, []string{"--module", file("moved/covered.ko")}, ""},
				{0, nil, file("covered.ko") + ": there is no such file"},
				{2, []string{"--module", file("covered.ko")}, "covered.ko: the saved machine was given another module of this name: the contents differ"},
				{2, []string{"--module", file("look.mon")}, "look.mon: the saved machine was given no module of this name, but " + file("covered.ko")},
				{0, nil, "covered.ko: the file has changed since the machine was saved"},
			} {
				if how[0] == "run" && c.extra == nil && c.says != "" {
					continue // found the same way
				}
				switch {
				case strings.Contains(c.says, "no such file"):
					os.Remove(file("covered.ko"))
				case c.says != "":
					write("covered.ko", []byte("no module"))
				case c.extra != nil:
					os.Remove(file("covered.ko"))
					if err := os.MkdirAll(file("moved"), 0o755); err != nil {
						t.Fatal(err)
					}
					write("moved/covered.ko", module)
				default:
					write("covered.ko", module)
				}
				text := look(c.status, append(how, c.extra...)...)
				if c.says != "" && !strings.Contains(text, c.says) {
					t.Errorf("%q with %q says\n%swithout %q", how, c.extra, text, c.says)
				}
				if known := strings.Contains(text, "half (x=0) at covered.c:") && strings.Contains(text, "in covered_init () at covered.c:"); known != (c.says == "") {
					t.Errorf("%q with %q: the module is known: %v\n%s", how, c.extra, known, text)
				}
			}
		}
	})
}
