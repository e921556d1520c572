package kernelimg

import (
	"bytes"
	"cmp"
	"debug/elf"
	"fmt"
	"io"
	"slices"
)

// SystemMap lists the symbols by address as nm(1) does: System.map of Linux.
func (im *Image) SystemMap() []byte {
	all := slices.Clone(im.symbols)
	slices.SortStableFunc(all, func(a, b symbol) int { return cmp.Compare(a.value, b.value) })
	var out bytes.Buffer
	for i := range all {
		if s := &all[i]; s.section != nil && s.section.alloc() && s.name != "" {
			fmt.Fprintf(&out, "%0*x %c %s\n", 2*im.word, s.value, s.letter(), s.name)
		}
	}
	return out.Bytes()
}

// letter classes a symbol as nm does: capital if global.
func (s *symbol) letter() byte {
	letter := byte('r')
	switch {
	case s.section.Flags&elf.SHF_EXECINSTR != 0:
		letter = 't'
	case s.section.typ == elf.SHT_NOBITS:
		letter = 'b'
	case s.section.Flags&elf.SHF_WRITE != 0:
		letter = 'd'
	}
	if elf.ST_BIND(s.info) == elf.STB_GLOBAL {
		letter -= 'a' - 'A'
	}
	return letter
}

// WriteMap prints the sections with where they are, what they allow, and what
// boot gives back.
func (im *Image) WriteMap(w io.Writer) {
	width := 2 * im.word
	fmt.Fprintf(w, "%-22s %-*s %-*s %9s\n", "section", width, "address", width, "loaded", "size")
	for _, s := range im.Sections {
		if !s.alloc() {
			continue
		}
		note := ""
		if s.Freed {
			note = " freed after boot"
		}
		fmt.Fprintf(w, "%-22s %0*x %0*x %9d %s%s\n", s.Name, width, s.Addr, width, s.Load, s.Size, s.rights(), note)
	}
}

// rights are a section's access in the letters of ls -l.
func (s *Section) rights() string {
	b := []byte("r--")
	if s.Flags&elf.SHF_WRITE != 0 {
		b[1] = 'w'
	}
	if s.Flags&elf.SHF_EXECINSTR != 0 {
		b[2] = 'x'
	}
	return string(b)
}
