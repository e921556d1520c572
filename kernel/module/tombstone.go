package module

import (
	"fmt"
	"slices"
)

// tombstones remember what module memory was given back lately, so that a
// report about a stray pointer can say where it once led. A range that is in
// use again has no tombstone worth reading: nothing faults there.
type tombstones []tombstone

// tombstone is one range that was freed.
type tombstone struct {
	span
	name string
	init bool // INIT memory, after init; otherwise all of a module that is gone
	// syms are the functions that were there, by address.
	syms []symbol
}

// tombstonesMax bounds what is remembered.
const tombstonesMax = 32

// add remembers a range, and forgets what the same addresses held before.
func (t *tombstones) add(s span, init bool) {
	*t = slices.DeleteFunc(*t, func(o tombstone) bool { return o.base < s.base+s.size && s.base < o.base+o.size })
	if len(*t) == tombstonesMax {
		*t = slices.Delete(*t, 0, 1)
	}
	stone := tombstone{span: s, name: s.m.Name, init: init}
	for _, sym := range s.m.syms {
		if sym.letter|0x20 == 't' && sym.addr-s.base < s.size {
			stone.syms = append(stone.syms, sym)
		}
	}
	stone.m = nil // the module's own memory need not stay
	*t = append(*t, stone)
}

// epitaph says what was at an address, "" if nothing is known.
// Preconditions: mu is held.
func (k *Kernel) epitaph(addr uint64) string {
	if k.spans.find(addr) != nil {
		return ""
	}
	for _, t := range slices.Backward(k.freed) {
		if addr-t.base >= t.size {
			continue
		}
		what := fmt.Sprintf("%#x", addr)
		m := Module{Name: t.name}
		if name := m.symbolize(t.syms, addr); len(t.syms) > 0 {
			what += " (" + name + ")"
		}
		if t.init {
			return what + " was init memory of module " + t.name + ", freed after its init"
		}
		return what + " was memory of module " + t.name + ", which was removed"
	}
	return ""
}
