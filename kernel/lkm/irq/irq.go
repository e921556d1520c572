package irq

import (
	"fmt"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/sched"
	"rv86/kmod/kapi"
)

// Line is an interrupt line. After Wait it stays quiet until Done.
type Line interface {
	Wait() bool
	Done()
}

// Board has the lines.
type Board struct {
	Chip  string // the interrupt controller's name
	Lines int    // numbers are below this
	Open  func(n uint) Line
	// Own are the lines the kernel itself serves. A shared one calls Deliver.
	Own map[int]Own
	// Pins are lines behind one of the board's, with the numbers above it; nil if
	// there are none.
	Pins *Pins
}

// Pins are the lines of another controller, which has a line of the board's for
// itself.
type Pins struct {
	Chip   string
	Count  int
	Parent int
	Open   func(n int) Pin
}

// Pin is a line that is told when the first handler comes, with IRQF_TRIGGER_*,
// and when the last one goes.
type Pin interface {
	Line
	Start(trigger uint32)
	Stop()
}

// Own is a line of the kernel's.
type Own struct {
	Name   string
	Shared bool
	Count  func() uint64 // how often it was raised
}

// Spawner starts kernel threads (package kthread).
type Spawner interface {
	Spawn(comm string, f func(who *lkm.Caller)) abi.Errno
}

// IRQ has the rows.
type IRQ struct {
	s       *sched.Sched
	threads Spawner
	board   Board

	mu      sync.Mutex
	changed sync.Cond // handlers have returned
	lines   map[int]*line
}

// line is one that a module has asked for.
type line struct {
	n         int
	hw        Line // nil if the kernel's driver delivers
	pin       Pin  // hw, of a controller behind the board's
	actions   []*action
	depth     int  // of disable_irq
	busy      bool // handlers run
	owed      bool // raised, and Done was not called
	count     uint64
	unhandled int
	total     int
	disabled  bool // nobody cared
	who       lkm.Caller
}

// action is one handler.
type action struct {
	line    *line
	handler uint64
	thread  uint64
	flags   uint32
	name    string
	nameAt  uint64
	dev     uint64
	wake    chan struct{} // of the thread
	running bool          // the thread has something to do
	ended   bool
}

// Flags of request_irq (linux/interrupt.h).
const (
	flagTriggers = 0xf
	flagShared   = 0x80
	flagOneshot  = 0x2000
	flagNoAutoen = 0x80000
)

// Results of a handler.
const (
	handled    = 1
	wakeThread = 2
)

// New makes the rows for a scheduler and a board.
func New(s *sched.Sched, threads Spawner, b Board) *IRQ {
	q := &IRQ{s: s, threads: threads, board: b, lines: map[int]*line{}}
	q.changed.L = &q.mu
	return q
}

// at gives the line of a number, which exists from its first request on.
// Preconditions: mu is held.
func (q *IRQ) at(n int) *line {
	l := q.lines[n]
	if l == nil {
		l = &line{n: n, who: lkm.Caller{Comm: "swapper/0"}}
		q.lines[n] = l
		switch _, own := q.board.Own[n]; {
		case own:
			return l
		case n >= q.board.Lines:
			l.pin = q.board.Pins.Open(n - q.board.Lines)
			l.hw = l.pin
		default:
			l.hw = q.board.Open(uint(n))
		}
		go q.serve(l)
	}
	return l
}

// serve is a line's goroutine.
func (q *IRQ) serve(l *line) {
	for l.hw.Wait() {
		q.mu.Lock()
		l.owed = true
		q.mu.Unlock()
		q.raise(l)
	}
}

// raise runs the handlers if they may run, and then lets the line go on.
func (q *IRQ) raise(l *line) {
	q.mu.Lock()
	if l.depth > 0 || len(l.actions) == 0 || l.disabled {
		q.mu.Unlock()
		return // enable_irq or request_irq will see that it is owed
	}
	q.mu.Unlock()
	q.handle(l)
	q.settle(l)
}

// settle calls Done if the line is owed it and nothing holds it back.
func (q *IRQ) settle(l *line) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !l.owed || l.depth > 0 || l.disabled || len(l.actions) == 0 {
		return
	}
	for _, a := range l.actions {
		if a.running && a.flags&flagOneshot != 0 {
			return
		}
	}
	l.owed = false
	if l.hw != nil {
		l.hw.Done()
	}
}

