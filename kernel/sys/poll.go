//go:build riscv64 || 386

package sys

import (
	"encoding/binary"
	"math"
	"math/bits"

	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

var pollCalls = []row{
	{abi.SYS_PPOLL, "ppoll", ppoll(wordSize)},
	{abi.SYS_PSELECT6, "pselect6", pselect6(wordSize)},
}

// watch is one file that poll or select looks at. d is nil for a number that
// is ignored or not open.
type watch struct {
	d    *vfs.Description
	want wait.Events
	got  wait.Events
}

// pollFiles waits until one of the files has a wanted event or the deadline
// comes, and returns how many have. watches' references are given back.
func pollFiles(t *task.Thread, watches []watch, deadline int64) (int, abi.Errno) {
	defer func() {
		for i := range watches {
			if d := watches[i].d; d != nil {
				d.Put()
			}
		}
	}()
	look := func() int {
		n := 0
		for i := range watches {
			w := &watches[i]
			if w.d != nil {
				w.got = w.d.PollFor(t.Caller()) & (w.want | wait.Always)
			}
			if w.got != 0 {
				n++
			}
		}
		return n
	}
	if n := look(); n > 0 || deadline == 0 {
		return n, 0
	}
	for i := range watches {
		w := &watches[i]
		if w.d == nil {
			continue
		}
		if q := w.d.Queue(); q != nil {
			waiter := t.NewWaiter()
			q.Register(waiter, w.want)
			defer q.Unregister(waiter)
		}
	}
	for {
		if n := look(); n > 0 {
			return n, 0
		}
		switch e := t.Sleep(deadline); e {
		case 0:
		case abi.ETIMEDOUT:
			return look(), 0
		default:
			// Linux restarts poll only when no handler ran (ERESTARTNOHAND).
			return 0, abi.ERESTARTNOHAND
		}
	}
}

// timeLimit turns a relative struct timespec into a deadline: a null pointer
// is never, zero is "do not wait".
func timeLimit(t *task.Thread, va uintptr, size timeSize) (int64, abi.Errno) {
	if va == 0 {
		return task.Never, 0
	}
	var ts abi.Timespec
	if e := size.read(t, va, &ts); e != 0 {
		return 0, e
	}
	if ts.Sec < 0 || ts.Nsec < 0 || ts.Nsec >= nsPerSec {
		return 0, abi.EINVAL
	}
	return deadlineIn(ts.Sec, ts.Nsec), 0
}

const nsPerSec = 1_000_000_000

// deadlineIn is a time from now; too long for the clock is never.
func deadlineIn(sec, nsec int64) int64 {
	if sec == 0 && nsec == 0 {
		return 0
	}
	now := nucleus.Now()
	if sec > (math.MaxInt64-now)/nsPerSec-1 {
		return task.Never
	}
	return now + sec*nsPerSec + nsec
}

// pollfdSize is the size of struct pollfd: a number, wanted events (2 bytes),
// events that hold (2).
const pollfdSize = 8

func ppoll(size timeSize) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		deadline, e := timeLimit(t, a[2], size)
		if e != 0 {
			return 0, e
		}
		return poll(t, a[0], a[1], deadline, a[3], a[4])
	}
}

func poll(t *task.Thread, fds, count uintptr, deadline int64, mask, maskSize uintptr) (uintptr, abi.Errno) {
	n := int(min(count, math.MaxInt32))
	if n > abi.DefaultNOFILEHi {
		return 0, abi.EINVAL
	}
	b := make([]byte, n*pollfdSize)
	if e := t.CopyIn(fds, b); e != 0 {
		return 0, e
	}
	restore, e := swapSigmask(t, mask, maskSize)
	if e != 0 {
		return 0, e
	}
	watches := make([]watch, n)
	for i := range watches {
		fd := int32(binary.LittleEndian.Uint32(b[i*pollfdSize:]))
		w := &watches[i]
		w.want = wait.Events(binary.LittleEndian.Uint16(b[i*pollfdSize+4:]))
		if fd < 0 {
			continue
		}
		if w.d, e = t.Files.Get(int(fd)); e != 0 {
			w.got = wait.POLLNVAL
		}
	}
	ready, e := pollFiles(t, watches, deadline)
	restore()
	if e != 0 {
		return 0, e
	}
	for i := range watches {
		binary.LittleEndian.PutUint16(b[i*pollfdSize+6:], uint16(watches[i].got))
	}
	return uintptr(ready), t.CopyOut(fds, b)
}

