package module

import (
	"fmt"
	"sort"
	"strings"
)

// leak is what one place of a module allocated and nobody freed.
type leak struct {
	pc     uint32
	blocks int
	bytes  uint64
}

// leaks are a module's, by place, the most memory first. From here on the
// blocks are nobody's.
func (h *heap) leaks(m *Module) []leak {
	h.mu.Lock()
	defer h.mu.Unlock()
	if m.blocks == 0 {
		return nil
	}
	sites := map[uint32]*leak{}
	note := func(s *site) {
		if s.m != m {
			return
		}
		l := sites[s.pc]
		if l == nil {
			l = &leak{pc: s.pc}
			sites[s.pc] = l
		}
		l.blocks++
		l.bytes += uint64(s.size)
		s.m = nil
	}
	for _, s := range h.pages {
		for i := range s.sites {
			note(&s.sites[i])
		}
	}
	for _, b := range h.large {
		note(&b.site)
	}
	m.blocks = 0
	var out []leak
	for _, l := range sites {
		out = append(out, *l)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := &out[i], &out[j]
		return a.bytes > b.bytes || a.bytes == b.bytes && a.pc < b.pc
	})
	return out
}

// reportLeaks says what a module that goes has not freed, with the places that
// allocated most of it. The memory stays allocated: someone else may use it.
// Preconditions: the module's symbols are still there.
func (k *Kernel) reportLeaks(m *Module) {
	const shown = 4
	blocks, bytes := 0, uint64(0)
	var places []string
	for i, l := range k.heap.leaks(m) {
		blocks += l.blocks
		bytes += l.bytes
		switch {
		case i < shown:
			places = append(places, fmt.Sprintf("%d bytes from %s", l.bytes, m.symbolOf(k.pcOf(l.pc))))
		case i == shown:
			places = append(places, "...")
		}
	}
	if blocks == 0 {
		return
	}
	k.warnf("%s: %s, %d bytes not freed: %s", m.Name, plural(blocks, "allocation"), bytes, strings.Join(places, ", "))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// pcOf completes the low half of a code address: the module window of a 64-bit
// machine is the top of memory.
func (k *Kernel) pcOf(low uint32) uint64 {
	if k.Machine.Target().WordSize() == 8 {
		return uint64(int64(int32(low)))
	}
	return uint64(low)
}

// symbolOf names an address of the module, also one of the INIT memory that was
// freed.
func (m *Module) symbolOf(addr uint64) string {
	if m.freedInit.size > 0 && addr-m.freedInit.base < m.freedInit.size {
		return m.symbolize(m.initSyms, addr)
	}
	return m.symbolize(m.syms, addr)
}
