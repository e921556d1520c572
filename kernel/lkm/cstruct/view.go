package cstruct

import "bytes"

// View is a structure in memory.
type View struct {
	Addr   uint64
	mem    Memory
	layout *Layout
}

// At views the structure at an address.
func (s *Struct) At(m Memory, addr uint64) View { return View{addr, m, s.On(m.WordSize())} }

// Size is the size of the structure on this machine.
func (s *Struct) Size(m Memory) uint64 { return s.On(m.WordSize()).Size }

// From views the structure whose member is at an address (container_of).
func (s *Struct) From(m Memory, member string, addr uint64) View {
	return s.At(m, addr-s.On(m.WordSize()).At(member))
}

// Ptr is the address of a member.
func (v View) Ptr(name string) uint64 { return v.Addr + v.layout.At(name) }

// Get reads a member as an unsigned number.
func (v View) Get(name string) uint64 {
	m := v.layout.member(name)
	return Get(v.mem, v.Addr+m.Offset, int(m.Size))
}

// Int reads a member as a signed number.
func (v View) Int(name string) int64 {
	m := v.layout.member(name)
	shift := 64 - 8*m.Size
	return int64(Get(v.mem, v.Addr+m.Offset, int(m.Size))<<shift) >> shift
}

// Set writes a member.
func (v View) Set(name string, n uint64) {
	m := v.layout.member(name)
	Put(v.mem, v.Addr+m.Offset, int(m.Size), n)
}

// Str reads the string that a member points to; "" for NULL.
func (v View) Str(name string) string {
	p := v.Get(name)
	if p == 0 {
		return ""
	}
	return String(v.mem, p)
}

// page is how far a string is searched at once: all bytes of a page are there,
// or none.
const page = 4096

// String reads a C string.
func String(m Memory, va uint64) string {
	var out []byte
	for {
		n := page - va%page
		b := m.Slice(va, n)
		if i := bytes.IndexByte(b, 0); i >= 0 {
			return string(append(out, b[:i]...))
		}
		out = append(out, b...)
		va += n
	}
}

// PutString writes a string and its NUL.
func PutString(m Memory, va uint64, s string) {
	b := m.Slice(va, uint64(len(s))+1)
	copy(b, s)
	b[len(s)] = 0
}

// Words reads the pointers of an array that ends with NULL.
func Words(m Memory, va uint64) []uint64 {
	var out []uint64
	for ; va != 0; va += uint64(m.WordSize()) {
		p := Word(m, va)
		if p == 0 {
			break
		}
		out = append(out, p)
	}
	return out
}
