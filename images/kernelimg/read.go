package kernelimg

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
)

// dropped are sections of the linker's that the image does not have: .notes
// takes the place of the notes, which no segment would load on riscv64.
var dropped = map[string]bool{".note.go.buildid": true, ".note.gnu.build-id": true}

// read takes the linker's output apart.
func (t *Target) read(raw []byte) (*Image, error) {
	f, err := elf.NewFile(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("the linker's output is no ELF file: %w", err)
	}
	im := &Image{t: t, raw: raw, word: t.Machine.WordSize(), entry: f.Entry}
	if uint16(f.Machine) != t.Machine.ELFMachine || f.Class != im.class() {
		return nil, fmt.Errorf("the linker's output is for %v, not for %s", f.Machine, t.Machine.Name)
	}
	im.flags = eFlags(raw, f.Class)
	byOld := map[int]*Section{}
	for i, s := range f.Sections {
		switch {
		case i == 0 || dropped[s.Name] || s.Type == elf.SHT_SYMTAB || s.Type == elf.SHT_STRTAB:
			continue
		case s.Flags&elf.SHF_ALLOC != 0 && s.Addr < t.headAddr+pageSize:
			return nil, fmt.Errorf("%s is at %#x, below %#x; was it linked with %q?", s.Name, s.Addr, t.headAddr+pageSize, t.LinkFlags)
		}
		c := &Section{
			Name: s.Name, Addr: s.Addr, Size: s.Size, Flags: s.Flags,
			typ: s.Type, align: max(s.Addralign, 1), entry: s.Entsize, link: s.Link, info: s.Info, old: i,
		}
		if c.alloc() {
			c.Load = c.Addr - t.base
		}
		if s.Type != elf.SHT_NOBITS {
			if s.Offset > uint64(len(raw)) || s.FileSize > uint64(len(raw))-s.Offset {
				return nil, fmt.Errorf("section %s is outside the file", s.Name)
			}
			// As it is in the file: compressed sections stay so. A copy, for
			// raw stays as it is.
			c.data = bytes.Clone(raw[s.Offset:][:s.FileSize])
			c.Size = s.FileSize
		}
		byOld[i] = c
		im.Sections = append(im.Sections, c)
	}
	table, err := f.Symbols()
	if err != nil {
		return nil, fmt.Errorf("the linker's output has no symbols: %w", err)
	}
	for _, s := range table {
		c := symbol{name: s.Name, value: s.Value, size: s.Size, info: s.Info, other: s.Other, shndx: s.Section}
		if s.Section != elf.SHN_UNDEF && s.Section < elf.SHN_LORESERVE {
			if c.section = byOld[int(s.Section)]; c.section == nil {
				continue // of a dropped section
			}
		}
		im.symbols = append(im.symbols, c)
	}
	return im, nil
}

func (im *Image) class() elf.Class {
	if im.word == 4 {
		return elf.ELFCLASS32
	}
	return elf.ELFCLASS64
}

// eFlags reads the header field that debug/elf leaves out.
func eFlags(raw []byte, c elf.Class) uint32 {
	const at32, at64 = 36, 48
	if c == elf.ELFCLASS32 {
		return binary.LittleEndian.Uint32(raw[at32:])
	}
	return binary.LittleEndian.Uint32(raw[at64:])
}
