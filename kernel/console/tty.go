package console

import (
	"sync"
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// Jobs is what a terminal needs of the process layer. It is called with no
// lock of this package held.
type Jobs interface {
	// SignalGroup sends sig to every process of group pgid.
	SignalGroup(pgid, sig int)
	// GroupSession returns the session of group pgid; 0 if there is none.
	GroupSession(pgid int) int
	// Orphaned reports whether pgid is an orphaned process group.
	Orphaned(pgid int) bool
	// Ignores reports whether the calling thread ignores or blocks sig.
	Ignores(c *vfs.Caller, sig int) bool
}

// AfterFunc arranges for f to run after d unless stop is called first, as
// time.AfterFunc does.
type AfterFunc func(d time.Duration, f func()) (stop func() bool)

// TTY is one terminal.
type TTY struct {
	after AfterFunc
	// newline is told whether NL goes out as CR NL, whenever that may have changed.
	newline func(crlf bool)
	jobs    Jobs
	dev     uint64 // device number
	queue   wait.Queue

	mu      sync.Mutex // guards what follows
	ld      discipline
	out     output
	rows    uint16
	cols    uint16
	session int // whose controlling terminal this is; 0 is nobody's
	fg      int // the foreground process group
	signals []int
	// timedOut says that VTIME has run out; timer stops the running clock.
	timedOut bool
	timer    func() bool
	ticket   int // tells a stale clock from the running one
}

// Default window size.
const (
	defaultRows = 24
	defaultCols = 80
)

// New returns a terminal that sends its output to wire.
func New(wire func(p []byte), after AfterFunc) *TTY {
	t := &TTY{after: after, newline: func(bool) {}, rows: defaultRows, cols: defaultCols, dev: abi.MakeDev(vfs.TTYMajor, vfs.MinorSerial)}
	t.ld.tio = defaults()
	t.out = output{tio: &t.ld.tio, wire: wire}
	t.ld.out = &t.out
	t.ld.emit = func(sig int) { t.signals = append(t.signals, sig) }
	return t
}

// SetJobs connects the process layer, before the first process runs.
func (t *TTY) SetJobs(j Jobs) { t.jobs = j }

// Input takes what came in on the wire.
func (t *TTY) Input(p []byte) {
	t.mu.Lock()
	for _, c := range p {
		t.ld.input(c)
	}
	t.startInterByteTimer()
	fg := t.fg
	signals := t.signals
	t.signals = nil
	t.mu.Unlock()
	// Without a session there is nobody to interrupt.
	if fg != 0 && t.jobs != nil {
		for _, s := range signals {
			t.jobs.SignalGroup(fg, s)
		}
	}
	t.queue.Notify(wait.Readable | wait.Writable)
}

// Print writes text of the kernel's own: it passes the output modes, so that
// it looks like the rest, but no job control.
func (t *TTY) Print(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.out.process(text)
}

// Raw writes bytes as they are, as the terminal's driver does.
func (t *TTY) Raw(p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.out.raw(string(p))
}

// deciseconds is the unit of VTIME.
const deciseconds = 100 * time.Millisecond

// startInterByteTimer restarts the clock of VMIN > 0, VTIME > 0 (POSIX 11.1.7
// case A): it runs from each byte on. Preconditions: mu is held.
func (t *TTY) startInterByteTimer() {
	cc := &t.ld.tio.CC
	if t.ld.lflag(abi.ICANON) || cc[abi.VMIN] == 0 || cc[abi.VTIME] == 0 || t.ld.pending() == 0 {
		return
	}
	t.startTimer()
}

func (t *TTY) startTimer() {
	if t.timer != nil {
		t.timer()
	}
	t.ticket++
	ticket := t.ticket
	t.timer = t.after(time.Duration(t.ld.tio.CC[abi.VTIME])*deciseconds, func() {
		t.mu.Lock()
		if t.ticket == ticket {
			t.timedOut, t.timer = true, nil
		}
		t.mu.Unlock()
		t.queue.Notify(wait.Readable)
	})
}

// read is one try of a read.
func (t *TTY) read(p []byte) (int, abi.Errno) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(p) == 0 {
		return 0, 0
	}
	cc := &t.ld.tio.CC
	canon := t.ld.lflag(abi.ICANON)
	switch {
	case t.ld.readable(t.timedOut):
	case canon || cc[abi.VMIN] != 0:
		// A full read need not wait for VMIN bytes that have no room.
		if canon || t.ld.pending() < len(p) {
			return 0, abi.EAGAIN
		}
	case cc[abi.VTIME] == 0 || t.timedOut:
		// POSIX 11.1.7 cases C and D: nothing, but at once or in time.
		t.timedOut = false
		return 0, 0
	default:
		if t.timer == nil {
			t.startTimer()
		}
		return 0, abi.EAGAIN
	}
	if t.timer != nil {
		t.timer()
		t.timer = nil
		t.ticket++
	}
	n := t.ld.read(p)
	t.timedOut = false
	return n, 0
}

// write is one try of a write.
func (t *TTY) write(p []byte) (int, abi.Errno) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ld.stopped {
		return 0, abi.EAGAIN
	}
	t.out.process(string(p))
	return len(p), 0
}

func (t *TTY) poll() wait.Events {
	t.mu.Lock()
	defer t.mu.Unlock()
	var ev wait.Events
	cc := &t.ld.tio.CC
	// n_tty_poll: with a timer any byte will do.
	if t.ld.readable(t.timedOut || cc[abi.VTIME] != 0) {
		ev |= wait.Readable
	}
	if !t.ld.stopped {
		ev |= wait.Writable
	}
	return ev
}

// file is one opening of the terminal.
type file struct {
	vfs.Base
	t *TTY
}

func (f *file) Read(p []byte, _ int64) (int, abi.Errno)  { return f.t.read(p) }
func (f *file) Write(p []byte, _ int64) (int, abi.Errno) { return f.t.write(p) }
func (f *file) Poll() wait.Events                        { return f.t.poll() }
func (f *file) Queue() *wait.Queue                       { return &f.t.queue }

// BeforeIO applies job control.
func (f *file) BeforeIO(c *vfs.Caller, write bool) abi.Errno {
	if write {
		return f.t.mayWrite(c)
	}
	return f.t.mayRead(c)
}

// Install shows the terminal as /dev/console and /dev/ttyS0, and /dev/tty for
// those whose controlling terminal it is.
func (t *TTY) Install(ns *vfs.Namespace) {
	ns.AddDevice("console", abi.S_IFCHR|0o600, vfs.TTYAuxMajor, vfs.MinorCons,
		func(*vfs.Caller, int) (vfs.File, abi.Errno) {
			return &file{t: t}, 0 // never becomes controlling by itself (tty_open)
		})
	ns.AddDevice("ttyS0", abi.S_IFCHR|0o620, vfs.TTYMajor, vfs.MinorSerial,
		func(c *vfs.Caller, flags int) (vfs.File, abi.Errno) {
			if flags&abi.O_NOCTTY == 0 {
				t.acquire(c, false)
			}
			return &file{t: t}, 0
		})
	ns.AddDevice("tty", abi.S_IFCHR|0o666, vfs.TTYAuxMajor, vfs.MinorTTY,
		func(c *vfs.Caller, _ int) (vfs.File, abi.Errno) {
			if !t.controls(c.SID) {
				return nil, abi.ENXIO
			}
			return &file{t: t}, 0
		})
}
