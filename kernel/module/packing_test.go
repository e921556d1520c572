package module

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestAreaTurns: what was given back is used again only when all of the turn was,
// and then from its beginning.
func TestAreaTurns(t *testing.T) {
	const turn, limit, pages = 100, 1000, 4
	a := area{turn: turn}
	add := func(n int) int {
		i, at, ok := a.place(n, limit)
		if !ok {
			t.Fatalf("no place for %d pages", n)
		}
		a.insert(i, pageRange{at, make([]uintptr, n)})
		return at
	}
	stays := add(pages)
	var places []int
	for range 3 * turn / (pages + 1) {
		at := add(pages)
		places = append(places, at)
		if i := a.find(at + pages - 1); i < 0 || a.ranges[i].at != at || a.find(at+pages) >= 0 {
			t.Fatalf("the range at %d is not found", at)
		}
		a.remove(a.find(at))
	}
	period := slices.Index(places[1:], places[0]) + 1
	if want := (turn - stays - pages) / (pages + 1); period != want {
		t.Errorf("an address is used again after %d ranges, want %d: %v", period, want, places)
	}
	// What does not fit into the turn goes behind it, to the lowest place.
	if at := add(turn); at != stays+pages+1 {
		t.Errorf("%d pages are at %d", turn, at)
	}
	if _, _, ok := a.place(limit, limit); ok {
		t.Error("there is room for more than there is")
	}
}

// TestArea places and removes ranges at random: none meet.
func TestArea(t *testing.T) {
	a := area{turn: 480}
	rnd := rand.New(rand.NewPCG(3, 4))
	const rounds, limit = 20_000, 4000
	full := 0
	for range rounds {
		if len(a.ranges) > 0 && rnd.IntN(100) < 45 {
			a.remove(rnd.IntN(len(a.ranges)))
			continue
		}
		n := 1 + rnd.IntN(1<<rnd.IntN(7))
		i, at, ok := a.place(n, limit)
		if !ok {
			full++
			continue
		}
		if at < a.after(i) || i < len(a.ranges) && at+n >= a.ranges[i].at || at+n > limit {
			t.Fatalf("%d pages at %d, range %d of %v", n, at, i, a.ranges)
		}
		a.insert(i, pageRange{at, make([]uintptr, n)})
	}
	if full == 0 || full > rounds/2 {
		t.Errorf("it was full %d times", full)
	}
}

// TestPacking places and removes ranges at random, as window does, and compares
// each place with that of a search from the beginning.
func TestPacking(t *testing.T) {
	type placed struct{ at, n int }
	end := func(r placed) int { return r.at + r.n + 1 } // one page stays free
	var ranges []placed
	var p packing
	find := func(from, n int, pass func(i, gap int)) (int, int) {
		at := 0
		if from > 0 {
			at = end(ranges[from-1])
		}
		for i := from; i < len(ranges); i++ {
			gap := ranges[i].at - at - 1
			if gap >= n {
				return i, at
			}
			pass(i, gap)
			at = end(ranges[i])
		}
		return len(ranges), at
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	looked := 0
	const rounds = 20_000
	for range rounds {
		if len(ranges) > 0 && rnd.IntN(100) < 45 {
			i := rnd.IntN(len(ranges))
			ranges = slices.Delete(ranges, i, i+1)
			p.removed(i)
			continue
		}
		n := 1 + rnd.IntN(1<<rnd.IntN(9))
		i, at := find(p.start(n), n, func(i, gap int) { looked++; p.passed(i, n, gap) })
		if wi, wat := find(0, n, func(int, int) {}); i != wi || at != wat {
			t.Fatalf("%d pages go to %d, range %d; the lowest fit is %d, range %d", n, at, i, wat, wi)
		}
		ranges = slices.Insert(ranges, i, placed{at, n})
		p.inserted(i)
	}
	t.Logf("%d ranges in the end, %d gaps looked at for each placement", len(ranges), looked/rounds)
}
