package kmod

import (
	"fmt"

	"rv86/kernel/abi"
)

// Resolver finds the symbols a module does not define. The error's errno is
// ENOENT for a symbol nobody has; another one, and its words, for a symbol this
// module may not use.
type Resolver interface {
	Resolve(name string) (addr uint64, err error)
}

// Memory is a module's two regions: the bytes, of the sizes the Layout asks
// for, and the addresses at which the module will run.
type Memory struct {
	Core, Init         []byte
	CoreBase, InitBase uint64
}

// Image is a module that was linked into memory.
type Image struct {
	Spec   *Spec
	Layout *Layout
	Mem    Memory
	Addr   []uint64 // of every symbol

	resolve Resolver
	hi      map[uint64]int64 // address of an auipc -> the value it is a part of
	uleb    map[uint64]int64 // address of a ULEB128 number -> the value last set
	trace   func(Step)
}

// Step describes one relocation that was done, for people.
type Step struct {
	Section int // the section patched
	Reloc   Reloc
	P, S    uint64
	A       int64 // also where it lies at the place
	Value   uint64
	PLT     bool   // S is a PLT slot, since the symbol is too far
	Before  []byte // the field, copied
	After   []byte
}

// Link copies the sections into memory, resolves the symbols and relocates.
// trace, unless nil, is told about every relocation.
//
// The regions of m must have the sizes of l; what they held before does not
// matter. On error they hold garbage.
func (s *Spec) Link(l *Layout, m Memory, r Resolver, trace func(Step)) (*Image, error) {
	if uint64(len(m.Core)) != l.Regions[Core].Size || uint64(len(m.Init)) != l.Regions[Init].Size {
		panic("kmod: bug: regions of the wrong size")
	}
	im := &Image{Spec: s, Layout: l, Mem: m, resolve: r, trace: trace, hi: map[uint64]int64{}, uleb: map[uint64]int64{}}
	im.copySections()
	if err := im.resolveSymbols(); err != nil {
		return nil, err
	}
	im.fillSlots()
	if err := im.relocate(); err != nil {
		return nil, err
	}
	return im, nil
}

// region gives a region's bytes and address.
func (im *Image) region(id RegionID) ([]byte, uint64) {
	if id == Init {
		return im.Mem.Init, im.Mem.InitBase
	}
	return im.Mem.Core, im.Mem.CoreBase
}

// SectionMem gives the memory and the address of a loaded section.
func (im *Image) SectionMem(i int) ([]byte, uint64) {
	p := im.Layout.Sections[i]
	if p.Region == NotLoaded {
		return nil, 0
	}
	b, base := im.region(p.Region)
	end := p.Offset + im.Spec.Sections[i].Size
	return b[p.Offset:end:end], base + p.Offset
}

func (im *Image) copySections() {
	clear(im.Mem.Core)
	clear(im.Mem.Init)
	for i := range im.Spec.Sections {
		if mem, _ := im.SectionMem(i); mem != nil {
			copy(mem, im.Spec.Sections[i].Data) // nothing for NOBITS
		}
	}
}

// gotSymbol is the symbol with which code names the GOT itself.
const gotSymbol = "_GLOBAL_OFFSET_TABLE_"

// resolveSymbols gives every symbol its address: defined ones by their section,
// absolute ones their value untouched, undefined ones through the resolver. A
// weak symbol that nobody has is 0.
func (im *Image) resolveSymbols() error {
	s := im.Spec
	im.Addr = make([]uint64, len(s.Symbols))
	var unknown []UnknownSymbol
	for i := 1; i < len(s.Symbols); i++ {
		sym := &s.Symbols[i]
		switch {
		case sym.Section == SecAbs:
			im.Addr[i] = sym.Value
		case sym.Section != SecUndef:
			if _, base := im.SectionMem(sym.Section); base != 0 {
				im.Addr[i] = base + sym.Value
			}
		case sym.Name == gotSymbol:
			im.Addr[i] = im.gotBase()
		default:
			addr, err := im.resolve.Resolve(sym.Name)
			if err != nil && (!sym.Weak() || ErrnoOf(err) != abi.ENOENT) {
				unknown = append(unknown, UnknownSymbol{sym.Name, err})
			}
			if err == nil {
				im.Addr[i] = addr
			}
		}
	}
	if unknown != nil {
		return &UnknownSymbols{Module: s.Name, Syms: unknown}
	}
	return nil
}

func (im *Image) gotBase() uint64 { return im.Mem.CoreBase + im.Layout.GOT }

// gotSlotAddr and pltSlotAddr give the address of a symbol's slot.
func (im *Image) gotSlotAddr(sym int) uint64 {
	return im.gotBase() + uint64(im.Layout.gotSlot[sym]*im.Spec.Machine.format.word)
}

func (im *Image) pltSlotAddr(sym int) (uint64, bool) {
	slot, ok := im.Layout.pltSlot[sym]
	return im.Mem.CoreBase + im.Layout.PLT + uint64(slot*im.Spec.Machine.pltSize), ok
}

