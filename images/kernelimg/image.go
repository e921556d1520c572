package kernelimg

import (
	"crypto/sha1"
	"debug/elf"
	"fmt"

	"rv86/kmod"
	"rv86/kmod/vmlinux"
)

// Config is what an image is made of beside the linker's output.
type Config struct {
	Exports []vmlinux.Export // Direct is filled in here
	Ramfs   []byte           // a root file system to put into the image, or nil
}

// Target is what differs between the machines.
type Target struct {
	Machine *kmod.Machine
	// LinkFlags are the -ldflags of the kernel's go build.
	LinkFlags string
	headAddr  uint64 // of the page in front of Go's text
	// base is what the link addresses are above the physical ones.
	base uint64
	// head makes the first HeaderOffset bytes of the image; start makes the
	// section .init.text and what it needs, and sets the entry point.
	head  func(im *Image) []byte
	start func(im *Image)
}

// Image is a kernel image and what is in it.
type Image struct {
	File     []byte // the ELF file
	Sections []*Section
	Bounds   vmlinux.Bounds
	BuildID  []byte

	t       *Target
	raw     []byte // the linker's output
	word    int
	symbols []symbol
	entry   uint64 // as linked: Go's
	boot    uint64 // the file's, where the machine begins
	flags   uint32 // e_flags
	set     *vmlinux.ExportSet
	at      uint64 // where the next section goes
}

// Section is one section of the image.
type Section struct {
	Name  string
	Addr  uint64
	Load  uint64 // physical
	Size  uint64
	Flags elf.SectionFlag
	Freed bool // after boot

	typ           elf.SectionType
	data          []byte // nil if typ is NOBITS
	align, entry  uint64
	link, info    uint32
	old           int // its number in the linker's output, 0 if it is ours
	offset        uint64
	nameAt, index int
}

func (s *Section) end() uint64 { return s.Addr + s.Size }

func (s *Section) alloc() bool { return s.Flags&elf.SHF_ALLOC != 0 }

// symbol is a row of the symbol table. section is nil if shndx says it all.
type symbol struct {
	name        string
	value, size uint64
	info, other byte
	section     *Section
	shndx       elf.SectionIndex
}

// steps make an image, in this order: addresses are given out upwards.
var steps = []struct {
	name string
	do   func(im *Image, c *Config) error
}{
	{"header page", (*Image).addHead},
	{"discarded", (*Image).discard},
	{"Go's sections", (*Image).boundGo},
	{"per-CPU data", (*Image).addPerCPU},
	{"exports", (*Image).layOutExports},
	{"read-only tables", (*Image).addTables},
	{"export stubs", (*Image).addExports},
	{"init sections", (*Image).addInit},
	{"initramfs", (*Image).addRamfs},
	{"boundary symbols", (*Image).addBounds},
	{"call frames", (*Image).addCallFrame},
	{"assertions", (*Image).assert},
	{"file", (*Image).finish},
}

// Build makes an image of raw, the output of go build with the target's flags.
// raw is not changed.
func (t *Target) Build(raw []byte, c Config) (*Image, error) {
	im, err := t.read(raw)
	if err != nil {
		return nil, fmt.Errorf("kernel image: %w", err)
	}
	for _, s := range steps {
		if err := s.do(im, &c); err != nil {
			return nil, fmt.Errorf("kernel image: %s: %w", s.name, err)
		}
	}
	return im, nil
}

const pageSize = kmod.PageSize

func pageUp(a uint64) uint64 { return (a + pageSize - 1) &^ (pageSize - 1) }

// add appends a section at the next address.
func (im *Image) add(name string, flags elf.SectionFlag, align uint64, data []byte) *Section {
	im.at = (im.at + align - 1) &^ (align - 1)
	s := &Section{
		Name: name, Addr: im.at, Load: im.at - im.t.base, Size: uint64(len(data)), Flags: flags | elf.SHF_ALLOC,
		typ: elf.SHT_PROGBITS, data: data, align: align,
	}
	im.at += s.Size
	im.insert(s)
	return s
}

// insert puts a section behind the last one that is in memory.
func (im *Image) insert(s *Section) {
	n := len(im.Sections)
	for n > 0 && !im.Sections[n-1].alloc() {
		n--
	}
	im.Sections = append(im.Sections[:n:n], append([]*Section{s}, im.Sections[n:]...)...)
}

// bound says that a boundary symbol is here, or at the address given.
func (im *Image) bound(b vmlinux.Bound, at ...uint64) {
	im.Bounds[b] = im.at
	if len(at) > 0 {
		im.Bounds[b] = at[0]
	}
}

// pageAlign goes on to the next page.
func (im *Image) pageAlign() { im.at = pageUp(im.at) }

// sectionAt is the section that holds an address, or nil.
func (im *Image) sectionAt(addr uint64) *Section {
	for _, s := range im.Sections {
		if s.alloc() && addr >= s.Addr && addr < s.end() {
			return s
		}
	}
	return nil
}

// slice gives n bytes of the image's contents at an address.
func (im *Image) slice(addr, n uint64) ([]byte, error) {
	s := im.sectionAt(addr)
	if s == nil || s.data == nil || n > s.end()-addr {
		return nil, fmt.Errorf("there are no %d bytes at %#x in the image", n, addr)
	}
	return s.data[addr-s.Addr:][:n], nil
}

// symbolNamed finds a symbol of the linker's.
func (im *Image) symbolNamed(name string) *symbol {
	for i := range im.symbols {
		if im.symbols[i].name == name {
			return &im.symbols[i]
		}
	}
	return nil
}

// find gives the section of a name, nil if there is none.
func (im *Image) find(name string) *Section {
	for _, s := range im.Sections {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// buildID hashes what is loaded; its own place is still zero then.
func (im *Image) buildID() []byte {
	h := sha1.New()
	for _, s := range im.Sections {
		if s.alloc() {
			fmt.Fprintf(h, "%s %#x %#x\n", s.Name, s.Addr, s.Size)
			h.Write(s.data)
		}
	}
	return h.Sum(nil)
}
