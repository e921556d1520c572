// Package system is what modules ask of the system as a whole: random numbers
// (linux/random.h), its names (linux/utsname.h), sizes in words for people
// (linux/string_helpers.h).
package system

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// NamesLayout is struct new_utsname (linux/utsname.h).
func NamesLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "new_utsname", "u8 sysname[65]", "u8 nodename[65]", "u8 release[65]", "u8 version[65]", "u8 machine[65]", "u8 domainname[65]")
}

// System has the rows.
type System struct {
	core   lkm.Core
	random func(b []byte)
	names  func() [6]string // in the structure's order
	uts    uint64           // struct new_utsname, once it was asked for
}

// New makes them: random fills a slice, names tells uname(2)'s.
func New(core lkm.Core, random func(b []byte), names func() [6]string) *System {
	return &System{core: core, random: random, names: names}
}

func (s *System) number() uint64 {
	var b [8]byte
	s.random(b[:])
	return binary.LittleEndian.Uint64(b[:])
}

func (s *System) utsname() uint64 {
	l := NamesLayout(s.core.WordSize())
	if s.uts == 0 {
		if s.uts = s.core.Alloc(l.Size); s.uts == 0 {
			return 0
		}
	}
	clear(s.core.Slice(s.uts, l.Size))
	for i, name := range s.names() {
		m := l.Members[i]
		copy(s.core.Slice(s.uts+m.Offset, m.Size-1), name)
	}
	return s.uts
}

// size is string_get_size (Linux lib/string_helpers.c): three digits, rounded to
// the nearest.
func size(n, block uint64, binaryUnits bool) string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}
	step := uint64(1000)
	if binaryUnits {
		units, step = []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}, 1024
	}
	hi, lo := bits.Mul64(n, block)
	if hi != 0 {
		return "overflow"
	}
	i, rest := 0, uint64(0)
	for ; lo >= step && i < len(units)-1; i++ {
		lo, rest = lo/step, lo%step
	}
	if i == 0 {
		return fmt.Sprintf("%d B", lo)
	}
	digits, scale := 2, uint64(100)
	switch {
	case lo >= 100:
		digits, scale = 0, 1
	case lo >= 10:
		digits, scale = 1, 10
	}
	all := lo*scale + (rest*scale+step/2)/step
	if digits == 0 {
		return fmt.Sprintf("%d %s", all, units[i])
	}
	return fmt.Sprintf("%d.%0*d %s", all/scale, digits, all%scale, units[i])
}

// Exports are the rows of the package.
func (s *System) Exports() []kapi.Func {
	return []kapi.Func{
		{Name: "get_random_bytes", Proto: "void get_random_bytes(void *buf, size_t len)", Call: func(c *kapi.Call) uint64 {
			p := c.Ptr()
			s.random(s.core.Slice(p, c.Ulong()))
			return 0
		}},
		{Name: "get_random_u32", Proto: "u32 get_random_u32(void)", Call: func(*kapi.Call) uint64 { return uint64(uint32(s.number())) }},
		{Name: "get_random_u64", Proto: "u64 get_random_u64(void)", Call: func(*kapi.Call) uint64 { return s.number() }},
		{Name: "utsname", Proto: "struct new_utsname *utsname(void)", Call: func(*kapi.Call) uint64 { return s.utsname() }},
		{Name: "string_get_size", Proto: "int string_get_size(u64 size, u64 blk_size, enum string_size_units units, char *buf, int len)", Call: func(c *kapi.Call) uint64 {
			n, block, units, buf, room := c.Ulonglong(), c.Ulonglong(), c.Uint(), c.Ptr(), c.Int()
			text := size(n, block, units != 0)
			if room > 0 {
				b := s.core.Slice(buf, uint64(min(int(room), len(text)+1)))
				b[copy(b[:len(b)-1], text)] = 0
			}
			return uint64(len(text))
		}},
	}
}