// handle runs the handlers of a line once.
func (q *IRQ) handle(l *line) {
	q.mu.Lock()
	l.busy = true
	l.count++
	actions := append([]*action(nil), l.actions...)
	q.mu.Unlock()
	taken := false
	q.s.Hardirq(&l.who, func() {
		for _, a := range actions {
			r := uint64(wakeThread)
			if a.handler != 0 {
				var ok bool
				if r, ok = q.s.Core.Run(&l.who, a.handler, uint64(l.n), a.dev); !ok {
					r = handled // it was reported; the line must not storm
				}
			}
			taken = taken || r&(handled|wakeThread) != 0
			if r&wakeThread != 0 && a.thread != 0 {
				q.wakeThread(a)
			}
		}
	})
	q.mu.Lock()
	defer q.mu.Unlock()
	l.busy = false
	q.changed.Broadcast()
	q.noteUnhandled(l, taken)
}

// Deliver is called by a driver of the kernel's own whose line n was raised: it
// runs the handlers that modules have there.
func (q *IRQ) Deliver(n int) {
	q.mu.Lock()
	l := q.lines[n]
	ready := l != nil && len(l.actions) > 0 && l.depth == 0
	q.mu.Unlock()
	if ready {
		q.handle(l)
	}
}

// noteUnhandled turns off a line that is raised again and again while nobody
// cares (Linux note_interrupt). Preconditions: mu is held.
func (q *IRQ) noteUnhandled(l *line, taken bool) {
	const of, most = 100_000, 99_900
	if l.hw == nil {
		return
	}
	l.total++
	if !taken {
		l.unhandled++
	}
	if l.total < of {
		return
	}
	if l.unhandled > most {
		l.disabled = true
		say := func(format string, args ...any) { q.s.Core.Log("\x013" + fmt.Sprintf(format, args...) + "\n") }
		say("irq %d: nobody cared (try booting with the \"irqpoll\" option)", l.n)
		say("handlers:")
		for _, a := range l.actions {
			say("%s", q.s.Core.Symbol(a.handler))
		}
		say("Disabling IRQ #%d", l.n)
	}
	l.total, l.unhandled = 0, 0
}

// wakeThread gives a threaded handler something to do.
func (q *IRQ) wakeThread(a *action) {
	q.mu.Lock()
	a.running = true
	q.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// thread is the life of a threaded handler's thread.
func (q *IRQ) thread(a *action, who *lkm.Caller) {
	w := who.Thread.NewWaiter()
	go func() { // what wakes it, wakes its sleep
		for range a.wake {
			select {
			case w.C <- struct{}{}:
			default:
			}
		}
	}()
	for {
		q.mu.Lock()
		run, ended := a.running, a.ended
		q.mu.Unlock()
		switch {
		case run:
			q.s.Core.Run(who, a.thread, uint64(a.line.n), a.dev)
			q.mu.Lock()
			a.running = false
			q.changed.Broadcast()
			q.mu.Unlock()
			q.settle(a.line)
		case ended:
			return
		default:
			who.Thread.SleepDeep(lkm.Never)
		}
	}
}

// limit is the number above all lines'.
func (q *IRQ) limit() int {
	if q.board.Pins == nil {
		return q.board.Lines
	}
	return q.board.Lines + q.board.Pins.Count
}

// request is request_threaded_irq.
func (q *IRQ) request(n int, a *action) abi.Errno {
	own, kernels := q.board.Own[n]
	switch {
	case n < 0 || n >= q.limit(), a.handler == 0 && a.thread == 0, a.flags&flagShared != 0 && a.dev == 0:
		return abi.EINVAL
	case a.handler == 0 && a.flags&flagOneshot == 0:
		q.s.Core.Log(fmt.Sprintf("\x013Threaded irq requested with handler=NULL and !ONESHOT for %s (irq %d)\n", a.name, n))
		return abi.EINVAL
	case q.board.Pins != nil && n == q.board.Pins.Parent:
		q.mismatch(n, a, 0, q.board.Pins.Chip)
		return abi.EBUSY
	case kernels && (!own.Shared || a.flags&flagShared == 0):
		q.mismatch(n, a, flagShared, own.Name)
		return abi.EBUSY
	}
	q.mu.Lock()
	l := q.at(n)
	for _, o := range l.actions {
		if a.flags&o.flags&flagShared == 0 {
			q.mu.Unlock()
			q.mismatch(n, a, o.flags, o.name)
			return abi.EBUSY
		}
	}
	a.line = l
	if a.thread != 0 {
		a.wake = make(chan struct{}, 1)
		q.mu.Unlock()
		if e := q.threads.Spawn(fmt.Sprintf("irq/%d-%s", n, a.name), func(who *lkm.Caller) { q.thread(a, who) }); e != 0 {
			return e
		}
		q.mu.Lock()
	}
	if len(l.actions) == 0 {
		l.disabled, l.total, l.unhandled, l.depth = false, 0, 0, 0
		if a.flags&flagNoAutoen != 0 {
			l.depth = 1
		}
		if l.pin != nil {
			l.owed = false // what came when nobody listened is forgotten
			l.pin.Start(a.flags & flagTriggers)
		}
	}
	l.actions = append(l.actions, a)
	q.mu.Unlock()
	q.resume(l)
	return 0
}

func (q *IRQ) mismatch(n int, a *action, flags uint32, with string) {
	q.s.Core.Log(fmt.Sprintf("\x013genirq: Flags mismatch irq %d. %08x (%s) vs. %08x (%s)\n", n, a.flags, a.name, flags, with))
}

// resume serves what was raised while nobody could.
func (q *IRQ) resume(l *line) {
	q.mu.Lock()
	owed := l.owed
	q.mu.Unlock()
	if owed {
		q.raise(l)
	}
}

// free is free_irq; the result is the name's address. It waits for the handler
// and its thread.
func (q *IRQ) free(c *kapi.Call, n int, dev uint64) uint64 {
	q.mu.Lock()
	l := q.lines[n]
	var a *action
	if l != nil {
		for i, o := range l.actions {
			if o.dev == dev {
				a = o
				l.actions = append(l.actions[:i:i], l.actions[i+1:]...)
				break
			}
		}
	}
	q.mu.Unlock()
	if a == nil {
		const taintWarn = 9 // TAINT_WARN
		c.Warn("free_irq", fmt.Sprintf("Trying to free already-free IRQ %d\n", n), taintWarn)
		return 0
	}
	q.await(c, "free_irq", l, a)
	if a.thread != 0 {
		q.mu.Lock()
		a.ended = true
		q.mu.Unlock()
		a.wake <- struct{}{}
		close(a.wake)
	}
	q.rest(l)
	q.settle(l)
	return a.nameAt
}

// rest stops a pin that nobody handles any more.
func (q *IRQ) rest(l *line) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if l.pin != nil && len(l.actions) == 0 {
		l.pin.Stop()
	}
}

