//go:build linux

package main

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"time"

	"rv86/kmod"
	"rv86/tests/kofile"
)

const (
	modules = 1000
	exports = 20
)

// thousand loads many modules and compares what one of the last costs with what
// one of the first did. The guest's clock counts instructions.
func thousand() error {
	var cost [modules]time.Duration
	for i := range modules {
		b, err := exporter(i)
		if err != nil {
			return err
		}
		start := time.Now()
		if e := load(b, ""); e != 0 {
			return fmt.Errorf("module %d: %w", i, e)
		}
		cost[i] = time.Since(start)
	}
	if n := loaded(); n != modules {
		return fmt.Errorf("%d modules are loaded", n)
	}
	// Of a hundred at the end, since some of them meet the kernel's garbage
	// collector at work, which has nothing to do with their number.
	const first, last = 10, 100
	early, late := median(cost[first-first/2:first+first/2]), median(cost[modules-last:])
	fmt.Printf("a load costs %v at the 10th module, %v at the 1000th\n", early, late)
	if late >= 2*early {
		return fmt.Errorf("that is more than twice as much")
	}
	for i := range modules {
		if e := unload(moduleName(i)); e != 0 {
			return fmt.Errorf("rmmod of module %d: %w", i, e)
		}
	}
	return nil
}

// median is less moved by a garbage collection than the mean.
func median(d []time.Duration) time.Duration {
	s := append([]time.Duration(nil), d...)
	for i := range s {
		for j := i; j > 0 && s[j] < s[j-1]; j-- {
			s[j], s[j-1] = s[j-1], s[j]
		}
	}
	return s[len(s)/2]
}

func moduleName(i int) string { return fmt.Sprintf("m%04d", i) }

// exporter makes hello into another module that exports names of its own.
func exporter(i int) ([]byte, error) {
	f, err := kofile.Read(file("hello"))
	if err != nil {
		return nil, err
	}
	f.DropInfo(kmod.ChecksumKey)
	f.SetInfo("name", moduleName(i))
	const nameAt = 8 // in struct module
	name := f.Find(".gnu.linkonce.this_module").Data[nameAt : nameAt+kmod.NameLen]
	clear(name)
	copy(name, moduleName(i))

	var text []byte
	var at [exports]int
	for j := range exports {
		at[j] = len(text)
		text = fmt.Appendf(text, "%s_symbol_%d\x00", moduleName(i), j)
	}
	strings := f.Add(&kofile.Section{Name: "__ksymtab_strings", Type: uint32(elf.SHT_PROGBITS), Flags: uint64(elf.SHF_ALLOC), Align: 1, Data: text})
	names := f.AddSymbol(kofile.Symbol{Name: "names", Info: elf.ST_INFO(elf.STB_GLOBAL, elf.STT_OBJECT), Shndx: uint16(strings)})
	word, relType, relocType := 4, elf.SHT_REL, uint32(elf.R_386_32)
	entry := 8
	if f.Wide {
		word, relType, relocType, entry = 8, elf.SHT_RELA, uint32(elf.R_RISCV_64), 24
	}
	table := make([]byte, exports*3*word)
	rel := &kofile.Section{
		Name: ".rel__ksymtab", Type: uint32(relType), Align: uint64(word), EntSize: uint64(entry),
		Link: uint32(f.Index(".symtab")), Info: uint32(len(f.Sections)),
	}
	for j := range exports {
		row := uint64(j * 3 * word)
		rel.Relocs = append(rel.Relocs,
			kofile.Reloc{Off: row, Sym: uint32(f.SymbolIndex("__this_module")), Type: relocType},
			kofile.Reloc{Off: row + uint64(word), Sym: uint32(names), Type: relocType, Addend: int64(at[j])})
		if !f.Wide {
			binary.LittleEndian.PutUint32(table[row+uint64(word):], uint32(at[j]))
		}
	}
	f.Add(&kofile.Section{Name: "__ksymtab", Type: uint32(elf.SHT_PROGBITS), Flags: uint64(elf.SHF_ALLOC), Align: uint64(word), Data: table})
	f.Add(rel)
	return f.Bytes(), nil
}
