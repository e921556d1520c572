package kapi

import (
	"bytes"
	"strings"

	"rv86/kernel/abi"
)

// Memory blocks (Linux lib/string.c).
var memFuncs = []Func{
	{Name: "memcpy", Proto: "void *memcpy(void *dst, const void *src, size_t n)", Call: memmove},
	{Name: "memmove", Proto: "void *memmove(void *dst, const void *src, size_t n)", Call: memmove},
	{Name: "memset", Proto: "void *memset(void *s, int c, size_t n)", Call: func(c *Call) uint64 {
		s, v, n := c.Ptr(), c.Int(), c.Ulong()
		b := c.Slice(s, n)
		for i := range b {
			b[i] = byte(v)
		}
		return s
	}},
	{Name: "memcmp", Proto: "int memcmp(const void *a, const void *b, size_t n)", Call: func(c *Call) uint64 {
		a, b, n := c.Ptr(), c.Ptr(), c.Ulong()
		return order(bytes.Compare(c.Slice(a, n), c.Slice(b, n)))
	}},
	{Name: "memchr", Proto: "void *memchr(const void *s, int c, size_t n)", Call: func(c *Call) uint64 {
		s, v, n := c.Ptr(), c.Int(), c.Ulong()
		return at(s, bytes.IndexByte(c.Slice(s, n), byte(v)))
	}},
	{Name: "memchr_inv", Proto: "void *memchr_inv(const void *s, int c, size_t n)", Call: func(c *Call) uint64 {
		s, v, n := c.Ptr(), c.Int(), c.Ulong()
		for i, b := range c.Slice(s, n) {
			if b != byte(v) {
				return at(s, i)
			}
		}
		return 0
	}},
}

