package kapi

import (
	"fmt"
	"math"
	"strings"

	"rv86/kernel/abi"
)

// intKind is an integer type that strings are converted to.
type intKind struct {
	name   string // kstrto + name
	ctype  string
	bits   int // 0: the size of long
	signed bool
}

var intKinds = []intKind{
	{"ull", "unsigned long long", 64, false},
	{"ll", "long long", 64, true},
	{"ul", "unsigned long", 0, false},
	{"l", "long", 0, true},
	{"uint", "unsigned int", 32, false},
	{"int", "int", 32, true},
	{"u16", "u16", 16, false},
	{"s16", "s16", 16, true},
	{"u8", "u8", 8, false},
	{"s8", "s8", 8, true},
}

// Numbers from strings (Linux lib/kstrtox.c and simple_strto* of
// lib/vsprintf.c).
var kstrtoxFuncs = makeKstrtox()

func makeKstrtox() []Func {
	var fs []Func
	for _, k := range intKinds {
		fs = append(fs, Func{
			Name:  "kstrto" + k.name,
			Proto: fmt.Sprintf("int kstrto%s(const char *s, unsigned int base, %s *res)", k.name, k.ctype),
			Call: func(c *Call) uint64 {
				s, base, res := c.str(c.Ptr()), c.Uint(), c.Ptr()
				bits := k.bits
				if bits == 0 {
					bits = 8 * c.Word
				}
				v, e := kstrto(s, int(base), bits, k.signed)
				if e != 0 {
					return errno(e)
				}
				c.setNumber(res, bits/8, v)
				return 0
			},
		})
	}
	return append(fs,
		Func{Name: "kstrtobool", Proto: "int kstrtobool(const char *s, bool *res)", Call: func(c *Call) uint64 {
			p := c.Ptr()
			if p == 0 {
				return errno(abi.EINVAL)
			}
			v, ok := ParseBool(c.str(p))
			if !ok {
				return errno(abi.EINVAL)
			}
			c.setNumber(c.Ptr(), 1, truth(v))
			return 0
		}},
		Func{Name: "simple_strtoul", Proto: "unsigned long simple_strtoul(const char *s, char **end, unsigned int base)", Call: func(c *Call) uint64 { return c.simpleStrto(false) }},
		Func{Name: "simple_strtol", Proto: "long simple_strtol(const char *s, char **end, unsigned int base)", Call: func(c *Call) uint64 { return c.simpleStrto(true) }},
		Func{Name: "simple_strtoull", Proto: "unsigned long long simple_strtoull(const char *s, char **end, unsigned int base)", Call: func(c *Call) uint64 { return c.simpleStrto(false) }},
		Func{Name: "simple_strtoll", Proto: "long long simple_strtoll(const char *s, char **end, unsigned int base)", Call: func(c *Call) uint64 { return c.simpleStrto(true) }},
	)
}

// kstrto converts all of s, but for one newline at its end: EINVAL if it is no
// number, ERANGE if it does not fit. base 0 looks at the prefix.
func kstrto(s string, base, bits int, signed bool) (uint64, abi.Errno) {
	neg := false
	switch {
	case signed && strings.HasPrefix(s, "-"):
		neg, s = true, s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	v, n, overflow := digits(s, base)
	switch {
	case n == 0 || strings.TrimSuffix(s[n:], "\n") != "":
		return 0, abi.EINVAL
	case overflow:
		return 0, abi.ERANGE
	}
	limit := uint64(math.MaxUint64) >> (64 - bits)
	if signed {
		limit >>= 1
		if neg {
			limit++
		}
	}
	if v > limit {
		return 0, abi.ERANGE
	}
	if neg {
		v = -v
	}
	return v, 0
}

// digits reads the number at the start of s: its value, and how many bytes it
// takes (0: none).
func digits(s string, base int) (v uint64, n int, overflow bool) {
	hex := len(s) > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && digit(s[2]) < 16
	switch {
	case base == 0 && hex:
		base = 16
	case base == 0 && len(s) > 0 && s[0] == '0':
		base = 8
	case base == 0:
		base = 10
	}
	if base == 16 && hex {
		n = 2
	}
	start := n
	for n < len(s) {
		d := uint64(digit(s[n]))
		if d >= uint64(base) {
			break
		}
		if v > (math.MaxUint64-d)/uint64(base) {
			overflow = true
		}
		v = v*uint64(base) + d
		n++
	}
	if n == start {
		n = 0
	}
	return v, n, overflow
}

// digit is a digit's value, or more than any base allows.
func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	return 99
}

// ParseBool reads what Linux's kstrtobool reads; ok is false if that is nothing.
func ParseBool(s string) (v, ok bool) {
	switch {
	case s == "":
		return false, false
	case strings.IndexByte("yYtT1", s[0]) >= 0, len(s) > 1 && lower(s[:2]) == "on":
		return true, true
	case strings.IndexByte("nNfF0", s[0]) >= 0, len(s) > 1 && lower(s[:2]) == "of":
		return false, true
	}
	return false, false
}

// truth is a bool of C.
func truth(v bool) uint64 {
	if v {
		return 1
	}
	return 0
}

// simpleStrto converts as much as is a number and stores where it ends.
func (c *Call) simpleStrto(signed bool) uint64 {
	p, end, base := c.Ptr(), c.Ptr(), c.Uint()
	s, skip := c.str(p), 0
	if signed && strings.HasPrefix(s, "-") {
		skip = 1
	}
	v, n, _ := digits(s[skip:], int(base))
	if end != 0 {
		c.setWord(end, p+uint64(skip+n))
	}
	if skip == 1 {
		v = -v
	}
	return v
}
