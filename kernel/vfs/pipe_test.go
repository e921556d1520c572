package vfs

import (
	"bytes"
	"math/rand"
	"testing"

	"rv86/kernel/abi"
	"rv86/kernel/wait"
)

func TestPipe(t *testing.T) {
	ns, c := newTree(t)
	r, w := ns.Pipe(c, 0)
	buf := make([]byte, PipeSize+10)
	check := func(what string, n int, e abi.Errno, wantN int, wantE abi.Errno) {
		t.Helper()
		if n != wantN || e != wantE {
			t.Errorf("%s: %d, %v; want %d, %v", what, n, e, wantN, wantE)
		}
	}
	read := func(n int) (int, abi.Errno) { return r.Read(c, buf[:n]) }
	write := func(n int) (int, abi.Errno) { return w.Write(c, make([]byte, n)) }

	n, e := read(10)
	check("read, empty", n, e, 0, abi.EAGAIN)
	if _, e := w.Read(c, buf); e != abi.EBADF {
		t.Errorf("read of the writing end: %v", e)
	}
	n, e = write(PipeSize + 5)
	check("write more than fits", n, e, PipeSize, 0)
	n, e = write(1)
	check("write, full", n, e, 0, abi.EAGAIN)
	n, e = read(100)
	check("read some", n, e, 100, 0)
	n, e = write(abi.PIPE_BUF)
	check("PIPE_BUF bytes go at once or not at all", n, e, 0, abi.EAGAIN)
	n, e = write(abi.PIPE_BUF + 1)
	check("more may go in part", n, e, 100, 0)
	n, e = read(len(buf))
	check("read all", n, e, PipeSize, 0)
	if _, e := r.Lseek(0, abi.SEEK_SET); e != abi.ESPIPE {
		t.Errorf("lseek: %v", e)
	}
	if _, e := r.ReadAt(c, buf, 0); e != abi.ESPIPE {
		t.Errorf("pread: %v", e)
	}

	if ev := r.Poll(); ev != 0 {
		t.Errorf("poll of an empty pipe: %#x", ev)
	}
	if ev := w.Poll(); ev != wait.Writable {
		t.Errorf("poll for writing: %#x", ev)
	}
	write(3)
	w.Put()
	if ev := r.Poll(); ev != wait.Readable|wait.POLLHUP {
		t.Errorf("poll with data and no writer: %#x", ev)
	}
	n, e = read(10)
	check("what is left", n, e, 3, 0)
	n, e = read(10)
	check("end of file", n, e, 0, 0)

	r, w = ns.Pipe(c, 0)
	r.Put()
	n, e = write(1)
	check("write with no reader", n, e, 0, abi.EPIPE)
	if ev := w.Poll(); ev&wait.POLLERR == 0 {
		t.Errorf("poll with no reader: %#x", ev)
	}
}

// Random reads and writes agree with a plain byte queue.
func TestPipeModel(t *testing.T) {
	ns, c := newTree(t)
	r, w := ns.Pipe(c, 0)
	rnd := rand.New(rand.NewSource(1))
	var model []byte
	next := byte(0)
	buf := make([]byte, 70000)
	for range 5000 {
		if n := rnd.Intn(1 << (1 + rnd.Intn(16))); rnd.Intn(2) == 0 {
			p := make([]byte, n)
			for i := range p {
				p[i] = next + byte(i)
			}
			n, e := w.Write(c, p)
			if e != 0 && e != abi.EAGAIN {
				t.Fatal(e)
			}
			model = append(model, p[:n]...)
			next += byte(n)
		} else {
			n, e := r.Read(c, buf[:n])
			if e != 0 && (e != abi.EAGAIN || len(model) > 0) {
				t.Fatal(e)
			}
			if !bytes.Equal(buf[:n], model[:n]) {
				t.Fatal("bytes out of order")
			}
			model = model[n:]
		}
		if got := r.File().(*pipeEnd).Pending(); got != len(model) {
			t.Fatalf("%d bytes pending, want %d", got, len(model))
		}
	}
}

func TestPipeWakes(t *testing.T) {
	ns, c := newTree(t)
	r, w := ns.Pipe(c, 0)
	woken := func(q *wait.Queue, mask wait.Events, f func()) bool {
		x := wait.NewWaiter()
		q.Register(x, mask)
		defer q.Unregister(x)
		f()
		return len(x.C) == 1
	}
	if !woken(r.Queue(), wait.POLLIN, func() { w.Write(c, []byte("x")) }) {
		t.Error("a write does not wake the reader")
	}
	if !woken(w.Queue(), wait.POLLOUT, func() { r.Read(c, make([]byte, 1)) }) {
		t.Error("a read does not wake the writer")
	}
	if !woken(r.Queue(), wait.POLLIN, w.Put) {
		t.Error("the last close does not wake the reader")
	}
}

