package kmod

import "bytes"

// NameLen is the size of a module's name field (Linux MODULE_NAME_LEN on a
// 64-bit machine), its NUL included.
const NameLen = 56

// Offsets in struct module, as include/linux/module.h lays it out, in units of
// the machine's word where pointers come before. A test compiles the header
// and compares.
//
//	enum module_state state   0
//	unsigned taints           4
//	char name[56]             8
//	int (*init)(void)        64
//	void (*exit)(void)       64 + 1 word
//	const char *version      64 + 2 words
//	const char *srcversion   64 + 3 words
//	unsigned refcnt          64 + 4 words
const (
	modState  = 0
	modTaints = 4
	modName   = 8
	modPtrs   = modName + NameLen
)

// ModuleLayout is struct module on a machine.
type ModuleLayout struct {
	State, Taints, Name, Init, Exit, Version, SrcVersion, RefCnt, Size int
}

// Module gives the layout of struct module.
func (m *Machine) Module() ModuleLayout {
	w := m.format.word
	return ModuleLayout{
		State: modState, Taints: modTaints, Name: modName,
		Init: modPtrs, Exit: modPtrs + w, Version: modPtrs + 2*w, SrcVersion: modPtrs + 3*w,
		RefCnt: modPtrs + 4*w, Size: modPtrs + 5*w,
	}
}

// thisModule finds the one struct module and its name. Its size must be that
// of the kernel's: a module compiled against other headers would have init and
// exit elsewhere, and the kernel would call what happens to lie there.
func (p *parser) thisModule() error {
	for i := range p.spec.Sections {
		s := &p.spec.Sections[i]
		if s.Name != secThis {
			continue
		}
		l := p.m.Module()
		switch {
		case p.spec.This != 0:
			return malformed("only one %s section is allowed; there are sections %d and %d", secThis, p.spec.This, i)
		case s.Type == shtNobits:
			return malformed("%s has no contents (NOBITS)", secThis)
		case s.Type != shtProgbits:
			return malformed("%s has type %d, want %d", secThis, s.Type, shtProgbits)
		case !s.Alloc() || !s.Write():
			return malformed("%s has flags %#x, but must be allocated and writable", secThis, s.Flags)
		case s.Size != uint64(l.Size):
			return WithHint(malformed("%s has %d bytes, but this kernel's struct module has %d: was it built with other headers?",
				secThis, s.Size, l.Size),
				"the module's struct module has %d bytes and this kernel's %d: %s", s.Size, l.Size, hintThis)
		}
		p.spec.This = i
	}
	if p.spec.This == 0 {
		return malformed("no %s section: this is no kernel module", secThis)
	}
	field := p.spec.Sections[p.spec.This].Data[modName : modName+NameLen]
	if bytes.IndexByte(field, 0) < 0 {
		return malformed("the module's name does not end within %d bytes", NameLen)
	}
	p.spec.Name = cstring(field)
	if !validName(p.spec.Name) {
		return malformed("the module's name %q is empty or has other characters than letters, digits, '_', '-' and '.'", p.spec.Name)
	}
	if name := p.spec.Info.Get("name"); name != "" && name != p.spec.Name {
		return malformed("the module calls itself %q, but its .modinfo says %q", p.spec.Name, name)
	}
	return nil
}

// validName keeps names out that could forge lines of /proc/modules or the log.
func validName(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-', c == '.':
		default:
			return false
		}
	}
	return s != ""
}
