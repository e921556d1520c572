package module

import "rv86/kmod"

// section is a loaded section, for /sys/module/M/sections.
type section struct {
	name string
	addr uint64
}

// note is an ELF note section, for /sys/module/M/notes. It is loaded: data
// views the module's memory.
type note struct {
	name       string
	addr, size uint64
}

// noteType is the type of ELF note sections (gABI SHT_NOTE).
const noteType = 7

func (l *loading) sections() []section {
	var out []section
	l.eachLoaded(func(s *kmod.Section, addr uint64) { out = append(out, section{s.Name, addr}) })
	return out
}

func (l *loading) notes() []note {
	var out []note
	l.eachLoaded(func(s *kmod.Section, addr uint64) {
		if s.Type == noteType && l.m.keeps(addr) {
			out = append(out, note{s.Name, addr, s.Size})
		}
	})
	return out
}

// keeps says that an address is not in INIT memory.
func (m *Module) keeps(addr uint64) bool { return addr-m.core < m.coreSize }

// eachLoaded calls f for the sections that have memory, but for empty ones.
func (l *loading) eachLoaded(f func(s *kmod.Section, addr uint64)) {
	for i := range l.spec.Sections {
		if s := &l.spec.Sections[i]; s.Size > 0 {
			if _, addr := l.image.SectionMem(i); addr != 0 {
				f(s, addr)
			}
		}
	}
}
