//go:build linux

package main

import (
	"strings"
	"testing"
	"time"

	"rv86/tests/lab"
)

// TestGuest runs the checks on our machines and kernel.
func TestGuest(t *testing.T) {
	want := ""
	for _, c := range checks {
		want += c.name + ": ok\n"
	}
	for _, m := range lab.Machines {
		t.Run(m.Arch, func(t *testing.T) {
			prog := lab.Program(t, m.GOARCH, ".")
			r := lab.Guest{Arch: m.Arch, Files: []string{prog + ":/bin/modules"}, Timeout: 5 * time.Minute}.Run(t, "modules")
			if r.Out != want || r.Status != 0 {
				t.Errorf("status %d, got\n%s\nwant\n%s", r.Status, indent(r.Out), indent(want))
			}
		})
	}
}

func indent(s string) string { return "\t" + strings.ReplaceAll(s, "\n", "\n\t") }
