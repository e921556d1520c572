package gdb

import (
	"bufio"
	"context"
	"errors"
	"net"
	"sync"

	"rv86/machine/debug/point"
	"rv86/monitor"
)

// Guest is what gdb can know of the guest besides the machine.
type Guest interface {
	// Modules lists the loaded modules as they are now.
	Modules() []monitor.LoadedModule
	// Notify is the address of the function that the kernel calls when modules
	// come or go.
	Notify() (addr uint64, ok bool)
	// File is the contents of the kernel (KernelName), or of a module's file.
	File(name string) ([]byte, bool)
	// Command executes one command of the monitor and returns what it prints.
	Command(line string) string
}

// KernelName is the file name by which gdb asks for the kernel.
const KernelName = "/kernel.elf"

// Server serves one machine. Everything but reading happens in the goroutine
// that calls Serve.
type Server struct {
	Target monitor.Target
	Guest  Guest

	told   string // the module list that the client was told last
	points map[watchpoint]bool
}

// watchpoint is a Z packet's.
type watchpoint struct {
	kind byte // '0' to '4'
	addr uint64
	n    uint64
}

// ErrKilled is returned by Serve when a client ended the machine.
var ErrKilled = errors.New("the machine was killed by gdb")

// Serve waits for clients and does what they want, until the machine ends, a
// client kills it or ctx is done. The stop is the last one.
func (s *Server) Serve(ctx context.Context, l net.Listener) (point.Stop, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := acceptor{clients: make(chan net.Conn)}
	go a.run(ctx, l)
	last := point.Stop{}
	select { // the machine waits for the first client
	case c := <-a.clients:
		if stop, over, err := s.session(ctx, &a, c); over {
			return stop, err
		}
	case <-ctx.Done():
		return last, nil
	}
	for {
		// Without a client the machine runs.
		running, stop := context.WithCancel(ctx)
		found := make(chan net.Conn, 1)
		var wait sync.WaitGroup
		wait.Go(func() {
			select {
			case c := <-a.clients:
				found <- c
				stop()
			case <-running.Done():
			}
		})
		s.Target.SetPoints(nil)
		last = s.Target.Run(running, 0)
		stop()
		wait.Wait()
		select {
		case c := <-found:
			if stop, over, err := s.session(ctx, &a, c); over {
				return stop, err
			}
			continue
		default:
		}
		if last.Reason == point.Ended || ctx.Err() != nil {
			return last, nil
		}
	}
}

// acceptor hands clients over one at a time, and sends the others away.
type acceptor struct {
	clients chan net.Conn
	mu      sync.Mutex
	busy    bool
}

func (a *acceptor) run(ctx context.Context, l net.Listener) {
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		a.mu.Lock()
		busy := a.busy
		a.busy = true
		a.mu.Unlock()
		if busy {
			c.Close()
			continue
		}
		select {
		case a.clients <- c:
		case <-ctx.Done():
			c.Close()
			return
		}
	}
}

func (a *acceptor) free() {
	a.mu.Lock()
	a.busy = false
	a.mu.Unlock()
}

// maxQueued bounds the packets that wait for an answer.
const maxQueued = 64

// session serves one client. over says that there is nothing more to serve.
func (s *Server) session(ctx context.Context, a *acceptor, conn net.Conn) (last point.Stop, over bool, err error) {
	defer a.free()
	defer conn.Close()
	c := &client{
		Server: s, ctx: ctx, conn: conn, packets: make(chan string, maxQueued),
		desc: describe(s.Target.Arch(), s.Target.Registers()),
	}
	s.points, s.told = map[watchpoint]bool{}, ""
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		c.read(bufio.NewReader(conn))
	}()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	over = c.serve()
	conn.Close()
	for range c.packets { // let the reader end
	}
	<-gone
	if c.killed {
		return c.last, true, ErrKilled
	}
	return c.last, over || ctx.Err() != nil, nil
}
