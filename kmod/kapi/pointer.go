package kapi

import (
	"fmt"
	"strings"
)

// pointer formats %p and its extensions, named by the letters that follow
// (Linux Documentation/core-api/printk-formats.rst). rest is the format after
// the 'p'; used is how much of it was taken. As in Linux, all letters and
// digits directly after the p belong to the conversion.
func (c *Call) pointer(sp spec, rest string, args *Args) (text string, used int) {
	p := args.Ptr()
	for used < len(rest) && alnum(rest[used]) {
		used++
	}
	ext := rest[:used]
	if ext == "" {
		return c.hashed(sp, p), used
	}
	switch ext[0] {
	case 'x':
		return c.rawPointer(sp, p), used
	case 'S', 'B':
		return sp.pad(c.Symbol(p)), used
	case 's':
		name, _, _ := strings.Cut(c.Symbol(p), "+")
		return sp.pad(name), used
	case 'V':
		// struct va_format { const char *fmt; va_list *va; }
		f, va := c.word(p), c.word(p+uint64(c.Word))
		list := c.vaList(c.word(va))
		return sp.pad(c.sprintf(c.str(f), &list)), used
	}
	if bad := c.badPointer(p); bad != "" && strings.IndexByte("hMmIiUa", ext[0]) >= 0 {
		return sp.pad(bad), used
	}
	switch ext[0] {
	case 'h':
		return c.hexBytes(sp, p, ext[1:]), used
	case 'M':
		return sp.pad(joinHex(c.Slice(p, macSize), ":")), used
	case 'm':
		return sp.pad(joinHex(c.Slice(p, macSize), "")), used
	case 'I', 'i':
		if strings.HasPrefix(ext[1:], "4") {
			return sp.pad(ipv4(c.Slice(p, 4), ext[0] == 'i')), used
		}
	case 'U':
		return sp.pad(uuid(c.Slice(p, 16), ext[1:])), used
	case 'a':
		// phys_addr_t and dma_addr_t by reference; both have 64 bits.
		return sp.pad(fmt.Sprintf("0x%016x", c.number(p, 8))), used
	}
	return c.hashed(sp, p), used
}

func alnum(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// rawPointer prints all digits of an address.
func (c *Call) rawPointer(sp spec, p uint64) string {
	return sp.pad(fmt.Sprintf("%0*x", 2*c.Word, p))
}

// hashed prints an identity in place of an address, so that a log tells
// nobody where things are: equal pointers print equal. NULL and error pointers
// are no addresses and print as they are. (Linux hashes with a secret key; a
// run here must give the same bytes each time, and has nobody to hide from.)
func (c *Call) hashed(sp spec, p uint64) string {
	if p == 0 || isErr(p, c.Word) {
		return c.rawPointer(sp, p)
	}
	const mul = 0x9e3779b97f4a7c15 // 2^64 / golden ratio
	h := p * mul
	h ^= h >> 32
	return c.rawPointer(sp, h*mul>>32)
}

const macSize = 6

// hexBytes is %*ph: up to 64 bytes, separated by a space, C ':', D '-', N
// nothing.
func (c *Call) hexBytes(sp spec, p uint64, how string) string {
	const most = 64
	sep := " "
	if how != "" {
		switch how[0] {
		case 'C':
			sep = ":"
		case 'D':
			sep = "-"
		case 'N':
			sep = ""
		}
	}
	return joinHex(c.Slice(p, uint64(min(max(sp.width, 1), most))), sep)
}

func joinHex(b []byte, sep string) string {
	var s strings.Builder
	for i, v := range b {
		if i > 0 {
			s.WriteString(sep)
		}
		fmt.Fprintf(&s, "%02x", v)
	}
	return s.String()
}

func ipv4(b []byte, zeros bool) string {
	if zeros {
		return fmt.Sprintf("%03d.%03d.%03d.%03d", b[0], b[1], b[2], b[3])
	}
	return fmt.Sprintf("%d.%d.%d.%d", b[0], b[1], b[2], b[3])
}

// uuid prints big-endian (b, B) or, for l and L, with the first three groups
// little-endian; capital letters give capital digits.
func uuid(b []byte, how string) string {
	order := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	if strings.HasPrefix(how, "l") || strings.HasPrefix(how, "L") {
		order = []int{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}
	}
	var s strings.Builder
	for i, k := range order {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			s.WriteByte('-')
		}
		fmt.Fprintf(&s, "%02x", b[k])
	}
	if strings.HasPrefix(how, "B") || strings.HasPrefix(how, "L") {
		return strings.ToUpper(s.String())
	}
	return s.String()
}
