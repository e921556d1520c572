package vmlinux

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/kmod"
)

// memory is a few ranges of bytes by address.
type memory map[uint64][]byte

func (m memory) slice(va, n uint64) []byte {
	for base, b := range m {
		if va >= base && va-base+n <= uint64(len(b)) {
			return b[va-base:][:n:n]
		}
	}
	return make([]byte, n)
}

// place puts a set into memory as an image has it.
func place(set *ExportSet) (memory, *Bounds) {
	const tables = 0x80200000
	mem := memory{set.Base: append(set.Text, make([]byte, set.RodataBase()-set.Base-uint64(len(set.Text)))...), set.RodataBase(): set.Rodata}
	b := &Bounds{ExportsBegin: set.Base, ExportsRodata: set.RodataBase(), ExportsEnd: set.End()}
	var data []byte
	put := func(start Bound, part []byte) {
		b[start], b[start+1] = tables+uint64(len(data)), tables+uint64(len(data)+len(part))
		data = append(data, part...)
	}
	put(StartKsymtabStrings, set.Strings())
	for i, kind := range kmod.ExportKinds() {
		ksymtab, kcrctab := set.Tables(kind, tables)
		put(StartKsymtab+Bound(2*i), ksymtab)
		put(StartKcrctab+Bound(2*i), kcrctab)
	}
	mem[tables] = data
	return mem, b
}

func someExports() []Export {
	kinds := kmod.ExportKinds()
	var out []Export
	for i := range 200 {
		e := Export{Name: fmt.Sprintf("f%d", i*7%200), Kind: kinds[i%len(kinds)], CRC: uint32(i) * 0x01000193}
		if i%9 == 0 {
			e.Namespace = "NS" + fmt.Sprint(i%2)
		}
		out = append(out, e)
	}
	return append(out, Export{Name: "var", CRC: 7, Words: []Word{{Num: 3}, {Func: "f5"}, {Num: 1, Func: "f6"}}}, Export{Name: "direct", Direct: 0x80001234})
}

// TestExports: what is laid out is what is read, on both machines.
func TestExports(t *testing.T) {
	for _, m := range kmod.Machines {
		exports := someExports()
		set, err := LayOut(m, exports)
		if err != nil {
			t.Fatal(err)
		}
		mem, b := place(set)
		k, err := ReadKsymtab(m, b, mem.slice)
		if err != nil {
			t.Fatal(err)
		}
		stubs := map[int]bool{}
		name := map[int]string{}
		k.All(func(s Symbol) { name[k.Stub(s.Addr)] = s.Name })
		for _, e := range exports {
			s, ok := k.Lookup(e.Name)
			want := Symbol{e.Name, s.Addr, e.Kind, e.Namespace, e.CRC}
			if !ok || s != want {
				t.Errorf("%s: %s is %+v (%v), want %+v", m.Name, e.Name, s, ok, want)
			}
			n := k.Stub(s.Addr)
			switch {
			case e.Words != nil || e.Direct != 0:
				if n >= 0 || k.Variable(s.Addr) != (e.Words != nil) {
					t.Errorf("%s: %s at %#x is stub %d, a variable: %v", m.Name, e.Name, s.Addr, n, k.Variable(s.Addr))
				}
			case stubs[n] || n < 0 || n >= k.Stubs() || name[n] != e.Name:
				t.Errorf("%s: %s has stub %d, which is for %s", m.Name, e.Name, n, name[n])
			}
			stubs[n] = true
		}
		for _, name := range []string{"", "f", "f1000", "e", "g", "f5\x00", "NS0"} {
			if s, ok := k.Lookup(name); ok {
				t.Errorf("%s: %q is found: %+v", m.Name, name, s)
			}
		}
		for _, pc := range []uint64{k.stubs - StubSize, k.stubs + 1, k.stubs + uint64(k.Stubs()+1)*StubSize, 0} {
			if n := k.Stub(pc); n != -1 {
				t.Errorf("%s: %#x is stub %d", m.Name, pc, n)
			}
		}
		if k.Stub(k.ReturnStub()) != k.Stubs() || k.ReturnStub() != WindowBase(m)+ExportsOffset {
			t.Errorf("%s: the return stub is %#x", m.Name, k.ReturnStub())
		}
		v, _ := k.Lookup("var")
		f5, _ := k.Lookup("f5")
		f6, _ := k.Lookup("f6")
		for i, want := range []uint64{3, f5.Addr, f6.Addr + 1} {
			if got := getWord(mem.slice(v.Addr+uint64(i*m.WordSize()), uint64(m.WordSize())), m.WordSize()); got != want {
				t.Errorf("%s: word %d of var is %#x, want %#x", m.Name, i, got, want)
			}
		}
	}
}

