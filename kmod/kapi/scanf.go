package kapi

import "strings"

// scanf from memory (Linux lib/vsprintf.c, vsscanf): C's grammar without floating
// point; %s and %[ want a width or a buffer that is long enough.
var scanfFuncs = []Func{
	{Name: "sscanf", Proto: "int sscanf(const char *buf, const char *fmt, ...)", Call: func(c *Call) uint64 {
		text, format := c.str(c.Ptr()), c.str(c.Ptr())
		return uint64(c.scan(text, format, &c.Args))
	}},
	{Name: "vsscanf", Proto: "int vsscanf(const char *buf, const char *fmt, __builtin_va_list args)", Call: func(c *Call) uint64 {
		text, format := c.str(c.Ptr()), c.str(c.Ptr())
		args := c.vaList(c.Ptr())
		return uint64(c.scan(text, format, &args))
	}},
}

// scanner is one call.
type scanner struct {
	c     *Call
	args  *Args
	text  string
	at    int // how far text was read
	count int // conversions stored
}

// scan returns how many conversions were stored.
func (c *Call) scan(text, format string, args *Args) int {
	s := &scanner{c: c, args: args, text: text}
	for format != "" {
		switch ch := format[0]; {
		case isSpace(ch):
			s.skipSpace()
			format = format[1:]
		case ch != '%':
			if s.rest() == "" || s.rest()[0] != ch {
				return s.count
			}
			s.at++
			format = format[1:]
		default:
			var ok bool
			if format, ok = s.convert(format[1:]); !ok {
				return s.count
			}
		}
	}
	return s.count
}

func isSpace(b byte) bool { return b == ' ' || b >= '\t' && b <= '\r' }

func (s *scanner) rest() string { return s.text[s.at:] }

func (s *scanner) skipSpace() {
	for s.at < len(s.text) && isSpace(s.text[s.at]) {
		s.at++
	}
}

// field is one conversion: %[*][width][length]verb.
type field struct {
	skip  bool
	width int // 0 is none
	size  int // in bytes, of a number
	verb  byte
}

// convert performs the conversion whose format follows the percent sign; ok is
// false where the text does not fit.
func (s *scanner) convert(format string) (rest string, ok bool) {
	f, n := s.field(format)
	rest = format[n:]
	switch f.verb {
	case '%':
		s.skipSpace()
		ok = strings.HasPrefix(s.rest(), "%")
		s.at += min(len(s.rest()), 1)
		return rest, ok
	case 'n':
		s.store(f, uint64(s.at))
		s.count-- // it counts for nothing
		return rest, true
	case 'c':
		n := max(f.width, 1)
		if len(s.rest()) < n {
			return rest, false
		}
		s.put(f, s.rest()[:n], false)
		return rest, true
	case 's':
		s.skipSpace()
		return rest, s.take(f, func(b byte) bool { return !isSpace(b) })
	case '[':
		set, used := parseSet(rest)
		return rest[used:], s.take(f, set)
	case 'd', 'i', 'u', 'x', 'X', 'o':
		return rest, s.number(f)
	}
	return rest, false
}

func (s *scanner) field(format string) (f field, n int) {
	f.size = 4
	if n < len(format) && format[n] == '*' {
		f.skip = true
		n++
	}
	for ; n < len(format) && format[n] >= '0' && format[n] <= '9'; n++ {
		f.width = min(f.width*10+int(format[n]-'0'), widthMax)
	}
	long := s.c.Word
	for ; n < len(format); n++ {
		switch format[n] {
		case 'h':
			f.size /= 2
		case 'l':
			f.size, long = long, 8 // ll is 64 bits
		case 'z', 't':
			f.size = s.c.Word
		case 'L', 'q':
			f.size = 8
		default:
			f.verb = format[n]
			return f, n + 1
		}
	}
	return f, n
}

// take stores the longest run of bytes that fit, which must not be empty.
func (s *scanner) take(f field, fits func(byte) bool) bool {
	n := 0
	for n < len(s.rest()) && (f.width == 0 || n < f.width) && fits(s.rest()[n]) {
		n++
	}
	if n == 0 {
		return false
	}
	s.put(f, s.rest()[:n], true)
	return true
}

// put stores bytes, with a NUL behind them for a string.
func (s *scanner) put(f field, text string, nul bool) {
	s.at += len(text)
	if f.skip {
		return
	}
	s.count++
	va := s.args.Ptr()
	if nul {
		s.c.setStr(va, text)
		return
	}
	copy(s.c.Slice(va, uint64(len(text))), text)
}

func (s *scanner) store(f field, v uint64) {
	if !f.skip {
		s.c.setNumber(s.args.Ptr(), max(f.size, 1), v)
		s.count++
	}
}

// number reads an integer; %i takes its base from the prefix.
func (s *scanner) number(f field) bool {
	s.skipSpace()
	text := s.rest()
	if f.width > 0 {
		text = text[:min(f.width, len(text))]
	}
	at, minus := 0, false
	if at < len(text) && (text[at] == '-' && f.verb != 'x' && f.verb != 'u' && f.verb != 'o' || text[at] == '+') {
		minus = text[at] == '-'
		at++
	}
	base := uint64(10)
	hex := len(text) > at+1 && text[at] == '0' && text[at+1]|0x20 == 'x'
	switch {
	case f.verb|0x20 == 'x' || f.verb == 'i' && hex:
		base = 16
		if hex {
			at += 2
		}
	case f.verb == 'o' || f.verb == 'i' && len(text) > at && text[at] == '0':
		base = 8
	}
	start, v := at, uint64(0)
	for ; at < len(text); at++ {
		d := digit(text[at])
		if d < 0 || uint64(d) >= base {
			break
		}
		v = v*base + uint64(d)
	}
	if at == start {
		return false
	}
	if minus {
		v = -v
	}
	s.at += at
	s.store(f, v)
	return true
}

// parseSet reads "^a-z]" up to and with its bracket.
func parseSet(s string) (fits func(byte) bool, used int) {
	var in [256]bool
	i := 0
	not := strings.HasPrefix(s, "^")
	if not {
		i++
	}
	for first := true; i < len(s) && (s[i] != ']' || first); first = false {
		lo, hi := s[i], s[i]
		if i+2 < len(s) && s[i+1] == '-' && s[i+2] != ']' {
			hi = s[i+2]
			i += 2
		}
		for b := int(lo); b <= int(hi); b++ {
			in[b] = true
		}
		i++
	}
	return func(b byte) bool { return in[b] != not }, min(i+1, len(s))
}