// await waits until the line's handlers, and one threaded handler or (nil) all,
// have returned. A handler would wait for itself.
func (q *IRQ) await(c *kapi.Call, at string, l *line, a *action) {
	if lkm.From(c) == &l.who {
		return
	}
	q.s.Wait(c, at, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		busy := func() bool {
			if a != nil {
				return l.busy || a.running
			}
			for _, o := range l.actions {
				if o.running {
					return true
				}
			}
			return l.busy
		}
		for busy() {
			q.changed.Wait()
		}
	})
}

func (q *IRQ) disable(n int) *line {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.lines[n]
	if l != nil {
		l.depth++
	}
	return l
}

func (q *IRQ) enable(c *kapi.Call, n int) {
	q.mu.Lock()
	l := q.lines[n]
	if l == nil || l.depth == 0 {
		q.mu.Unlock()
		const taintWarn = 9 // TAINT_WARN
		c.Warn("enable_irq", fmt.Sprintf("Unbalanced enable for IRQ %d\n", n), taintWarn)
		return
	}
	l.depth--
	q.mu.Unlock()
	q.resume(l)
}

// Exports are the rows of interrupts.
func (q *IRQ) Exports() []kapi.Func {
	row := func(name string, f func(c *kapi.Call, n int)) kapi.Func {
		return kapi.Func{Name: name, Proto: "void " + name + "(unsigned int irq)", Call: func(c *kapi.Call) uint64 {
			f(c, int(c.Int()))
			return 0
		}}
	}
	return []kapi.Func{
		{Name: "request_threaded_irq", Proto: "int request_threaded_irq(unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn, unsigned long flags, const char *name, void *dev)", Call: func(c *kapi.Call) uint64 {
			n := int(c.Int())
			a := &action{handler: c.Ptr(), thread: c.Ptr(), flags: uint32(c.Ulong()), nameAt: c.Ptr(), dev: c.Ptr()}
			if a.nameAt != 0 {
				a.name = c.Str(a.nameAt)
			}
			return lkm.Fail(q.request(n, a))
		}},
		{Name: "free_irq", Proto: "const void *free_irq(unsigned int irq, void *dev_id)", Call: func(c *kapi.Call) uint64 {
			n := int(c.Int())
			return q.free(c, n, c.Ptr())
		}},
		row("disable_irq", func(c *kapi.Call, n int) {
			if l := q.disable(n); l != nil {
				q.await(c, "disable_irq", l, nil)
			}
		}),
		row("disable_irq_nosync", func(_ *kapi.Call, n int) { q.disable(n) }),
		row("enable_irq", q.enable),
		row("synchronize_irq", func(c *kapi.Call, n int) {
			q.mu.Lock()
			l := q.lines[n]
			q.mu.Unlock()
			if l != nil {
				q.await(c, "synchronize_irq", l, nil)
			}
		}),
	}
}