// fillSlots writes the GOT and the PLT.
func (im *Image) fillSlots() {
	l, m := im.Layout, im.Spec.Machine
	for slot, sym := range l.GOTSlots() {
		b := im.Mem.Core[l.GOT+uint64(slot*m.format.word):]
		if m.format.word == 8 {
			put64(b, im.Addr[sym])
		} else {
			put32(b, im.Addr[sym])
		}
	}
	for slot, sym := range l.PLTSlots() {
		off := l.PLT + uint64(slot*m.pltSize)
		m.plt(im.Mem.Core[off:], im.Mem.CoreBase+off, im.Addr[sym])
	}
}

// relocate does all relocations in two passes. The first only computes what
// each auipc stands for: a PCREL_LO12 names the label of its auipc, which may
// come later or be in another section.
func (im *Image) relocate() error {
	for pass := range 2 {
		for _, rs := range im.Spec.Relocs {
			for i := range rs.Relocs {
				p := place{im: im, sec: rs.Target, r: &rs.Relocs[i]}
				if pass == 0 && !p.r.Type.hi {
					continue
				}
				if err := p.apply(pass == 0); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// place is one relocation about to be done.
type place struct {
	im   *Image
	sec  int
	r    *Reloc
	mem  []byte // from the place to the end of the section
	p, s uint64
}

func (pl *place) fail(v uint64, why string) error {
	return &RelocError{
		Module: pl.im.Spec.Name, Machine: pl.im.Spec.Machine.Name, Section: pl.im.Spec.Sections[pl.sec].Name, Offset: pl.r.Offset,
		Type: pl.r.Type.Name, Sym: pl.im.Spec.SymbolName(pl.r.Sym), Value: v, Why: why,
	}
}

// cured says what helps against a failure.
func (pl *place) cured(err error, format string, args ...any) error {
	err.(*RelocError).Cure = fmt.Sprintf(format, args...)
	return err
}

// apply computes the value, checks it and writes it; with note it is only
// remembered, for the low parts that go with it.
func (pl *place) apply(note bool) error {
	t := pl.r.Type
	if t.value == valueNone {
		return nil
	}
	mem, base := pl.im.SectionMem(pl.sec)
	pl.mem, pl.p, pl.s = mem[pl.r.Offset:], base+pl.r.Offset, pl.im.Addr[pl.r.Sym]
	if t.value == valueAlign {
		return pl.checkAlign()
	}
	if sym := &pl.im.Spec.Symbols[pl.r.Sym]; sym.Section > 0 && pl.im.Layout.Sections[sym.Section].Region == NotLoaded {
		in := pl.im.Spec.Sections[sym.Section].Name
		return pl.cured(pl.fail(sym.Value, fmt.Sprintf("lies in section %s, which is not loaded", in)),
			"'%s' lies in section %s, which is not loaded: give that section the flag \"a\"", pl.im.Spec.SymbolName(pl.r.Sym), in)
	}
	v, err := pl.value()
	if err != nil {
		return err
	}
	plt := false
	why := t.limit.check(v)
	if slot, ok := pl.im.pltSlotAddr(pl.r.Sym); why != "" && t.usesPLT && ok {
		// Too far: through the PLT, which lies beside the code.
		pl.s, plt = slot, true
		if v, err = pl.value(); err != nil {
			return err
		}
		why = t.limit.check(v)
	}
	if why != "" {
		return pl.fail(uint64(v), why)
	}
	if note {
		pl.im.hi[pl.p] = v
		return nil
	}
	if t.value == valueULEBSet || t.value == valueULEBSub {
		if err := pl.checkULEB(v); err != nil {
			return err
		}
	}
	pl.write(uint64(v), plt)
	return nil
}

// addend is A, which a REL machine has at the place.
func (pl *place) addend() int64 {
	if pl.im.Spec.Machine.rela {
		return pl.r.Addend
	}
	return int64(pl.r.Type.get(pl.mem))
}

// value evaluates the row's formula.
func (pl *place) value() (int64, error) {
	t, a := pl.r.Type, pl.addend()
	sa := int64(pl.s) + a
	switch t.value {
	case valueAbs, valueULEBSet:
		return sa, nil
	case valueRel:
		return sa - int64(pl.p), nil
	case valueGOTRel:
		return int64(pl.im.gotSlotAddr(pl.r.Sym)) + a - int64(pl.p), nil
	case valueGOTAbs:
		return int64(pl.im.gotSlotAddr(pl.r.Sym)-pl.im.gotBase()) + a, nil
	case valueGOTBase:
		return int64(pl.im.gotBase()) + a - int64(pl.p), nil
	case valueGOTOff:
		return sa - int64(pl.im.gotBase()), nil
	case valueAdd:
		return int64(t.get(pl.mem)) + sa, nil
	case valueSub:
		return int64(t.get(pl.mem)) - sa, nil
	case valueULEBSub:
		return pl.im.uleb[pl.p] - sa, nil
	case valueHiOf:
		return pl.hiOf()
	}
	panic("kmod: bug: relocation row without a formula")
}

// write patches the field.
func (pl *place) write(v uint64, plt bool) {
	size := pl.r.Type.Size
	if pl.im.trace == nil {
		pl.r.Type.put(pl.mem, v)
		return
	}
	before := append([]byte(nil), pl.mem[:size]...)
	a := pl.addend()
	pl.r.Type.put(pl.mem, v)
	pl.im.trace(Step{
		Section: pl.sec, Reloc: *pl.r, P: pl.p, S: pl.s, A: a, Value: v, PLT: plt,
		Before: before, After: append([]byte(nil), pl.mem[:size]...),
	})
}
