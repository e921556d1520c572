package kmod

import (
	"strings"

	"rv86/kernel/abi"
)

// A module has two regions of memory: CORE, which stays, and INIT, which is
// given back when init has returned. Each is laid out as
//
//	+0        text: executable sections, then (CORE) the PLT
//	+Text     read-only data, then (CORE) the GOT
//	+RO       data that is read-only once init has returned (.data..ro_after_init)
//	+ROAfterInit
//	          writable data, then small data (.sdata, .sbss)
//	+Size
//
// with every boundary on a page, so that each part has its own protection.
type Region struct {
	Text uint64 // where the executable part ends
	RO   uint64 // where the read-only part ends
	// ROAfterInit is where the part ends that becomes read-only after init.
	ROAfterInit uint64
	Size        uint64 // where the writable part ends: pages
}

// RegionID names a region; NotLoaded that a section has no memory.
type RegionID uint8

const (
	NotLoaded RegionID = iota
	Core
	Init
)

func (id RegionID) String() string { return [...]string{"-", "core", "init"}[id] }

// Placement is where a section lies.
type Placement struct {
	Region RegionID
	Offset uint64
}

// Layout is the memory a module needs and the place of each part.
type Layout struct {
	Regions  [3]Region   // by RegionID
	Sections []Placement // by section index

	PLT, GOT uint64      // offsets in CORE
	pltSlot  map[int]int // symbol index -> slot
	gotSlot  map[int]int
}

// alignUp rounds n up to a multiple of the power of two a.
func alignUp(n, a uint64) uint64 { return (n + a - 1) &^ (a - 1) }

// initSection says that a section is only needed until init returns.
func initSection(name string) bool { return strings.HasPrefix(name, ".init") }

// roAfterInitSection says that only init may write the section (Linux
// module_mark_ro_after_init).
func roAfterInitSection(name string) bool {
	return name == ".data..ro_after_init" || name == "__jump_table"
}

func smallSection(name string) bool {
	return strings.HasPrefix(name, ".sdata") || strings.HasPrefix(name, ".sbss")
}

// layoutClass sorts sections into the parts of a region, in memory order.
func layoutClass(s *Section) int {
	switch {
	case s.Exec():
		return classText
	case !s.Write():
		return classRO
	case roAfterInitSection(s.Name):
		return classROAfterInit
	case smallSection(s.Name):
		return classSmall
	}
	return classData
}

const (
	classText = iota
	classRO
	classROAfterInit
	classData
	classSmall
	classes
)

// Place decides where every loaded section goes. Within a part, sections keep
// the order of the file.
func (s *Spec) Place() (*Layout, error) {
	l := &Layout{Sections: make([]Placement, len(s.Sections))}
	l.reserve(s)
	for _, id := range []RegionID{Core, Init} {
		off := uint64(0)
		for class := range classes {
			off = l.placeClass(s, id, class, off)
			r := &l.Regions[id]
			switch class {
			case classText:
				if id == Core && len(l.pltSlot) > 0 {
					l.PLT = alignUp(off, uint64(s.Machine.pltAlign))
					off = l.PLT + uint64(len(l.pltSlot)*s.Machine.pltSize)
				}
				off = alignUp(off, PageSize)
				r.Text = off
			case classRO:
				if id == Core && (len(l.gotSlot) > 0 || s.usesGOTBase()) {
					word := uint64(s.Machine.format.word)
					l.GOT = alignUp(off, word)
					off = l.GOT + uint64(len(l.gotSlot))*word
				}
				off = alignUp(off, PageSize)
				r.RO = off
			case classROAfterInit:
				off = alignUp(off, PageSize)
				r.ROAfterInit = off
			case classSmall:
				r.Size = alignUp(off, PageSize)
			}
		}
	}
	if l.Regions[Core].Size+l.Regions[Init].Size > MaxSize {
		return nil, refuse(abi.ENOMEM, "the module needs more than %d bytes", MaxSize)
	}
	return l, nil
}

// placeClass appends the sections of one class and returns where they end.
func (l *Layout) placeClass(s *Spec, id RegionID, class int, off uint64) uint64 {
	for i := range s.Sections {
		sec := &s.Sections[i]
		if !sec.Alloc() || layoutClass(sec) != class || initSection(sec.Name) != (id == Init) {
			continue
		}
		off = alignUp(off, sec.Align)
		l.Sections[i] = Placement{id, off}
		off += sec.Size
	}
	return off
}

// reserve gives a PLT slot to every outside symbol that is called, since only
// the addresses decide whether the call reaches it, and a GOT slot to every
// symbol whose address is loaded from the GOT. Slots are in symbol order of
// first use, which the file decides.
func (l *Layout) reserve(s *Spec) {
	l.pltSlot, l.gotSlot = map[int]int{}, map[int]int{}
	for _, rs := range s.Relocs {
		for _, r := range rs.Relocs {
			if r.Type.usesPLT && s.Symbols[r.Sym].Section == SecUndef && r.Sym != 0 {
				if _, ok := l.pltSlot[r.Sym]; !ok {
					l.pltSlot[r.Sym] = len(l.pltSlot)
				}
			}
			if r.Type.usesGOT {
				if _, ok := l.gotSlot[r.Sym]; !ok {
					l.gotSlot[r.Sym] = len(l.gotSlot)
				}
			}
		}
	}
}

// usesGOTBase says that code refers to the GOT's address even if it has no
// slots (i386 code that finds its data relative to the GOT).
func (s *Spec) usesGOTBase() bool {
	for _, rs := range s.Relocs {
		for _, r := range rs.Relocs {
			if r.Type.value == valueGOTOff || r.Type.value == valueGOTBase {
				return true
			}
		}
	}
	return false
}

// GOTSlots and PLTSlots give the symbols that have a slot, by slot number.
func (l *Layout) GOTSlots() []int { return slots(l.gotSlot) }
func (l *Layout) PLTSlots() []int { return slots(l.pltSlot) }

func slots(m map[int]int) []int {
	syms := make([]int, len(m))
	for sym, slot := range m {
		syms[slot] = sym
	}
	return syms
}
