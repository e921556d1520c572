//go:build riscv64 || 386

package task

import (
	"slices"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/vm"
)

// futexes are the sleepers of futex(2), by the memory word they sleep on, in
// order of arrival.
var (
	futexMu sync.Mutex
	futexes = map[futexKey][]*futexWaiter{}
)

// futexKey names a word: by space and address if it is private, by physical
// address if it is shared memory.
type futexKey struct {
	space *vm.Space
	addr  uintptr
}

type futexWaiter struct {
	t     *Thread
	key   futexKey
	bits  uint32
	woken bool
}

func (t *Thread) futexKey(va uintptr, private bool) (futexKey, abi.Errno) {
	if va&3 != 0 {
		return futexKey{}, abi.EINVAL
	}
	if private {
		return futexKey{t.MM, va}, 0
	}
	s, a, e := t.MM.Key(t.Caller(), va)
	return futexKey{s, a}, e
}

// FutexWait sleeps on the word at va if it still holds val.
func (t *Thread) FutexWait(va uintptr, val, bits uint32, private bool, deadline int64) abi.Errno {
	if bits == 0 {
		return abi.EINVAL
	}
	k, e := t.futexKey(va, private)
	if e != 0 {
		return e
	}
	futexMu.Lock()
	// Whoever changes the word afterwards has to pass futexMu to wake us.
	now, e := t.CopyIn32(va)
	if e != 0 || now != val {
		futexMu.Unlock()
		if e == 0 {
			e = abi.EAGAIN
		}
		return e
	}
	w := &futexWaiter{t: t, key: k, bits: bits}
	futexes[k] = append(futexes[k], w)
	futexMu.Unlock()
	for {
		e := t.Sleep(deadline)
		futexMu.Lock()
		woken := w.woken
		if !woken && e != 0 {
			w.leave()
		}
		futexMu.Unlock()
		switch {
		case woken:
			return 0
		case e != 0:
			return e
		}
	}
}

// leave takes a waiter off its list. Preconditions: futexMu is held.
func (w *futexWaiter) leave() {
	q := futexes[w.key]
	i := slices.Index(q, w)
	if i < 0 {
		return
	}
	q = slices.Delete(q, i, i+1)
	if len(q) == 0 {
		delete(futexes, w.key)
	} else {
		futexes[w.key] = q
	}
}

// FutexWake wakes at most n sleepers of the word whose bits meet bits.
func (t *Thread) FutexWake(va uintptr, n int, bits uint32, private bool) (int, abi.Errno) {
	if bits == 0 {
		return 0, abi.EINVAL
	}
	k, e := t.futexKey(va, private)
	if e != 0 {
		return 0, e
	}
	futexMu.Lock()
	defer futexMu.Unlock()
	return wakeFutex(k, n, bits), 0
}

func wakeFutex(k futexKey, n int, bits uint32) int {
	q := futexes[k]
	keep := q[:0]
	woken := 0
	for _, w := range q {
		if woken >= n || w.bits&bits == 0 {
			keep = append(keep, w)
			continue
		}
		w.woken = true
		w.t.poke()
		woken++
	}
	if len(keep) == 0 {
		delete(futexes, k)
	} else {
		clear(q[len(keep):])
		futexes[k] = keep
	}
	return woken
}

// FutexRequeue wakes at most n sleepers of va and moves at most move others to
// the word at to; with check, only if va's word still holds val.
func (t *Thread) FutexRequeue(va uintptr, n, move int, to uintptr, check bool, val uint32, private bool) (int, abi.Errno) {
	from, e := t.futexKey(va, private)
	if e != 0 {
		return 0, e
	}
	dest, e := t.futexKey(to, private)
	if e != 0 {
		return 0, e
	}
	futexMu.Lock()
	defer futexMu.Unlock()
	if check {
		now, e := t.CopyIn32(va)
		if e != 0 {
			return 0, e
		}
		if now != val {
			return 0, abi.EAGAIN
		}
	}
	done := wakeFutex(from, n, ^uint32(0))
	if from == dest {
		return done, 0
	}
	q := futexes[from]
	k := min(move, len(q))
	for _, w := range q[:k] {
		w.key = dest
		futexes[dest] = append(futexes[dest], w)
	}
	if k == len(q) {
		delete(futexes, from)
	} else {
		futexes[from] = slices.Delete(q, 0, k)
	}
	return done + k, 0
}
