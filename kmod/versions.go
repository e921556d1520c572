package kmod

// Version is a row of __versions: the CRC that the interface of an outside
// symbol had when the module was built (Linux struct modversion_info).
type Version struct {
	Name string
	CRC  uint32
}

// VersionSize is the size of a row: {unsigned long crc; char name[64 - word]}.
// It is the same on both machines; NAME.mod.c is generated to this layout.
const VersionSize = 64

// VersionNameLen is the room for a name in a row, its NUL included.
func (m *Machine) VersionNameLen() int { return VersionSize - m.format.word }

// ModuleLayout is the name under which __versions has the CRC of the structures
// that kernel and module share. No module refers to it (Linux module_layout).
const ModuleLayoutSymbol = "module_layout"

// versions reads __versions, which is needed before anything is loaded.
func (p *parser) versions() error {
	at := 0
	for i := range p.spec.Sections {
		s := &p.spec.Sections[i]
		if s.Name != secVersions {
			continue
		}
		switch {
		case at != 0:
			return malformed("only one %s section is allowed; there are sections %d and %d", secVersions, at, i)
		case s.Type != shtProgbits:
			return malformed("section %d (%s) has type %d, want %d", i, secVersions, s.Type, shtProgbits)
		case s.Size%VersionSize != 0:
			return malformed("%s has %d bytes, no multiple of %d", secVersions, s.Size, VersionSize)
		}
		at = i
	}
	if at == 0 {
		return nil
	}
	for b := p.spec.Sections[at].Data; len(b) > 0; b = b[VersionSize:] {
		r := fields{b[:VersionSize], p.f.word}
		crc := r.addr()
		v := Version{Name: cstring(r.b), CRC: uint32(crc)}
		switch {
		case len(v.Name) == len(r.b):
			return malformed("%s: the name of entry %d does not end within its %d bytes", secVersions, len(p.spec.Versions), len(r.b))
		case v.Name == "":
			return malformed("%s: entry %d has no name", secVersions, len(p.spec.Versions))
		case crc>>32 != 0:
			return malformed("%s: the CRC of %s is %#x, more than 32 bits", secVersions, v.Name, crc)
		}
		p.spec.Versions = append(p.spec.Versions, v)
	}
	return nil
}

// Version gives the CRC the module was built with for a symbol.
func (s *Spec) Version(name string) (crc uint32, ok bool) {
	for i := range s.Versions {
		if s.Versions[i].Name == name {
			return s.Versions[i].CRC, true
		}
	}
	return 0, false
}
