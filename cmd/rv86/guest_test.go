package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/images/modules"
	"rv86/kmod/kbuild"
	"rv86/machine/session"
	"rv86/tests/lab"
)

// eachGuest runs a test on both machines with the images that are built, and
// with testdata/module/covered.c as a module.
func eachGuest(t *testing.T, f func(t *testing.T, arch, ko string)) {
	for _, arch := range session.Archs {
		t.Run(arch, func(t *testing.T) {
			t.Setenv(session.ImagesEnv, filepath.Dir(lab.Images(t, arch)))
			target, err := modules.Find(arch)
			if err != nil {
				t.Fatal(err)
			}
			tc, err := target.Toolchain()
			if err != nil {
				lab.Skip(t, "%v", err)
			}
			// Without the reordering of -O2 a line is one stretch of code.
			m := kbuild.Module{Name: "covered", Sources: []string{"testdata/module/covered.c"}, Flags: [][]string{{"-Og"}}}
			built, err := kbuild.Build(tc, []kbuild.Module{m}, kbuild.Options{Out: t.TempDir(), Log: os.Stderr, InTree: true})
			if err != nil {
				t.Fatal(err)
			}
			f(t, arch, built[0].File)
		})
	}
}

// rv86Run runs the command, which must succeed.
func rv86Run(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, msg bytes.Buffer
	if status := execute(append([]string{"run", "--memory", "64M"}, args...), streams{strings.NewReader(""), &out, &msg}); status != 0 {
		t.Fatalf("%q: status %d\n%s%s", args, status, &out, &msg)
	}
	return out.String(), msg.String()
}

// compareGolden compares with testdata/NAME.golden, whose first line says where it comes
// from.
func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	got = "written by `go test ./cmd/rv86 -run " + strings.Split(t.Name(), "/")[0] + " -update`\n" + got
	if lab.Update() {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: not as expected (-written +printed); -update stores what comes out\n%s", file, diff)
	}
}

const coverScript = "insmod covered; rmmod covered; insmod covered n=3; rmmod covered"

var hashRE = regexp.MustCompile(`rv86: state [0-9a-f]+\n`)

// What is counted, and that counting is not seen by the guest.
func TestCover(t *testing.T) {
	eachGuest(t, func(t *testing.T, arch, ko string) {
		info := filepath.Join(t.TempDir(), "info")
		_, got := rv86Run(t, "--arch", arch, "--cover", ko, "--cover-out", info, "--state-hash", "-c", coverScript)
		_, plain := rv86Run(t, "--arch", arch, "--module", ko, "--state-hash", "-c", coverScript)
		if hashRE.FindString(got) != plain {
			t.Errorf("the guest saw that it was watched: %s, and without %s", hashRE.FindString(got), plain)
		}
		lcov, err := os.ReadFile(info)
		if err != nil {
			t.Fatal(err)
		}
		here, _ := filepath.Abs(".")
		text := strings.NewReplacer(ko, "covered.ko", here+"/", "").Replace(hashRE.ReplaceAllString(got, "") + "\n" + string(lcov))
		compareGolden(t, "cover."+arch, text)
		t.Run("genhtml", func(t *testing.T) { genhtml(t, info) })
	})
}

// What cannot be covered is refused in one sentence.
func TestCoverRefuses(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.ko")
	if err := os.WriteFile(text, []byte("no module"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--cover", koModules + "i386/hello.ko"}, "but this is riscv64"},
		{[]string{"--cover", text}, "text.ko: "},
		{[]string{"--cover", koModules + "riscv64/hello.ko"}, "it has no debug information"},
		{[]string{"--cover", filepath.Join(dir, "missing.ko")}, "there is no such file"},
		{[]string{"--cover-out", text}, "name a module with --cover"},
	} {
		var msg bytes.Buffer
		status := execute(append([]string{"run", "-c", "true"}, c.args...), streams{nil, &msg, &msg})
		if status != statusUsage || strings.Count(msg.String(), "\n") != 1 || !strings.Contains(msg.String(), c.want) {
			t.Errorf("%q: status %d, %s", c.args, status, &msg)
		}
	}
}

// genhtml has a reader of the format accept a file.
func genhtml(t *testing.T, info string) {
	lab.Tool(t, "genhtml", "lcov")
	out, err := exec.Command("genhtml", "-o", t.TempDir(), info).CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("WARNING")) || !bytes.Contains(out, []byte("3 of 4 functions")) {
		t.Errorf("genhtml: %v\n%s", err, out)
	}
}

