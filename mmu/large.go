package mmu

// largePages is the set of large pages of which a TLB holds 4 KiB pieces. A
// flush of any address of such a page must drop all its pieces.
type largePages struct {
	page [4]struct{ base, size uint64 }
	n    int
	full bool // there were more: any address may lie in one
}

func (l *largePages) add(va, size uint64) {
	base := va &^ (size - 1)
	for _, p := range l.page[:l.n] {
		if p.base == base && p.size == size {
			return
		}
	}
	if l.n == len(l.page) {
		l.full = true
		return
	}
	l.page[l.n].base, l.page[l.n].size = base, size
	l.n++
}

func (l *largePages) contains(va uint64) bool {
	for _, p := range l.page[:l.n] {
		if va&^(p.size-1) == p.base {
			return true
		}
	}
	return l.full
}
