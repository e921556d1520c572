package machine

import (
	"context"
	"io"
	"time"
)

// inputPort is where console input enters the board.
type inputPort interface {
	// ready reports whether the guest would notice a byte now: it asked for
	// an interrupt, and what it was given before has been read.
	ready() bool
	// room reports whether a byte would be accepted at all.
	room() bool
	receive(b byte)
}

// endOfInput is what a terminal sends for "no more": Ctrl-D.
const endOfInput = 0x04

// Input is the host side of the console's input. A goroutine reads ahead;
// everything else happens in the machine's own goroutine.
type Input struct {
	ch      chan []byte
	pending []byte
	ended   bool // the reader is exhausted and Ctrl-D was handed out
}

// NewInput reads r until it ends. The goroutine that reads lives until r ends
// or the process does: a read of a terminal cannot be called off.
func NewInput(r io.Reader) *Input {
	in := &Input{ch: make(chan []byte)}
	go func() {
		defer close(in.ch)
		for {
			buf := make([]byte, 4096)
			n, err := r.Read(buf)
			if n > 0 {
				in.ch <- buf[:n]
			}
			if err != nil {
				return
			}
		}
	}()
	return in
}

// take stores what the reader sent; after the last byte comes one Ctrl-D.
func (in *Input) take(b []byte, ok bool) {
	if !ok {
		in.ended = true
		b = []byte{endOfInput}
		in.ch = nil
	}
	in.pending = append(in.pending, b...)
}

// wait blocks until there is a byte, the context is done, or d has passed
// (d < 0: no limit). It reports whether there is a byte.
func (in *Input) wait(ctx context.Context, d time.Duration) bool {
	if in != nil && len(in.pending) > 0 {
		return true
	}
	var ch chan []byte
	if in != nil {
		ch = in.ch
	}
	var alarm <-chan time.Time
	if d >= 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		alarm = t.C
	}
	select {
	case b, ok := <-ch:
		in.take(b, ok)
		return true
	case <-ctx.Done():
	case <-alarm:
	}
	return false
}

// more reports whether a byte may still come.
func (in *Input) more() bool { return in != nil && (len(in.pending) > 0 || !in.ended) }

// next removes the next byte.
// Preconditions: wait reported one.
func (in *Input) next() byte {
	b := in.pending[0]
	in.pending = in.pending[1:]
	return b
}

// poll takes what has arrived, without waiting.
func (in *Input) poll() {
	if in == nil || in.ch == nil {
		return
	}
	select {
	case b, ok := <-in.ch:
		in.take(b, ok)
	default:
	}
}
