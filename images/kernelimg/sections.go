package kernelimg

import (
	"debug/elf"
	"fmt"

	"rv86/kmod"
	"rv86/kmod/vmlinux"
)

// addHead makes the page in front of Go's text: what the machine looks at
// first, then the bounds, which addBounds fills in.
func (im *Image) addHead(*Config) error {
	size := vmlinux.BoundsOffset + int(vmlinux.BoundCount)*im.word
	if size > pageSize {
		return fmt.Errorf("the bounds need %d bytes; the page has %d", size, pageSize)
	}
	s := &Section{
		Name: ".head.text", Addr: im.t.headAddr, Load: im.t.headAddr - im.t.base, Size: pageSize,
		Flags: elf.SHF_ALLOC | elf.SHF_EXECINSTR, typ: elf.SHT_PROGBITS, data: make([]byte, pageSize), align: pageSize,
	}
	im.Sections = append([]*Section{s}, im.Sections...)
	im.bound(vmlinux.Text, s.Addr)
	return nil
}

// boundGo finds where Go's sections begin and end.
func (im *Image) boundGo(*Config) error {
	for _, b := range []struct {
		name       string
		start, end vmlinux.Bound // -1: not a bound
	}{
		{".text", vmlinux.Stext, vmlinux.Etext},
		{".rodata", vmlinux.StartRodata, -1},
		{".itablink", -1, vmlinux.EndRodata},
		{".go.buildinfo", vmlinux.Sdata, -1},
		{".data", -1, vmlinux.Edata},
		{".bss", vmlinux.BSSStart, -1},
		{".noptrbss", -1, vmlinux.BSSStop},
	} {
		s := im.find(b.name)
		if s == nil {
			return fmt.Errorf("there is no %s; has the Go linker changed?", b.name)
		}
		if b.start >= 0 {
			im.bound(b.start, s.Addr)
		}
		if b.end >= 0 {
			im.bound(b.end, s.end())
		}
	}
	for _, s := range im.Sections {
		if s.alloc() {
			im.at = max(im.at, s.end())
		}
	}
	return nil
}

// addPerCPU adds the area of the one processor, in which the kernel counts.
func (im *Image) addPerCPU(*Config) error {
	im.pageAlign()
	im.bound(vmlinux.PerCPUStart)
	im.add(".data..percpu", elf.SHF_WRITE, pageSize, make([]byte, vmlinux.PerCPUSize))
	im.bound(vmlinux.PerCPUEnd)
	return nil
}

// direct names the Go assembly behind exports that C code calls without a trap,
// where it is not the export's own name.
var direct = map[string]string{"memcpy": "memmove"}

// directPackage holds functions with C's calling convention.
const directPackage = "rv86/kernel/module/cstring."

func (im *Image) layOutExports(c *Config) error {
	exports := append([]vmlinux.Export(nil), c.Exports...)
	for i := range exports {
		name := exports[i].Name
		if other, ok := direct[name]; ok {
			name = other
		}
		if s := im.symbolNamed(directPackage + name); s != nil {
			exports[i].Direct = s.value
		}
	}
	var err error
	im.set, err = vmlinux.LayOut(im.t.Machine, exports)
	return err
}

// tableAlign is the alignment of tables of words.
const tableAlign = 8

// addTables adds what is read-only: the export tables, the parameters, the
// exception table, the notes.
func (im *Image) addTables(*Config) error {
	im.pageAlign()
	im.bound(vmlinux.StartTables)
	start, stop := vmlinux.StartKsymtab, vmlinux.StopKsymtab
	table := func(name string, align uint64, data []byte) *Section {
		im.at = (im.at + align - 1) &^ (align - 1)
		im.bound(start)
		s := im.add(name, 0, align, data)
		im.bound(stop)
		start, stop = start+2, stop+2
		return s
	}
	// The strings lie behind the tables, whose length does not depend on where.
	strings := (im.at + im.tablesSize() + tableAlign - 1) &^ (tableAlign - 1)
	for _, kind := range kmod.ExportKinds() {
		name, _ := kind.Sections()
		ksymtab, _ := im.set.Tables(kind, strings)
		table(name, tableAlign, ksymtab)
	}
	for _, kind := range kmod.ExportKinds() {
		_, name := kind.Sections()
		_, kcrctab := im.set.Tables(kind, strings)
		table(name, tableAlign, kcrctab)
	}
	if s := table("__ksymtab_strings", tableAlign, im.set.Strings()); s.Addr != strings {
		return fmt.Errorf("__ksymtab_strings is at %#x; the tables expect it at %#x", s.Addr, strings)
	}
	im.at = (im.at + tableAlign - 1) &^ (tableAlign - 1)
	params, names, err := im.params(im.at)
	if err != nil {
		return err
	}
	table("__param", tableAlign, params)
	im.add(".rodata.str", 0, 1, names)
	table("__ex_table", tableAlign, nil)
	notes, at := vmlinux.AppendNote(nil, vmlinux.NoteGNU, vmlinux.NoteGNUBuildID, make([]byte, vmlinux.BuildIDLength))
	notes, _ = vmlinux.AppendNote(notes, vmlinux.NoteLinux, vmlinux.NoteVersion, le32(vmlinux.Version))
	s := table(".notes", noteAlign, notes)
	s.typ = elf.SHT_NOTE
	im.BuildID = s.data[at:][:vmlinux.BuildIDLength]
	im.bound(vmlinux.EndTables)
	return nil
}

const noteAlign = 4

