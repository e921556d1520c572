package vfs

import (
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/wait"
)

// PipeSize is a pipe's capacity (pipe(7)).
const PipeSize = 65536

// pipe is a pipe's or FIFO's buffer: a ring that grows as it fills, up to
// PipeSize.
type pipe struct {
	mu      sync.Mutex
	buf     []byte // ring; its length is the room made so far
	head, n int
	readers int
	writers int
	// opens counts the openings of each end so far: a FIFO's open waits for
	// one of the other end, even if that has closed again since.
	readerOpens, writerOpens int
	queue                    *wait.Queue
}

func newPipe() *pipe { return &pipe{queue: new(wait.Queue)} }

// room is how many bytes can be written.
func (p *pipe) room() int { return PipeSize - p.n }

func (p *pipe) read(b []byte) (int, abi.Errno) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(b) == 0 {
		return 0, 0
	}
	if p.n == 0 {
		if p.writers == 0 {
			return 0, 0
		}
		return 0, abi.EAGAIN
	}
	got := 0
	for got < len(b) && p.n > 0 {
		k := copy(b[got:], p.buf[p.head:min(p.head+p.n, len(p.buf))])
		got += k
		p.n -= k
		p.head = (p.head + k) % len(p.buf)
	}
	if p.n == 0 {
		p.head = 0
	}
	p.queue.Notify(wait.Writable)
	return got, 0
}

// write stores what fits. Up to PIPE_BUF bytes go in one piece or not at all
// (pipe(7)); EPIPE if nobody can ever read them.
func (p *pipe) write(b []byte) (int, abi.Errno) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.readers == 0 {
		return 0, abi.EPIPE
	}
	if len(b) == 0 {
		return 0, 0
	}
	room := p.room()
	if room == 0 || len(b) <= abi.PIPE_BUF && room < len(b) {
		return 0, abi.EAGAIN
	}
	b = b[:min(len(b), room)]
	p.grow(p.n + len(b))
	put := 0
	for put < len(b) {
		tail := (p.head + p.n) % len(p.buf)
		end := len(p.buf)
		if tail < p.head {
			end = p.head
		}
		k := copy(p.buf[tail:end], b[put:])
		put += k
		p.n += k
	}
	p.queue.Notify(wait.Readable)
	return put, 0
}

// grow makes room for n bytes, by powers of two from a page on.
func (p *pipe) grow(n int) {
	size := max(len(p.buf), pageSize)
	for size < n {
		size *= 2
	}
	if size == len(p.buf) {
		return
	}
	buf := make([]byte, size)
	k := copy(buf, p.buf[p.head:min(p.head+p.n, len(p.buf))])
	copy(buf[k:p.n], p.buf)
	p.buf, p.head = buf, 0
}

// connect and disconnect count the ends.
func (p *pipe) connect(r, w bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r {
		p.readers++
		p.readerOpens++
	}
	if w {
		p.writers++
		p.writerOpens++
	}
	p.queue.Notify(wait.Readable | wait.Writable)
}

func (p *pipe) disconnect(r, w bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r {
		p.readers--
	}
	if w {
		p.writers--
	}
	if p.readers+p.writers == 0 {
		p.buf, p.head, p.n = nil, 0, 0
	}
	p.queue.Notify(wait.Readable | wait.Writable | wait.POLLHUP | wait.POLLERR)
}

// pipeEnd is an opening of a pipe, for reading, writing or (a FIFO) both.
type pipeEnd struct {
	Base
	p    *pipe
	r, w bool
	// othersBefore counts the openings of the other end that were over when
	// ours began: while there are no more, nobody has been there with us.
	othersBefore int
}

func (e *pipeEnd) Read(b []byte, _ int64) (int, abi.Errno)  { return e.p.read(b) }
func (e *pipeEnd) Write(b []byte, _ int64) (int, abi.Errno) { return e.p.write(b) }
func (e *pipeEnd) Queue() *wait.Queue                       { return e.p.queue }
func (e *pipeEnd) Release()                                 { e.p.disconnect(e.r, e.w) }

// Poll gives the events of one end, as Linux's pipe_poll does: a FIFO's reader
// that has not seen a writer yet is not hung up.
func (e *pipeEnd) Poll() wait.Events {
	p := e.p
	p.mu.Lock()
	defer p.mu.Unlock()
	var ev wait.Events
	if e.r {
		if p.n > 0 {
			ev |= wait.Readable
		}
		if p.writers == 0 && p.writerOpens != e.othersBefore {
			ev |= wait.POLLHUP
		}
	}
	if e.w {
		if p.room() >= abi.PIPE_BUF {
			ev |= wait.Writable
		}
		if p.readers == 0 {
			ev |= wait.POLLERR
		}
	}
	return ev
}

// Pending is FIONREAD's answer.
func (e *pipeEnd) Pending() int {
	e.p.mu.Lock()
	defer e.p.mu.Unlock()
	return e.p.n
}

// OpenWaiter files are not open before Opened says so: the opening of a FIFO
// waits for the other end. The system call layer sleeps on Queue for
// wait.Readable|wait.Writable.
type OpenWaiter interface{ Opened() bool }

// Opened implements OpenWaiter.
func (e *pipeEnd) Opened() bool {
	e.p.mu.Lock()
	defer e.p.mu.Unlock()
	switch {
	case e.r && e.w:
		return true
	case e.r:
		return e.p.writerOpens != e.othersBefore
	}
	return e.p.readerOpens != e.othersBefore
}

// fifoBody is a FIFO's inode, or a pipe's.
type fifoBody struct {
	inode *Inode
	pipe  *pipe
	named bool // a FIFO: its opens wait for each other
}

func newFifo(in *Inode) body     { return &fifoBody{in, newPipe(), true} }
func newPipeBody(in *Inode) body { return &fifoBody{in, newPipe(), false} }

func (f *fifoBody) free() { f.inode.freeInode() }

// open connects an end (fifo(7)): a writer that does not want to wait needs a
// reader to be there; a reader need not wait for anybody if it is non-blocking.
// A pipe had both ends from the beginning: opening it through /proc/PID/fd never
// waits, even if the writer of a shell's <(command) has left already.
func (f *fifoBody) open(_ *Caller, _ Path, flags int) (File, abi.Errno) {
	acc := flags & abi.O_ACCMODE
	e := &pipeEnd{p: f.pipe, r: acc != abi.O_WRONLY, w: acc != abi.O_RDONLY}
	f.pipe.mu.Lock()
	if f.named && e.w && !e.r && flags&abi.O_NONBLOCK != 0 && f.pipe.readers == 0 {
		f.pipe.mu.Unlock()
		return nil, abi.ENXIO
	}
	switch {
	case !f.named:
	case e.r:
		e.othersBefore = f.pipe.writerOpens - f.pipe.writers
	default:
		e.othersBefore = f.pipe.readerOpens - f.pipe.readers
	}
	f.pipe.mu.Unlock()
	f.pipe.connect(e.r, e.w)
	return e, 0
}

// Pipe performs pipe2(2); flags may have O_NONBLOCK.
func (ns *Namespace) Pipe(c *Caller, flags int) (r, w *Description) {
	path := ns.anonymous("pipe", abi.S_IFIFO|0o600, c, newPipeBody)
	p := path.Dent.inode.body.(*fifoBody).pipe
	p.connect(true, true)
	status := flags & (abi.O_NONBLOCK | abi.O_DIRECT)
	r = NewDescription(&pipeEnd{p: p, r: true}, path, abi.O_RDONLY|status)
	w = NewDescription(&pipeEnd{p: p, w: true}, path, abi.O_WRONLY|status)
	return r, w
}
