//go:build linux

// Command try runs inside the guest, as root. For each line of /try/list, which
// is the name of a case, it loads /try/NAME.ko and prints the error number and
// all that the kernel's log says, hints included.
package main

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	readClear    = 4 // SYSLOG_ACTION_READ_CLEAR
	consoleLevel = 8 // SYSLOG_ACTION_CONSOLE_LEVEL
	fields       = 4 // of a line: case, module in NAME.first to load before, flags, arguments
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "try:", err)
		os.Exit(1)
	}
}

func run() error {
	if _, err := unix.Klogctl(consoleLevel, make([]byte, 1)); err != nil {
		return err
	}
	list, err := os.Open("/try/list")
	if err != nil {
		return err
	}
	for lines := bufio.NewScanner(list); lines.Scan(); {
		f := strings.SplitN(lines.Text(), "\t", fields)
		flags, err := strconv.Atoi(f[2])
		if err != nil {
			return err
		}
		if err := one(f[0], f[1], flags, f[3]); err != nil {
			return err
		}
	}
	return nil
}

// one tries a case, and puts the kernel back to where it was.
func one(name, before string, flags int, args string) error {
	if before != "" {
		if err := load("/try/"+name+".first", 0, ""); err != nil {
			return fmt.Errorf("%s: loading %s before: %w", name, before, err)
		}
	}
	said() // what came before is not the case's
	err := load("/try/"+name+".ko", flags, args)
	fmt.Printf("== %s\n%s\n%s", name, errnoName(err), said())
	if before != "" {
		if err := unix.DeleteModule(before, unix.O_NONBLOCK); err != nil {
			return fmt.Errorf("%s: unloading %s: %w", name, before, err)
		}
	}
	left, err := os.ReadFile("/proc/modules")
	if err == nil && len(left) > 0 {
		loaded, _, _ := strings.Cut(string(left), " ")
		fmt.Printf("left loaded: %s\n", loaded)
		err = unix.DeleteModule(loaded, unix.O_NONBLOCK)
	}
	return err
}

func load(path string, flags int, args string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.FinitModule(int(f.Fd()), args, flags)
}

func errnoName(err error) string {
	if err == nil {
		return "loaded"
	}
	if e, ok := err.(unix.Errno); ok {
		return unix.ErrnoName(e)
	}
	return err.Error()
}

// stamp is the time in front of a line of the log.
var stamp = regexp.MustCompile(`(?m)^(<\d+>)\[[^]]*\] `)

// said gives the log since the last call.
func said() string {
	buf := make([]byte, 1<<18)
	n, err := unix.Klogctl(readClear, buf)
	if err != nil {
		return err.Error() + "\n"
	}
	return stamp.ReplaceAllString(string(buf[:n]), "$1")
}