// tablesSize is how much __ksymtab* and __kcrctab* take, with the gaps.
func (im *Image) tablesSize() (n uint64) {
	for _, kind := range kmod.ExportKinds() {
		ksymtab, kcrctab := im.set.Tables(kind, 0)
		for _, t := range [][]byte{ksymtab, kcrctab} {
			n += (uint64(len(t)) + tableAlign - 1) &^ (tableAlign - 1)
		}
	}
	return n
}

// addExports adds the stubs and the exported variables. They are linked to the
// module window, where boot maps the pages that hold them.
func (im *Image) addExports(*Config) error {
	im.pageAlign()
	set := im.set
	im.bound(vmlinux.ExportsLoad)
	im.bound(vmlinux.ExportsBegin, set.Base)
	text := im.add(".text.exports", elf.SHF_EXECINSTR, pageSize, set.Text)
	text.Addr = set.Base
	im.pageAlign()
	im.bound(vmlinux.ExportsRodataLoad)
	im.bound(vmlinux.ExportsRodata, set.RodataBase())
	rodata := im.add(".rodata.exports", 0, pageSize, set.Rodata)
	rodata.Addr = set.RodataBase()
	im.pageAlign()
	im.bound(vmlinux.ExportsLoadEnd)
	im.bound(vmlinux.ExportsEnd, set.End())
	word := uint64(im.word)
	for i := range set.Exports {
		e := &set.Exports[i]
		switch {
		case e.Words != nil:
			im.define(e.Name, set.Addrs[i], uint64(len(e.Words))*word, elf.STT_OBJECT, rodata)
		case e.Direct == 0:
			im.define(e.Name, set.Addrs[i], vmlinux.StubSize, elf.STT_FUNC, text)
		default:
			s := text
			if set.Addrs[i] == e.Direct {
				s = im.sectionAt(e.Direct)
			}
			im.define(e.Name, set.Addrs[i], uint64(im.t.Machine.PLTSize()), elf.STT_FUNC, s)
		}
	}
	im.define(vmlinux.ReturnStub, set.Base, vmlinux.StubSize, elf.STT_FUNC, text)
	return nil
}

// define adds a global symbol.
func (im *Image) define(name string, value, size uint64, typ elf.SymType, s *Section) {
	im.symbols = append(im.symbols, symbol{
		name: name, value: value, size: size, info: elf.ST_INFO(elf.STB_GLOBAL, typ), section: s,
	})
}

// addInit adds what boot needs and nothing else: the kernel frees it.
func (im *Image) addInit(*Config) error {
	im.pageAlign()
	im.bound(vmlinux.InitBegin)
	im.t.start(im)
	calls, names, err := im.initcalls()
	if err != nil {
		return err
	}
	at := map[string]uint64{}
	data := im.add(".init.data", elf.SHF_WRITE, tableAlign, names)
	for i, off := range calls.nameAt {
		at[calls.rows[i].Name] = data.Addr + off
	}
	im.at = (im.at + tableAlign - 1) &^ (tableAlign - 1)
	for level := vmlinux.Early; level < vmlinux.LevelCount; level++ {
		var rows []byte
		for _, c := range calls.rows {
			if c.Level == level {
				rows = vmlinux.AppendInitcall(rows, im.word, c, at[c.Name])
			}
		}
		if b, ok := level.Start(); ok {
			im.bound(b)
		}
		if rows != nil { // no gaps: the levels are one table
			im.add(level.Section(), elf.SHF_WRITE, uint64(im.word), rows)
		}
	}
	im.bound(vmlinux.InitcallEnd)
	im.pageAlign()
	im.bound(vmlinux.InitEnd)
	for _, s := range im.Sections {
		s.Freed = s.alloc() && s.Addr >= im.Bounds[vmlinux.InitBegin] && s.Addr < im.Bounds[vmlinux.InitEnd]
	}
	return nil
}

// addRamfs puts a root file system into the image. It is not freed: the files
// that are unpacked from it use its pages in place.
func (im *Image) addRamfs(c *Config) error {
	im.pageAlign()
	im.bound(vmlinux.InitramfsStart)
	if c.Ramfs != nil {
		im.add(".init.ramfs", 0, pageSize, c.Ramfs)
	}
	im.bound(vmlinux.InitramfsEnd)
	im.pageAlign()
	im.bound(vmlinux.End)
	return nil
}

// addBounds defines the boundary symbols and writes the header.
func (im *Image) addBounds(*Config) error {
	for b := vmlinux.Bound(0); b < vmlinux.BoundCount; b++ {
		im.define(b.String(), im.Bounds[b], 0, elf.STT_OBJECT, im.sectionAround(im.Bounds[b]))
	}
	head := im.find(".head.text")
	first := im.t.head(im)
	if len(first) > vmlinux.HeaderOffset {
		return fmt.Errorf("the first %d bytes do not fit in front of the bounds", len(first))
	}
	copy(head.data, first)
	copy(head.data[vmlinux.HeaderOffset:], im.Bounds.Append(nil, im.word))
	return nil
}

// sectionAround is the section that an address is in, or else the last one
// before it: a symbol at a section's end is of that section.
func (im *Image) sectionAround(addr uint64) *Section {
	if s := im.sectionAt(addr); s != nil {
		return s
	}
	var best *Section
	for _, s := range im.Sections {
		if s.alloc() && s.Addr <= addr && (best == nil || s.Addr >= best.Addr) {
			best = s
		}
	}
	return best
}

func le32(v uint32) []byte { return []byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)} }
