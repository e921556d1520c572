package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/arch/riscv64/riscv64asm"

	"rv86/kmod"
	"rv86/kmod/kapi"
)

// koCmd is `rv86 ko`.
type koCmd struct {
	File string `arg:"" help:"A loadable module (*.ko)." placeholder:"FILE.ko"`
	JSON bool   `name:"json" help:"Print JSON."`
}

// koReport is what the loader sees in a module. The addresses are examples: the
// ones of a run depend on what was loaded before.
type koReport struct {
	File        string         `json:"file"`
	Bytes       int            `json:"bytes"`
	Machine     string         `json:"machine"`
	Module      string         `json:"module"`
	Info        []koField      `json:"modinfo"`
	Sections    []koSection    `json:"sections"`
	Regions     []koRegion     `json:"regions"`
	Symbols     []koSymbol     `json:"symbols"`
	Needs       []koNeed       `json:"needs"`
	Exports     []koExport     `json:"exports"`
	Parameters  []string       `json:"parameters"`
	Relocations []koRelocation `json:"relocations"`
}

type koField struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type koSection struct {
	Index  int    `json:"index"`
	Name   string `json:"name"`
	Flags  string `json:"flags"`
	Size   uint64 `json:"size"`
	Align  uint64 `json:"align"`
	Region string `json:"region"`
	Offset uint64 `json:"offset"`
}

type koRegion struct {
	Name    string `json:"name"`
	Address uint64 `json:"address"`
	Text    uint64 `json:"text"`   // bytes, r-x
	RO      uint64 `json:"rodata"` // bytes, r--
	RW      uint64 `json:"data"`   // bytes, rw-
}

type koSymbol struct {
	Name    string `json:"name"`
	Bind    string `json:"bind"`
	Section string `json:"section"`
	Value   uint64 `json:"value"`
	Size    uint64 `json:"size"`
}

type koNeed struct {
	Name     string `json:"name"`
	Provider string `json:"provider"`
}

type koExport struct {
	Name string `json:"name"`
	GPL  bool   `json:"gpl"`
}

type koRelocation struct {
	Section string `json:"section"`
	Offset  uint64 `json:"offset"`
	Type    string `json:"type"`
	Formula string `json:"formula"`
	Symbol  string `json:"symbol"`
	S       uint64 `json:"S"`
	A       int64  `json:"A"`
	P       uint64 `json:"P"`
	Value   uint64 `json:"value"`
	PLT     bool   `json:"plt,omitempty"`
	Before  string `json:"before"`
	After   string `json:"after"`
	Code    string `json:"code,omitempty"` // the instruction afterwards
	WasCode string `json:"was,omitempty"`  // and before
}

// Example addresses, in the module window.
const (
	koOutside = 0xffffffff80006000 // what the kernel and other modules export
	koCore    = 0xffffffff80010000
	koInit    = 0xffffffff80400000
)

// Run explains the module, or says why the loader would refuse it.
func (c *koCmd) Run(s *streams) error {
	b, err := os.ReadFile(c.File)
	if err != nil {
		return &failure{statusUsage, fmt.Errorf("cannot read the module: %w", err)}
	}
	r, err := explainModule(c.File, b)
	if err != nil {
		return &failure{statusUsage, fmt.Errorf("%s: the loader would refuse it (%s): %w", c.File, kmod.ErrnoOf(err), err)}
	}
	if c.JSON {
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	} else {
		_, err = s.out.Write([]byte(r.text()))
	}
	if err != nil {
		return outputFailure("the report", err)
	}
	return nil
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
	r := &koReport{File: file, Bytes: len(b), Machine: m.Name, Module: spec.Name}
	for _, f := range spec.Info {
		r.Info = append(r.Info, koField{f.Key, f.Value})
	}
	r.addSections(spec, lay)
	outside := &koResolver{addr: map[string]uint64{}}
	mem := kmod.Memory{
		Core: make([]byte, lay.Regions[kmod.Core].Size), CoreBase: koCore,
		Init: make([]byte, lay.Regions[kmod.Init].Size), InitBase: koInit,
	}
	im, err := spec.Link(lay, mem, outside, func(s kmod.Step) { r.addStep(spec, s) })
	if err != nil {
		return nil, err
	}
	r.addSymbols(spec)
	return r, r.addTables(im)
}

// koResolver gives every outside symbol an address, as if somebody had it.
type koResolver struct{ addr map[string]uint64 }

func (k *koResolver) Resolve(name string) (uint64, error) {
	if _, ok := k.addr[name]; !ok {
		const stub = 4
		k.addr[name] = koOutside + uint64(len(k.addr))*stub
	}
	return k.addr[name], nil
}

func (r *koReport) addSections(spec *kmod.Spec, lay *kmod.Layout) {
	for i := range spec.Sections[1:] {
		s, p := &spec.Sections[i+1], lay.Sections[i+1]
		flags := ""
		for _, f := range []struct {
			on     bool
			letter string
		}{{s.Alloc(), "A"}, {s.Write(), "W"}, {s.Exec(), "X"}, {s.NoBits(), "0"}} {
			if f.on {
				flags += f.letter
			}
		}
		r.Sections = append(r.Sections, koSection{i + 1, s.Name, flags, s.Size, s.Align, p.Region.String(), p.Offset})
	}
	for _, id := range []kmod.RegionID{kmod.Core, kmod.Init} {
		if g := lay.Regions[id]; g.Size > 0 {
			base := uint64(koCore)
			if id == kmod.Init {
				base = koInit
			}
			r.Regions = append(r.Regions, koRegion{id.String(), base, g.Text, g.RO - g.Text, g.Size - g.RO})
		}
	}
}

