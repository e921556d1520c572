package kmod

// at gives the module's memory from address a to the end of its region.
func (im *Image) at(a uint64) []byte {
	for _, id := range []RegionID{Core, Init} {
		if b, base := im.region(id); a >= base && a-base < uint64(len(b)) {
			return b[a-base:]
		}
	}
	return nil
}

// Contains says that an address is in the module.
func (im *Image) Contains(a uint64) bool { return im.at(a) != nil }

// CString reads a string of the module; ok is false if it does not lie in it.
func (im *Image) CString(a uint64) (s string, ok bool) {
	b := im.at(a)
	for i, c := range b {
		if c == 0 {
			return string(b[:i]), true
		}
	}
	return "", false
}

// This gives the address of the struct module and the addresses of its init
// and exit functions, 0 for none. Both must be code of the module.
func (im *Image) This() (this, init, exit uint64, err error) {
	mem, this := im.SectionMem(im.Spec.This)
	l := im.Spec.Machine.Module()
	init = im.word(mem[l.Init:])
	exit = im.word(mem[l.Exit:])
	if init != 0 && !im.ExecAddr(init) {
		return 0, 0, 0, malformed("the init function at %#x is not in the module's code", init)
	}
	if exit != 0 && !im.ExecAddr(exit) {
		return 0, 0, 0, malformed("the exit function at %#x is not in the module's code", exit)
	}
	return this, init, exit, nil
}

func (im *Image) word(b []byte) uint64 {
	r := fields{b, im.Spec.Machine.format.word}
	return r.addr()
}

// ExecAddr says that an address is in an executable part of the module.
func (im *Image) ExecAddr(a uint64) bool {
	for _, id := range []RegionID{Core, Init} {
		if _, base := im.region(id); a >= base && a-base < im.Layout.Regions[id].Text {
			return true
		}
	}
	return false
}

// Param is a row of __param: a parameter the module takes (Linux struct
// kernel_param).
type Param struct {
	Name string
	Addr uint64 // of the row
	Ops  uint64 // address of its struct kernel_param_ops
	Perm uint16
}

// paramSize is the size of struct kernel_param for a word size: name, mod, ops,
// {u16 perm, s8 level, u8 flags}, arg.
func paramSize(word int) int { return 5 * word }

// Params reads the parameters the module declares.
func (im *Image) Params() ([]Param, error) {
	i, sec := im.Spec.Find(secParam)
	if sec == nil {
		return nil, nil
	}
	mem, base := im.SectionMem(i)
	word := im.Spec.Machine.format.word
	size := paramSize(word)
	if len(mem)%size != 0 {
		return nil, malformed("%s has %d bytes, no multiple of %d", secParam, len(mem), size)
	}
	var ps []Param
	for off := 0; off < len(mem); off += size {
		r := fields{mem[off:], word}
		nameAt := r.addr()
		r.addr() // mod
		p := Param{Addr: base + uint64(off), Ops: r.addr(), Perm: r.u16()}
		var ok bool
		if p.Name, ok = im.CString(nameAt); !ok || p.Name == "" {
			return nil, malformed("%s: the name of parameter %d is not in the module", secParam, off/size)
		}
		ps = append(ps, p)
	}
	return ps, nil
}

// ExEntry is a row of __ex_table: where a fault at Insn goes on.
type ExEntry struct{ Insn, Fixup uint64 }

// ExTable reads the exception table: pairs of 32-bit offsets from their own
// place (Linux struct exception_table_entry, with its type word).
func (im *Image) ExTable() ([]ExEntry, error) {
	i, sec := im.Spec.Find(secExTable)
	if sec == nil {
		return nil, nil
	}
	const entry = 12
	mem, base := im.SectionMem(i)
	if len(mem)%entry != 0 {
		return nil, malformed("%s has %d bytes, no multiple of %d", secExTable, len(mem), entry)
	}
	var es []ExEntry
	for off := 0; off < len(mem); off += entry {
		rel := func(at int) uint64 {
			return base + uint64(off+at) + uint64(int64(int32(get32(mem[off+at:]))))
		}
		e := ExEntry{rel(0), rel(4)}
		if !im.ExecAddr(e.Insn) || !im.ExecAddr(e.Fixup) {
			return nil, malformed("%s: entry %d (%#x to %#x) is not in the module's code", secExTable, off/entry, e.Insn, e.Fixup)
		}
		es = append(es, e)
	}
	return es, nil
}

// Constructors gives the functions of .init_array, in order.
func (im *Image) Constructors() ([]uint64, error) {
	i, sec := im.Spec.Find(".init_array")
	if sec == nil {
		return nil, nil
	}
	mem, _ := im.SectionMem(i)
	word := im.Spec.Machine.format.word
	if len(mem)%word != 0 {
		return nil, malformed("%s has %d bytes, no multiple of %d", sec.Name, len(mem), word)
	}
	var fns []uint64
	for r := (fields{mem, word}); len(r.b) > 0; {
		fn := r.addr()
		if !im.ExecAddr(fn) {
			return nil, malformed("%s: the constructor at %#x is not in the module's code", sec.Name, fn)
		}
		fns = append(fns, fn)
	}
	return fns, nil
}