// With other things that watch the machine, the counts are the same.
func TestCoverTraced(t *testing.T) {
	eachGuest(t, func(t *testing.T, arch, ko string) {
		script := filepath.Join(t.TempDir(), "script")
		const session = "break half\ncontinue\ncontinue\nrstepi 3\nrcontinue\ndelete\ncontinue\n"
		if err := os.WriteFile(script, []byte(session), 0o644); err != nil {
			t.Fatal(err)
		}
		args := []string{"--arch", arch, "--cover", ko, "-c", coverScript}
		_, trace := rv86Run(t, "--arch", arch, "--module", ko, "-c", coverScript, "--trace", "module", "--trace-json")
		loads := regexp.MustCompile(`"insn":(\d+),.* loading at`).FindAllStringSubmatch(trace, -1)
		if len(loads) != 2 {
			t.Fatalf("not loaded twice:\n%s", trace)
		}
		first, _ := strconv.Atoi(loads[1][1])
		const enough = 10_000 // slots, for init
		window := fmt.Sprintf("%d-%d", first, first+enough)
		_, want := rv86Run(t, args...)
		for _, more := range [][]string{
			{"--trace", "insn", "--trace-insns", window, "--trace-module", "covered", "--trace-out", os.DevNull},
			{"-x", script},
		} {
			if _, got := rv86Run(t, append(args, more...)...); got != want {
				t.Errorf("%q: %s", more, cmp.Diff(want, got))
			}
		}
	})
}

var (
	slotRE = regexp.MustCompile(`(?m)^ *[0-9]+ `)
	addrRE = regexp.MustCompile(`\b[0-9a-f]{16}|\b[0-9a-f]{8}\b`)
)

// The file for a gdb that does not ask: it is there while the module is loaded.
func TestGDBSymbols(t *testing.T) {
	eachGuest(t, func(t *testing.T, arch, ko string) {
		file := filepath.Join(t.TempDir(), "symbols")
		for _, c := range []struct{ script, want string }{
			{"insmod covered", "(?m)^add-symbol-file " + regexp.QuoteMeta(ko) + "( -s [^ ]+ 0x[0-9a-f]+)* -s \\.text 0x[0-9a-f]+( -s [^ ]+ 0x[0-9a-f]+)*$"},
			{"insmod covered; rmmod covered", `^#.*\n$`},
		} {
			rv86Run(t, "--arch", arch, "--module", ko, "--gdb-symbols", file, "-c", c.script)
			if b, err := os.ReadFile(file); err != nil || !regexp.MustCompile(c.want).Match(b) {
				t.Errorf("%s: %v\n%s", c.script, err, b)
			}
		}
	})
}

// The trace of a module's life.
func TestTraceModules(t *testing.T) {
	eachGuest(t, func(t *testing.T, arch, ko string) {
		file := filepath.Join(t.TempDir(), "trace")
		args := []string{"--arch", arch, "--module", ko, "--trace-out", file, "--trace-module", "covered", "-c", "insmod hello; rmmod hello; " + coverScript}
		rv86Run(t, append(args, "--trace", "module,call")...)
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		compareGolden(t, "modules."+arch, addrRE.ReplaceAllString(slotRE.ReplaceAllString(string(b), ""), "ADDRESS"))

		rv86Run(t, append(args, "--trace", "reloc", "--trace-json")...)
		if b, err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
		want := regexp.MustCompile(`(?m)^\{"insn":\d+,"kind":"reloc","mode":"[S0]","pc":"0x[0-9a-f]+","module":"covered","text":".* reloc: \.text[^ ]* +[A-Z0-9_]+ +_?printk: (.. )+-> .*"\}$`)
		if n := len(want.FindAll(b, -1)); n < 2 { // loaded twice
			t.Errorf("%d relocations\n%s", n, b)
		}
	})
}
