package event

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

func newCaller(t *testing.T) (*vfs.Namespace, *vfs.Caller) {
	t.Helper()
	ns := vfs.NewNamespace(vfs.Config{})
	return ns, &vfs.Caller{FS: ns.NewFSContext()}
}

func word(n uint64) []byte { return binary.LittleEndian.AppendUint64(nil, n) }

// collect shows the data fields and events of what is ready.
func collect(ep *Epoll) string {
	s := ""
	for _, e := range ep.Collect(10) {
		s += fmt.Sprintf("%d:%#x ", e.Data, e.Events)
	}
	return s
}

func TestEpoll(t *testing.T) {
	ns, c := newCaller(t)
	r, w := ns.Pipe(c, 0)
	ep := NewEpoll()
	step := func(what, want string) {
		t.Helper()
		if got := collect(ep); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	in := uint32(wait.POLLIN)
	if e := ep.Ctl(CtlAdd, 3, r, Event{in, 1}); e != 0 {
		t.Fatal(e)
	}
	if e := ep.Ctl(CtlAdd, 3, r, Event{in, 1}); e != abi.EEXIST {
		t.Errorf("added twice: %v", e)
	}
	step("empty", "")
	w.Write(c, []byte("x"))
	step("level", "1:0x1 ")
	step("level again", "1:0x1 ")

	ep.Ctl(CtlMod, 3, r, Event{in | EPOLLET, 2})
	step("edge", "2:0x1 ")
	step("edge again", "")
	w.Write(c, []byte("y"))
	step("edge, more", "2:0x1 ")

	ep.Ctl(CtlMod, 3, r, Event{in | EPOLLONESHOT, 3})
	step("one shot", "3:0x1 ")
	w.Write(c, []byte("z"))
	step("one shot again", "")
	ep.Ctl(CtlMod, 3, r, Event{in, 4})
	step("rearmed", "4:0x1 ")

	buf := make([]byte, 10)
	r.Read(c, buf)
	step("drained", "")
	w.Put()
	step("hung up", "4:0x10 ")
	if ep.Poll() != wait.Readable {
		t.Error("epoll itself is not readable")
	}
	if e := ep.Ctl(CtlDel, 3, r, Event{}); e != 0 {
		t.Error(e)
	}
	if e := ep.Ctl(CtlDel, 3, r, Event{}); e != abi.ENOENT {
		t.Errorf("deleted twice: %v", e)
	}
	step("deleted", "")
}

// A sleeper is woken by the watched file.
func TestEpollWakes(t *testing.T) {
	ep := NewEpoll()
	ns, c := newCaller(t)
	e := NewEventfd(0, false)
	d := vfs.NewDescription(e, ns.Anonymous("anon_inode:[eventfd]", 0o600, c), abi.O_RDWR)
	ep.Ctl(CtlAdd, 5, d, Event{uint32(wait.POLLIN), 7})
	w := wait.NewWaiter()
	ep.Queue().Register(w, wait.POLLIN)
	d.Write(c, word(1))
	select {
	case <-w.C:
	default:
		t.Error("not woken")
	}
	if got := collect(ep); got != "7:0x1 " {
		t.Error(got)
	}
}

// Reports rotate: with room for one event, two ready files take turns.
func TestEpollIsFair(t *testing.T) {
	ns, c := newCaller(t)
	ep := NewEpoll()
	for i := range 3 {
		d := vfs.NewDescription(NewEventfd(1, false), ns.Anonymous("anon_inode:[eventfd]", 0o600, c), abi.O_RDWR)
		ep.Ctl(CtlAdd, i, d, Event{uint32(wait.POLLIN), uint64(i)})
	}
	got := ""
	for range 6 {
		for _, e := range ep.Collect(1) {
			got += fmt.Sprint(e.Data)
		}
	}
	if got != "012012" {
		t.Errorf("order %s", got)
	}
}

// The last close ends the watch; the watch does not keep the file open.
func TestEpollForgetsClosed(t *testing.T) {
	ns, c := newCaller(t)
	ep := NewEpoll()
	r, w := ns.Pipe(c, 0)
	ep.Ctl(CtlAdd, 3, r, Event{uint32(wait.POLLIN), 1})
	w.Write(c, []byte("x"))
	r.Put()
	if got := collect(ep); got != "" {
		t.Errorf("closed file reported: %s", got)
	}
	if _, e := w.Write(c, []byte("x")); e != abi.EPIPE {
		t.Errorf("the pipe is still open for reading: %v", e)
	}
	if len(ep.items) != 0 {
		t.Error("watch left")
	}
}

func TestEpollRefuses(t *testing.T) {
	ns, c := newCaller(t)
	ep := NewEpoll()
	f, e := c.Open(vfs.Path{}, "/f", abi.O_CREAT|abi.O_RDWR, 0o600)
	if e != 0 {
		t.Fatal(e)
	}
	if e := ep.Ctl(CtlAdd, 3, f, Event{1, 1}); e != abi.EPERM {
		t.Errorf("regular file: %v", e)
	}
	d := vfs.NewDescription(NewEpoll(), ns.Anonymous("anon_inode:[eventpoll]", 0o600, c), abi.O_RDWR)
	if e := ep.Ctl(CtlAdd, 4, d, Event{1, 1}); e != abi.EINVAL {
		t.Errorf("nested: %v", e)
	}
}

func TestEventfd(t *testing.T) {
	e := NewEventfd(2, false)
	p := make([]byte, 8)
	if n, err := e.Read(p, 0); n != 8 || err != 0 || binary.LittleEndian.Uint64(p) != 2 {
		t.Error(n, err, p)
	}
	if _, err := e.Read(p, 0); err != abi.EAGAIN {
		t.Error(err)
	}
	if _, err := e.Read(p[:7], 0); err != abi.EINVAL {
		t.Error(err)
	}
	if _, err := e.Write(word(math.MaxUint64), 0); err != abi.EINVAL {
		t.Error(err)
	}
	if n, err := e.Write(word(eventfdMax), 0); n != 8 || err != 0 {
		t.Error(n, err)
	}
	if _, err := e.Write(word(1), 0); err != abi.EAGAIN || e.Poll() != wait.Readable {
		t.Error(err, e.Poll())
	}
	s := NewEventfd(2, true)
	for range 2 {
		if _, err := s.Read(p, 0); err != 0 || binary.LittleEndian.Uint64(p) != 1 {
			t.Error(err, p)
		}
	}
	if _, err := s.Read(p, 0); err != abi.EAGAIN {
		t.Error(err)
	}
}

// testClock is a clock that moves when told.
type testClock struct {
	now  int64
	at   int64
	f    func()
	sets int
}

func (c *testClock) clock() Clock {
	return Clock{
		Now: func() int64 { return c.now },
		After: func(d time.Duration, f func()) func() bool {
			c.at, c.f = c.now+int64(d), f
			c.sets++
			return func() bool { c.f = nil; return true }
		},
	}
}

func (c *testClock) to(now int64) {
	c.now = now
	if f := c.f; f != nil && now >= c.at {
		c.f = nil
		f()
	}
}

func TestTimerfd(t *testing.T) {
	c := &testClock{now: 1000}
	f := NewTimerfd(c.clock())
	w := wait.NewWaiter()
	f.Queue().Register(w, wait.POLLIN)
	read := func() string {
		p := make([]byte, 8)
		if _, e := f.Read(p, 0); e != 0 {
			return e.Error()
		}
		return fmt.Sprint(binary.LittleEndian.Uint64(p))
	}
	again := abi.EAGAIN.Error()
	check := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	check("disarmed", read(), again)
	f.Set(500, 100, false)
	c.to(1400)
	check("early", read(), again)
	v, i := f.Get()
	check("time left", fmt.Sprint(v, i), "100 100")
	c.to(1500)
	select {
	case <-w.C:
	default:
		t.Error("expiration woke nobody")
	}
	check("first", read(), "1")
	c.to(1850)
	check("late", read(), "3")
	v, i = f.Set(0, 0, false)
	check("old setting", fmt.Sprint(v, i), "50 100")
	c.to(5000)
	check("disarmed again", read(), again)
	f.Set(6000, 0, true)
	c.to(6000)
	check("absolute", read(), "1")
	check("one shot", read(), again)

	// Unread expirations do not restart the clock.
	f.Set(1, 1, false)
	before := c.sets
	for range 100 {
		c.to(c.now + 1)
	}
	if c.sets != before {
		t.Errorf("the clock was restarted %d times with nobody reading", c.sets-before)
	}
	check("all counted", read(), "100")
}
