package initd

import (
	"strconv"
	"testing"
)

func TestCommandFrom(t *testing.T) {
	for _, tc := range []struct {
		name, cmdline, want string
		found, bad          bool
	}{
		{name: "absent", cmdline: "console=ttyS0 quiet\n"},
		{name: "empty line", cmdline: ""},
		{name: "alone", cmdline: `rv86.cmd="insmod hello; lsmod"` + "\n", want: "insmod hello; lsmod", found: true},
		{name: "in the middle", cmdline: `a=1 rv86.cmd="exit 7" b=2`, want: "exit 7", found: true},
		{name: "empty command", cmdline: `rv86.cmd=""`, found: true},
		{name: "quoting", cmdline: "rv86.cmd=" + strconv.Quote("echo \"a  b\"\n\t$HOME 'c' \\"), want: "echo \"a  b\"\n\t$HOME 'c' \\", found: true},
		{name: "bytes", cmdline: "rv86.cmd=" + strconv.Quote("echo \xff\x00é"), want: "echo \xff\x00é", found: true},
		{name: "inside a quoted word", cmdline: `x="rv86.cmd=\"no\" " y`},
		{name: "inside a word", cmdline: `xrv86.cmd="no"`},
		{name: "unquoted", cmdline: `rv86.cmd=ls`, found: true, bad: true},
		{name: "unterminated", cmdline: `rv86.cmd="ls`, found: true, bad: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, found, err := commandFrom(tc.cmdline)
			if got != tc.want || found != tc.found || (err != nil) != tc.bad {
				t.Errorf("commandFrom(%q) = %q, %v, %v", tc.cmdline, got, found, err)
			}
		})
	}
}
