package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"
)

// Exit statuses that are not the guest's; machine has the others.
const (
	statusOK         = 0
	statusTestFailed = 1
	statusUsage      = 2   // also: an input file that cannot be used
	statusBug        = 70  // EX_SOFTWARE of sysexits.h
	statusOutput     = 74  // EX_IOERR: output could not be written
	statusPipe       = 141 // what a shell shows for a filter that SIGPIPE ended
	statusSignal     = 128 // plus the signal's number, as in a shell
)

// failure is an error with the exit status it leads to. The zero text is silent.
type failure struct {
	status int
	err    error
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit status %d", f.status)
	}
	return f.err.Error()
}

// outputFailure is what a write error on what leads to: a reader that went away
// needs no words, a full disk does.
func outputFailure(what string, err error) *failure {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		return &failure{status: statusPipe}
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return &failure{statusOutput, fmt.Errorf("cannot write %s: %w", what, err)}
}
