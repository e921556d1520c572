package console

import (
	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// A session has this as its controlling terminal, or none; which one is told
// by TTY.session alone.

// controls reports whether t is the controlling terminal of session sid.
func (t *TTY) controls(sid int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return sid != 0 && t.session == sid
}

// Controlling returns, for /proc/PID/stat, the terminal of session sid and its
// foreground group; 0 and -1 if it has none.
func (t *TTY) Controlling(sid int) (dev uint64, fg int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if sid == 0 || t.session != sid {
		return 0, -1
	}
	return t.dev, t.fg
}

// acquire makes t the controlling terminal of c's session, if c leads it, has
// none yet, and t is free; root may steal it (TIOCSCTTY with argument 1).
func (t *TTY) acquire(c *vfs.Caller, steal bool) abi.Errno {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.session == c.SID:
		return 0
	case c.PID != c.SID:
		return abi.EPERM
	case t.session != 0 && !(steal && c.Cred.UID == 0):
		return abi.EPERM
	}
	t.session, t.fg = c.SID, c.PGID
	return 0
}

// SessionExit is called when the leader of session sid ends, or gives up its
// terminal: the foreground group learns of it (POSIX 11.1.3) and the terminal
// is free again.
func (t *TTY) SessionExit(sid int) {
	t.mu.Lock()
	if sid == 0 || t.session != sid {
		t.mu.Unlock()
		return
	}
	fg := t.fg
	t.session, t.fg = 0, 0
	t.mu.Unlock()
	if fg != 0 {
		t.jobs.SignalGroup(fg, abi.SIGHUP)
		t.jobs.SignalGroup(fg, abi.SIGCONT)
	}
}

// background reports whether c is outside its terminal's foreground group. A
// process of another session, or of none, is not under its job control.
func (t *TTY) background(c *vfs.Caller) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.session != 0 && t.session == c.SID && t.fg != c.PGID
}

// mayRead is POSIX 11.1.4 for reads: a background group is stopped, unless
// that could never end.
func (t *TTY) mayRead(c *vfs.Caller) abi.Errno {
	if t.jobs == nil || !t.background(c) {
		return 0
	}
	if t.jobs.Ignores(c, abi.SIGTTIN) || t.jobs.Orphaned(c.PGID) {
		return abi.EIO
	}
	t.jobs.SignalGroup(c.PGID, abi.SIGTTIN)
	return abi.ERESTARTSYS
}

// mayWrite is its counterpart; writes are controlled under TOSTOP only.
func (t *TTY) mayWrite(c *vfs.Caller) abi.Errno {
	t.mu.Lock()
	tostop := t.ld.lflag(abi.TOSTOP)
	t.mu.Unlock()
	if !tostop {
		return 0
	}
	return t.mayChange(c)
}

// mayChange is the rule for requests that change the terminal.
func (t *TTY) mayChange(c *vfs.Caller) abi.Errno {
	if t.jobs == nil || !t.background(c) || t.jobs.Ignores(c, abi.SIGTTOU) {
		return 0
	}
	if t.jobs.Orphaned(c.PGID) {
		return abi.EIO
	}
	t.jobs.SignalGroup(c.PGID, abi.SIGTTOU)
	return abi.ERESTARTSYS
}

// setForeground performs tcsetpgrp(3).
func (t *TTY) setForeground(c *vfs.Caller, pgid int) abi.Errno {
	if !t.controls(c.SID) {
		return abi.ENOTTY
	}
	if e := t.mayChange(c); e != 0 {
		return e
	}
	if pgid < 0 {
		return abi.EINVAL
	}
	switch t.jobs.GroupSession(pgid) {
	case c.SID:
	case 0:
		return abi.ESRCH
	default:
		return abi.EPERM
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fg = pgid
	return 0
}