// Strings.
var stringFuncs = []Func{
	{Name: "strlen", Proto: "size_t strlen(const char *s)", Call: func(c *Call) uint64 { return uint64(len(c.str(c.Ptr()))) }},
	{Name: "strnlen", Proto: "size_t strnlen(const char *s, size_t n)", Call: func(c *Call) uint64 { return uint64(len(c.strn(c.Ptr(), c.Ulong()))) }},
	{Name: "strcpy", Proto: "char *strcpy(char *dst, const char *src)", Call: func(c *Call) uint64 {
		dst, src := c.Ptr(), c.Ptr()
		c.setStr(dst, c.str(src))
		return dst
	}},
	{Name: "strncpy", Proto: "char *strncpy(char *dst, const char *src, size_t n)", Call: func(c *Call) uint64 {
		dst, src, n := c.Ptr(), c.Ptr(), c.Ulong()
		b := c.Slice(dst, n)
		clear(b[copy(b, c.strn(src, n)):])
		return dst
	}},
	{Name: "strlcpy", Proto: "size_t strlcpy(char *dst, const char *src, size_t n)", Call: func(c *Call) uint64 {
		dst, src, n := c.Ptr(), c.Ptr(), c.Ulong()
		s := c.str(src)
		if n > 0 {
			c.setStr(dst, s[:min(uint64(len(s)), n-1)])
		}
		return uint64(len(s))
	}},
	{Name: "strscpy", Proto: "ssize_t strscpy(char *dst, const char *src, size_t n)", Call: func(c *Call) uint64 {
		dst, src, n := c.Ptr(), c.Ptr(), c.Ulong()
		if n == 0 || n > unlimited {
			return errno(abi.E2BIG)
		}
		s := c.strn(src, n)
		if uint64(len(s)) == n {
			c.setStr(dst, s[:n-1])
			return errno(abi.E2BIG)
		}
		c.setStr(dst, s)
		return uint64(len(s))
	}},
	{Name: "strcat", Proto: "char *strcat(char *dst, const char *src)", Call: func(c *Call) uint64 { return c.strncat(c.Ptr(), c.Ptr(), ^uint64(0)) }},
	{Name: "strncat", Proto: "char *strncat(char *dst, const char *src, size_t n)", Call: func(c *Call) uint64 { return c.strncat(c.Ptr(), c.Ptr(), c.Ulong()) }},
	{Name: "strlcat", Proto: "size_t strlcat(char *dst, const char *src, size_t n)", Call: func(c *Call) uint64 {
		dst, src, n := c.Ptr(), c.Ptr(), c.Ulong()
		have, s := uint64(len(c.strn(dst, n))), c.str(src)
		if have < n {
			c.setStr(dst+have, s[:min(uint64(len(s)), n-have-1)])
		}
		return have + uint64(len(s))
	}},
	{Name: "strcmp", Proto: "int strcmp(const char *a, const char *b)", Call: func(c *Call) uint64 { return order(strings.Compare(c.str(c.Ptr()), c.str(c.Ptr()))) }},
	{Name: "strncmp", Proto: "int strncmp(const char *a, const char *b, size_t n)", Call: func(c *Call) uint64 {
		a, b, n := c.Ptr(), c.Ptr(), c.Ulong()
		return order(strings.Compare(c.strn(a, n), c.strn(b, n)))
	}},
	{Name: "strcasecmp", Proto: "int strcasecmp(const char *a, const char *b)", Call: func(c *Call) uint64 {
		return order(strings.Compare(lower(c.str(c.Ptr())), lower(c.str(c.Ptr()))))
	}},
	{Name: "strncasecmp", Proto: "int strncasecmp(const char *a, const char *b, size_t n)", Call: func(c *Call) uint64 {
		a, b, n := c.Ptr(), c.Ptr(), c.Ulong()
		return order(strings.Compare(lower(c.strn(a, n)), lower(c.strn(b, n))))
	}},
	{Name: "strchr", Proto: "char *strchr(const char *s, int c)", Call: func(c *Call) uint64 {
		s, v := c.Ptr(), byte(c.Int())
		return at(s, strings.IndexByte(c.str(s)+"\x00", v))
	}},
	{Name: "strchrnul", Proto: "char *strchrnul(const char *s, int c)", Call: func(c *Call) uint64 {
		s, v := c.Ptr(), byte(c.Int())
		text := c.str(s)
		if i := strings.IndexByte(text, v); i >= 0 {
			return at(s, i)
		}
		return at(s, len(text))
	}},
	{Name: "strnchr", Proto: "char *strnchr(const char *s, size_t n, int c)", Call: func(c *Call) uint64 {
		s, n, v := c.Ptr(), c.Ulong(), byte(c.Int())
		text := c.strn(s, n)
		if uint64(len(text)) < n {
			text += "\x00"
		}
		return at(s, strings.IndexByte(text, v))
	}},
	{Name: "strrchr", Proto: "char *strrchr(const char *s, int c)", Call: func(c *Call) uint64 {
		s, v := c.Ptr(), byte(c.Int())
		return at(s, strings.LastIndexByte(c.str(s)+"\x00", v))
	}},
	{Name: "strstr", Proto: "char *strstr(const char *s, const char *what)", Call: func(c *Call) uint64 {
		s, what := c.Ptr(), c.Ptr()
		return at(s, strings.Index(c.str(s), c.str(what)))
	}},
	{Name: "strnstr", Proto: "char *strnstr(const char *s, const char *what, size_t n)", Call: func(c *Call) uint64 {
		s, what, n := c.Ptr(), c.Ptr(), c.Ulong()
		return at(s, strings.Index(c.strn(s, n), c.str(what)))
	}},
	{Name: "strspn", Proto: "size_t strspn(const char *s, const char *accept)", Call: func(c *Call) uint64 {
		s, set := c.str(c.Ptr()), c.str(c.Ptr())
		return uint64(span(s, func(b byte) bool { return strings.IndexByte(set, b) >= 0 }))
	}},
	{Name: "strcspn", Proto: "size_t strcspn(const char *s, const char *reject)", Call: func(c *Call) uint64 {
		s, set := c.str(c.Ptr()), c.str(c.Ptr())
		return uint64(span(s, func(b byte) bool { return strings.IndexByte(set, b) < 0 }))
	}},
	{Name: "strpbrk", Proto: "char *strpbrk(const char *s, const char *accept)", Call: func(c *Call) uint64 {
		p := c.Ptr()
		s, set := c.str(p), c.str(c.Ptr())
		if n := span(s, func(b byte) bool { return strings.IndexByte(set, b) < 0 }); n < len(s) {
			return at(p, n)
		}
		return 0
	}},
	{Name: "strsep", Proto: "char *strsep(char **s, const char *delim)", Call: strsep},
	{Name: "skip_spaces", Proto: "char *skip_spaces(const char *s)", Call: func(c *Call) uint64 {
		p := c.Ptr()
		return at(p, span(c.str(p), space))
	}},
	{Name: "strim", Proto: "char *strim(char *s)", Call: func(c *Call) uint64 {
		p := c.Ptr()
		s := c.str(p)
		end := len(s)
		for end > 0 && space(s[end-1]) {
			end--
		}
		if end < len(s) {
			c.setStr(p+uint64(end), "")
		}
		return at(p, span(s[:end], space))
	}},
	{Name: "sysfs_streq", Proto: "bool sysfs_streq(const char *a, const char *b)", Call: func(c *Call) uint64 {
		// Equal but for one newline at the end.
		a, b := strings.TrimSuffix(c.str(c.Ptr()), "\n"), strings.TrimSuffix(c.str(c.Ptr()), "\n")
		if a == b {
			return 1
		}
		return 0
	}},
}

// memmove serves memcpy too: Go's copy has no undefined overlap.
func memmove(c *Call) uint64 {
	dst, src, n := c.Ptr(), c.Ptr(), c.Ulong()
	copy(c.Slice(dst, n), c.Slice(src, n))
	return dst
}

// order is a comparison's result as C's int.
func order(n int) uint64 { return uint64(int64(n)) }

// at is the address of index i, NULL for -1.
func at(s uint64, i int) uint64 {
	if i < 0 {
		return 0
	}
	return s + uint64(i)
}

func space(b byte) bool { return b == ' ' || b >= '\t' && b <= '\r' }

// span counts the leading bytes for which ok holds.
func span(s string, ok func(byte) bool) int {
	for i := range len(s) {
		if !ok(s[i]) {
			return i
		}
	}
	return len(s)
}

// lower maps ASCII only: C strings are bytes.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func (c *Call) strncat(dst, src, n uint64) uint64 {
	c.setStr(dst+uint64(len(c.str(dst))), c.strn(src, n))
	return dst
}

// strsep cuts the next field off *s, which it moves behind the delimiter, or
// sets to NULL at the end.
func strsep(c *Call) uint64 {
	ps, delim := c.Ptr(), c.str(c.Ptr())
	p := c.word(ps)
	if p == 0 {
		return 0
	}
	s := c.str(p)
	n := span(s, func(b byte) bool { return strings.IndexByte(delim, b) < 0 })
	if n == len(s) {
		c.setWord(ps, 0)
		return p
	}
	c.setStr(p+uint64(n), "")
	c.setWord(ps, p+uint64(n)+1)
	return p
}
