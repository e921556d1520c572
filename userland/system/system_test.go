package system

import (
	"os"
	"syscall"
	"testing"
	"time"

	"rv86/tests/lab"
)

func TestSplitLevel(t *testing.T) {
	for _, tc := range []struct {
		line  string
		level int
		rest  string
	}{
		{"<6>[    0.1] text\n", 6, "[    0.1] text\n"},
		{"<14>facility 1, level 6\n", 6, "facility 1, level 6\n"},
		{"plain <1>\n", -1, "plain <1>\n"},
		{"<x>odd\n", -1, "<x>odd\n"},
		{"<6 unclosed\n", -1, "<6 unclosed\n"},
	} {
		if level, rest := splitLevel(tc.line); level != tc.level || rest != tc.rest {
			t.Errorf("splitLevel(%q) = %d, %q", tc.line, level, rest)
		}
	}
}

func TestParseLevels(t *testing.T) {
	shown, err := parseLevels("err,debug")
	if err != nil || shown != [8]bool{3: true, 7: true} {
		t.Errorf("got %v, %v", shown, err)
	}
	if _, err := parseLevels("err,loud"); err == nil {
		t.Error("an unknown level was accepted")
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1": time.Second, "0.5": time.Second / 2, "2m": 2 * time.Minute, "1h": time.Hour, "1d": 24 * time.Hour,
		"1e30": 1<<63 - 1,
	} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("parseDuration(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "x", "-1", "NaN", "1w"} {
		if _, err := parseDuration(bad); err == nil {
			t.Errorf("parseDuration(%q) was accepted", bad)
		}
	}
}

func TestSignalNumber(t *testing.T) {
	for name, want := range map[string]syscall.Signal{
		"9": syscall.SIGKILL, "KILL": syscall.SIGKILL, "SIGTERM": syscall.SIGTERM, "hup": syscall.SIGHUP, "0": 0,
	} {
		if got, ok := signalNumber(name); !ok || got != want {
			t.Errorf("signalNumber(%q) = %d, %v", name, got, ok)
		}
	}
	for _, bad := range []string{"", "NOSUCH", "99", "-1"} {
		if _, ok := signalNumber(bad); ok {
			t.Errorf("signalNumber(%q) was accepted", bad)
		}
	}
}

func TestReadProcess(t *testing.T) {
	p, err := readProcess(os.Getpid())
	if err != nil {
		lab.Skip(t, "no Linux /proc here: %v", err)
	}
	if p.ppid != os.Getppid() || p.pgid != syscall.Getpgrp() || p.vsz <= 0 || p.rss <= 0 || p.args == "" {
		t.Errorf("got %+v", p)
	}
}

func TestStrftime(t *testing.T) {
	when := time.Date(2026, 2, 3, 4, 5, 6, 7, time.UTC)
	const format = "%Y-%m-%d %e %H:%M:%S %y %a %A %b %B %j %u %N %p %I %s %n%t%% %q"
	const want = "2026-02-03  3 04:05:06 26 Tue Tuesday Feb February 034 2 000000007 AM 04 1770091506 \n\t% %q"
	if got := strftime(format, when); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
