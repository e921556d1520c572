package irq

import (
	"fmt"
	"slices"
	"strings"
)

// Text is /proc/interrupts (proc(5)).
func (q *IRQ) Text() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	var numbers []int
	for n := range q.board.Own {
		numbers = append(numbers, n)
	}
	for n, l := range q.lines {
		if _, own := q.board.Own[n]; !own && len(l.actions) > 0 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	var b strings.Builder
	fmt.Fprintf(&b, "           %-10s\n", "CPU0")
	for _, n := range numbers {
		var names []string
		count := uint64(0)
		if own, ok := q.board.Own[n]; ok {
			names = append(names, own.Name)
			count = own.Count()
		}
		if l := q.lines[n]; l != nil {
			for _, a := range l.actions {
				names = append(names, a.name)
			}
			if l.hw != nil {
				count = l.count
			}
		}
		chip, line := q.board.Chip, n
		if n >= q.board.Lines {
			chip, line = q.board.Pins.Chip, n-q.board.Lines
		}
		fmt.Fprintf(&b, "%3d: %10d  %s %3d Edge      %s\n", n, count, chip, line, strings.Join(names, ", "))
	}
	return b.String()
}

// Leaving lists what a module that goes away leaves behind, and takes it off its
// line: the next interrupt would call code that is gone.
func (q *IRQ) Leaving(_ string, in func(addr uint64) bool) (left []string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var numbers []int
	for n := range q.lines {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		l := q.lines[n]
		l.actions = slices.DeleteFunc(l.actions, func(a *action) bool {
			if !in(a.handler) && !in(a.thread) {
				return false
			}
			left = append(left, fmt.Sprintf("handler %s of IRQ %d (%s) is still installed: free_irq it before the module goes",
				q.s.Core.Symbol(max(a.handler, a.thread)), n, a.name))
			return true
		})
		if l.pin != nil && len(l.actions) == 0 {
			l.pin.Stop()
		}
	}
	return left
}
