package image

import (
	"bytes"
	"cmp"
	"debug/elf"
	"fmt"
	"slices"
	"strings"
)

// Symbols names the code of an ELF file, for reports. The zero value names
// nothing, which is what other kinds of file get.
type Symbols struct {
	funcs []symbol // by address
	loads []elf.ProgHeader
}

// symbol is a piece of code with a name: from addr up to end.
type symbol struct {
	name      string
	addr, end uint64
}

// ReadSymbols reads the symbol table of f. A file without one, or with one that
// is damaged, is as good as any other to run, so that is not an error.
func ReadSymbols(f *File) *Symbols {
	s := &Symbols{}
	if f == nil {
		return s
	}
	e, err := elf.NewFile(bytes.NewReader(f.Data))
	if err != nil {
		return s
	}
	defer e.Close()
	for _, p := range e.Progs {
		if p.Type == elf.PT_LOAD {
			s.loads = append(s.loads, p.ProgHeader)
		}
	}
	table, _ := e.Symbols()
	for _, sym := range table {
		if !isCode(e, sym) {
			continue
		}
		section := e.Sections[sym.Section]
		end := sym.Value + sym.Size
		if sym.Size == 0 { // a label of assembly: cut below, at the next one
			end = section.Addr + section.Size
		}
		s.funcs = append(s.funcs, symbol{sym.Name, sym.Value, end})
	}
	slices.SortStableFunc(s.funcs, func(a, b symbol) int { return cmp.Compare(a.addr, b.addr) })
	return s
}

// isCode tells functions and labels from data, and from what assemblers make
// for themselves: mapping symbols ($x, RISC-V ELF psABI 8.4) and local labels.
func isCode(e *elf.File, sym elf.Symbol) bool {
	switch elf.ST_TYPE(sym.Info) {
	case elf.STT_FUNC, elf.STT_NOTYPE:
	default:
		return false
	}
	return int(sym.Section) < len(e.Sections) && e.Sections[sym.Section].Flags&elf.SHF_EXECINSTR != 0 &&
		sym.Name != "" && !strings.HasPrefix(sym.Name, "$") && !strings.HasPrefix(sym.Name, ".L")
}

// Name is the function at an address and the distance from its start, as in
// "main+0x10", or "". A kernel that runs above its physical addresses is found
// at these too, where it starts.
func (s *Symbols) Name(addr uint64) string {
	if name := s.at(addr); name != "" {
		return name
	}
	for _, p := range s.loads {
		if addr-p.Paddr < p.Memsz {
			return s.at(addr - p.Paddr + p.Vaddr)
		}
	}
	return ""
}

func (s *Symbols) at(addr uint64) string {
	i, _ := slices.BinarySearchFunc(s.funcs, addr, func(f symbol, addr uint64) int {
		if f.addr <= addr {
			return -1
		}
		return 1
	})
	if i == 0 || addr >= s.funcs[i-1].end {
		return ""
	}
	f := s.funcs[i-1]
	if addr == f.addr {
		return f.name
	}
	return fmt.Sprintf("%s+%#x", f.name, addr-f.addr)
}
