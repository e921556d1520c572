package vmlinux

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"rv86/kmod"
)

// Export is one symbol the kernel offers to modules, as a line of
// Module.symvers and what stands behind the name.
type Export struct {
	Name      string
	Kind      kmod.ExportKind
	Namespace string
	CRC       uint32
	// Words make it a variable, read-only in the window.
	Words []Word
	// Direct is the address of machine code with C's calling convention. Zero
	// for a function of the kernel's, which a stub leads to.
	Direct uint64
}

// Word is a word of an exported variable: a number, or the address of an
// exported function.
type Word struct {
	Num  uint64
	Func string
}

// ExportSet is what the image holds for a list of exports.
type ExportSet struct {
	Machine *kmod.Machine
	Exports []Export // by name
	Addrs   []uint64 // of each
	Base    uint64   // where .text.exports lies in the window
	Text    []byte   // the return stub, stubs, jumps to direct exports
	Rodata  []byte   // variables; at RodataBase

	stubs int
}

// RodataBase is where the variables lie: on the page behind the text.
func (s *ExportSet) RodataBase() uint64 { return s.Base + pageUp(uint64(len(s.Text))) }

// End is the address behind the last page.
func (s *ExportSet) End() uint64 { return s.RodataBase() + pageUp(uint64(len(s.Rodata))) }

func pageUp(n uint64) uint64 { return (n + kmod.PageSize - 1) &^ (kmod.PageSize - 1) }

// LayOut gives every export of the image its place in the window.
func LayOut(m *kmod.Machine, exports []Export) (*ExportSet, error) {
	s, err := LayOutAt(m, WindowBase(m)+ExportsOffset, exports, nil)
	if err != nil {
		return nil, err
	}
	if need := s.End() - WindowBase(m); need > ExportsRoom {
		return nil, fmt.Errorf("the exports need %d KiB of the module window, which has %d KiB for them", need>>10, ExportsRoom>>10)
	}
	return s, nil
}

// Size is how much memory exports need that are no direct ones, in whole pages.
func Size(m *kmod.Machine, exports []Export) uint64 {
	text, rodata := uint64(StubSize), uint64(0)
	for i := range exports {
		if words := exports[i].Words; words != nil {
			rodata += uint64(len(words) * m.WordSize())
		} else {
			text += StubSize
		}
	}
	return pageUp(text) + pageUp(rodata)
}

// LayOutAt gives every export its place from base on. Stubs stand in the order
// of the names, so that the number of a stub is the rank of its function.
// outside finds functions that are named by variables and not among exports.
func LayOutAt(m *kmod.Machine, base uint64, exports []Export, outside func(name string) (uint64, bool)) (*ExportSet, error) {
	s := &ExportSet{Machine: m, Exports: slices.Clone(exports), Base: base}
	slices.SortFunc(s.Exports, func(a, b Export) int { return strings.Compare(a.Name, b.Name) })
	for i := 1; i < len(s.Exports); i++ {
		if s.Exports[i].Name == s.Exports[i-1].Name {
			return nil, fmt.Errorf("%s is exported twice", s.Exports[i].Name)
		}
	}
	s.Addrs = make([]uint64, len(s.Exports))
	s.placeStubs()
	s.placeDirect()
	if err := s.placeVars(outside); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *ExportSet) placeStubs() {
	s.Text = appendStub(s.Text, s.Machine) // ReturnStub: its place never changes
	for i := range s.Exports {
		if e := &s.Exports[i]; e.Words == nil && e.Direct == 0 {
			s.Addrs[i] = s.Base + uint64(len(s.Text))
			s.Text = appendStub(s.Text, s.Machine)
			s.stubs++
		}
	}
}

// Stubs is the number of functions that stubs lead to.
func (s *ExportSet) Stubs() int { return s.stubs }

// Stub says which stub is at an address: its number, Stubs() for the return
// stub, -1 for none.
func (s *ExportSet) Stub(pc uint64) int { return stubAt(pc, s.Base, s.Stubs()) }

