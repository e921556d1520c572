package module

import "math/bits"

// packing remembers, for ranges of pages in the order of their addresses, where
// a search for a gap need not look: before range packing[c] no gap takes 2^c
// pages. So many modules in a row do not each look at all before, also where
// removed ones left gaps that are too small.
//
// Gap i is what lies before range i, less the pages that stay unmapped.
type packing [packingClasses]int

// packingClasses: gaps of 2^7 pages and more are looked at one by one.
const packingClasses = 8

func packingClass(pages int) int { return min(bits.Len(uint(pages))-1, packingClasses-1) }

// start is the first gap that may take so many pages.
func (p *packing) start(pages int) int { return p[packingClass(pages)] }

// passed notes that a search for so many pages went past gap i.
func (p *packing) passed(i, pages, gap int) {
	if c := packingClass(pages); i == p[c] && gap < 1<<c {
		p[c]++
	}
}

// inserted notes a new range i, at the beginning of its gap.
func (p *packing) inserted(i int) {
	for c := range p {
		if p[c] > i {
			p[c]++
		}
	}
}

// removed notes that range i is gone.
func (p *packing) removed(i int) {
	for c := range p {
		p[c] = min(p[c], i)
	}
}
