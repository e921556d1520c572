// Command process runs inside the guest and exercises the kernel's processes
// from a stock Go program: fork and exec, pipes, signals, waits, groups, memory.
// Each check prints one line; the expected output is in ../testdata.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

func main() {
	if len(os.Args) > 1 {
		child(os.Args[1:])
		return
	}
	for _, c := range checks {
		fmt.Printf("%s: %s\n", c.name, verdict(c.run))
	}
}

var checks = []struct {
	name string
	run  func() error
}{
	{"exit status", exitStatus},
	{"output through a pipe", pipeOutput},
	{"environment and directory", environment},
	{"killed by a signal", killed},
	{"script", script},
	{"not executable", notExecutable},
	{"argument list too long", tooLong},
	{"signal handler", handler},
	{"interrupted read", interruptedRead},
	{"stop and continue", stopContinue},
	{"process group", processGroup},
	{"orphan", orphan},
	{"goroutines and garbage", garbage},
	{"threads", threads},
	{"nil dereference", nilDereference},
	{"memory mapping", mapping},
	{"timer", timer},
	{"many children", manyChildren},
	{"broken pipe", brokenPipe},
}

func verdict(f func() error) string {
	if err := f(); err != nil {
		return "FAIL: " + err.Error()
	}
	return "ok"
}

func self(args ...string) *exec.Cmd { return exec.Command("/proc/self/exe", args...) }

// child is what the program does as its own child.
func child(args []string) {
	switch args[0] {
	case "exit":
		os.Exit(7)
	case "cat":
		io.Copy(os.Stdout, os.Stdin)
	case "env":
		dir, _ := os.Getwd()
		fmt.Print(os.Getenv("COLOUR"), " ", dir)
	case "sleep":
		fmt.Println("ready")
		time.Sleep(time.Hour)
	case "orphan":
		c := self("late")
		c.Stdout = os.Stdout
		if err := c.Start(); err != nil {
			fmt.Print(err)
		}
	case "late":
		for os.Getppid() != 1 {
			time.Sleep(time.Millisecond)
		}
		fmt.Print("adopted")
	case "true":
	}
}

func exitStatus() error {
	err := self("exit").Run()
	var e *exec.ExitError
	if !errorsAs(err, &e) || e.ExitCode() != 7 {
		return fmt.Errorf("got %v", err)
	}
	return nil
}

func errorsAs(err error, e **exec.ExitError) bool {
	x, ok := err.(*exec.ExitError)
	*e = x
	return ok
}

func pipeOutput() error {
	in := bytes.Repeat([]byte("0123456789abcdef"), 20000) // several times a pipe's size
	c := self("cat")
	c.Stdin = bytes.NewReader(in)
	out, err := c.Output()
	if err != nil || !bytes.Equal(in, out) {
		return fmt.Errorf("%d bytes, %v", len(out), err)
	}
	return nil
}

func environment() error {
	c := self("env")
	c.Env, c.Dir = []string{"COLOUR=blue"}, "/tmp"
	out, err := c.Output()
	if err != nil || string(out) != "blue /tmp" {
		return fmt.Errorf("%q, %v", out, err)
	}
	return nil
}

// sleeper starts a child that is known to be running.
func sleeper(attr *syscall.SysProcAttr) (*exec.Cmd, error) {
	c := self("sleep")
	c.SysProcAttr = attr
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	var b [6]byte
	_, err = io.ReadFull(out, b[:])
	return c, err
}

func killed() error {
	c, err := sleeper(nil)
	if err != nil {
		return err
	}
	c.Process.Signal(syscall.SIGKILL)
	err = c.Wait()
	if err == nil || err.Error() != "signal: killed" {
		return fmt.Errorf("got %v", err)
	}
	return nil
}

func script() error {
	const name = "/tmp/script"
	os.WriteFile(name, []byte("#!/bin/sh\necho script $0 $1\n"), 0o755)
	defer os.Remove(name)
	out, err := exec.Command(name, "one").Output()
	if err != nil || string(out) != "script /tmp/script one\n" {
		return fmt.Errorf("%q, %v", out, err)
	}
	return nil
}

