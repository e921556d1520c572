//go:build linux

// Command modules runs inside the guest, as root, and tries the module system
// calls: damaged files, wrong arguments, memory that must come back. Each check
// prints one line.
package main

import (
	"bytes"
	"compress/gzip"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"rv86/tests/lab/meminfo"
)

const (
	sysInitModule   = unix.SYS_INIT_MODULE
	sysDeleteModule = unix.SYS_DELETE_MODULE
	sysFinitModule  = unix.SYS_FINIT_MODULE
	sysListModule   = 1152

	flagCompressed = 4

	actionConsoleLevel = 8
)

var checks = []struct {
	name string
	run  func() error
}{
	{"damaged files", damaged},
	{"cut files", cut},
	{"memory comes back", memory},
	{"list_module", list},
	{"finit_module", finit},
	{"delete_module", remove},
	{"bad pointers", pointers},
	{"only root", onlyRoot},
}

func main() {
	if len(os.Args) > 1 {
		os.Exit(asNobody())
	}
	// What modules and refusals print would drown the results.
	syscall.Syscall(syscall.SYS_SYSLOG, actionConsoleLevel, 0, 1)
	failed := 0
	for _, c := range checks {
		err := c.run()
		if err == nil && loaded() != "" {
			err = fmt.Errorf("left loaded: %s", loaded())
		}
		if err != nil {
			failed = 1
			fmt.Printf("%s: %v\n", c.name, err)
			continue
		}
		fmt.Printf("%s: ok\n", c.name)
	}
	os.Exit(failed)
}

func file(name string) []byte {
	b, err := os.ReadFile("/lib/modules/" + name + ".ko")
	if err != nil {
		panic(err)
	}
	return b
}

func load(b []byte, args string) syscall.Errno {
	_, _, e := syscall.Syscall(sysInitModule, addr(b), uintptr(len(b)), cstr(args))
	return e
}

func unload(name string) syscall.Errno {
	_, _, e := syscall.Syscall(sysDeleteModule, cstr(name), syscall.O_NONBLOCK, 0)
	return e
}

