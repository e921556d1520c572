package qemu

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"rv86/machine/golden"
	"rv86/tests/lab"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// machine is a guest under QEMU, with the flags that make QEMU's machine ours.
type machine struct {
	arch, program, pkg string
	flags              []string
	// status turns QEMU's exit status into the guest's, of which mask is what
	// can be seen.
	status func(int) int
	mask   int
}

var machines = []machine{
	{
		arch: "riscv64", program: "qemu-system-riscv64", pkg: "qemu-system-misc",
		flags:  []string{"-M", "virt", "-bios", "none"},
		status: func(n int) int { return n },
		mask:   0xff,
	}, {
		arch: "i386", program: "qemu-system-i386", pkg: "qemu-system-x86",
		flags:  []string{"-M", "pc", "-nic", "none", "-vga", "none", "-device", "isa-debug-exit,iobase=0xf4,iosize=1"},
		status: func(n int) int { return n >> 1 }, // isa-debug-exit makes 2n+1 of n
		mask:   0x7f,
	},
}

const (
	scripts = "../golden/*.txtar"
	// patience is for a loaded machine; a script takes about a second.
	patience = 2 * time.Minute
)

// script is a golden script as far as QEMU can run it.
type script struct {
	commands, stdout string
	status           int
	masks            golden.Masks
}

// load reads a script; ok is false for one that needs flags or files which are
// rv86's own way of starting a guest.
func load(t *testing.T, path, arch string) (s script, ok bool) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ok = true
	own := map[string]bool{} // what the machine has an expectation of its own for
	for _, f := range archive.Files {
		if name, isOwn := strings.CutSuffix(f.Name, "."+arch); isOwn {
			own[name] = true
		}
	}
	for _, f := range archive.Files {
		name, isOwn := strings.CutSuffix(f.Name, "."+arch)
		if own[name] && !isOwn || otherMachine(name) {
			continue
		}
		switch name {
		case "cmd":
			s.commands = string(f.Data)
		case "stdout":
			s.stdout = string(f.Data)
		case "mask":
			if s.masks, err = golden.ParseMasks(string(f.Data)); err != nil {
				t.Fatal(err)
			}
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

// otherMachine reports whether a file is another machine's expectation.
func otherMachine(name string) bool {
	for _, m := range machines {
		if strings.HasSuffix(name, "."+m.arch) {
			return true
		}
	}
	return false
}

func TestGoldenScripts(t *testing.T) {
	for _, m := range machines {
		t.Run(m.arch, m.runScripts)
	}
}

func (m machine) runScripts(t *testing.T) {
	lab.Tool(t, m.program, m.pkg)
	images := lab.Images(t, m.arch)
	paths, err := filepath.Glob(scripts)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden scripts: %v", err)
	}
	for _, path := range paths {
		s, ok := load(t, path, m.arch)
		if !ok {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			stdout, status := m.run(t, images, s.commands)
			if diff := cmp.Diff(maskPIDs(s.stdout), maskPIDs(s.masks.Apply(stdout))); diff != "" {
				t.Errorf("-golden +QEMU:\n%s", diff)
			}
			if status != s.status&m.mask {
				t.Errorf("status %d, want %d", status, s.status&m.mask)
			}
		})
	}
}

// pidRE is the process number in an oops report. Threads take numbers, too, and
// how many a Go program has started by then depends on the machine's speed.
var pidRE = regexp.MustCompile(`PID: \d+`)

func maskPIDs(text string) string { return pidRE.ReplaceAllString(text, "PID: N") }

// run boots QEMU with the commands; its exit status is the one that the guest
// writes to the board's exit device.
func (m machine) run(t *testing.T, images, commands string) (stdout string, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, m.program, append([]string{
		"-m", "128M", "-no-reboot", "-display", "none", "-monitor", "none", "-serial", "stdio",
		"-kernel", filepath.Join(images, lab.KernelFile), "-initrd", filepath.Join(images, lab.InitrdFile),
		"-append", "rv86.cmd=" + strconv.Quote(commands),
	}, m.flags...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && (!exited || ctx.Err() != nil) {
		t.Fatalf("%v\n%s%s", err, out.String(), errs.String())
	}
	if errs.Len() > 0 {
		t.Errorf("QEMU says: %s", errs.String())
	}
	return out.String(), m.status(cmd.ProcessState.ExitCode())
}
