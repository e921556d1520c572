package system

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
)

var dmesgCommand = box.Command{
	Name: "dmesg", Help: "Print the kernel's log.",
	Options: []box.Option{
		box.Flag('c', "read-clear", "print, then clear"),
		box.Flag('C', "clear", "clear, print nothing"),
		box.Param('l', "level", "LIST", "only these levels: emerg,alert,crit,err,warn,notice,info,debug"),
		box.Param('n', "console-level", "LEVEL", "show messages below LEVEL on the console"),
		box.Flag('r', "raw", "with the level numbers"),
		box.Flag('t', "notime", "without the times"),
	},
	Run: dmesg,
}

// levels are the kernel's, most urgent first (syslog(2)).
var levels = []string{"emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"}

// levelMask is the part of a record's number that is the level.
const levelMask = 7

func parseLevels(list string) (shown [8]bool, err error) {
next:
	for name := range strings.SplitSeq(list, ",") {
		for i, level := range levels {
			if name == level {
				shown[i] = true
				continue next
			}
		}
		return shown, fmt.Errorf("unknown level '%s'", name)
	}
	return shown, nil
}

func dmesg(c *box.Context) int {
	if c.Has('n') {
		return consoleLevel(c, c.Value('n', ""))
	}
	shown := [8]bool{true, true, true, true, true, true, true, true}
	if c.Has('l') {
		var err error
		if shown, err = parseLevels(c.Value('l', "")); err != nil {
			return c.Fail("%s", err)
		}
	}
	if c.Has('C') {
		if _, err := unix.Klogctl(unix.SYSLOG_ACTION_CLEAR, nil); err != nil {
			return c.Fail("clear kernel buffer failed: %s", box.Reason(err))
		}
		return box.OK
	}
	size, err := unix.Klogctl(unix.SYSLOG_ACTION_SIZE_BUFFER, nil)
	if err != nil {
		return c.Fail("read kernel buffer failed: %s", box.Reason(err))
	}
	action := unix.SYSLOG_ACTION_READ_ALL
	if c.Has('c') {
		action = unix.SYSLOG_ACTION_READ_CLEAR
	}
	buf := make([]byte, size)
	n, err := unix.Klogctl(action, buf)
	if err != nil {
		return c.Fail("read kernel buffer failed: %s", box.Reason(err))
	}
	printLog(c, string(buf[:n]), shown)
	return box.OK
}

func printLog(c *box.Context, log string, shown [8]bool) {
	for line := range strings.Lines(log) {
		level, rest := splitLevel(line)
		if level >= 0 && !shown[level] {
			continue
		}
		if c.Has('r') {
			rest = line
		} else if c.Has('t') && strings.HasPrefix(rest, "[") {
			if _, after, ok := strings.Cut(rest, "] "); ok {
				rest = after
			}
		}
		c.Out.WriteString(rest)
		if !strings.HasSuffix(rest, "\n") {
			c.Out.WriteByte('\n')
		}
	}
}

// splitLevel takes "<N>" off a line; level -1 means there was none.
func splitLevel(line string) (level int, rest string) {
	if !strings.HasPrefix(line, "<") {
		return -1, line
	}
	number, rest, ok := strings.Cut(line[1:], ">")
	n, err := strconv.ParseUint(number, 10, 16)
	if !ok || err != nil {
		return -1, line
	}
	return int(n & levelMask), rest
}

func consoleLevel(c *box.Context, name string) int {
	level, err := strconv.Atoi(name)
	if err != nil {
		for i, l := range levels {
			if l == name {
				level, err = i+1, nil
			}
		}
	}
	if err != nil || level < 1 || level > 8 {
		return c.Fail("unknown level '%s'", name)
	}
	// The level goes in the call's third argument, which x/sys derives from a
	// buffer's length.
	if _, err := unix.Klogctl(unix.SYSLOG_ACTION_CONSOLE_LEVEL, make([]byte, level)); err != nil {
		return c.Fail("setting console level failed: %s", box.Reason(err))
	}
	return box.OK
}
