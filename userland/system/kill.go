package system

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
)

var killCommand = box.Command{
	Name: "kill", Usage: "[-s SIGNAL | -SIGNAL] PID... | -l [STATUS]", Help: "Send a signal to processes.",
	// -9 and -1 (a group) look alike, so the arguments are read by hand.
	Raw: true, Run: kill,
}

// lastSignal is the last of the classic signals; the rest have no names.
const lastSignal = 31

// signalNumber takes "9", "KILL", "SIGKILL" or "kill".
func signalNumber(name string) (syscall.Signal, bool) {
	if n, err := strconv.Atoi(name); err == nil {
		return syscall.Signal(n), n >= 0 && n <= 64
	}
	name = strings.ToUpper(name)
	if !strings.HasPrefix(name, "SIG") {
		name = "SIG" + name
	}
	sig := unix.SignalNum(name)
	return sig, sig != 0
}

func kill(c *box.Context) int {
	args := c.Args
	sig := syscall.SIGTERM
	switch {
	case len(args) == 0:
		return c.MissingOperand()
	case args[0] == "-l":
		return listSignals(c, args[1:])
	case args[0] == "-s" && len(args) > 1, strings.HasPrefix(args[0], "-") && args[0] != "--":
		name := args[0][1:]
		if args[0] == "-s" {
			args = args[1:]
			name = args[0]
		}
		var ok bool
		if sig, ok = signalNumber(name); !ok {
			return c.Fail("%s: invalid signal", name)
		}
		args = args[1:]
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return c.MissingOperand()
	}
	status := box.OK
	for _, arg := range args {
		pid, err := strconv.Atoi(arg)
		if err != nil {
			status = c.Fail("%s: arguments must be process or job IDs", arg)
			continue
		}
		if err := syscall.Kill(pid, sig); err != nil {
			status = c.Fail("(%d): %s", pid, box.Reason(err))
		}
	}
	return status
}

// listSignals prints all names, or the name behind an exit status.
func listSignals(c *box.Context, args []string) int {
	if len(args) == 0 {
		for n := 1; n <= lastSignal; n++ {
			end := byte(' ')
			if n == lastSignal {
				end = '\n'
			}
			c.Out.WriteString(strings.TrimPrefix(unix.SignalName(syscall.Signal(n)), "SIG"))
			c.Out.WriteByte(end)
		}
		return box.OK
	}
	for _, arg := range args {
		sig, ok := signalNumber(arg)
		if n, err := strconv.Atoi(arg); err == nil && n > 128 {
			sig, ok = syscall.Signal(n-128), true // as the shell's $? has it
		}
		if !ok {
			return c.Fail("%s: invalid signal", arg)
		}
		if _, err := strconv.Atoi(arg); err == nil {
			fmt.Fprintln(c.Out, strings.TrimPrefix(unix.SignalName(sig), "SIG"))
		} else {
			fmt.Fprintln(c.Out, int(sig))
		}
	}
	return box.OK
}
