//go:build linux

// Command guest runs inside the guest, as root, and loads modules in numbers:
//
//	guest thousand        1,000 modules with 20 exports each
//	guest inject CYCLES   failures at every step of a load, CYCLES times
//	guest fuzz SEED COUNT SECONDS
//	                      COUNT damaged files, and more until the time is over
//
// They print "ok" or what went wrong. inject and fuzz run twice, the first time
// until the log and the kernel's heap have their sizes, and compare the memory in
// use after both.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"rv86/tests/lab/meminfo"
)

func main() {
	// What refusals print would drown the results.
	const actionConsoleLevel = 8
	syscall.Syscall(syscall.SYS_SYSLOG, actionConsoleLevel, 0, 1)
	var err error
	switch os.Args[1] {
	case "thousand":
		err = thousand()
	case "inject":
		err = keepsMemory(func(uint64) error { return inject(number(2)) })
	case "fuzz":
		err = keepsMemory(func(half uint64) error { return fuzz(uint64(number(2)), half, number(3), number(4)) })
	default:
		err = fmt.Errorf("no such part: %s", os.Args[1])
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ok")
}

func number(i int) int {
	n, err := strconv.Atoi(os.Args[i])
	if err != nil {
		panic(err)
	}
	return n
}

func file(name string) []byte {
	b, err := os.ReadFile("/lib/modules/" + name + ".ko")
	if err != nil {
		panic(err)
	}
	return b
}

func load(b []byte, args string) syscall.Errno {
	_, _, e := syscall.Syscall(unix.SYS_INIT_MODULE, addr(b), uintptr(len(b)), cstr(args))
	return e
}

func unload(name string) syscall.Errno {
	_, _, e := syscall.Syscall(unix.SYS_DELETE_MODULE, cstr(name), syscall.O_NONBLOCK, 0)
	return e
}

// loaded counts the modules.
func loaded() int {
	b, err := os.ReadFile("/proc/modules")
	if err != nil {
		panic(err)
	}
	return strings.Count(string(b), "\n")
}

// keepsMemory runs both halves of a part: nothing may stay of the second.
func keepsMemory(part func(half uint64) error) error {
	if err := part(0); err != nil {
		return err
	}
	before, err := meminfo.Settled()
	if err != nil {
		return err
	}
	if err := part(1); err != nil {
		return err
	}
	after, err := meminfo.Settled()
	if err != nil {
		return err
	}
	fmt.Printf("pages %d kB, then %d kB; heap %d kB, then %d kB\n", before.Unowned(), after.Unowned(), before.Live(), after.Live())
	return after.Kept(before)
}
