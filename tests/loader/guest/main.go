//go:build linux

// Command guest runs inside the guest, as root, and loads modules in numbers:
//
//	guest thousand        1,000 modules with 20 exports each
//	guest inject CYCLES   failures at every step of a load, CYCLES times
//	guest fuzz SEED COUNT SECONDS
//	                      COUNT damaged files, and more until the time is over
//	guest free            prints how many pages of memory are free
//
// The others print "ok" or what went wrong.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
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
		err = inject(number(2))
	case "fuzz":
		err = fuzz(uint64(number(2)), number(3), number(4))
	case "free":
		fmt.Println(freePages())
		return
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

// freePages are those that nobody has; meminfo trims the kernel's heap first.
// Only a program that has just begun can tell: its own heap counts too.
func freePages() int {
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		panic(err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); f[0] == "MemFree:" {
			kb, _ := strconv.Atoi(f[1])
			return kb / 4
		}
	}
	panic("no MemFree in /proc/meminfo")
}