func notExecutable() error {
	const name = "/tmp/data"
	os.WriteFile(name, []byte("no program"), 0o755)
	defer os.Remove(name)
	if err := syscall.Exec(name, []string{name}, nil); err != syscall.ENOEXEC {
		return fmt.Errorf("garbage: %v", err)
	}
	os.Chmod(name, 0o644)
	if err := syscall.Exec(name, []string{name}, nil); err != syscall.EACCES {
		return fmt.Errorf("no x bit: %v", err)
	}
	if err := syscall.Exec("/tmp/nothing", nil, nil); err != syscall.ENOENT {
		return fmt.Errorf("missing: %v", err)
	}
	return nil
}

func tooLong() error {
	big := strings.Repeat("x", 100<<10)
	args := []string{"true"}
	for range 30 {
		args = append(args, big)
	}
	if err := syscall.Exec("/bin/true", args, nil); err != syscall.E2BIG {
		return fmt.Errorf("got %v", err)
	}
	return nil
}

func handler() error {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	defer signal.Stop(c)
	for range 3 {
		syscall.Kill(os.Getpid(), syscall.SIGUSR1)
		if s := <-c; s != syscall.SIGUSR1 {
			return fmt.Errorf("got %v", s)
		}
	}
	return nil
}

// interruptedRead blocks a thread in read(2) and sends it a signal: the
// runtime's handlers have SA_RESTART, so the read goes on.
func interruptedRead() error {
	var p [2]int
	if err := syscall.Pipe2(p[:], 0); err != nil {
		return err
	}
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR2)
	defer signal.Stop(c)
	tid := make(chan int)
	got := make(chan string)
	go func() {
		runtime.LockOSThread()
		tid <- syscall.Gettid()
		var b [8]byte
		n, err := syscall.Read(p[0], b[:])
		got <- fmt.Sprint(string(b[:max(n, 0)]), err)
	}()
	t := <-tid
	time.Sleep(5 * time.Millisecond)
	syscall.Syscall(syscall.SYS_TGKILL, uintptr(os.Getpid()), uintptr(t), uintptr(syscall.SIGUSR2))
	<-c
	syscall.Write(p[1], []byte("late"))
	if s := <-got; s != "late<nil>" {
		return fmt.Errorf("got %s", s)
	}
	return nil
}

func stopContinue() error {
	c, err := sleeper(nil)
	if err != nil {
		return err
	}
	defer c.Wait()
	defer c.Process.Kill()
	pid := c.Process.Pid
	var ws syscall.WaitStatus
	syscall.Kill(pid, syscall.SIGSTOP)
	if _, err := syscall.Wait4(pid, &ws, syscall.WUNTRACED, nil); err != nil || !ws.Stopped() || ws.StopSignal() != syscall.SIGSTOP {
		return fmt.Errorf("stop: %v, %#x", err, ws)
	}
	if s := state(pid); s != "T (stopped)" {
		return fmt.Errorf("state %s", s)
	}
	syscall.Kill(pid, syscall.SIGCONT)
	if _, err := syscall.Wait4(pid, &ws, syscall.WCONTINUED, nil); err != nil || !ws.Continued() {
		return fmt.Errorf("continue: %v, %#x", err, ws)
	}
	return nil
}

func state(pid int) string {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(b), "State:\t")
	line, _, _ := strings.Cut(rest, "\n")
	return line
}

func processGroup() error {
	c, err := sleeper(&syscall.SysProcAttr{Setpgid: true})
	if err != nil {
		return err
	}
	pid := c.Process.Pid
	if g, err := syscall.Getpgid(pid); g != pid || err != nil {
		return fmt.Errorf("group %d, %v", g, err)
	}
	if err := syscall.Kill(-pid, syscall.SIGTERM); err != nil {
		return err
	}
	if err := c.Wait(); err == nil || err.Error() != "signal: terminated" {
		return fmt.Errorf("got %v", err)
	}
	if err := syscall.Kill(-pid, 0); err != syscall.ESRCH {
		return fmt.Errorf("empty group: %v", err)
	}
	return nil
}

