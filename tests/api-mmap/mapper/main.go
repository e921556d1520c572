//go:build linux

// Command mapper runs inside the guest: it maps files and uses the mappings, one
// operation after the other, as its arguments say, and prints the result of each.
//
//	mapper open=/dev/x,rdwr map=3,0,rw,shared poke=0,text peek=0 unmap=1,1
//
// Places are in pages of the mapping that map made last.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const pageSize = 4096

var (
	fd   = -1
	base uintptr // of the mapping
)

type op struct {
	name string
	run  func(args []string) (any, error)
}

var ops = []op{
	{"open", func(a []string) (any, error) {
		flags := unix.O_RDWR
		if len(a) > 1 && a[1] == "rdonly" {
			flags = unix.O_RDONLY
		}
		n, err := unix.Open(a[0], flags, 0)
		if err == nil {
			fd = n
		}
		return "ok", err
	}},
	{"close", func([]string) (any, error) { return "ok", unix.Close(fd) }},
	{"map", func(a []string) (any, error) { // pages, offset, protection, kind
		flags := unix.MAP_SHARED
		if len(a) > 3 && a[3] == "private" {
			flags = unix.MAP_PRIVATE
		}
		p, err := unix.MmapPtr(fd, int64(pages(a[1])), nil, pages(a[0]), protection(a[2]), flags)
		if err == nil {
			base = uintptr(p)
		}
		return "ok", err
	}},
	{"peek", func(a []string) (v any, err error) {
		defer caught(&err)
		return text(base + pages(a[0])), nil
	}},
	{"poke", func(a []string) (v any, err error) {
		defer caught(&err)
		put(base+pages(a[0]), a[1])
		return "ok", nil
	}},
	{"die", func(a []string) (any, error) { return text(base + pages(a[0])), nil }},
	{"read", func(a []string) (any, error) {
		b := make([]byte, number(a[0]))
		n, err := unix.Pread(fd, b, 0)
		return strconv.Quote(strings.TrimRight(string(b[:max(n, 0)]), "\x00")), err
	}},
	{"write", func(a []string) (any, error) { return unix.Pwrite(fd, []byte(a[0]), 0) }},
	// readinto has the kernel copy to the mapping, writefrom from it.
	{"readinto", func(a []string) (any, error) { return transfer(unix.SYS_PREAD64, a) }},
	{"writefrom", func(a []string) (any, error) { return transfer(unix.SYS_PWRITE64, a) }},
	{"ioctl", func(a []string) (any, error) {
		arg := uintptr(0)
		if len(a) > 1 {
			arg = base + pages(a[1])
		}
		_, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(number(a[0])), arg)
		return "ok", errno(e)
	}},
	{"unmap", func(a []string) (any, error) { // page, pages
		_, _, e := unix.Syscall(unix.SYS_MUNMAP, base+pages(a[0]), pages(a[1]), 0)
		return "ok", errno(e)
	}},
	{"protect", func(a []string) (any, error) { // page, pages, protection
		_, _, e := unix.Syscall(unix.SYS_MPROTECT, base+pages(a[0]), pages(a[1]), uintptr(protection(a[2])))
		return "ok", errno(e)
	}},
	{"discard", func(a []string) (any, error) {
		_, _, e := unix.Syscall(unix.SYS_MADVISE, base+pages(a[0]), pages(a[1]), unix.MADV_DONTNEED)
		return "ok", errno(e)
	}},
	{"remap", func(a []string) (any, error) { // pages before, pages after
		to, _, e := unix.Syscall6(unix.SYS_MREMAP, base, pages(a[0]), pages(a[1]), unix.MREMAP_MAYMOVE, 0, 0)
		moved := to != base
		if e == 0 {
			base = to
		}
		return fmt.Sprintf("moved %v", moved), errno(e)
	}},
	{"move", func(a []string) (any, error) { // pages, to a place that is free
		p, err := unix.MmapPtr(-1, 0, nil, pages(a[0]), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
		if err != nil {
			return nil, err
		}
		to, _, e := unix.Syscall6(unix.SYS_MREMAP, base, pages(a[0]), pages(a[0]), unix.MREMAP_MAYMOVE|unix.MREMAP_FIXED, uintptr(p), 0)
		if e == 0 {
			base = to
		}
		return "ok", errno(e)
	}},
	{"sleep", func(a []string) (any, error) {
		time.Sleep(time.Duration(number(a[0])) * time.Millisecond)
		return "ok", nil
	}},
	// exec becomes a program that says who uses modules.
	{"exec", func([]string) (any, error) {
		return nil, unix.Exec("/bin/lsmod", []string{"lsmod"}, nil)
	}},
	// fork has a child write a text to a page and end.
	{"fork", func(a []string) (any, error) { return child(base+pages(a[0]), a[1]) }},
	{"maps", func([]string) (any, error) {
		b, err := os.ReadFile("/proc/self/maps")
		var out []string
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(line); len(f) == 6 && strings.HasPrefix(f[5], "/dev/") {
				var lo, hi uintptr
				fmt.Sscanf(f[0], "%x-%x", &lo, &hi)
				out = append(out, fmt.Sprintf("%d %s %s %s", (hi-lo)/pageSize, f[1], f[2], f[5]))
			}
		}
		return strings.Join(out, ", "), err
	}},
}

func transfer(call uintptr, a []string) (any, error) {
	n, _, e := unix.Syscall6(call, uintptr(fd), base+pages(a[0]), uintptr(number(a[1])), 0, 0, 0)
	return n, errno(e)
}

// caught makes an error of an access that is refused.
func caught(err *error) {
	if recover() != nil {
		*err = errors.New("fault")
	}
}

func errno(e unix.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}

func protection(s string) int {
	p := unix.PROT_NONE
	if strings.Contains(s, "r") {
		p |= unix.PROT_READ
	}
	if strings.Contains(s, "w") {
		p |= unix.PROT_WRITE
	}
	return p
}

func number(s string) int {
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		fmt.Println("mapper:", err)
		os.Exit(2)
	}
	return int(n)
}

func pages(s string) uintptr { return uintptr(number(s)) * pageSize }

func main() {
	for _, arg := range os.Args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		if !run(name, value, arg) {
			fmt.Println("mapper: no such operation:", name)
			os.Exit(2)
		}
	}
}

func run(name, value, arg string) bool {
	for _, o := range ops {
		if o.name != name {
			continue
		}
		debug.SetPanicOnFault(name != "die")
		v, err := o.run(strings.Split(value, ","))
		var e unix.Errno
		switch {
		case errors.As(err, &e):
			fmt.Printf("%s: %s\n", arg, unix.ErrnoName(e))
		case err != nil:
			fmt.Printf("%s: %v\n", arg, err)
		default:
			fmt.Printf("%s: %v\n", arg, v)
		}
		return true
	}
	return false
}
