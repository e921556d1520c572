package main

import (
	"encoding/hex"
	"fmt"
	"sort"
	"strings"

	"rv86/kmod"
	"rv86/kmod/symvers"
)

// koReport is what the loader sees in a module. The names of the JSON fields
// are described in docs/howto/read-a-module.md and stay. The addresses are
// examples: the ones of a run depend on what was loaded before.
type koReport struct {
	File        string         `json:"file"`
	Bytes       int            `json:"bytes"`
	Machine     string         `json:"machine"`
	Module      string         `json:"module"`
	Info        []koField      `json:"modinfo"`
	Sections    []koSection    `json:"sections"`
	Regions     []koRegion     `json:"regions"`
	Freed       koFreed        `json:"freed"`
	Symbols     []koSymbol     `json:"symbols"`
	Needs       []koNeed       `json:"needs"`
	Exports     []koExport     `json:"exports"`
	Parameters  []koParam      `json:"parameters"`
	Relocations []koRelocation `json:"relocations"`
}

type koField struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type koSection struct {
	Index   int    `json:"index"`
	Name    string `json:"name"`
	Flags   string `json:"flags"` // A loaded, W writable, X code, 0 not in the file
	Size    uint64 `json:"size"`
	Align   uint64 `json:"align"`
	Region  string `json:"region"` // core, init, or - if not loaded
	Offset  uint64 `json:"offset"` // in the region
	Address uint64 `json:"address"`
}

// loaded says that the section has memory.
func (s *koSection) loaded() bool { return s.Region != kmod.NotLoaded.String() }

type koRegion struct {
	Name    string   `json:"name"`
	Address uint64   `json:"address"`
	Size    uint64   `json:"size"`
	Parts   []koPart `json:"parts"`
}

// koPart is pages of one protection, and how much of them is used.
type koPart struct {
	Name       string `json:"name"`
	Protection string `json:"protection"`
	Offset     uint64 `json:"offset"` // in the region
	Size       uint64 `json:"size"`   // whole pages
	Used       uint64 `json:"used"`

	Slots []koSlots `json:"slots,omitempty"` // what the loader adds to the part
}

// koSlots is a table the loader makes: jumps (PLT) or addresses (GOT), one for
// each of the symbols.
type koSlots struct {
	Name    string   `json:"name"`
	Address uint64   `json:"address"`
	Size    uint64   `json:"size"`
	Symbols []string `json:"symbols"`
}

// koFreed is what goes when init has returned.
type koFreed struct {
	Bytes    uint64   `json:"bytes"`
	Sections []string `json:"sections"`
	Symbols  []string `json:"symbols"`
}

type koSymbol struct {
	Name    string `json:"name"`
	Bind    string `json:"bind"`
	Kind    string `json:"kind"` // function, object, or -
	Section string `json:"section"`
	Value   uint64 `json:"value"`
	Size    uint64 `json:"size"`
	Address uint64 `json:"address"`
}

type koNeed struct {
	Name      string `json:"name"`
	Provider  string `json:"provider"`
	Kind      string `json:"kind,omitempty"`      // the macro that exports it
	Namespace string `json:"namespace,omitempty"` // in which it is exported
	Version   string `json:"version,omitempty"`   // CRC with which the module was built
	Kernel    string `json:"kernel,omitempty"`    // CRC the kernel has
	Address   uint64 `json:"address"`
}

type koExport struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Version   string `json:"version,omitempty"`
	Address   uint64 `json:"address"`
}

type koParam struct {
	Name        string `json:"name"`
	Type        string `json:"type,omitempty"`
	Permission  string `json:"permission"` // octal, of its file in /sys
	Description string `json:"description,omitempty"`
}