// orphan: init takes over a process whose parent ended.
func orphan() error {
	out, err := self("orphan").Output()
	if err != nil || string(out) != "adopted" {
		return fmt.Errorf("%q, %v", out, err)
	}
	return nil
}

func garbage() error {
	var wg sync.WaitGroup
	sums := make([]int, 20)
	for i := range sums {
		wg.Add(1)
		go func() {
			defer wg.Done()
			m := map[int][]byte{}
			for j := range 200 {
				m[j%10] = bytes.Repeat([]byte{1}, 4096)
				sums[i] += len(m[j%10])
			}
			runtime.GC()
		}()
	}
	wg.Wait()
	for _, s := range sums {
		if s != 200*4096 {
			return fmt.Errorf("sum %d", s)
		}
	}
	return nil
}

// threads keeps several threads of its own in system calls at the same time.
func threads() error {
	const n = 8
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[int]bool{}
	var barrier sync.WaitGroup
	barrier.Add(n)
	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			runtime.LockOSThread()
			mu.Lock()
			seen[syscall.Gettid()] = true
			mu.Unlock()
			barrier.Done()
			barrier.Wait()
			ts := syscall.NsecToTimespec(1e6)
			syscall.Nanosleep(&ts, nil)
		}()
	}
	wg.Wait()
	if len(seen) != n {
		return fmt.Errorf("%d threads", len(seen))
	}
	return nil
}

func nilDereference() (err error) {
	defer func() {
		if e, ok := recover().(runtime.Error); !ok || !strings.Contains(e.Error(), "nil pointer") {
			err = fmt.Errorf("recovered %v", e)
		} else {
			err = nil
		}
	}()
	var p *int
	*p = 1
	return fmt.Errorf("no fault")
}

func mapping() error {
	const page = 4096
	b, err := syscall.Mmap(-1, 0, 4*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return err
	}
	for i := range b {
		if b[i] != 0 {
			return fmt.Errorf("not zero at %d", i)
		}
		b[i] = byte(i)
	}
	if err := syscall.Mprotect(b[:page], syscall.PROT_READ); err != nil {
		return err
	}
	f, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer f.Close()
	m, err := syscall.Mmap(int(f.Fd()), 0, page, syscall.PROT_READ, syscall.MAP_PRIVATE)
	if err != nil || string(m[1:4]) != "ELF" {
		return fmt.Errorf("file: %v", err)
	}
	if _, err := syscall.Mmap(int(f.Fd()), 1, page, syscall.PROT_READ, syscall.MAP_PRIVATE); err != syscall.EINVAL {
		return fmt.Errorf("odd offset: %v", err)
	}
	// EFAULT, not a crash, for a buffer that is not there.
	if _, _, e := syscall.Syscall(syscall.SYS_WRITE, 1, 0x1000, 1); e != syscall.EFAULT {
		return fmt.Errorf("bad buffer: %v", e)
	}
	if _, _, e := syscall.Syscall(syscall.SYS_READ, f.Fd(), uintptr(unsafe.Pointer(&b[0])), 1); e != syscall.EFAULT {
		return fmt.Errorf("read-only buffer: %v", e)
	}
	if err := syscall.Munmap(m); err != nil {
		return err
	}
	return syscall.Munmap(b)
}

func timer() error {
	start := time.Now()
	select {
	case <-time.After(30 * time.Millisecond):
	case <-make(chan int):
	}
	if d := time.Since(start); d < 30*time.Millisecond || d > 10*time.Second {
		return fmt.Errorf("30 ms took %v", d)
	}
	return nil
}

func manyChildren() error {
	var wg sync.WaitGroup
	errs := make(chan error, 20)
	for range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs <- self("true").Run()
		}()
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func brokenPipe() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	r.Close()
	if _, err := w.Write([]byte("x")); err == nil || !strings.Contains(err.Error(), "broken pipe") {
		return fmt.Errorf("got %v", err)
	}
	return nil
}