// TestPipeOpenedAgain opens a pipe by its link in /proc/PID/fd after the writer
// has left, as cat <(echo hello) may.
func TestPipeOpenedAgain(t *testing.T) {
	ns, c := newTree(t)
	r, w := ns.Pipe(c, 0)
	w.Write(c, []byte("hello"))
	w.Put()
	again, e := c.OpenFound(r.Path(), abi.O_RDONLY)
	if e != 0 {
		t.Fatal(e)
	}
	if !again.File().(OpenWaiter).Opened() {
		t.Error("the open waits")
	}
	if ev := again.Poll(); ev != wait.Readable|wait.POLLHUP {
		t.Errorf("poll: %#x", ev)
	}
	if got := readAll(t, c, again); got != "hello" {
		t.Errorf("read %q", got)
	}
	r.Put()
	again.Put()
}

func TestFifo(t *testing.T) {
	_, c := newTree(t)
	if e := c.Mknod(Path{}, "/fifo", abi.S_IFIFO|0o600, 0); e != 0 {
		t.Fatal(e)
	}
	opened := func(d *Description) bool { return d.File().(OpenWaiter).Opened() }
	if _, e := c.Open(Path{}, "/fifo", abi.O_WRONLY|abi.O_NONBLOCK, 0); e != abi.ENXIO {
		t.Errorf("non-blocking write open with no reader: %v", e)
	}
	r := mustOpen(t, c, "/fifo", abi.O_RDONLY)
	if opened(r) {
		t.Error("a reader's open does not wait")
	}
	w := mustOpen(t, c, "/fifo", abi.O_WRONLY)
	if !opened(r) || !opened(w) {
		t.Error("both ends are there and an open waits")
	}
	w.Write(c, []byte("hello"))
	w.Put()
	if !opened(r) {
		t.Error("a writer that came and went did not open the FIFO")
	}
	if got := readAll(t, c, r); got != "hello" {
		t.Errorf("read %q", got)
	}
	r.Put()
	w = mustOpen(t, c, "/fifo", abi.O_WRONLY)
	r = mustOpen(t, c, "/fifo", abi.O_RDONLY)
	if !opened(r) || !opened(w) {
		t.Error("the writer came first, and an open waits")
	}
	w.Put()
	if ev := r.Poll(); ev&wait.POLLHUP == 0 {
		t.Errorf("poll after the writer left: %#x", ev)
	}
	r.Put()
	r = mustOpen(t, c, "/fifo", abi.O_RDONLY|abi.O_NONBLOCK)
	if ev := r.Poll(); ev != 0 {
		t.Errorf("poll before a writer came: %#x", ev)
	}
	r.Put()
	rw := mustOpen(t, c, "/fifo", abi.O_RDWR)
	if !opened(rw) {
		t.Error("O_RDWR waits")
	}
	rw.Put()
}

func TestSocketPair(t *testing.T) {
	ns, c := newTree(t)
	a, b := ns.SocketPair(c, 0)
	buf := make([]byte, 10)
	a.Write(c, []byte("ab"))
	b.Write(c, []byte("cd"))
	if n, e := b.Read(c, buf); string(buf[:n]) != "ab" || e != 0 {
		t.Errorf("%q, %v", buf[:n], e)
	}
	if n, e := a.Read(c, buf); string(buf[:n]) != "cd" || e != 0 {
		t.Errorf("%q, %v", buf[:n], e)
	}
	for _, f := range []func(){
		func() { b.Write(c, []byte("x")) },
		func() { b.Read(c, buf) },
		func() { b.File().(*Socket).Shutdown(ShutWrite) },
	} {
		x := wait.NewWaiter()
		a.Queue().Register(x, wait.POLLIN|wait.POLLOUT)
		a.Write(c, []byte("y"))
		select {
		case <-x.C: // its own doing
		default:
		}
		if f(); len(x.C) != 1 {
			t.Error("what one end does does not wake the other")
		}
		a.Queue().Unregister(x)
	}
	a, b = ns.SocketPair(c, 0)
	if ev := a.Poll(); ev != wait.Writable {
		t.Errorf("idle: %#x", ev)
	}
	s := a.File().(*Socket)
	if e := s.Shutdown(7); e != abi.EINVAL {
		t.Error(e)
	}
	s.Shutdown(ShutWrite)
	s.Shutdown(ShutWrite)
	if _, e := a.Write(c, buf); e != abi.EPIPE {
		t.Errorf("write after shutdown: %v", e)
	}
	if n, e := b.Read(c, buf); n != 0 || e != 0 {
		t.Errorf("read at the end: %d, %v", n, e)
	}
	if ev := b.Poll(); ev != wait.Readable|wait.Writable|wait.POLLRDHUP {
		t.Errorf("half closed: %#x", ev)
	}
	if n, e := b.Write(c, []byte("x")); n != 1 || e != 0 {
		t.Errorf("the other way: %d, %v", n, e)
	}
	b.Put()
	if ev := a.Poll(); ev&wait.POLLHUP == 0 {
		t.Errorf("closed: %#x", ev)
	}
	a.Put()
}
