package debug

import (
	"bytes"

	"rv86/cpu"
	"rv86/cpu/state"
	"rv86/machine"
)

const pageSize = 4096

type page [pageSize]byte

// zero stands for a page that is all zero, in memory and in snapshots.
var zero page

// snapshot is the state of a machine at one time. Its pages are those that
// differ from the snapshot before it; some may not.
type snapshot struct {
	executed uint64
	slot     uint64
	moment   uint64
	state    []byte
	pages    map[int]*page
	// branch says that the machine was changed by hand here: the time after is
	// not reached from snapshots before it.
	branch bool
}

// history is the snapshots of a run.
type history struct {
	r     *machine.Runner
	core  cpu.Debugged
	ram   []byte
	base  uint64
	snaps []*snapshot // by time; the first is complete
	at    int         // the snapshot that RAM was last the same as
	held  int         // pages in all snapshots
}

// Bounds of the history.
const (
	// interval is the distance of snapshots in the recent past, in instructions:
	// a step back runs no more than about as many again.
	interval = 1 << 20
	// maxSnapshots and maxPages bound it: 160 MiB of pages, and the maps that
	// find them.
	maxSnapshots = 96
	maxPages     = 160 << 20 / pageSize
)

func newHistory(r *machine.Runner) (*history, error) {
	h := &history{r: r, core: r.Debugged()}
	h.ram, h.base = r.RAM()
	h.core.TrackWrites(true)
	s, err := h.capture()
	if err != nil {
		h.core.TrackWrites(false)
		return nil, err
	}
	h.core.Written(func(int) {})
	for i := range len(h.ram) / pageSize {
		if p := h.page(i); string(p) != string(zero[:]) {
			s.pages[i] = (*page)(bytes.Clone(p))
		}
	}
	h.held = len(s.pages)
	h.snaps = []*snapshot{s}
	return h, nil
}

// page is page i of the machine's RAM.
func (h *history) page(i int) []byte { return h.ram[i*pageSize:][:pageSize] }

// capture saves all but RAM.
func (h *history) capture() (*snapshot, error) {
	c := state.Saver()
	h.r.State(c)
	if err := c.Err(); err != nil {
		return nil, err
	}
	return &snapshot{
		executed: h.r.Executed(), slot: h.core.Insns(), moment: h.r.Moment(),
		state: c.Saved(), pages: map[int]*page{},
	}, nil
}

// version is what page i holds at snapshot k.
func (h *history) version(i, k int) *page {
	for ; k >= 0; k-- {
		if p, ok := h.snaps[k].pages[i]; ok {
			return p
		}
	}
	return &zero
}

// before is the last snapshot at or before a time, -1 if there is none.
func (h *history) before(executed uint64) int {
	k := len(h.snaps) - 1
	for k >= 0 && h.snaps[k].executed > executed {
		k--
	}
	return k
}

// due reports whether it is time for another snapshot.
func (h *history) due() bool {
	k := h.before(h.r.Executed())
	return k >= 0 && h.r.Executed() >= h.next(k)
}

// next is when the snapshot after k is due.
func (h *history) next(k int) uint64 { return (h.snaps[k].executed/interval + 1) * interval }

// stand is the next time after now at which the history has something to do.
func (h *history) stand(now uint64) uint64 {
	k := h.before(now)
	for _, s := range h.snaps[k+1:] {
		if s.branch {
			return min(h.next(k), s.executed)
		}
	}
	return h.next(k)
}

// branchAt is the snapshot of a change by hand that was made at this time and
// is still to come.
func (h *history) branchAt(now uint64) (k int, ok bool) {
	k = h.before(now)
	return k, k > h.at && h.snaps[k].branch && h.snaps[k].executed == now
}

// take makes a snapshot of now.
func (h *history) take(branch bool) error {
	s, err := h.capture()
	if err != nil {
		return err
	}
	s.branch = branch
	k := h.before(s.executed)
	h.core.Written(func(i int) {
		p := h.page(i)
		if old := h.version(i, k); string(old[:]) == string(p) {
			return
		}
		if string(p) == string(zero[:]) {
			s.pages[i] = &zero
		} else {
			s.pages[i] = (*page)(bytes.Clone(p))
		}
	})
	h.snaps = append(h.snaps, nil)
	copy(h.snaps[k+2:], h.snaps[k+1:])
	h.snaps[k+1] = s
	h.at = k + 1
	h.held += len(s.pages)
	h.thin()
	return nil
}

// between calls f for each page that may differ between two snapshots, perhaps
// more than once.
func (h *history) between(a, b int, f func(i int)) {
	for k := min(a, b) + 1; k <= max(a, b); k++ {
		for i := range h.snaps[k].pages {
			f(i)
		}
	}
}

// restore puts the machine back to snapshot k. The pages are visited in no
// order: each is put right whatever came before.
func (h *history) restore(k int) error {
	fix := func(i int) {
		p, want := h.page(i), h.version(i, k)
		if string(p) != string(want[:]) {
			copy(p, want[:])
			h.core.InvalidateCode(h.base+uint64(i)*pageSize, pageSize)
		}
	}
	h.core.Written(fix)
	h.between(k, h.at, fix)
	h.core.Written(func(int) {}) // what InvalidateCode said
	h.at = k
	c := state.Loader(h.snaps[k].state)
	h.r.State(c)
	return c.Err()
}

// cut forgets what comes after now.
func (h *history) cut() {
	k := max(h.before(h.r.Executed()), h.at)
	for _, s := range h.snaps[k+1:] {
		h.held -= len(s.pages)
	}
	h.snaps = h.snaps[:k+1]
}

// thin gives up snapshots until the bounds hold: the one whose loss leaves the
// smallest gap for its distance from the last.
func (h *history) thin() {
	for len(h.snaps) > maxSnapshots || h.held > maxPages {
		last := h.snaps[len(h.snaps)-1].executed
		best, least := -1, 0.0
		for i := 1; i+1 < len(h.snaps); i++ {
			if h.snaps[i].branch || h.snaps[i+1].branch || i == h.at {
				continue
			}
			gap := float64(h.snaps[i+1].executed - h.snaps[i-1].executed)
			if w := gap / float64(last-h.snaps[i].executed+interval); best < 0 || w < least {
				best, least = i, w
			}
		}
		switch {
		case best >= 0:
			h.merge(best)
		case len(h.snaps) > 2 && h.at > 0:
			h.merge(0) // the history begins later
		default:
			return
		}
	}
}

// merge gives up snapshot i; the next one takes over what it does not have.
func (h *history) merge(i int) {
	next := h.snaps[i+1].pages
	for n, p := range h.snaps[i].pages {
		if _, ok := next[n]; ok {
			h.held--
		} else {
			next[n] = p
		}
	}
	h.snaps = append(h.snaps[:i], h.snaps[i+1:]...)
	if h.at > i {
		h.at--
	}
}

// HistoryStats is the size of the history.
type HistoryStats struct {
	Snapshots int
	Bytes     int    // of pages and states
	First     uint64 // the earliest time that is remembered, in slots
}

// HistoryStats tells how much is remembered; it is zero without a history.
func (e *Engine) HistoryStats() (s HistoryStats) {
	if e.hist == nil {
		return s
	}
	s = HistoryStats{Snapshots: len(e.hist.snaps), Bytes: e.hist.held * pageSize, First: e.hist.snaps[0].slot}
	for _, snap := range e.hist.snaps {
		s.Bytes += len(snap.state)
	}
	return s
}
