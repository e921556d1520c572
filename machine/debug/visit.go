package debug

import (
	"slices"

	"rv86/machine/debug/point"
)

// Visit has f called before each instruction in some ranges of virtual
// addresses, given as points of kind Exec, is executed; nil ends that. The run
// is the same as without. An instruction that faults is told of again when it
// is executed again, and so is all that is executed again because the machine
// went back in time.
func (e *Engine) Visit(ranges []point.Point, f func(pc uint64)) {
	w := &e.points
	w.visited, w.visit = slices.Clone(ranges), f
	w.set(w.list)
}

// visits is the core's hook where instructions are told of: that of the
// execution points, and then, unless the machine stops, the visitor.
func (w *watch) visits(pc uint64) bool {
	if w.executes(pc) {
		return true
	}
	if slices.ContainsFunc(w.visited, func(p point.Point) bool { return p.Covers(pc, 1) }) {
		w.visit(pc)
	}
	return false
}
