//go:build linux

// Command fio runs inside the guest: it performs file operations one after the
// other, as its arguments say, and prints the result of each. It is a shell's
// missing vocabulary for drivers.
//
//	fio open=/dev/x,rdwr,nonblock read=5 write=abc pread=3,1 seek=0,set ioctl=0x6600,7 poll=100 close
package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// badAddress is in the first page, where no program has anything.
const badAddress = 8

const pageSize = 4096

var openFlags = map[string]int{
	"rdonly": unix.O_RDONLY, "wronly": unix.O_WRONLY, "rdwr": unix.O_RDWR, "nonblock": unix.O_NONBLOCK,
	"append": unix.O_APPEND,
}

var whences = map[string]int{"set": 0, "cur": 1, "end": 2}

// op is an operation on the file that open opened last.
type op struct {
	name string
	run  func(arg string) (any, error)
}

var fd = -1

// signals gets those that drivers send.
var signals = make(chan os.Signal, 8)

var ops = []op{
	{"open", func(arg string) (any, error) {
		path, rest, _ := strings.Cut(arg, ",")
		flags := 0
		for _, f := range strings.Split(rest, ",") {
			flags |= openFlags[f]
		}
		n, err := unix.Open(path, flags, 0)
		if err == nil {
			fd = n
		}
		return "ok", err
	}},
	{"close", func(string) (any, error) { return "ok", unix.Close(fd) }},
	{"read", func(arg string) (any, error) {
		b := make([]byte, number(arg))
		n, err := unix.Read(fd, b)
		return text(b, n), err
	}},
	{"write", func(arg string) (any, error) { return unix.Write(fd, []byte(arg)) }},
	{"fill", func(arg string) (any, error) { return unix.Write(fd, []byte(strings.Repeat("x", number(arg)))) }},
	{"pread", func(arg string) (any, error) {
		count, off := two(arg)
		b := make([]byte, count)
		n, err := unix.Pread(fd, b, int64(off))
		return text(b, n), err
	}},
	{"pwrite", func(arg string) (any, error) {
		data, off, _ := strings.Cut(arg, ",")
		return unix.Pwrite(fd, []byte(data), int64(number(off)))
	}},
	{"readv", func(string) (any, error) {
		const part = 4
		a, b := make([]byte, part), make([]byte, part)
		n, err := unix.Readv(fd, [][]byte{a, b})
		return text(append(a, b...), n), err
	}},
	{"writev", func(arg string) (any, error) {
		var parts [][]byte
		for _, p := range strings.Split(arg, ",") {
			parts = append(parts, []byte(p))
		}
		return unix.Writev(fd, parts)
	}},
	{"seek", func(arg string) (any, error) {
		off, whence, _ := strings.Cut(arg, ",")
		return unix.Seek(fd, int64(number(off)), whences[whence])
	}},
	{"ioctl", func(arg string) (any, error) {
		cmd, a := two(arg)
		r, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(cmd), uintptr(a))
		return r, errnoOrNil(e)
	}},
	{"ioset", func(arg string) (any, error) {
		cmd, v := two(arg)
		return "ok", unix.IoctlSetPointerInt(fd, uint(cmd), v)
	}},
	{"ioget", func(arg string) (any, error) { return unix.IoctlGetInt(fd, uint(number(arg))) }},
	{"iobuf", func(arg string) (any, error) {
		mem, err := unix.Mmap(-1, 0, pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
		if err != nil {
			return nil, err
		}
		mem[0] = 1 // so that the page is there
		r, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(number(arg)), address(mem))
		return r, errnoOrNil(e)
	}},
	{"badread", func(arg string) (any, error) {
		n, _, e := unix.Syscall(unix.SYS_READ, uintptr(fd), badAddress, uintptr(number(arg)))
		return n, errnoOrNil(e)
	}},
	{"badwrite", func(arg string) (any, error) {
		n, _, e := unix.Syscall(unix.SYS_WRITE, uintptr(fd), badAddress, uintptr(number(arg)))
		return n, errnoOrNil(e)
	}},
	{"poll", func(arg string) (any, error) {
		p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN | unix.POLLOUT | unix.POLLPRI}}
		if ms, in, _ := strings.Cut(arg, ","); in != "" {
			p[0].Events, arg = unix.POLLIN, ms
		}
		n, err := unix.Poll(p, number(arg))
		return fmt.Sprintf("%d %#x", n, p[0].Revents), err
	}},
	{"epoll", func(arg string) (any, error) {
		ep, err := unix.EpollCreate1(0)
		if err != nil {
			return nil, err
		}
		defer unix.Close(ep)
		ev := unix.EpollEvent{Events: unix.EPOLLIN}
		if err := unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, fd, &ev); err != nil {
			return nil, err
		}
		got := make([]unix.EpollEvent, 1)
		n, err := unix.EpollWait(ep, got, number(arg))
		return fmt.Sprintf("%d %#x", n, got[0].Events), err
	}},
	{"mmap", func(arg string) (any, error) {
		_, err := unix.Mmap(fd, 0, number(arg), unix.PROT_READ, unix.MAP_SHARED)
		return "ok", err
	}},
	{"mknod", func(arg string) (any, error) {
		path, rest, _ := strings.Cut(arg, ",")
		major, minor := two(rest)
		return "ok", unix.Mknod(path, unix.S_IFCHR|0o600, int(unix.Mkdev(uint32(major), uint32(minor))))
	}},
	{"stat", func(arg string) (any, error) {
		var st unix.Stat_t
		err := unix.Stat(arg, &st)
		return fmt.Sprintf("%o size %d uid %d", st.Mode, st.Size, st.Uid), err
	}},
	// async asks for SIGIO, to this process or another; noasync ends that.
	{"async", func(arg string) (any, error) {
		pid := os.Getpid()
		if arg != "" {
			pid = number(arg)
		}
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETOWN, pid); err != nil {
			return nil, err
		}
		owner, err := unix.FcntlInt(uintptr(fd), unix.F_GETOWN, 0)
		if err == nil {
			_, err = unix.FcntlInt(uintptr(fd), unix.F_SETFL, unix.O_ASYNC)
		}
		return owner == pid, err
	}},
	{"noasync", func(string) (any, error) {
		n, err := unix.FcntlInt(uintptr(fd), unix.F_SETFL, 0)
		return n, err
	}},
	// signal says which signal came, if one does within the milliseconds.
	{"signal", func(arg string) (any, error) {
		select {
		case s := <-signals:
			return s, nil
		case <-time.After(time.Duration(number(arg)) * time.Millisecond):
			return "none", nil
		}
	}},
	{"dup", func(string) (any, error) {
		_, err := unix.Dup(fd)
		return "ok", err
	}},
	{"sleep", func(arg string) (any, error) {
		time.Sleep(time.Duration(number(arg)) * time.Millisecond)
		return "ok", nil
	}},
	{"uid", func(arg string) (any, error) { return "ok", unix.Setuid(number(arg)) }},
}

func errnoOrNil(e unix.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}

func number(s string) int {
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		fmt.Println("fio:", err)
		os.Exit(2)
	}
	return int(n)
}

func two(s string) (int, int) {
	a, b, ok := strings.Cut(s, ",")
	if !ok {
		return number(a), 0
	}
	return number(a), number(b)
}

func text(b []byte, n int) string { return strconv.Quote(string(b[:max(n, 0)])) }

func main() {
	if slices.ContainsFunc(os.Args, func(arg string) bool { return strings.HasPrefix(arg, "signal=") }) {
		signal.Notify(signals, unix.SIGIO, unix.SIGUSR1, unix.SIGUSR2)
	}
	for _, arg := range os.Args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		if !run(name, value, arg) {
			fmt.Println("fio: no such operation:", name)
			os.Exit(2)
		}
	}
}

func run(name, value, arg string) bool {
	for _, o := range ops {
		if o.name != name {
			continue
		}
		v, err := o.run(value)
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
