package wait

import "sync"

// Events is a set of poll(2) event bits, with Linux's values
// (include/uapi/asm-generic/poll.h).
type Events uint32

const (
	POLLIN     Events = 0x0001
	POLLPRI    Events = 0x0002
	POLLOUT    Events = 0x0004
	POLLERR    Events = 0x0008
	POLLHUP    Events = 0x0010
	POLLNVAL   Events = 0x0020
	POLLRDNORM Events = 0x0040
	POLLRDBAND Events = 0x0080
	POLLWRNORM Events = 0x0100
	POLLWRBAND Events = 0x0200
	POLLRDHUP  Events = 0x2000

	// Readable and Writable are what a ready file reports: Linux gives the
	// "normal data" bit along with the plain one.
	Readable = POLLIN | POLLRDNORM
	Writable = POLLOUT | POLLWRNORM

	// Always are the events that poll reports whether asked for or not.
	Always = POLLERR | POLLHUP | POLLNVAL
)

// Waiter is one sleeper (C) or one standing observer (Callback) on one queue.
// Make a sleeper with NewWaiter. A Waiter is on at most one queue at a time.
type Waiter struct {
	// C holds one token once a matching Notify happened; capacity 1.
	C chan struct{}
	// Callback, if set, is called instead, with the queue locked.
	Callback func(Events)

	mask       Events
	queue      *Queue
	prev, next *Waiter
}

// NewWaiter returns a waiter to sleep on.
func NewWaiter() *Waiter { return &Waiter{C: make(chan struct{}, 1)} }

// Queue is a list of waiters; the zero value is ready. Waiters are served in
// the order of their registration, so that a run is deterministic.
type Queue struct {
	mu         sync.Mutex
	head, tail *Waiter
}

// Register puts w on the queue for the events of mask (and those of Always).
func (q *Queue) Register(w *Waiter, mask Events) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if w.queue != nil {
		panic("wait: bug: waiter registered twice")
	}
	w.mask, w.queue = mask|Always, q
	w.prev = q.tail
	if q.tail != nil {
		q.tail.next = w
	} else {
		q.head = w
	}
	q.tail = w
}

// Unregister takes w off the queue. It does nothing for a waiter that is not
// on it, so that it may be deferred.
func (q *Queue) Unregister(w *Waiter) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if w.queue != q {
		return
	}
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		q.head = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	} else {
		q.tail = w.prev
	}
	w.prev, w.next, w.queue = nil, nil, nil
}

// Notify wakes every waiter whose mask meets events.
func (q *Queue) Notify(events Events) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for w := q.head; w != nil; w = w.next {
		if w.mask&events == 0 {
			continue
		}
		if w.Callback != nil {
			w.Callback(events)
			continue
		}
		select {
		case w.C <- struct{}{}:
		default: // it has its token already
		}
	}
}

// Empty reports whether nobody waits.
func (q *Queue) Empty() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.head == nil
}
