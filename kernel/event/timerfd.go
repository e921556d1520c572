package event

import (
	"encoding/binary"
	"sync"
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// Clock is where timers get their time. Now counts nanoseconds of the timer's
// own clock.
type Clock struct {
	Now   func() int64
	After func(d time.Duration, f func()) (stop func() bool)
}

// Timerfd is the timer of timerfd_create(2). Expirations are computed when
// they are asked for; the clock's own timer only wakes the sleepers, and is
// started again by the read that takes what has expired (fs/timerfd.c does so
// too: a timer of 1 ns must not keep the machine busy with nobody reading).
type Timerfd struct {
	vfs.Base
	clock Clock
	queue wait.Queue

	mu       sync.Mutex
	next     int64 // of the next expiration not yet counted; 0 is disarmed
	interval int64
	count    uint64 // expirations that nobody has read
	stop     func() bool
	ticket   int
}

// NewTimerfd makes a disarmed timer.
func NewTimerfd(c Clock) *Timerfd { return &Timerfd{clock: c} }

// Set performs timerfd_settime(2), in nanoseconds; value 0 disarms. It returns
// what Get would have.
func (t *Timerfd) Set(value, interval int64, absolute bool) (oldValue, oldInterval int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	oldValue, oldInterval = t.get()
	t.ticket++ // a running clock counts no more
	t.count, t.next, t.interval = 0, 0, interval
	if value != 0 {
		t.next = value
		if !absolute {
			t.next += t.clock.Now()
		}
		t.arm()
	}
	return oldValue, oldInterval
}

// arm starts the clock's timer for the next expiration. Preconditions: mu is
// held.
func (t *Timerfd) arm() {
	if t.stop != nil {
		t.stop()
	}
	t.ticket++
	ticket := t.ticket
	t.stop = t.clock.After(time.Duration(max(t.next-t.clock.Now(), 0)), func() {
		t.mu.Lock()
		stale := t.ticket != ticket
		t.mu.Unlock()
		if !stale {
			t.queue.Notify(wait.Readable)
		}
	})
}

// expire counts the expirations up to now. Preconditions: mu is held.
func (t *Timerfd) expire() {
	now := t.clock.Now()
	if t.next == 0 || t.next > now {
		return
	}
	if t.interval == 0 {
		t.count++
		t.next = 0
		return
	}
	n := (now-t.next)/t.interval + 1
	t.count += uint64(n)
	t.next += n * t.interval
}

// Get performs timerfd_gettime(2): the time until the next expiration.
func (t *Timerfd) Get() (value, interval int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.get()
}

func (t *Timerfd) get() (value, interval int64) {
	t.expire()
	if t.next == 0 {
		return 0, t.interval
	}
	return max(t.next-t.clock.Now(), 1), t.interval
}

// Read takes the number of expirations since the last read.
func (t *Timerfd) Read(p []byte, _ int64) (int, abi.Errno) {
	if len(p) < counterSize {
		return 0, abi.EINVAL
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expire()
	if t.count == 0 {
		return 0, abi.EAGAIN
	}
	binary.LittleEndian.PutUint64(p, t.count)
	t.count = 0
	if t.next != 0 {
		t.arm()
	}
	return counterSize, 0
}

// Poll reports whether there are expirations to read.
func (t *Timerfd) Poll() wait.Events {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.expire(); t.count > 0 {
		return wait.Readable
	}
	return 0
}

// Queue is notified at each expiration.
func (t *Timerfd) Queue() *wait.Queue { return &t.queue }

// Release stops the timer.
func (t *Timerfd) Release() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stop != nil {
		t.stop()
	}
	t.ticket++
}
