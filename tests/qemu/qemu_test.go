package qemu

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

const (
	program = "qemu-system-riscv64"
	images  = "../../images/riscv64"
	scripts = "../golden/*.txtar"
	// patience is for a loaded machine; a script takes about a second.
	patience = 2 * time.Minute
)

// script is a golden script as far as QEMU can run it.
type script struct {
	commands, stdout string
	status           int
}

// load reads a script; ok is false for one that needs flags or files which are
// rv86's own way of starting a guest.
func load(t *testing.T, path string) (s script, ok bool) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ok = true
	for _, f := range archive.Files {
		switch f.Name {
		case "cmd":
			s.commands = string(f.Data)
		case "stdout":
			s.stdout = string(f.Data)
		case "status":
			if s.status, err = strconv.Atoi(strings.TrimSpace(string(f.Data))); err != nil {
				t.Fatal(err)
			}
		default:
			ok = false
		}
	}
	return s, ok && s.commands != ""
}

// need skips the test, loudly, unless CI promised that everything is there.
func need(t *testing.T, err error, hint string) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%v; %s", err, hint)
	}
	t.Skipf("%v; %s", err, hint)
}

func TestGoldenScripts(t *testing.T) {
	_, err := exec.LookPath(program)
	need(t, err, "on Debian: apt-get install qemu-system-misc")
	_, err = os.Stat(filepath.Join(images, "kernel.elf"))
	need(t, err, "run make images first")
	paths, err := filepath.Glob(scripts)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden scripts: %v", err)
	}
	for _, path := range paths {
		s, ok := load(t, path)
		if !ok {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			stdout, status := run(t, s.commands)
			if diff := cmp.Diff(maskPIDs(s.stdout), maskPIDs(stdout)); diff != "" {
				t.Errorf("-golden +QEMU:\n%s", diff)
			}
			if status != s.status {
				t.Errorf("status %d, want %d", status, s.status)
			}
		})
	}
}

// pidRE is the process number in an oops report. Threads take numbers, too, and
// how many a Go program has started by then depends on the machine's speed.
var pidRE = regexp.MustCompile(`PID: \d+`)

func maskPIDs(text string) string { return pidRE.ReplaceAllString(text, "PID: N") }

// run boots QEMU with the commands; its exit status is the one that the guest
// writes to the board's test device.
func run(t *testing.T, commands string) (stdout string, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-M", "virt", "-m", "128M", "-bios", "none", "-no-reboot",
		"-display", "none", "-monitor", "none", "-serial", "stdio",
		"-kernel", filepath.Join(images, "kernel.elf"), "-initrd", filepath.Join(images, "initramfs.cpio"),
		"-append", "rv86.cmd="+strconv.Quote(commands))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && (!exited || ctx.Err() != nil) {
		t.Fatalf("%v\n%s%s", err, out.String(), errs.String())
	}
	if errs.Len() > 0 {
		t.Errorf("QEMU says: %s", errs.String())
	}
	return out.String(), cmd.ProcessState.ExitCode()
}
