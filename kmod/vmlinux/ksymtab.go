package vmlinux

import (
	"bytes"
	"fmt"

	"rv86/kmod"
)

// Ksymtab is the kernel's view of the export tables in its image.
type Ksymtab struct {
	word    int
	kinds   []kindTable
	strings []byte
	at      uint64 // of strings

	stubs     uint64 // the return stub, then
	functions int    // so many
	rodata    uint64 // from here on, exports are variables
	rodataEnd uint64
}

type kindTable struct {
	kind    kmod.ExportKind
	ksymtab []byte
	kcrctab []byte
}

// Symbol is a row of the tables.
type Symbol struct {
	Name      string
	Addr      uint64
	Kind      kmod.ExportKind
	Namespace string
	CRC       uint32
}

// ReadKsymtab makes the view. slice gives the memory at an address.
func ReadKsymtab(m *kmod.Machine, b *Bounds, slice func(va, n uint64) []byte) (*Ksymtab, error) {
	part := func(start Bound) ([]byte, error) {
		lo, hi := b[start], b[start+1]
		if hi < lo || hi-lo > ExportsRoom {
			return nil, fmt.Errorf("%s is %#x, but %s %#x", start, lo, start+1, hi)
		}
		if hi == lo {
			return nil, nil
		}
		return slice(lo, hi-lo), nil
	}
	k := &Ksymtab{
		word: m.WordSize(), at: b[StartKsymtabStrings],
		stubs: b[ExportsBegin], rodata: b[ExportsRodata], rodataEnd: b[ExportsEnd],
	}
	var err error
	if k.strings, err = part(StartKsymtabStrings); err != nil {
		return nil, err
	}
	for i, kind := range kmod.ExportKinds() {
		t := kindTable{kind: kind}
		if t.ksymtab, err = part(StartKsymtab + Bound(2*i)); err != nil {
			return nil, err
		}
		if t.kcrctab, err = part(StartKcrctab + Bound(2*i)); err != nil {
			return nil, err
		}
		if len(t.ksymtab) != t.rows()*ksymWords*k.word {
			return nil, fmt.Errorf("the tables of %s differ in length", kind)
		}
		k.kinds = append(k.kinds, t)
	}
	// The stubs end with the first instruction that is none.
	text := slice(k.stubs, k.rodata-k.stubs)
	stub := appendStub(nil, m)
	n := 0
	for n+StubSize <= len(text) && bytes.Equal(text[n:n+StubSize], stub) {
		n += StubSize
	}
	if n == 0 {
		return nil, fmt.Errorf("there are no export stubs at %#x", k.stubs)
	}
	k.functions = n/StubSize - 1
	return k, nil
}

func (t *kindTable) rows() int { return len(t.kcrctab) / crcSize }

// compare orders row i's name and another. The end of the row's need not be
// looked for: if it comes early, its NUL is less than any letter.
func (k *Ksymtab) compare(t *kindTable, i int, name string) int {
	at := getWord(t.ksymtab[(i*ksymWords+1)*k.word:], k.word) - k.at
	if at > uint64(len(k.strings)) {
		return 1
	}
	rest := k.strings[at:]
	same := rest[:min(len(name), len(rest))]
	switch {
	case string(same) < name:
		return -1
	case string(same) > name:
		return 1
	case len(rest) > len(name):
		return int(rest[len(name)])
	}
	return 0
}

// name gives the bytes of row i's name.
func (k *Ksymtab) name(t *kindTable, i int) []byte {
	return k.text(getWord(t.ksymtab[(i*ksymWords+1)*k.word:], k.word))
}

// text gives the string at an address, "" if there is none.
func (k *Ksymtab) text(at uint64) []byte {
	if at < k.at || at-k.at >= uint64(len(k.strings)) {
		return nil
	}
	s := k.strings[at-k.at:]
	if n := bytes.IndexByte(s, 0); n >= 0 {
		return s[:n]
	}
	return s
}

func (k *Ksymtab) symbol(t *kindTable, i int) Symbol {
	row := t.ksymtab[i*ksymWords*k.word:]
	return Symbol{
		Name: string(k.name(t, i)), Addr: getWord(row, k.word), Kind: t.kind,
		Namespace: string(k.text(getWord(row[2*k.word:], k.word))),
		CRC:       uint32(getWord(t.kcrctab[i*crcSize:], crcSize)),
	}
}

// Lookup finds an export by binary search in each kind's table.
func (k *Ksymtab) Lookup(name string) (Symbol, bool) {
	for j := range k.kinds {
		t := &k.kinds[j]
		lo, hi := 0, t.rows()
		for lo < hi {
			mid := int(uint(lo+hi) / 2)
			switch c := k.compare(t, mid, name); {
			case c == 0:
				return k.symbol(t, mid), true
			case c < 0:
				lo = mid + 1
			default:
				hi = mid
			}
		}
	}
	return Symbol{}, false
}

// All calls f for every export, kind by kind, each by name.
func (k *Ksymtab) All(f func(Symbol)) {
	for j := range k.kinds {
		t := &k.kinds[j]
		for i := range t.rows() {
			f(k.symbol(t, i))
		}
	}
}

// Names calls f for the name and the address of every export, in All's order. It
// allocates nothing: name is the table's own memory.
func (k *Ksymtab) Names(f func(name []byte, addr uint64)) {
	for j := range k.kinds {
		t := &k.kinds[j]
		for i := range t.rows() {
			f(k.name(t, i), getWord(t.ksymtab[i*ksymWords*k.word:], k.word))
		}
	}
}

// Stubs is the number of functions that stubs lead to; the return stub is one
// more.
func (k *Ksymtab) Stubs() int { return k.functions }

// Stub says which stub is at an address: its number, Stubs() for the return
// stub, -1 for none.
func (k *Ksymtab) Stub(pc uint64) int { return stubAt(pc, k.stubs, k.functions) }

// ReturnStub is the address to which C functions return.
func (k *Ksymtab) ReturnStub() uint64 { return k.stubs }

// Variable says that an export is data.
func (k *Ksymtab) Variable(addr uint64) bool { return addr >= k.rodata && addr < k.rodataEnd }
