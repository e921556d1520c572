package module

import "sort"

// area is a part of the module window that grows from one end: ranges of pages
// with at least one unmapped page between them, so that running off a range
// faults. Places are page numbers from that end.
//
// The lowest fit is taken, so that places are the same in every run and the
// tables of the first pages serve for ever. Before that, the first turn pages are
// used in turn: what is placed there goes behind what was placed last, up to the
// end and then from the beginning. So memory that was given back stays unmapped
// for long, and a stray call into it faults and can be told, instead of meeting
// the code of another module.
type area struct {
	turn   int
	next   int // behind what was placed last, and a free page
	ranges []pageRange
	packed packing
}

// pageRange is a range of pages.
type pageRange struct {
	at    int
	pages []uintptr // physical
}

// end is the first place behind it where another may begin.
func (r *pageRange) end() int { return r.at + len(r.pages) + 1 }

// after is the first place behind the ranges before i.
func (a *area) after(i int) int {
	if i == 0 {
		return 0
	}
	return a.ranges[i-1].end()
}

// end is the first place behind all ranges.
func (a *area) end() int { return a.after(len(a.ranges)) }

// place finds a place for n pages below limit, and the number that a range there
// will have.
func (a *area) place(n, limit int) (i, at int, ok bool) {
	if i, at, ok = a.placeInTurn(n, min(a.turn, limit)); ok {
		return i, at, true
	}
	for i = a.packed.start(n); i < len(a.ranges); i++ {
		gap := a.ranges[i].at - a.after(i) - 1
		if gap >= n {
			break
		}
		a.packed.passed(i, n, gap)
	}
	at = a.after(i)
	return i, at, at+n <= limit
}

// placeInTurn looks only behind what was placed last.
func (a *area) placeInTurn(n, limit int) (i, at int, ok bool) {
	i = sort.Search(len(a.ranges), func(i int) bool { return a.ranges[i].at >= a.next })
	for ; ; i++ {
		at = max(a.after(i), a.next)
		switch {
		case at+n > limit:
			return 0, 0, false
		case i == len(a.ranges) || a.ranges[i].at-at-1 >= n:
			return i, at, true
		}
	}
}

// insert enters a range that place found room for.
func (a *area) insert(i int, r pageRange) {
	a.ranges = append(a.ranges, pageRange{})
	copy(a.ranges[i+1:], a.ranges[i:])
	a.ranges[i] = r
	a.packed.inserted(i)
	a.next = r.end()
}

// remove takes a range out.
func (a *area) remove(i int) {
	a.ranges = append(a.ranges[:i], a.ranges[i+1:]...)
	a.packed.removed(i)
}

// find gives the range that a page is in, -1 if it is in none.
func (a *area) find(page int) int {
	i := sort.Search(len(a.ranges), func(i int) bool { return a.ranges[i].at > page }) - 1
	if i < 0 || page >= a.ranges[i].at+len(a.ranges[i].pages) {
		return -1
	}
	return i
}
