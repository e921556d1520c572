package console

import (
	"rv86/kernel/abi"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// Ioctl performs the terminal's requests (ioctl_tty(2)).
func (f *file) Ioctl(c *vfs.Caller, cmd, arg uintptr) (uintptr, abi.Errno) {
	t := f.t
	switch cmd {
	case abi.TCGETS, abi.TCGETS2:
		t.mu.Lock()
		b := t.ld.tio.Bytes()
		t.mu.Unlock()
		return 0, c.Mem.CopyOut(arg, b[:termiosSize(cmd)])
	case abi.TCSETS, abi.TCSETSW, abi.TCSETSF, abi.TCSETS2, abi.TCSETSW2, abi.TCSETSF2:
		return 0, t.setTermios(c, cmd, arg)
	case abi.TIOCGWINSZ, abi.TIOCSWINSZ:
		return 0, t.window(c, cmd, arg)
	case abi.TCFLSH, abi.TCXONC, abi.TCSBRK:
		return 0, t.flow(c, cmd, arg)
	case abi.FIONREAD:
		t.mu.Lock()
		n := t.ld.pending()
		t.mu.Unlock()
		return 0, putInt(c, arg, n)
	case abi.TIOCOUTQ, abi.TIOCGETD:
		return 0, putInt(c, arg, 0) // nothing is ever queued; line discipline N_TTY
	case abi.TIOCEXCL, abi.TIOCNXCL:
		return 0, 0
	case abi.TIOCGDEV:
		return 0, putInt(c, arg, int(t.dev))
	}
	return f.jobIoctl(c, cmd, arg)
}

// jobIoctl performs the requests about sessions and groups.
func (f *file) jobIoctl(c *vfs.Caller, cmd, arg uintptr) (uintptr, abi.Errno) {
	t := f.t
	switch cmd {
	case abi.TIOCSCTTY:
		return 0, t.acquire(c, arg == 1)
	case abi.TIOCNOTTY:
		if !t.controls(c.SID) {
			return 0, abi.ENOTTY
		}
		// Leaving alone is not modelled: a session has a terminal as a whole.
		if c.PID == c.SID {
			t.SessionExit(c.SID)
		}
		return 0, 0
	case abi.TIOCGPGRP, abi.TIOCGSID:
		_, fg := t.Controlling(c.SID)
		if fg < 0 {
			return 0, abi.ENOTTY
		}
		if cmd == abi.TIOCGSID {
			return 0, putInt(c, arg, c.SID)
		}
		return 0, putInt(c, arg, fg)
	case abi.TIOCSPGRP:
		pgid, e := getInt(c, arg)
		if e != 0 {
			return 0, e
		}
		return 0, t.setForeground(c, pgid)
	}
	return 0, abi.ENOTTY
}

// termiosSize tells the request's layout: the second form has the speeds.
func termiosSize(cmd uintptr) int {
	switch cmd {
	case abi.TCGETS2, abi.TCSETS2, abi.TCSETSW2, abi.TCSETSF2:
		return abi.Termios2Size
	}
	return abi.TermiosSize
}

func (t *TTY) setTermios(c *vfs.Caller, cmd, arg uintptr) abi.Errno {
	if e := t.mayChange(c); e != 0 {
		return e
	}
	b := make([]byte, termiosSize(cmd))
	if e := c.Mem.CopyIn(arg, b); e != 0 {
		return e
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if cmd == abi.TCSETSF || cmd == abi.TCSETSF2 {
		t.ld.flushInput()
	}
	old := t.ld.tio
	t.ld.tio.Parse(b)
	t.ld.retune(old)
	// A program that edits lines clears OPOST for a while; ONLCR is what it comes
	// back to.
	t.newline(t.ld.tio.Oflag&abi.ONLCR != 0)
	if !t.ld.iflag(abi.IXON) {
		t.ld.stopped = false
	}
	t.timedOut = false
	t.queue.Notify(wait.Readable | wait.Writable)
	return 0
}

// winsizeSize is the size of struct winsize: rows, columns, and two that
// nobody uses.
const winsizeSize = 8

func (t *TTY) window(c *vfs.Caller, cmd, arg uintptr) abi.Errno {
	if cmd == abi.TIOCGWINSZ {
		l := abi.Layout{}
		t.mu.Lock()
		l.U16(t.rows, t.cols, 0, 0)
		t.mu.Unlock()
		return c.Mem.CopyOut(arg, l.B)
	}
	var b [winsizeSize]byte
	if e := c.Mem.CopyIn(arg, b[:]); e != 0 {
		return e
	}
	rows, cols := uint16(b[0])|uint16(b[1])<<8, uint16(b[2])|uint16(b[3])<<8
	t.mu.Lock()
	changed := rows != t.rows || cols != t.cols
	t.rows, t.cols = rows, cols
	fg := t.fg
	t.mu.Unlock()
	if changed && fg != 0 {
		t.jobs.SignalGroup(fg, abi.SIGWINCH)
	}
	return 0
}

// flow performs tcflush(3), tcflow(3) and tcdrain(3). Output is never queued,
// so there is nothing of it to flush or to wait for.
func (t *TTY) flow(c *vfs.Caller, cmd, arg uintptr) abi.Errno {
	if e := t.mayChange(c); e != 0 {
		return e
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case cmd == abi.TCSBRK:
		return 0
	case cmd == abi.TCFLSH && (arg == abi.TCIFLUSH || arg == abi.TCIOFLUSH):
		t.ld.flushInput()
	case cmd == abi.TCFLSH && arg == abi.TCOFLUSH:
	case cmd == abi.TCXONC && arg == abi.TCOOFF:
		t.ld.stopped = true
	case cmd == abi.TCXONC && arg == abi.TCOON:
		t.ld.stopped = false
		t.queue.Notify(wait.Writable)
	case cmd == abi.TCXONC && arg == abi.TCIOFF:
		t.out.raw(string([]byte{t.ld.tio.CC[abi.VSTOP]}))
	case cmd == abi.TCXONC && arg == abi.TCION:
		t.out.raw(string([]byte{t.ld.tio.CC[abi.VSTART]}))
	default:
		return abi.EINVAL
	}
	return 0
}

func putInt(c *vfs.Caller, va uintptr, v int) abi.Errno {
	l := abi.Layout{}
	l.U32(uint32(v))
	return c.Mem.CopyOut(va, l.B)
}

func getInt(c *vfs.Caller, va uintptr) (int, abi.Errno) {
	var b [4]byte
	e := c.Mem.CopyIn(va, b[:])
	return int(int32(uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24)), e
}
