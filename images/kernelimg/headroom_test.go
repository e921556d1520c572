package kernelimg

import (
	"regexp"
	"strconv"
	"testing"
)

// TestStackHeadroom386: a trap in ring 0 pushes its frame on the goroutine's
// stack, below whatever nosplit functions have used of it unchecked. The
// linker's report gives the height of each such chain of calls.
func TestStackHeadroom386(t *testing.T) {
	_, said := buildRaw(t, "386", I386.LinkFlags+" -debugnosplit")
	type call struct {
		bytes int
		to    string
	}
	calls := map[string][]call{}
	line := regexp.MustCompile(`(?m)^nosplit: (.*?)(?:<\d+>)? \+(\d+)(?: -> (.*?)(?:<\d+>)?)?$`)
	for _, m := range line.FindAllSubmatch(said, -1) {
		n, _ := strconv.Atoi(string(m[2]))
		calls[string(m[1])] = append(calls[string(m[1])], call{n, string(m[3])})
	}
	if len(calls) < 1000 {
		t.Fatalf("the linker reports %d functions; has its format changed?", len(calls))
	}
	known, active := map[string]int{}, map[string]bool{}
	var height func(f string) int
	height = func(f string) int {
		switch {
		case f == "indirect":
			return 4 // a return address: the callee has its own chain
		case f == "" || f == "runtime.morestack" || active[f]:
			return 0
		}
		if h, ok := known[f]; ok {
			return h
		}
		active[f] = true
		h := 0
		for _, c := range calls[f] {
			h = max(h, c.bytes+height(c.to))
		}
		delete(active, f)
		known[f] = h
		return h
	}
	const (
		linkerLimit = 800    // cmd/internal/objabi.StackNosplit, less what a call needs
		trapFrame   = 13 * 4 // EFLAGS to error code, vector, PUSHAL
	)
	worst, at := 0, ""
	for f := range calls {
		if h := height(f); h > worst {
			worst, at = h, f
		}
	}
	t.Logf("worst chain: %d bytes, from %s", worst, at)
	if worst+trapFrame > linkerLimit {
		t.Errorf("%s uses %d bytes unchecked; a trap needs %d of %d", at, worst, trapFrame, linkerLimit)
	}
}