// What each of select's three sets asks for (fs/select.c).
var selectEvents = [3]wait.Events{
	wait.Readable | wait.POLLRDBAND | wait.POLLHUP | wait.POLLERR,
	wait.Writable | wait.POLLWRBAND | wait.POLLERR,
	wait.POLLPRI,
}

// selectSets are the bit sets of select: one 64-bit word for 64 descriptors.
type selectSets [3][]uint64

const setBits = 64

// setBytes is the size of a set of n descriptors in user memory: whole words.
func setBytes(n int) int { return (n + wordSize*8 - 1) / (wordSize * 8) * wordSize }

func pselect6(size timeSize) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		deadline, e := timeLimit(t, a[4], size)
		if e != 0 {
			return 0, e
		}
		var mask [2 * wordSize]byte
		if a[5] != 0 { // a pointer to the mask's address and size
			if e := t.CopyIn(a[5], mask[:]); e != 0 {
				return 0, e
			}
		}
		return selectFiles(t, a, deadline, word(mask[:]), word(mask[wordSize:]))
	}
}

// selectFiles is select(2): the number of descriptors and the sets are in a.
func selectFiles(t *task.Thread, a *args, deadline int64, mask, maskSize uintptr) (uintptr, abi.Errno) {
	n := int(int32(a[0]))
	if n < 0 {
		return 0, abi.EINVAL
	}
	n = min(n, abi.DefaultNOFILEHi)
	sets, e := userSets(t, a, n)
	if e != 0 {
		return 0, e
	}
	watches, fds, e := sets.watches(t, n)
	if e != 0 {
		return 0, e
	}
	restore, e := swapSigmask(t, mask, maskSize)
	if e != 0 {
		for i := range watches {
			watches[i].d.Put()
		}
		return 0, e
	}
	_, e = pollFiles(t, watches, deadline)
	restore()
	if e != 0 {
		return 0, e
	}
	return sets.store(t, a, n, watches, fds)
}

func userSets(t *task.Thread, a *args, n int) (s selectSets, e abi.Errno) {
	for i := range s {
		s[i] = make([]uint64, (n+setBits-1)/setBits)
		if a[1+i] == 0 {
			continue
		}
		b := make([]byte, len(s[i])*wideSize)
		if e := t.CopyIn(a[1+i], b[:setBytes(n)]); e != 0 {
			return s, e
		}
		for j := range s[i] {
			s[i][j] = binary.LittleEndian.Uint64(b[j*wideSize:])
		}
	}
	return s, 0
}

// watches lists the files in the sets, with their numbers.
func (s *selectSets) watches(t *task.Thread, n int) (watches []watch, fds []int, e abi.Errno) {
	for j := range s[0] {
		for all := s[0][j] | s[1][j] | s[2][j]; all != 0; all &= all - 1 {
			bit := bits.TrailingZeros64(all)
			fd := j*setBits + bit
			if fd >= n {
				break
			}
			w := watch{}
			for i := range s {
				if s[i][j]>>bit&1 != 0 {
					w.want |= selectEvents[i]
				}
			}
			if w.d, e = t.Files.Get(fd); e != 0 {
				for i := range watches {
					watches[i].d.Put()
				}
				return nil, nil, e
			}
			watches = append(watches, w)
			fds = append(fds, fd)
		}
	}
	return watches, fds, 0
}

// store writes the sets of what is ready and returns the number of bits.
func (s *selectSets) store(t *task.Thread, a *args, n int, watches []watch, fds []int) (uintptr, abi.Errno) {
	count := uintptr(0)
	for i := range s {
		out := make([]uint64, len(s[i]))
		for k, fd := range fds {
			bit := s[i][fd/setBits] & (1 << (fd % setBits))
			if bit != 0 && watches[k].got&selectEvents[i] != 0 {
				out[fd/setBits] |= bit
				count++
			}
		}
		if a[1+i] == 0 {
			continue
		}
		l := abi.Layout{}
		l.U64(out...)
		if e := t.CopyOut(a[1+i], l.B[:setBytes(n)]); e != 0 {
			return 0, e
		}
	}
	return count, 0
}

// sigsetSize is the only size of signal sets.
const sigsetSize = 8

// swapSigmask sets the signal mask that a call like ppoll asks for; restore
// brings the old one back. A null pointer leaves the mask alone.
func swapSigmask(t *task.Thread, va, size uintptr) (restore func(), e abi.Errno) {
	if va == 0 {
		return func() {}, 0
	}
	if size != sigsetSize {
		return nil, abi.EINVAL
	}
	m, e := t.CopyInWord(va)
	if e != 0 {
		return nil, e
	}
	t.SuspendMask(task.SigSet(m))
	return t.EndSuspend, 0
}
