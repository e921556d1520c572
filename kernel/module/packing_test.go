package module

import (
	"math/rand/v2"
	"slices"
	"testing"
)

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
