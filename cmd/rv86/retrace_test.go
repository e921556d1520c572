package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rv86/machine"
	"rv86/machine/asm"
	"rv86/machine/session"
)

// longFault runs for more than one slice of the run loop before it faults.
const longFault = `
	li a0, 3000000
down:
	addi a0, a0, -1
	bne a0, zero, down
	jalr zero, 0(zero)
`

// A run that does not come to the same end again is not passed off as the first.
func TestRetraceRefuses(t *testing.T) {
	dir := t.TempDir()
	kernel := filepath.Join(dir, "kernel")
	put := func(text string) {
		code, err := asm.Assemble(text)
		if err == nil {
			err = os.WriteFile(kernel, code, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put(longFault)
	o := session.Options{Flags: session.Flags{Kernel: kernel, Memory: 16 << 20}}
	m, closeFiles, err := session.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer closeFiles()
	out := m.Run(t.Context(), machine.RunConfig{})
	if lines, err := retrace(t.Context(), o, nil, m, machine.RunConfig{Journal: &machine.Journal{}}, out, retraceWindow); err != nil || len(lines) == 0 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}

	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	const want = "the run was interrupted while it was repeated, or its files have changed"
	if _, err := retrace(stopped, o, nil, m, machine.RunConfig{Journal: &machine.Journal{}}, out, retraceWindow); err == nil || err.Error() != want {
		t.Errorf("interrupted: %v", err)
	}
	put("wfi")
	if _, err := retrace(t.Context(), o, nil, m, machine.RunConfig{Journal: &machine.Journal{}}, out, retraceWindow); err == nil || err.Error() != want {
		t.Errorf("changed: %v", err)
	}
	os.Remove(kernel)
	if _, err := retrace(t.Context(), o, nil, m, machine.RunConfig{Journal: &machine.Journal{}}, out, retraceWindow); err == nil || err.Error() != kernel+": there is no such file" {
		t.Errorf("removed: %v", err)
	}
}

// Code in a ROM is shown, too: a BIOS that triple-faults in real mode.
func TestRetraceROM(t *testing.T) {
	const size, reset = 4096, 0xff0
	bios := make([]byte, size)
	copy(bios[reset:], []byte{0xe9, 0x0d, 0xf0}) // jmp 0xf000
	copy(bios, []byte{
		0xfa,                               // cli
		0x2e, 0x0f, 0x01, 0x1e, 0x20, 0xf0, // lidt cs:[0xf020]: no vectors
		0xcd, 0x10, // int 0x10
	})
	rom := filepath.Join(t.TempDir(), "rom")
	if err := os.WriteFile(rom, bios, 0o644); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	status := execute([]string{"run", "--arch", "i386", "--bios", rom}, streams{nil, &stdout, &stderr})
	want := regexp.MustCompile(`\n +0 0 f000:0000fff0  e90df0          jmp 0xf000\n` +
		`.* 0 f000:0000f000  fa              cli\n.* lidt .*\n.* 0 f000:0000f007  cd10            int 0x10\n`)
	if status != machine.StatusFault || !want.Match(stderr.Bytes()) {
		t.Errorf("status %d\n%s", status, &stderr)
	}
}

// The loop is shown once, behind what led to it.
func TestWriteRetrace(t *testing.T) {
	trace := func(from uint64, texts string) (lines []traceLine) {
		for i, text := range strings.Fields(texts) {
			lines = append(lines, traceLine{slot: from + uint64(i), pc: uint64(text[0]), text: text})
		}
		return lines
	}
	for _, c := range []struct {
		lines []traceLine
		want  string // texts, and what is said about a loop
	}{
		{nil, ""},
		{trace(0, "a"), "a"},
		{trace(0, "a b c"), "a b c"},
		{trace(0, "a b b"), "a b; the last line, 2 times in a row"},
		{trace(0, "a b c b c b c"), "a b c; the last 2 lines, 3 times in a row"},
		{trace(0, "b c b c"), "b c; the last 2 lines, 2 times in a row"},
		{trace(7, "c b c b c"), "b c; the last 2 lines, 2 times in a row or more"},
		{trace(7, "a b c b d"), "a b c b d"},
		{trace(0, "a b c d e f g h i j k l m n o p q r s"), "d e f g h i j k l m n o p q r s"},
	} {
		var b bytes.Buffer
		writeRetrace(&b, c.lines, retraceLines, func(uint64) string { return "" })
		var got []string
		loop := ""
		for _, line := range strings.Split(strings.TrimSpace(b.String()), "\n")[1:] {
			if _, text, ok := strings.Cut(line, " the last "); ok {
				loop = "; the last " + text
				continue
			}
			got = append(got, strings.Fields(line)[1])
		}
		if s := strings.Join(got, " ") + loop; s != c.want {
			t.Errorf("%q, want %q", s, c.want)
		}
	}
}