type koRelocation struct {
	Section string `json:"section"`
	Offset  uint64 `json:"offset"`
	Type    string `json:"type"`
	Formula string `json:"formula"`
	Symbol  string `json:"symbol"`
	Target  string `json:"target,omitempty"` // what lies at a place known by its section only
	S       uint64 `json:"S"`
	A       int64  `json:"A"`
	P       uint64 `json:"P"`
	Value   uint64 `json:"value"`
	PLT     bool   `json:"plt,omitempty"`
	Room    uint64 `json:"room,omitempty"` // how far the value may move before it does not fit
	Limited bool   `json:"limited"`        // false: any value fits
	Before  string `json:"before"`
	After   string `json:"after"`
	WasCode string `json:"was,omitempty"`  // the instruction before
	Code    string `json:"code,omitempty"` // and afterwards

	from, to int    // sections; to is 0 for what lies outside
	toOffset uint64 // in section to
}

// koPlaces are the example addresses for a machine, in its module window.
type koPlaces struct {
	outside uint64 // what the kernel and other modules export
	core    uint64
	init    uint64
}

var koAddresses = map[*kmod.Machine]koPlaces{
	kmod.RISCV64: {0xffffffff80006000, 0xffffffff80010000, 0xffffffff80400000},
	kmod.I386:    {0xf0006000, 0xf0010000, 0xf0400000},
}

// koMachine picks the row of the file's machine; a file for none of them is
// left to the loader of the first, whose refusal says what is wrong with it.
func koMachine(b []byte) *kmod.Machine {
	for _, m := range kmod.Machines {
		if m.Matches(b) {
			return m
		}
	}
	return kmod.Machines[0]
}

// koExplainer is the state of one explanation.
type koExplainer struct {
	*koReport
	spec   *kmod.Spec
	lay    *kmod.Layout
	image  *kmod.Image
	at     koPlaces
	addr   map[string]uint64 // of outside symbols
	kernel *symvers.Table
	code   map[int][]int // starts of the instructions of a section
}

// explainModule goes through the loader's steps and keeps what each one found.
func explainModule(file string, b []byte) (*koReport, error) {
	m := koMachine(b)
	spec, err := kmod.Parse(b, m)
	if err != nil {
		return nil, err
	}
	lay, err := spec.Place()
	if err != nil {
		return nil, err
	}
	x := &koExplainer{
		koReport: &koReport{File: file, Bytes: len(b), Machine: m.Name, Module: spec.Name},
		spec:     spec, lay: lay, at: koAddresses[m], addr: map[string]uint64{}, kernel: symvers.Of(m), code: map[int][]int{},
	}
	for _, f := range spec.Info {
		x.Info = append(x.Info, koField{f.Key, f.Value})
	}
	x.addSections()
	mem := kmod.Memory{
		Core: make([]byte, lay.Regions[kmod.Core].Size), CoreBase: x.at.core,
		Init: make([]byte, lay.Regions[kmod.Init].Size), InitBase: x.at.init,
	}
	var steps []kmod.Step
	if x.image, err = spec.Link(lay, mem, x, func(s kmod.Step) { steps = append(steps, s) }); err != nil {
		return nil, err
	}
	for i := range steps {
		x.addStep(&steps[i])
	}
	x.addSymbols()
	x.addFreed()
	return x.koReport, x.addTables()
}

// Resolve gives every outside symbol an address, as if somebody had it.
func (x *koExplainer) Resolve(name string) (uint64, error) {
	if _, ok := x.addr[name]; !ok {
		const stub = 4
		x.addr[name] = x.at.outside + uint64(len(x.addr))*stub
	}
	return x.addr[name], nil
}

// base is the address of a region.
func (x *koExplainer) base(id kmod.RegionID) uint64 {
	switch id {
	case kmod.Core:
		return x.at.core
	case kmod.Init:
		return x.at.init
	}
	return 0
}

func (x *koExplainer) addSections() {
	for i := range x.spec.Sections[1:] {
		s, p := &x.spec.Sections[i+1], x.lay.Sections[i+1]
		flags := ""
		for _, f := range []struct {
			on     bool
			letter string
		}{{s.Alloc(), "A"}, {s.Write(), "W"}, {s.Exec(), "X"}, {s.NoBits(), "0"}} {
			if f.on {
				flags += f.letter
			}
		}
		k := koSection{i + 1, s.Name, flags, s.Size, s.Align, p.Region.String(), p.Offset, 0}
		if k.loaded() {
			k.Address = x.base(p.Region) + p.Offset
		}
		x.Sections = append(x.Sections, k)
	}
	for _, id := range []kmod.RegionID{kmod.Core, kmod.Init} {
		if g := x.lay.Regions[id]; g.Size > 0 {
			x.Regions = append(x.Regions, x.region(id, g))
		}
	}
}

