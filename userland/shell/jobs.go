package shell

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// noTerminal is the descriptor of a shell without job control.
const noTerminal = -1

// firstStopped is the number of the first job that Ctrl-Z makes. It keeps clear
// of the numbers that the interpreter gives to background lists.
const firstStopped = 100

// process is one program that the shell started.
type process struct {
	pid  int
	name string // its command line, for jobs and messages
	job  *job
}

// job is a process group: a pipeline in the foreground, or everything that one
// background list starts.
type job struct {
	number  int // n of gN; 0 in the foreground until it is stopped
	pgid    int // 0 until the first program runs
	alive   int
	stopped bool
	text    string
	last    int // the process started last: what $! would name
	resumed chan struct{}
}

// jobTable keeps the shell's process groups and decides who has the terminal.
//
// Background lists run concurrently, so every method locks mu; nothing blocks
// while it is held.
type jobTable struct {
	mu   sync.Mutex
	cond sync.Cond // a job got its first process

	errw     io.Writer
	terminal int // descriptor of the controlling terminal, or noTerminal
	own      int // the shell's process group

	foreground *job
	background map[int]*job
}

func newJobTable(errw io.Writer) *jobTable {
	t := &jobTable{errw: errw, terminal: noTerminal, background: map[int]*job{}}
	t.cond.L = &t.mu
	return t
}

// control turns job control on: the shell leads its own process group and
// takes the terminal.
func (t *jobTable) control(terminal int) {
	// The kernel stops a background process that gives the terminal away,
	// unless it ignores SIGTTOU (tcsetpgrp(3)). Children inherit that; all it
	// changes for them is that `stty tostop` does not stop them.
	signal.Ignore(syscall.SIGTTOU)
	if syscall.Getpgrp() != os.Getpid() {
		syscall.Setpgid(0, 0) // fails for a session leader, which leads its group already
	}
	t.own = syscall.Getpgrp()
	if err := unix.IoctlSetPointerInt(terminal, unix.TIOCSPGRP, t.own); err != nil {
		return // no controlling terminal: everything stays in one group
	}
	t.terminal = terminal
}

// start runs a program in the foreground group (number 0) or in the group of
// background list `number`.
func (t *jobTable) start(path string, argv []string, attr *syscall.ProcAttr, number int) (*process, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	j := t.groupFor(number)
	if t.terminal != noTerminal {
		attr.Sys = &syscall.SysProcAttr{Setpgid: true, Pgid: j.pgid}
		if j.pgid == 0 && number == 0 {
			attr.Sys.Foreground, attr.Sys.Ctty = true, t.terminal
		}
	}
	pid, err := syscall.ForkExec(path, argv, attr)
	if err != nil {
		return nil, err
	}
	j.alive++
	j.last = pid
	if j.pgid == 0 {
		j.pgid = pid
		j.text = strings.Join(argv, " ")
		if number != 0 && t.terminal != noTerminal {
			fmt.Fprintf(t.errw, "[%d] %d\n", number, pid)
		}
		t.cond.Broadcast()
	}
	return &process{pid: pid, name: strings.Join(argv, " "), job: j}, nil
}

func (t *jobTable) groupFor(number int) *job {
	if number == 0 {
		if t.foreground == nil {
			t.foreground = &job{resumed: make(chan struct{})}
		}
		return t.foreground
	}
	j := t.background[number]
	if j == nil {
		j = &job{number: number, resumed: make(chan struct{})}
		t.background[number] = j
	}
	return j
}

// wait waits until a process ends, or is stopped while it has the terminal. A
// background process that is stopped is waited for until it is continued.
func (t *jobTable) wait(p *process) (ws syscall.WaitStatus, stopped bool) {
	for {
		_, err := syscall.Wait4(p.pid, &ws, syscall.WUNTRACED, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			// Someone else reaped it; nothing is known but that it is gone.
			t.ended(p)
			return 0, false
		}
		if !ws.Stopped() {
			t.ended(p)
			return ws, false
		}
		if t.suspend(p) {
			return ws, true
		}
	}
}

// ended takes a finished process out of its group. The group whose last
// process ended gives the terminal back.
func (t *jobTable) ended(p *process) {
	t.mu.Lock()
	defer t.mu.Unlock()
	j := p.job
	j.alive--
	if j.alive > 0 {
		return
	}
	if j == t.foreground {
		t.takeTerminal()
	} else if t.background[j.number] == j && t.terminal != noTerminal {
		// An interactive shell forgets a finished job; a script may still
		// ask for its number.
		delete(t.background, j.number)
	}
}

// suspend handles a stopped process. A foreground group that was stopped
// becomes a background job which fg and bg can continue.
func (t *jobTable) suspend(p *process) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	j := p.job
	j.stopped = true
	if j != t.foreground || t.terminal == noTerminal {
		return false
	}
	t.takeTerminal()
	j.number = firstStopped
	for t.background[j.number] != nil {
		j.number++
	}
	t.background[j.number] = j
	fmt.Fprintf(t.errw, "\n[%d]+  Stopped    %s\n", j.number, j.text)
	// Nobody waits for it now: the interpreter has gone on. A goroutine reaps
	// it when it ends after fg or bg.
	go func() {
		for {
			var ws syscall.WaitStatus
			_, err := syscall.Wait4(p.pid, &ws, 0, nil)
			if !errors.Is(err, syscall.EINTR) {
				t.ended(p)
				close(j.resumed)
				return
			}
		}
	}()
	return true
}

// release ends the foreground group of a statement that is over, whatever of
// it still runs.
func (t *jobTable) release() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.takeTerminal()
}

// takeTerminal makes the shell's group the foreground group.
//
// Preconditions: mu is held.
func (t *jobTable) takeTerminal() {
	t.foreground = nil
	if t.terminal != noTerminal {
		unix.IoctlSetPointerInt(t.terminal, unix.TIOCSPGRP, t.own)
	}
}
