package depmod

import (
	"strconv"
	"strings"
)

// The kernel's own symbols come from its Module.symvers or its System.map. They
// are needed to tell an unknown symbol from one of the kernel.

// AddSymvers reads a Module.symvers: "0xCRC\tSYMBOL\tWHERE\tEXPORT...".
func (x *Indexer) AddSymvers(name, text string) {
	no := 0
	for line := range strings.Lines(text) {
		no++
		f := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
		if len(f) < 3 || f[2] != "vmlinux" {
			continue
		}
		crc, err := strconv.ParseUint(strings.TrimPrefix(f[0], "0x"), 16, 64)
		if err != nil {
			x.log.Errorf("%s:%d Invalid symbol version %s", name, no, f[0])
			continue
		}
		x.addSymbol(x.trimPrefix(f[1]), crc, nil)
	}
	x.addMagic()
}

// exportPrefix begins the name of an export's row in the kernel's symbol table.
const exportPrefix = "__ksymtab_"

// AddSystemMap reads a System.map: "ADDRESS TYPE NAME".
func (x *Indexer) AddSystemMap(name, text string) {
	no := 0
	for line := range strings.Lines(text) {
		no++
		_, rest, ok := strings.Cut(line, " ")
		_, symbol, ok2 := strings.Cut(rest, " ")
		if !ok || !ok2 {
			x.log.Errorf("%s:%d: invalid line: %s", name, no, line)
			continue
		}
		if export, ok := strings.CutPrefix(x.trimPrefix(strings.TrimSuffix(symbol, "\n")), exportPrefix); ok {
			x.addSymbol(export, 0, nil)
		}
	}
	x.addMagic()
}

// addMagic adds the names that the loader itself defines.
func (x *Indexer) addMagic() {
	for _, name := range []string{"__this_module", "_GLOBAL_OFFSET_TABLE_", "TOC."} {
		if _, ok := x.symbols[name]; !ok || name != "TOC." {
			x.addSymbol(name, 0, nil)
		}
	}
}