// region describes the parts of a region.
func (x *koExplainer) region(id kmod.RegionID, g kmod.Region) koRegion {
	r := koRegion{Name: id.String(), Address: x.base(id), Size: g.Size}
	for _, part := range []struct {
		name, protection string
		from, to         uint64
	}{{"text", "r-x", 0, g.Text}, {"rodata", "r--", g.Text, g.RO}, {"data", "rw-", g.RO, g.Size}} {
		if part.to == part.from {
			continue
		}
		used := part.from
		for i := range x.Sections {
			s := &x.Sections[i]
			if s.Region == r.Name && s.Offset >= part.from && s.Offset < part.to {
				used = max(used, s.Offset+s.Size)
			}
		}
		p := koPart{Name: part.name, Protection: part.protection, Offset: part.from, Size: part.to - part.from}
		if id == kmod.Core {
			for _, t := range x.slots() {
				if off := t.Address - r.Address; off >= part.from && off < part.to {
					p.Slots = append(p.Slots, t)
					used = max(used, off+t.Size)
				}
			}
		}
		p.Used = used - part.from
		r.Parts = append(r.Parts, p)
	}
	return r
}

// slots describes the tables that are not empty.
func (x *koExplainer) slots() []koSlots {
	var all []koSlots
	for _, t := range []struct {
		name string
		off  uint64
		size int
		syms []int
	}{
		{"PLT", x.lay.PLT, x.spec.Machine.PLTSize(), x.lay.PLTSlots()},
		{"GOT", x.lay.GOT, x.spec.Machine.WordSize(), x.lay.GOTSlots()},
	} {
		if len(t.syms) == 0 {
			continue
		}
		s := koSlots{Name: t.name, Address: x.at.core + t.off, Size: uint64(t.size * len(t.syms))}
		for _, i := range t.syms {
			s.Symbols = append(s.Symbols, x.spec.SymbolName(i))
		}
		all = append(all, s)
	}
	return all
}

func (x *koExplainer) addSymbols() {
	for i := range x.spec.Symbols[1:] {
		s := &x.spec.Symbols[i+1]
		switch {
		case s.Section == kmod.SecUndef:
			x.Needs = append(x.Needs, x.need(s))
		case s.Named():
			k := koSymbol{s.Name, "local", "-", "absolute", s.Value, s.Size, x.image.Addr[i+1]}
			if s.Global() {
				k.Bind = "global"
			}
			if s.Weak() {
				k.Bind = "weak"
			}
			if s.Func() {
				k.Kind = "function"
			}
			if s.Object() {
				k.Kind = "object"
			}
			if s.Section > 0 {
				k.Section = x.spec.Sections[s.Section].Name
			}
			x.Symbols = append(x.Symbols, k)
		}
	}
}

// crcText is a CRC as people compare it.
func crcText(crc uint32) string { return fmt.Sprintf("0x%08x", crc) }

// need says who has an outside symbol, and whether it is the one the module was
// built for.
func (x *koExplainer) need(s *kmod.Symbol) koNeed {
	n := koNeed{Name: s.Name, Address: x.addr[s.Name]}
	if crc, ok := x.spec.Version(s.Name); ok {
		n.Version = crcText(crc)
	}
	row := x.kernel.Lookup(s.Name)
	deps := x.spec.Info.Depends()
	switch {
	case row != nil:
		n.Provider, n.Kind, n.Namespace, n.Kernel = "the kernel", row.Kind.String(), row.Namespace, crcText(row.CRC)
	case s.Weak():
		n.Provider = "nobody need have it (weak): 0"
	case len(deps) > 0:
		n.Provider = "another module (depends on " + strings.Join(deps, ", ") + ")"
	default:
		n.Provider = "unknown: neither the kernel nor a module named in `depends` has it"
	}
	return n
}