func (r *koReport) addSymbols(spec *kmod.Spec) {
	for i := range spec.Symbols[1:] {
		s := &spec.Symbols[i+1]
		switch {
		case s.Section == kmod.SecUndef:
			r.Needs = append(r.Needs, koNeed{s.Name, provider(spec, s)})
		case s.Named():
			bind, section := "local", "absolute"
			if s.Global() {
				bind = "global"
			}
			if s.Weak() {
				bind = "weak"
			}
			if s.Section > 0 {
				section = spec.Sections[s.Section].Name
			}
			r.Symbols = append(r.Symbols, koSymbol{s.Name, bind, section, s.Value, s.Size})
		}
	}
}

// provider says who has an outside symbol.
func provider(spec *kmod.Spec, s *kmod.Symbol) string {
	if kind, gpl, ok := kapi.Lookup(s.Name); ok {
		if gpl {
			return "the kernel (" + kind + ", GPL only)"
		}
		return "the kernel (" + kind + ")"
	}
	if s.Weak() {
		return "nobody need have it (weak): 0"
	}
	if deps := spec.Info.Depends(); len(deps) > 0 {
		return "another module (depends on " + strings.Join(deps, ", ") + ")"
	}
	return "unknown: neither the kernel nor a module named in `depends` has it"
}

func (r *koReport) addStep(spec *kmod.Spec, s kmod.Step) {
	k := koRelocation{
		Section: spec.Sections[s.Section].Name, Offset: s.Reloc.Offset,
		Type: s.Reloc.Type.Name, Formula: s.Reloc.Type.Formula,
		Symbol: spec.SymbolName(s.Reloc.Sym), S: s.S, A: s.Reloc.Addend, P: s.P,
		Value: s.Value, PLT: s.PLT,
		Before: hex.EncodeToString(s.Before), After: hex.EncodeToString(s.After),
	}
	if spec.Machine == kmod.RISCV64 && spec.Sections[s.Section].Exec() {
		k.WasCode, k.Code = disassembly(s.Before), disassembly(s.After)
	}
	r.Relocations = append(r.Relocations, k)
}

// disassembly shows the instructions in a few bytes.
func disassembly(b []byte) string {
	var out []string
	for len(b) >= 2 {
		in, err := riscv64asm.Decode(b)
		if err != nil || in.Len == 0 || in.Len > len(b) {
			return strings.Join(append(out, "?"), "; ")
		}
		out = append(out, riscv64asm.GNUSyntax(in))
		b = b[in.Len:]
	}
	return strings.Join(out, "; ")
}

// addTables reads what the linked module offers and takes.
func (r *koReport) addTables(im *kmod.Image) error {
	exports, err := im.Exports()
	if err != nil {
		return err
	}
	for _, e := range exports {
		r.Exports = append(r.Exports, koExport{e.Name, e.GPL})
	}
	params, err := im.Params()
	if err != nil {
		return err
	}
	for _, p := range params {
		r.Parameters = append(r.Parameters, p.Name)
	}
	_, _, _, err = im.This()
	return err
}

// text is the report for people.
func (r *koReport) text() string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	p("%s: module %s for %s, %d bytes\n\nmodinfo\n", r.File, r.Module, r.Machine, r.Bytes)
	for _, f := range r.Info {
		p("  %-14s %s\n", f.Key, f.Value)
	}
	p("\nsections (A loaded, W writable, X code, 0 not in the file)\n")
	p("  %3s %-31s %-5s %8s %6s  %s\n", "nr", "name", "flags", "size", "align", "place")
	for _, s := range r.Sections {
		place := "not loaded"
		if s.Region != "-" {
			place = fmt.Sprintf("%s+%#x", s.Region, s.Offset)
		}
		p("  %3d %-31s %-5s %8d %6d  %s\n", s.Index, s.Name, s.Flags, s.Size, s.Align, place)
	}
	p("\nmemory (addresses are examples)\n")
	for _, g := range r.Regions {
		p("  %-5s at %#x: %d bytes r-x, %d r--, %d rw-\n", g.Name, g.Address, g.Text, g.RO, g.RW)
	}
	p("\nsymbols it needs\n")
	for _, n := range r.Needs {
		p("  %-26s %s\n", n.Name, n.Provider)
	}
	if len(r.Exports) > 0 {
		p("\nsymbols it exports\n")
		for _, e := range r.Exports {
			gpl := ""
			if e.GPL {
				gpl = "GPL only"
			}
			p("  %s\n", strings.TrimRight(fmt.Sprintf("%-26s %s", e.Name, gpl), " "))
		}
	}
	if len(r.Parameters) > 0 {
		p("\nparameters\n  %s\n", strings.Join(r.Parameters, "\n  "))
	}
	p("\nsymbols it defines\n")
	for _, s := range r.Symbols {
		p("  %-26s %-7s %s+%#x, %d bytes\n", s.Name, s.Bind, s.Section, s.Value, s.Size)
	}
	p("\nrelocations\n")
	for _, k := range r.Relocations {
		sym := k.Symbol
		if k.A != 0 {
			sym += fmt.Sprintf("%+d", k.A)
		}
		if k.PLT {
			sym += " by its PLT slot"
		}
		p("  %s+%#x %s %s\n", k.Section, k.Offset, k.Type, sym)
		p("      %s: S=%#x A=%d P=%#x -> %#x\n", k.Formula, k.S, k.A, k.P, k.Value)
		if k.Code != "" {
			p("      %s -> %s    %s -> %s\n", k.Before, k.After, k.WasCode, k.Code)
		} else {
			p("      %s -> %s\n", k.Before, k.After)
		}
	}
	return b.String()
}
