package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"rv86/machine"
)

// isTerminal reports whether a stream is a terminal, and its descriptor.
func isTerminal(stream any) (fd int, ok bool) {
	f, ok := stream.(*os.File)
	if !ok {
		return 0, false
	}
	fd = int(f.Fd())
	return fd, term.IsTerminal(fd)
}

// isPrompt reports whether reading a stream never waits for somebody: a file, or
// a device that is not a terminal, such as /dev/null.
func isPrompt(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && (info.Mode().IsRegular() || info.Mode()&os.ModeCharDevice != 0)
}

// The escape key and what may follow it.
const (
	keyEscape  = 0x01 // Ctrl-A
	keyQuit    = 'x'
	keyHelp    = 'h'
	keyMonitor = 'c'
)

const escapeHelp = "\r\nCtrl-A x  quit\r\nCtrl-A c  stop, and debug with the monitor\r\nCtrl-A h  this help\r\nCtrl-A Ctrl-A  send Ctrl-A\r\nCtrl-A Ctrl-C  send Ctrl-C, which by itself stops a guest under --monitor\r\n"

// errQuit is the context's cause after Ctrl-A x.
var errQuit = &machine.Interrupt{Status: statusOK, Reason: "ended by Ctrl-A x"}

// escapes is a terminal's input without the escape sequences, on which it acts.
type escapes struct {
	msg     io.Writer
	quit    func(cause error)
	monitor func() // stops the machine for the monitor
	escaped bool   // the last byte was the escape key
}

// filter takes the escape sequences out of p, in place, and acts on them.
func (e *escapes) filter(p []byte) []byte {
	out := p[:0]
	for _, b := range p {
		switch {
		case e.escaped:
			e.escaped = false
			if b == keyEscape || b == keyInterrupt {
				out = append(out, b)
			} else {
				e.command(b)
			}
		case b == keyEscape:
			e.escaped = true
		default:
			out = append(out, b)
		}
	}
	return out
}

func (e *escapes) command(key byte) {
	switch key {
	case keyQuit:
		e.quit(errQuit)
	case keyHelp:
		fmt.Fprint(e.msg, escapeHelp)
	case keyMonitor:
		e.monitor()
	}
}

// rawTerminal switches the terminal fd to raw mode; the function returned
// switches it back, and may be called more than once.
func rawTerminal(fd int) (restore func(), err error) {
	old, err := term.MakeRaw(fd)
	if err != nil {
		return nil, fmt.Errorf("cannot set up the terminal: %w", err)
	}
	return func() { _ = term.Restore(fd, old) }, nil
}

// newlines is a writer to a raw terminal, which does not return the carriage at
// a line feed: guests without a terminal driver of their own count on that.
type newlines struct {
	w    io.Writer
	last byte
}

// Write implements io.Writer.
func (n *newlines) Write(p []byte) (int, error) {
	out := make([]byte, 0, len(p)+len(p)/16)
	for _, b := range p {
		if b == '\n' && n.last != '\r' {
			out = append(out, '\r')
		}
		out = append(out, b)
		n.last = b
	}
	if _, err := n.w.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}
