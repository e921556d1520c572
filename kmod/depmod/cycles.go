package depmod

import (
	"slices"
	"strings"
)

// vertex is a module on a path that a search has taken.
type vertex struct {
	parent *vertex
	m      *module
}

// holds says whether a module is on the path to v.
func (v *vertex) holds(m *module) bool {
	for ; v != nil; v = v.parent {
		if v.m == m {
			return true
		}
	}
	return false
}

// searchMax bounds the steps of a search for cycles: among modules that all need
// each other there are more ways than anybody waits for.
const searchMax = 1 << 18

// reportCycles names the cycles among the modules that a topological sort could
// not place: those in cycles and what they use. From each it searches the ways
// back to it, depth first, the last dependency first. The order of the searches,
// and that one from a module that an earlier one passed ends at once, with its
// name alone, are kmod's: its list of modules to search from is a ring, which
// goes on behind the last one that was taken out.
func (x *Indexer) reportCycles(roots []*module) {
	cyclic := map[*module]bool{}
	steps := 0
	for len(roots) > 0 {
		root := roots[0]
		roots = roots[1:]
		drop := func(m *module) {
			if i := slices.Index(roots, m); i >= 0 {
				roots = slices.Concat(roots[i+1:], roots[:i])
			}
		}
		for stack := []*vertex{{m: root}}; len(stack) > 0 && steps < searchMax; steps++ {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			switch {
			case v.m.visited && v.m == root:
				for p := v.parent; p != nil; p = p.parent {
					cyclic[p.m] = true
					drop(p.m)
				}
				x.log.Errorf("Cycle detected: %s", v.path())
				continue
			case v.parent.holds(v.m):
				continue // another cycle, that root is not on
			}
			v.m.visited = true
			if len(v.m.deps) == 0 {
				drop(v.m)
				continue
			}
			for _, d := range v.m.deps {
				stack = append(stack, &vertex{v, d})
			}
		}
	}
	x.log.Errorf("Found %d modules in dependency cycles!", len(cyclic))
}

// path writes the names from the root to v.
func (v *vertex) path() string {
	var names []string
	for ; v != nil; v = v.parent {
		names = append(names, v.m.name)
	}
	slices.Reverse(names)
	return strings.Join(names, " -> ")
}
