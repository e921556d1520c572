//go:build riscv64 || 386

package nucleus

// One epoll instance, whose files are words: counters that the nucleus raises
// and the runtime's network poller watches. Word 0 is the runtime's own
// eventfd; the others are interrupts, so that a goroutine waits for one as it
// would for a socket, without a thread of its own.

const (
	fdStdin  = 0
	fdStdout = 1
	fdStderr = 2
	fdEpoll  = 3
	fdWord   = 4 // word i is file descriptor fdWord+i

	wordRuntime = 0
	wordLowMem  = 1  // the kernel's heap has begun to eat the reserve
	wordIRQ     = 16 // word wordIRQ+n is interrupt n
	nWords      = wordIRQ + irqSources

	epollIn  = 1
	epollET  = 1 << 31
	epollAdd = 1
	epollDel = 2
)

type word struct {
	count   uintptr // posts not yet read
	events  uintptr // what epoll_ctl asked for; 0 = not watched
	data    uint64  // epoll_data
	changed bool    // since the last report, for edge-triggered watchers
}

var words [nWords]word

// postWord raises word i and wakes a thread that waits in epoll_pwait.
func postWord(i uintptr) {
	w := &words[i]
	w.count++
	w.changed = true
	if w.events == 0 {
		return
	}
	for i := 0; i < nThreads; i++ {
		if t := &threads[i]; t.state == tWait && t.wait == waitEpoll {
			wake(t, collect(t.events, t.nEvents))
			return
		}
	}
}

// collect writes the ready words' events to buf, at most n, and counts them.
func collect(buf, n uintptr) (got uintptr) {
	for i := uintptr(0); i < nWords && got < n; i++ {
		w := &words[i]
		if w.count == 0 || w.events == 0 || w.events&epollET != 0 && !w.changed {
			continue
		}
		w.changed = false
		st32(buf, epollIn)
		st64(buf+eventData, w.data)
		buf += eventSize
		got++
	}
	return got
}

func epollCtl(op, fd, ev uintptr) uintptr {
	i := fd - fdWord
	if i >= nWords {
		return errno(ePERM) // not a file that can be polled
	}
	if op == epollDel {
		words[i].events = 0
		return 0
	}
	words[i].events = uintptr(ld32(ev)) | epollIn
	words[i].data = ld64(ev + eventData)
	words[i].changed = words[i].count != 0
	return 0
}

func epollWait(t *thread, buf, n, timeout uintptr) (ret uintptr, blocked bool) {
	if got := collect(buf, n); got != 0 || int32(timeout) == 0 {
		return got, false
	}
	d := uint64(0)
	if int32(timeout) > 0 {
		d = ticks() + uint64(timeout)*(TickHz/1000)
	}
	t.events, t.nEvents = buf, n
	t.R[regResult] = 0
	block(t, waitEpoll, d)
	return 0, true
}

// readWord reads and clears a counter, as eventfd(2) does.
func readWord(i, buf uintptr) uintptr {
	if i >= nWords {
		return errno(eBADF)
	}
	w := &words[i]
	if w.count == 0 {
		return errno(eAGAIN)
	}
	st64(buf, uint64(w.count))
	w.count = 0
	return 8
}
