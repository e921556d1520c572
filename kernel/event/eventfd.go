package event

import (
	"encoding/binary"
	"math"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// counterSize is the size of what eventfd and timerfd read and write.
const counterSize = 8

// Eventfd is the counter of eventfd(2).
type Eventfd struct {
	vfs.Base
	semaphore bool
	queue     wait.Queue

	mu sync.Mutex
	n  uint64
}

// eventfdMax is the largest count.
const eventfdMax = math.MaxUint64 - 1

// NewEventfd makes a counter that starts at n; a semaphore gives out one at a
// time (EFD_SEMAPHORE).
func NewEventfd(n uint32, semaphore bool) *Eventfd {
	return &Eventfd{n: uint64(n), semaphore: semaphore}
}

// Read takes the count, or one of it.
func (e *Eventfd) Read(p []byte, _ int64) (int, abi.Errno) {
	if len(p) < counterSize {
		return 0, abi.EINVAL
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.n == 0 {
		return 0, abi.EAGAIN
	}
	take := e.n
	if e.semaphore {
		take = 1
	}
	e.n -= take
	binary.LittleEndian.PutUint64(p, take)
	e.queue.Notify(wait.Writable)
	return counterSize, 0
}

// Write adds to the count.
func (e *Eventfd) Write(p []byte, _ int64) (int, abi.Errno) {
	if len(p) < counterSize {
		return 0, abi.EINVAL
	}
	v := binary.LittleEndian.Uint64(p)
	if v == math.MaxUint64 {
		return 0, abi.EINVAL
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if v > eventfdMax-e.n {
		return 0, abi.EAGAIN
	}
	e.n += v
	e.queue.Notify(wait.Readable)
	return counterSize, 0
}

// Poll reports whether Read and Write(1) would succeed.
func (e *Eventfd) Poll() wait.Events {
	e.mu.Lock()
	defer e.mu.Unlock()
	var ev wait.Events
	if e.n > 0 {
		ev |= wait.Readable
	}
	if e.n < eventfdMax {
		ev |= wait.Writable
	}
	return ev
}

// Queue is notified when the count changes.
func (e *Eventfd) Queue() *wait.Queue { return &e.queue }