// loaded is the text of /proc/modules.
func loaded() string {
	b, err := os.ReadFile("/proc/modules")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// damaged flips one bit of each byte outside code and data. Such a module is
// refused, or loads as if nothing had happened.
func damaged() error {
	good := file("hello")
	f, err := elf.NewFile(bytes.NewReader(good))
	if err != nil {
		return err
	}
	own := make([]bool, len(good))
	for _, s := range f.Sections {
		if s.Flags&elf.SHF_ALLOC != 0 && s.Type != elf.SHT_NOBITS &&
			s.Name != ".modinfo" && s.Name != ".gnu.linkonce.this_module" {
			for i := s.Offset; i < s.Offset+s.FileSize; i++ {
				own[i] = true
			}
		}
	}
	live := 0
	for i := range good {
		if own[i] {
			continue
		}
		bad := bytes.Clone(good)
		bad[i] ^= 1 << (i % 8)
		switch e := load(bad, ""); e {
		case 0:
			live++
			if e := unload("hello"); e != 0 {
				return fmt.Errorf("byte %#x: loads, but does not unload: %v", i, e)
			}
		case syscall.ENOEXEC, syscall.ENOENT, syscall.ENOMEM:
		default:
			return fmt.Errorf("byte %#x: %v", i, e)
		}
	}
	const key = len("structcrc") // what names the checksum is all it does not cover
	if live > key {
		return fmt.Errorf("%d damaged modules loaded", live)
	}
	return nil
}

func cut() error {
	good := file("hello")
	for n := 0; n < len(good); n += 7 {
		if e := load(good[:n], ""); e != syscall.ENOEXEC {
			return fmt.Errorf("%d bytes: %v", n, e)
		}
	}
	return nil
}

// memory loads and unloads a thousand times, with and without success.
func memory() error {
	good, bad := file("hello"), file("initfail")
	rounds := func(n int) error {
		for range n {
			if e := load(bad, ""); e != syscall.ENODEV {
				return fmt.Errorf("initfail: %v", e)
			}
			if e := load(good, ""); e != 0 {
				return fmt.Errorf("hello: %v", e)
			}
			if e := unload("hello"); e != 0 {
				return fmt.Errorf("unload: %v", e)
			}
		}
		return nil
	}
	if err := rounds(200); err != nil { // until the heaps have their size
		return err
	}
	before, err := meminfo.Settled()
	if err != nil {
		return err
	}
	if err := rounds(1000); err != nil {
		return err
	}
	after, err := meminfo.Settled()
	if err != nil {
		return err
	}
	return after.Kept(before)
}

// list compares list_module with /proc/modules, also with a short buffer.
func list() error {
	if e := load(file("hello"), ""); e != 0 {
		return e
	}
	defer unload("hello")
	want := loaded()
	for _, size := range []int{1000, 5} {
		buf := make([]byte, 1001)
		n, _, e := syscall.Syscall(sysListModule, addr(buf), uintptr(size), 0)
		if got := strings.TrimRight(string(buf), "\x00"); e != 0 || int(n) != len(want) || got != want[:min(size, len(want))] {
			return fmt.Errorf("size %d: %d, %v, %q", size, n, e, got)
		}
	}
	if n, _, e := syscall.Syscall(sysListModule, 0, 0, 0); n != 0 || e != 0 {
		return fmt.Errorf("without a buffer: %d, %v", n, e)
	}
	return nil
}

// finit loads from a descriptor, plain and compressed.
func finit() error {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write(file("hello"))
	w.Close()
	for _, c := range []struct {
		name  string
		data  []byte
		flags uintptr
		want  syscall.Errno
	}{
		{"plain", file("hello"), 0, 0},
		{"compressed", z.Bytes(), flagCompressed, 0},
		{"compressed without the flag", z.Bytes(), 0, syscall.ENOEXEC},
		{"flag without compression", file("hello"), flagCompressed, syscall.EOPNOTSUPP},
		{"cut while compressed", z.Bytes()[:z.Len()/2], flagCompressed, syscall.EINVAL},
		{"unknown flag", file("hello"), 8, syscall.EINVAL},
	} {
		if err := os.WriteFile("/tmp/m.ko", c.data, 0o600); err != nil {
			return err
		}
		f, err := os.Open("/tmp/m.ko")
		if err != nil {
			return err
		}
		_, _, e := syscall.Syscall(sysFinitModule, f.Fd(), cstr(""), c.flags)
		f.Close()
		if e != c.want {
			return fmt.Errorf("%s: %v, want %v", c.name, e, c.want)
		}
		if e == 0 {
			unload("hello")
		}
	}
	if _, _, e := syscall.Syscall(sysFinitModule, ^uintptr(0), cstr(""), 0); e != syscall.EBADF {
		return fmt.Errorf("descriptor -1: %v", e)
	}
	return nil
}

func remove() error {
	for name, want := range map[string]syscall.Errno{
		"hello": syscall.ENOENT, "": syscall.ENOENT, strings.Repeat("x", 500): syscall.ENOENT,
	} {
		if e := unload(name); e != want {
			return fmt.Errorf("%.10q: %v, want %v", name, e, want)
		}
	}
	if e := errors.Join(toErr(load(file("dep-a"), "")), toErr(load(file("dep-b"), ""))); e != nil {
		return e
	}
	if e := unload("dep_a"); e != syscall.EWOULDBLOCK {
		return fmt.Errorf("a module in use: %v", e)
	}
	return errors.Join(toErr(unload("dep_b")), toErr(unload("dep_a")))
}

func toErr(e syscall.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}

func pointers() error {
	b := file("hello")
	const nowhere = 0x1000
	for _, c := range []struct {
		nr      uintptr
		a, b, c uintptr
		want    syscall.Errno
	}{
		{sysInitModule, nowhere, 4096, cstr(""), syscall.EFAULT},
		{sysInitModule, addr(b), uintptr(len(b)), nowhere, syscall.EFAULT},
		{sysInitModule, addr(b), 1 << 30, cstr(""), syscall.ENOMEM},
		{sysInitModule, ^uintptr(0) - 100, 4096, cstr(""), syscall.EFAULT},
		{sysDeleteModule, nowhere, 0, 0, syscall.EFAULT},
		{sysListModule, nowhere, 4096, 0, 0}, // nothing is loaded, so nothing is written
	} {
		if _, _, e := syscall.Syscall(c.nr, c.a, c.b, c.c); e != c.want {
			return fmt.Errorf("call %d (%#x, %#x, %#x): %v, want %v", c.nr, c.a, c.b, c.c, e, c.want)
		}
	}
	return nil
}

// onlyRoot runs this program again as another user.
func onlyRoot() error {
	cmd := exec.Command("/proc/self/exe", "nobody")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

func asNobody() int {
	if e := load(nil, ""); e != syscall.EPERM {
		fmt.Println("init_module:", e)
		return 1
	}
	if e := unload("hello"); e != syscall.EPERM {
		fmt.Println("delete_module:", e)
		return 1
	}
	return 0
}
