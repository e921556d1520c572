package main

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rv86/machine"
	"rv86/machine/session"
	"rv86/tests/lab"
)

// TestFlightPanic: with --flight a panic of the guest's kernel ends with the last
// instructions, one behind the other up to the store that tells the machine, and
// with the reason; without it only the reason is told. A recording's repetition
// prints the same.
func TestFlightPanic(t *testing.T) {
	const (
		crash  = "echo c >/proc/sysrq-trigger"
		reason = "rv86: guest panic: sysrq triggered crash\n"
		title  = "rv86: the last instructions (slot, privilege, address, code):\n"
	)
	last := map[string]string{"riscv64": `sw x6,0\(x5\) +<rv86/kernel/nucleus\.out32`, "i386": `out dx, al +<rv86/kernel/nucleus\.outb`}
	for _, arch := range session.Archs {
		t.Run(arch, func(t *testing.T) {
			t.Setenv(session.ImagesEnv, filepath.Dir(lab.Images(t, arch)))
			recording := filepath.Join(t.TempDir(), "panic.rec")
			run := func(args ...string) string {
				t.Helper()
				var out, msg bytes.Buffer
				status := execute(args, streams{strings.NewReader(""), &out, &msg})
				if status != machine.StatusPanic || !strings.HasSuffix(msg.String(), reason) {
					t.Fatalf("%q: status %d\n%s%s", args, status, &out, &msg)
				}
				return msg.String()
			}
			if got := run("run", "--arch", arch, "--memory", "64M", "-c", crash); got != reason {
				t.Errorf("without --flight:\n%s", got)
			}
			text := run("run", "--arch", arch, "--memory", "64M", "-c", crash, "--flight", "20", "--record", recording)
			body, ok := strings.CutPrefix(strings.TrimSuffix(text, reason), title)
			lines := strings.Split(strings.TrimSuffix(body, "\n"), "\n")
			if !ok || len(lines) != 20 || !regexp.MustCompile(last[arch]).MatchString(lines[len(lines)-1]) {
				t.Errorf("%d lines, and the last is not %q:\n%s", len(lines), last[arch], text)
			}
			slot := uint64(0)
			for _, l := range lines {
				n, err := strconv.ParseUint(strings.Fields(l)[0], 10, 64)
				if err != nil || slot != 0 && n != slot+1 {
					t.Errorf("behind instruction %d stands %q", slot, l)
				}
				slot = n
			}
			if again := run("replay", recording, "--flight", "20"); again != text {
				t.Errorf("the recording ends otherwise:\n%s\nthan the run:\n%s", again, text)
			}
		})
	}
}
