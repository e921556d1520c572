package event

import (
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// Bits of an epoll event beyond those of poll (include/uapi/linux/eventpoll.h).
const (
	EPOLLEXCLUSIVE = 1 << 28
	EPOLLWAKEUP    = 1 << 29
	EPOLLONESHOT   = 1 << 30
	EPOLLET        = 1 << 31

	private = EPOLLEXCLUSIVE | EPOLLWAKEUP | EPOLLONESHOT | EPOLLET
)

// Operations of epoll_ctl(2).
const (
	CtlAdd = 1
	CtlDel = 2
	CtlMod = 3
)

// Event is struct epoll_event.
type Event struct {
	Events uint32
	Data   uint64
}

// Epoll is an epoll instance.
type Epoll struct {
	vfs.Base
	queue wait.Queue

	mu    sync.Mutex // guards items and what is in them
	items map[itemKey]*item

	rmu   sync.Mutex // guards ready and item.queued
	ready []*item
}

// itemKey names a watch: closing the number and opening another file under it
// makes another one.
type itemKey struct {
	fd int
	d  *vfs.Description
}

type item struct {
	ep     *Epoll
	key    itemKey
	want   Event
	waiter wait.Waiter
	queued bool // on the ready list
	off    bool // EPOLLONESHOT has fired
}

// NewEpoll performs epoll_create(2).
func NewEpoll() *Epoll { return &Epoll{items: map[itemKey]*item{}} }

// Ctl performs epoll_ctl(2). d is what fd refers to; the watch does not keep
// it open.
func (ep *Epoll) Ctl(op, fd int, d *vfs.Description, ev Event) abi.Errno {
	q := d.Queue()
	if q == nil {
		return abi.EPERM // never has to be waited for: a regular file
	}
	if _, nested := d.File().(*Epoll); nested {
		return abi.EINVAL
	}
	ep.mu.Lock()
	defer ep.mu.Unlock()
	key := itemKey{fd, d}
	it := ep.items[key]
	switch op {
	case CtlAdd:
		if it != nil {
			return abi.EEXIST
		}
		it = &item{ep: ep, key: key, want: ev}
		it.waiter.Callback = func(wait.Events) { it.enqueue() }
		ep.items[key] = it
		// All events: what is wanted may change while others notify.
		q.Register(&it.waiter, ^wait.Events(0))
		d.OnRelease(it, func() {
			ep.mu.Lock()
			defer ep.mu.Unlock()
			ep.remove(it)
		})
	case CtlMod:
		if it == nil {
			return abi.ENOENT
		}
		it.want, it.off = ev, false
	case CtlDel:
		if it == nil {
			return abi.ENOENT
		}
		d.OnRelease(it, nil)
		ep.remove(it)
		return 0
	default:
		return abi.EINVAL
	}
	if it.now() != 0 {
		it.enqueue()
	}
	return 0
}

// remove ends a watch. Preconditions: mu is held.
func (ep *Epoll) remove(it *item) {
	if ep.items[it.key] != it {
		return
	}
	delete(ep.items, it.key)
	it.key.d.Queue().Unregister(&it.waiter)
	ep.rmu.Lock()
	defer ep.rmu.Unlock()
	for i, r := range ep.ready {
		if r == it {
			ep.ready = append(ep.ready[:i], ep.ready[i+1:]...)
			return
		}
	}
}

// now returns the wanted events that hold. Preconditions: ep.mu is held.
func (it *item) now() wait.Events {
	if it.off {
		return 0
	}
	return it.key.d.Poll() & (wait.Events(it.want.Events)&^private | wait.Always)
}

// enqueue puts the item on the ready list and wakes the sleepers. It runs
// under the watched file's locks.
func (it *item) enqueue() {
	ep := it.ep
	ep.rmu.Lock()
	if !it.queued {
		it.queued = true
		ep.ready = append(ep.ready, it)
	}
	ep.rmu.Unlock()
	ep.queue.Notify(wait.Readable)
}

// Collect takes up to max events that hold now. An empty result is no error;
// sleep on Queue for wait.POLLIN then.
func (ep *Epoll) Collect(max int) []Event {
	ep.mu.Lock()
	defer ep.mu.Unlock()
	// Items are taken off before they are polled, so that a notification that
	// comes after the poll puts them on again.
	ep.rmu.Lock()
	ready := ep.ready
	ep.ready = nil
	for _, it := range ready {
		it.queued = false
	}
	ep.rmu.Unlock()

	var out []Event
	var again []*item
	for i, it := range ready {
		if len(out) == max {
			ep.requeue(ready[i:])
			break
		}
		ev := it.now()
		if ev == 0 {
			continue
		}
		out = append(out, Event{uint32(ev), it.want.Data})
		switch {
		case it.want.Events&EPOLLONESHOT != 0:
			it.off = true
		case it.want.Events&EPOLLET == 0:
			again = append(again, it)
		}
	}
	ep.requeue(again)
	return out
}

// requeue puts items at the end of the ready list.
func (ep *Epoll) requeue(items []*item) {
	ep.rmu.Lock()
	defer ep.rmu.Unlock()
	for _, it := range items {
		if !it.queued {
			it.queued = true
			ep.ready = append(ep.ready, it)
		}
	}
}

// Poll reports whether Collect would find something.
func (ep *Epoll) Poll() wait.Events {
	ep.mu.Lock()
	defer ep.mu.Unlock()
	ep.rmu.Lock()
	ready := append([]*item(nil), ep.ready...)
	ep.rmu.Unlock()
	for _, it := range ready {
		if it.now() != 0 {
			return wait.Readable
		}
	}
	return 0
}

// Queue is notified when a watched file may have become ready.
func (ep *Epoll) Queue() *wait.Queue { return &ep.queue }

// Release ends all watches.
func (ep *Epoll) Release() {
	ep.mu.Lock()
	defer ep.mu.Unlock()
	for k, it := range ep.items {
		k.d.OnRelease(it, nil)
		ep.remove(it)
	}
}
