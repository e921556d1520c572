package irq_test

import (
	"strings"
	"testing"
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/irq"
	"rv86/kernel/lkm/lkmtest"
	"rv86/kernel/lkm/sched"
)

// wire is an interrupt line that the test raises.
type wire struct {
	raised chan bool
	done   chan bool
}

func (w *wire) Wait() bool { return <-w.raised }
func (w *wire) Done()      { w.done <- true }

type bench struct {
	*lkmtest.Core
	t    *testing.T
	q    *irq.IRQ
	who  *lkm.Caller
	wire *wire
}

const (
	line   = 5
	shared = 0x80
)

func newBench(t *testing.T) *bench {
	core := lkmtest.New(t)
	s := sched.New(core)
	s.Start()
	w := &wire{make(chan bool), make(chan bool, 8)}
	q := irq.New(s, &lkmtest.Spawner{Core: core}, irq.Board{
		Chip: "TEST", Lines: 8, Open: func(uint) irq.Line { return w },
		Own: map[int]irq.Own{1: {Name: "uart", Shared: true, Count: func() uint64 { return 3 }}, 2: {Name: "timer", Count: func() uint64 { return 0 }}},
	})
	_, who := core.NewThread(10, "insmod")
	return &bench{core, t, q, who, w}
}

func (b *bench) request(n, handler, thread, flags uint64, name string, dev uint64) abi.Errno {
	return lkm.Errno(b.Call(b.who, b.q.Exports(), "request_threaded_irq", n, handler, thread, flags, b.Str(name), dev))
}

func TestRequest(t *testing.T) {
	b := newBench(t)
	h := b.Func(func(*lkm.Caller, ...uint64) uint64 { return 1 })
	for _, c := range []struct {
		n, handler, thread, flags, dev uint64
		want                           abi.Errno
	}{
		{n: 8, handler: h, want: abi.EINVAL},
		{n: line, want: abi.EINVAL},
		{n: line, handler: h, flags: shared, want: abi.EINVAL}, // shared needs a device
		{n: line, thread: h, want: abi.EINVAL},                 // no handler needs ONESHOT
		{n: 2, handler: h, flags: shared, dev: 1, want: abi.EBUSY},
		{n: 1, handler: h, dev: 1, want: abi.EBUSY},
		{n: 1, handler: h, flags: shared, dev: 1},
		{n: line, handler: h, flags: shared, dev: 1},
		{n: line, handler: h, dev: 2, want: abi.EBUSY},
		{n: line, handler: h, flags: shared, dev: 2},
	} {
		if e := b.request(c.n, c.handler, c.thread, c.flags, "dev", c.dev); e != c.want {
			t.Errorf("request %+v: %v", c, e)
		}
	}
	want := "           CPU0      \n  1:          3  TEST   1 Edge      uart, dev\n  2:          0  TEST   2 Edge      timer\n  5:          0  TEST   5 Edge      dev, dev\n"
	if text := b.q.Text(); text != want {
		t.Errorf("/proc/interrupts\n%s\nwant\n%s", text, want)
	}
	if left := b.q.Leaving("m", func(a uint64) bool { return a == h }); len(left) != 3 {
		t.Errorf("left %q", left)
	}
}

// A raised line runs the handlers in interrupt context, and may then be raised
// again; a disabled one waits.
func TestHandlers(t *testing.T) {
	b := newBench(t)
	n := 0
	h := b.Func(func(who *lkm.Caller, args ...uint64) uint64 {
		if who.Atomic == 0 || args[0] != line || args[1] != 0x77 {
			t.Errorf("atomic %d, arguments %v", who.Atomic, args)
		}
		n++
		return 1
	})
	b.request(line, h, 0, 0, "dev", 0x77)
	for want := 1; want <= 3; want++ {
		b.wire.raised <- true
		<-b.wire.done
		if n != want {
			t.Errorf("handled %d times, want %d", n, want)
		}
	}
	rows := b.q.Exports()
	b.Call(b.who, rows, "disable_irq", line)
	b.wire.raised <- true
	time.Sleep(2 * time.Millisecond)
	if n != 3 {
		t.Error("a disabled line was handled")
	}
	b.Call(b.who, rows, "enable_irq", line)
	<-b.wire.done
	b.Call(b.who, rows, "free_irq", line, 0x77)
	b.Call(b.who, rows, "free_irq", line, 0x77)
	b.Call(b.who, rows, "enable_irq", line)
	log := b.TakeLog()
	if n != 4 || !strings.Contains(log, "Trying to free already-free IRQ 5") || !strings.Contains(log, "Unbalanced enable for IRQ 5") {
		t.Errorf("handled %d times, log %q", n, log)
	}
}

// With ONESHOT the line stays quiet until the thread has run.
func TestThreaded(t *testing.T) {
	b := newBench(t)
	ran := make(chan string)
	thread := b.Func(func(who *lkm.Caller, _ ...uint64) uint64 {
		select {
		case <-b.wire.done:
			t.Error("the line may be raised before the thread has run")
		default:
		}
		ran <- who.Comm
		return 1
	})
	const oneshot = 0x2000
	b.request(line, 0, thread, oneshot, "dev", 1)
	b.wire.raised <- true
	if comm := <-ran; comm != "irq/5-dev" {
		t.Errorf("thread %q", comm)
	}
	<-b.wire.done
	b.Call(b.who, b.q.Exports(), "free_irq", line, 1)
}

// A line that is raised for ever while nobody cares is turned off.
func TestNobodyCared(t *testing.T) {
	b := newBench(t)
	h := b.Func(func(*lkm.Caller, ...uint64) uint64 { return 0 })
	b.request(line, h, 0, 0, "dev", 1)
	const most = 100_000
	for range most - 1 {
		b.wire.raised <- true
		<-b.wire.done
	}
	b.wire.raised <- true
	for deadline := 0; ; deadline++ {
		if log := b.TakeLog(); strings.Contains(log, "irq 5: nobody cared") && strings.Contains(log, "Disabling IRQ #5") {
			return
		}
		if deadline == 1000 {
			t.Fatal("it was not turned off")
		}
		time.Sleep(time.Millisecond)
	}
}
