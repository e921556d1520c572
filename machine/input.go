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
	// activity changes whenever the guest uses the port.
	activity() uint64
}

// endOfInput is what a terminal sends for "no more": Ctrl-D.
const endOfInput = 0x04

// Input is the host side of the console's input. A goroutine reads ahead;
// everything else happens in the machine's own goroutine.
type Input struct {
	ch      chan []byte
	pending []byte
	ended   bool // the reader is exhausted and Ctrl-D was handed out

	prompt  bool // the reader never keeps the machine waiting for long
	starved bool // the last wait for the reader was in vain
}

// Push appends bytes to the input, as if they had been typed. Call it between
// runs only.
func (in *Input) Push(b []byte) { in.pending = append(in.pending, b...) }

// NewInput reads r until it ends. prompt says that reading never has to wait
// for somebody, as with a file: then the machine waits for each byte before it
// lets time pass, and the run is reproducible to the instruction. Of a pipe the
// writer may itself be waiting for the guest's next output.
//
// The goroutine that reads lives until r ends or the process does: a read of a
// terminal cannot be called off.
func NewInput(r io.Reader, prompt bool) *Input {
	in := &Input{ch: make(chan []byte), prompt: prompt}
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

// grace is how long the machine stands still for a writer that may only be
// slow to start, once for each time that input dries up.
const grace = 500 * time.Millisecond

// offer waits for a byte that the guest could take. atMost is the real time
// until something else happens in the guest, negative if nothing will.
func (in *Input) offer(ctx context.Context, atMost time.Duration) bool {
	if in == nil {
		return false
	}
	switch {
	case !in.more():
		return false
	case in.prompt || atMost < 0:
		return in.wait(ctx, -1)
	case !in.starved:
		atMost = max(atMost, grace)
	}
	in.starved = !in.wait(ctx, atMost)
	return !in.starved
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

// PushedInput is an input that nobody reads for: what Push gives it is all
// there is.
func PushedInput() *Input { return &Input{ended: true, prompt: true} }