// Symbol finds an export by name.
func (s *ExportSet) Symbol(name string) (Symbol, bool) {
	i, ok := s.search(name)
	if !ok {
		return Symbol{}, false
	}
	return s.At(i), true
}

// At gives export i.
func (s *ExportSet) At(i int) Symbol {
	e := &s.Exports[i]
	return Symbol{Name: e.Name, Addr: s.Addrs[i], Kind: e.Kind, Namespace: e.Namespace, CRC: e.CRC}
}

// placeDirect makes direct exports reachable where a call does not reach the
// kernel's text from the window.
func (s *ExportSet) placeDirect() {
	size := s.Machine.PLTSize()
	for i := range s.Exports {
		e := &s.Exports[i]
		switch {
		case e.Direct == 0:
		case size == 0:
			s.Addrs[i] = e.Direct
		default:
			for len(s.Text)%size != 0 {
				s.Text = append(s.Text, 0)
			}
			s.Addrs[i] = s.Base + uint64(len(s.Text))
			s.Text = append(s.Text, make([]byte, size)...)
			s.Machine.WritePLT(s.Text[len(s.Text)-size:], s.Addrs[i], e.Direct)
		}
	}
}

func (s *ExportSet) placeVars(outside func(name string) (uint64, bool)) error {
	word := s.Machine.WordSize()
	at := s.RodataBase()
	for i := range s.Exports {
		if e := &s.Exports[i]; e.Words != nil {
			s.Addrs[i] = at
			at += uint64(len(e.Words) * word)
		}
	}
	for i := range s.Exports {
		for _, w := range s.Exports[i].Words {
			v := w.Num
			if w.Func != "" {
				addr, ok := s.Addr(w.Func)
				if !ok && outside != nil {
					addr, ok = outside(w.Func)
				}
				if !ok {
					return fmt.Errorf("%s names %s, which is not exported", s.Exports[i].Name, w.Func)
				}
				v += addr
			}
			s.Rodata = appendWord(s.Rodata, word, v)
		}
	}
	return nil
}

// Addr is the address of an export.
func (s *ExportSet) Addr(name string) (uint64, bool) {
	i, ok := s.search(name)
	if !ok {
		return 0, false
	}
	return s.Addrs[i], true
}

func (s *ExportSet) search(name string) (int, bool) {
	i := sort.Search(len(s.Exports), func(i int) bool { return s.Exports[i].Name >= name })
	return i, i < len(s.Exports) && s.Exports[i].Name == name
}

// Rows of __ksymtab: {address, name, namespace}; __kcrctab has a CRC for each.
const (
	ksymWords = 3
	crcSize   = 4
)

// Strings is the content of __ksymtab_strings: every name and namespace once,
// in the order of the names.
func (s *ExportSet) Strings() []byte {
	out, _ := s.strings()
	return out
}

func (s *ExportSet) strings() ([]byte, map[string]int) {
	var out []byte
	at := map[string]int{}
	add := func(text string) {
		if _, ok := at[text]; !ok {
			at[text] = len(out)
			out = append(append(out, text...), 0)
		}
	}
	for i := range s.Exports {
		add(s.Exports[i].Name)
	}
	for i := range s.Exports {
		if ns := s.Exports[i].Namespace; ns != "" {
			add(ns)
		}
	}
	return out, at
}

// Tables are the contents of __ksymtab and __kcrctab of one kind, for strings
// at the given address.
func (s *ExportSet) Tables(kind kmod.ExportKind, strings uint64) (ksymtab, kcrctab []byte) {
	_, at := s.strings()
	word := s.Machine.WordSize()
	for i := range s.Exports {
		e := &s.Exports[i]
		if e.Kind != kind {
			continue
		}
		ksymtab = appendWord(ksymtab, word, s.Addrs[i])
		ksymtab = appendWord(ksymtab, word, strings+uint64(at[e.Name]))
		ns := uint64(0)
		if e.Namespace != "" {
			ns = strings + uint64(at[e.Namespace])
		}
		ksymtab = appendWord(ksymtab, word, ns)
		kcrctab = appendWord(kcrctab, crcSize, uint64(e.CRC))
	}
	return ksymtab, kcrctab
}