// TestDamagedTables: no bytes in the tables make the reader reach outside them.
func TestDamagedTables(t *testing.T) {
	set, err := LayOut(kmod.RISCV64, someExports())
	if err != nil {
		t.Fatal(err)
	}
	mem, b := place(set)
	for va, data := range mem {
		if va >= WindowBase(kmod.RISCV64) {
			continue
		}
		for i := range data {
			old := data[i]
			data[i] ^= 0xff
			if k, err := ReadKsymtab(kmod.RISCV64, b, mem.slice); err == nil {
				k.Lookup("f5")
				if i%97 == 0 {
					k.All(func(Symbol) {})
				}
			}
			data[i] = old
		}
	}
	for i := range b {
		for _, v := range []uint64{0, ^uint64(0), b[i] + 1} {
			bad := *b
			bad[i] = v
			if bad[ExportsRodata]-bad[ExportsBegin] > ExportsRoom {
				continue // the machine's own business: the header is the builder's
			}
			if k, err := ReadKsymtab(kmod.RISCV64, &bad, mem.slice); err == nil {
				k.All(func(Symbol) {})
			}
		}
	}
}

func TestBounds(t *testing.T) {
	seen := map[string]bool{}
	for b := Bound(0); b < BoundCount; b++ {
		if b.String() == "" || seen[b.String()] || !strings.ContainsRune("TRDB", rune(b.Letter())) {
			t.Errorf("bound %d is named %q, letter %c", b, b, b.Letter())
		}
		seen[b.String()] = true
	}
	for i, kind := range kmod.ExportKinds() {
		ksymtab, kcrctab := kind.Sections()
		for start, name := range map[Bound]string{StartKsymtab: ksymtab, StartKcrctab: kcrctab} {
			start += Bound(2 * i)
			if start.String() != "__start_"+name || (start+1).String() != "__stop_"+name {
				t.Errorf("%s has the bounds %s and %s", name, start, start+1)
			}
		}
	}
	var b Bounds
	for i := range b {
		b[i] = uint64(i)*kmod.PageSize + 1
	}
	for _, word := range []int{4, 8} {
		got, err := ReadBounds(b.Append(nil, word), word)
		if err != nil || got != b {
			t.Errorf("word %d: %v, %v", word, got, err)
		}
		if _, err := ReadBounds(b.Append(nil, word)[:100], word); err == nil {
			t.Error("half a header is read")
		}
	}
	if _, err := ReadBounds(make([]byte, 4096), 8); err == nil {
		t.Error("a header without its mark is read")
	}
}

func TestLevels(t *testing.T) {
	var starts []Bound
	for l := Early; l < LevelCount; l++ {
		if b, ok := l.Start(); ok {
			starts = append(starts, b)
			if want := "__initcall" + strings.TrimSuffix(strings.Replace(l.String(), "early", "", 1), "s") + "_start"; l != Rootfs && b.String() != want {
				t.Errorf("level %s begins at %s", l, b)
			}
		}
	}
	if !slices.IsSorted(starts) || len(starts) != int(InitcallEnd-InitcallStart) {
		t.Errorf("the bounds of the levels are %v", starts)
	}
}

func TestRows(t *testing.T) {
	for _, word := range []int{4, 8} {
		const at, names = 0x1000, 0x2000
		rows := AppendInitcall(nil, word, Initcall{Func: 0x10, Level: Core}, names)
		rows = AppendInitcall(rows, word, Initcall{Func: 0x20, Level: LateSync}, names+2)
		mem := memory{at: rows, names: []byte("a\x00bc\x00")}
		b := &Bounds{InitcallStart: at, InitcallEnd: at + uint64(len(rows))}
		got, err := ReadInitcalls(b, word, mem.slice)
		want := []Initcall{{at, 0x10, Core, "a"}, {at + uint64(RowWords*word), 0x20, LateSync, "bc"}}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		b[InitcallEnd]--
		if _, err := ReadInitcalls(b, word, mem.slice); err == nil {
			t.Error("half a row is read")
		}
		slices.Reverse(want)
		rows = nil
		for _, c := range want {
			rows = AppendInitcall(rows, word, c, names)
		}
		mem[at], b[InitcallEnd] = rows, at+uint64(len(rows))
		if _, err := ReadInitcalls(b, word, mem.slice); err == nil {
			t.Error("levels out of order are read")
		}
		rows = AppendParam(nil, word, Param{Func: 0x30}, names+2)
		mem[at] = rows
		params, err := ReadParams(&Bounds{StartParam: at, StopParam: at + uint64(len(rows))}, word, mem.slice)
		if diff := cmp.Diff([]Param{{at, 0x30, "bc"}}, params); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
	}
}

func TestNotes(t *testing.T) {
	id := bytes.Repeat([]byte{0xa5}, BuildIDLength)
	notes, _ := AppendNote(nil, NoteLinux, NoteVersion, []byte{1, 2, 3})
	notes, at := AppendNote(notes, NoteGNU, NoteGNUBuildID, id)
	if got := BuildID(notes); !bytes.Equal(got, id) || !bytes.Equal(notes[at:][:BuildIDLength], id) {
		t.Errorf("build identifier %x", got)
	}
	for n := range len(notes) {
		if got := BuildID(notes[:n]); got != nil && n < at {
			t.Errorf("%d bytes: build identifier %x", n, got)
		}
	}
}