// addFreed lists what lies in the init region.
func (x *koExplainer) addFreed() {
	x.Freed.Bytes = x.lay.Regions[kmod.Init].Size
	init := map[string]bool{}
	for _, s := range x.Sections {
		if s.Region == kmod.Init.String() && s.Size > 0 {
			x.Freed.Sections = append(x.Freed.Sections, s.Name)
			init[s.Name] = true
		}
	}
	for _, s := range x.Symbols {
		if init[s.Section] {
			x.Freed.Symbols = append(x.Freed.Symbols, s.Name)
		}
	}
}

func (x *koExplainer) addStep(s *kmod.Step) {
	t := s.Reloc.Type
	k := koRelocation{
		Section: x.spec.Sections[s.Section].Name, Offset: s.Reloc.Offset,
		Type: t.Name, Formula: t.Formula,
		Symbol: strings.TrimSpace(x.spec.SymbolName(s.Reloc.Sym)), S: s.S, A: s.A, P: s.P,
		Value: s.Value, PLT: s.PLT,
		Before: hex.EncodeToString(s.Before), After: hex.EncodeToString(s.After),
	}
	if least, greatest, ok := t.Range(); ok {
		v := int64(s.Value)
		k.Limited, k.Room = true, uint64(min(v-least, greatest-v))
	}
	if x.spec.Sections[s.Section].Exec() {
		k.WasCode, k.Code = x.disassemble(s)
	}
	k.from = s.Section
	x.findTarget(&k, s)
	x.Relocations = append(x.Relocations, k)
}

// findTarget says which place of the module a relocation means.
func (x *koExplainer) findTarget(k *koRelocation, s *kmod.Step) {
	sym := &x.spec.Symbols[s.Reloc.Sym]
	if sym.Section <= 0 {
		return
	}
	k.to, k.toOffset = sym.Section, sym.Value
	if sym.Named() {
		return
	}
	// Only the section is named; the addend says where in it. That of a
	// call is less by the distance to the next instruction.
	off := sym.Value + uint64(s.A)
	if k.Code != "" && strings.HasPrefix(s.Reloc.Type.Formula, "S + A - P") && x.spec.Machine == kmod.I386 {
		off += uint64(s.Reloc.Type.Size)
	}
	if off < x.spec.Sections[sym.Section].Size {
		k.toOffset = off
	}
	for i := range x.spec.Symbols {
		t := &x.spec.Symbols[i]
		if t.Section == sym.Section && t.Named() && k.toOffset >= t.Value && k.toOffset-t.Value < max(t.Size, 1) {
			k.Target = t.Name
			return
		}
	}
}

// addTables reads what the linked module offers and takes.
func (x *koExplainer) addTables() error {
	exports, err := x.image.Exports()
	if err != nil {
		return err
	}
	for _, e := range exports {
		k := koExport{e.Name, e.Kind.String(), e.Namespace, "", e.Addr}
		if e.HasCRC {
			k.Version = crcText(e.CRC)
		}
		x.Exports = append(x.Exports, k)
	}
	params, err := x.image.Params()
	if err != nil {
		return err
	}
	for _, p := range params {
		x.Parameters = append(x.Parameters, koParam{
			p.Name, x.aboutParam("parmtype", p.Name), fmt.Sprintf("%04o", p.Perm), x.aboutParam("parm", p.Name),
		})
	}
	sort.Slice(x.Parameters, func(i, j int) bool { return x.Parameters[i].Name < x.Parameters[j].Name })
	_, _, _, err = x.image.This()
	return err
}

// aboutParam finds NAME:TEXT among the values of a key of .modinfo.
func (x *koExplainer) aboutParam(key, name string) string {
	for _, v := range x.spec.Info.All(key) {
		if text, ok := strings.CutPrefix(v, name+":"); ok {
			return text
		}
	}
	return ""
}
