package vfs

import (
	"rv86/kernel/abi"
	"rv86/kernel/wait"
)

// Socket is one end of a socketpair(2) of type SOCK_STREAM: a pipe each way.
// Both pipes share a queue, since each end watches both.
type Socket struct {
	Base
	in, out *pipe
	// inShut and outShut say that the end's hold on the pipe was given up
	// before the close. Guarded by in.mu and out.mu.
	inShut, outShut bool
}

func (s *Socket) Read(b []byte, _ int64) (int, abi.Errno) {
	s.in.mu.Lock()
	shut := s.inShut
	s.in.mu.Unlock()
	if shut {
		return 0, 0
	}
	return s.in.read(b)
}

func (s *Socket) Write(b []byte, _ int64) (int, abi.Errno) {
	s.out.mu.Lock()
	shut := s.outShut
	s.out.mu.Unlock()
	if shut {
		return 0, abi.EPIPE
	}
	return s.out.write(b)
}

func (s *Socket) Queue() *wait.Queue { return s.in.queue }

// Poll follows unix(7): the end of the other side's data is readable; hung up
// when both directions are over.
func (s *Socket) Poll() wait.Events {
	s.in.mu.Lock()
	over := s.in.writers == 0 || s.inShut
	var ev wait.Events
	if s.in.n > 0 || over {
		ev |= wait.Readable
	}
	if over {
		ev |= wait.POLLRDHUP
	}
	s.in.mu.Unlock()
	s.out.mu.Lock()
	closed := s.out.readers == 0 || s.outShut
	if closed || s.out.room() >= abi.PIPE_BUF {
		ev |= wait.Writable
	}
	s.out.mu.Unlock()
	if over && closed {
		ev |= wait.POLLHUP
	}
	return ev
}

// Arguments of shutdown(2).
const (
	ShutRead  = 0
	ShutWrite = 1
	ShutBoth  = 2
)

// Shutdown performs shutdown(2).
func (s *Socket) Shutdown(how int) abi.Errno {
	if how < ShutRead || how > ShutBoth {
		return abi.EINVAL
	}
	if how != ShutWrite {
		s.leave(s.in, &s.inShut, true)
	}
	if how != ShutRead {
		s.leave(s.out, &s.outShut, false)
	}
	return 0
}

// leave gives up an end once.
func (s *Socket) leave(p *pipe, shut *bool, reading bool) {
	p.mu.Lock()
	done := *shut
	*shut = true
	p.mu.Unlock()
	if !done {
		p.disconnect(reading, !reading)
	}
}

// Release closes what is not shut down yet.
func (s *Socket) Release() { s.Shutdown(ShutBoth) }

// Broken reports that a write would be EPIPE.
func (s *Socket) Broken() bool {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	return s.outShut || s.out.readers == 0
}

// Pending is FIONREAD's answer.
func (s *Socket) Pending() int {
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	return s.in.n
}

// SocketPair performs socketpair(2); flags may have O_NONBLOCK.
func (ns *Namespace) SocketPair(c *Caller, flags int) (a, b *Description) {
	x, y := newPipe(), newPipe()
	y.queue = x.queue
	x.connect(true, true)
	y.connect(true, true)
	end := func(s *Socket) *Description {
		path := ns.Anonymous("socket", abi.S_IFSOCK|0o777, c)
		return NewDescription(s, path, abi.O_RDWR|flags&abi.O_NONBLOCK)
	}
	return end(&Socket{in: x, out: y}), end(&Socket{in: y, out: x})
}
