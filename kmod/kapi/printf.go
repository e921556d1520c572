package kapi

import (
	"strconv"
	"strings"
)

// printf into memory and into new memory (Linux lib/vsprintf.c).
var sprintfFuncs = []Func{
	{Name: "sprintf", Proto: "int sprintf(char *buf, const char *fmt, ...)", Call: func(c *Call) uint64 {
		return c.store(c.Ptr(), unlimited, false, false)
	}},
	{Name: "vsprintf", Proto: "int vsprintf(char *buf, const char *fmt, __builtin_va_list args)", Call: func(c *Call) uint64 {
		return c.store(c.Ptr(), unlimited, true, false)
	}},
	{Name: "snprintf", Proto: "int snprintf(char *buf, size_t size, const char *fmt, ...)", Call: func(c *Call) uint64 {
		return c.store(c.Ptr(), c.Ulong(), false, false)
	}},
	{Name: "vsnprintf", Proto: "int vsnprintf(char *buf, size_t size, const char *fmt, __builtin_va_list args)", Call: func(c *Call) uint64 {
		return c.store(c.Ptr(), c.Ulong(), true, false)
	}},
	{Name: "scnprintf", Proto: "int scnprintf(char *buf, size_t size, const char *fmt, ...)", Call: func(c *Call) uint64 {
		return c.store(c.Ptr(), c.Ulong(), false, true)
	}},
	{Name: "vscnprintf", Proto: "int vscnprintf(char *buf, size_t size, const char *fmt, __builtin_va_list args)", Call: func(c *Call) uint64 {
		return c.store(c.Ptr(), c.Ulong(), true, true)
	}},
	{Name: "kasprintf", Proto: "char *kasprintf(gfp_t gfp, const char *fmt, ...)", Call: func(c *Call) uint64 {
		c.Uint()
		return c.dup(c.format())
	}},
	{Name: "kvasprintf", Proto: "char *kvasprintf(gfp_t gfp, const char *fmt, __builtin_va_list args)", Call: func(c *Call) uint64 {
		c.Uint()
		return c.dup(c.vformat())
	}},
}

const unlimited = 1<<31 - 1 // INT_MAX, Linux's size for sprintf

// store formats into buf. The result is the length without the limit, or with
// written set the length that was stored.
func (c *Call) store(buf, size uint64, va, written bool) uint64 {
	var text string
	if va {
		text = c.vformat()
	} else {
		text = c.format()
	}
	n := uint64(len(text))
	if size == 0 {
		if written {
			return 0
		}
		return n
	}
	if size <= n {
		c.setStr(buf, text[:size-1])
		if written {
			return size - 1
		}
		return n
	}
	c.setStr(buf, text)
	return n
}

// format reads the arguments (fmt, ...), vformat (fmt, va_list).
func (c *Call) format() string {
	f := c.str(c.Ptr())
	return c.sprintf(f, &c.Args)
}

func (c *Call) vformat() string {
	f := c.str(c.Ptr())
	args := c.vaList(c.Ptr())
	return c.sprintf(f, &args)
}

// spec is one conversion: %[flags][width][.precision][length]verb.
type spec struct {
	minus, plus, space, alt, zero bool
	width                         int
	prec                          int  // -1: none
	long                          byte // 0, 'H' (hh), 'h', 'l', 'L' (ll)
	verb                          byte
}

// widthMax bounds a field: a module cannot make the kernel build a huge string.
const widthMax = 4096

// sprintf formats as Linux's vsnprintf: C's grammar without floating point,
// and %p with its extensions.
func (c *Call) sprintf(f string, args *Args) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(f, '%')
		if i < 0 {
			b.WriteString(f)
			return b.String()
		}
		b.WriteString(f[:i])
		start := f[i:]
		sp, n := parseSpec(start, args)
		f = start[n:]
		switch sp.verb {
		case '%':
			b.WriteByte('%')
		case 'd', 'i':
			b.WriteString(sp.signed(sp.integer(args, true)))
		case 'u', 'o', 'x', 'X':
			b.WriteString(sp.unsigned(sp.integer(args, false)))
		case 'c':
			b.WriteString(sp.pad(string([]byte{byte(args.Int())})))
		case 's':
			b.WriteString(sp.pad(c.stringArg(args.Ptr(), sp.prec)))
		case 'p':
			text, used := c.pointer(sp, f, args)
			f = f[used:]
			b.WriteString(text)
		default:
			// An unknown or unfinished conversion, or %n, which Linux
			// does not have: shown, and the rest with it, since which
			// arguments it takes is unknown.
			b.WriteString(start)
			return b.String()
		}
	}
}

// parseSpec reads the conversion at the start of f and gives its length.
func parseSpec(f string, args *Args) (sp spec, n int) {
	i := 1
	for ; i < len(f); i++ {
		switch f[i] {
		case '-':
			sp.minus = true
		case '+':
			sp.plus = true
		case ' ':
			sp.space = true
		case '#':
			sp.alt = true
		case '0':
			sp.zero = true
		default:
			goto width
		}
	}
width:
	sp.width, i = number(f, i, args)
	if sp.width < 0 {
		sp.minus, sp.width = true, -sp.width
	}
	sp.width = min(sp.width, widthMax)
	sp.prec = -1
	if i < len(f) && f[i] == '.' {
		sp.prec, i = number(f, i+1, args)
		sp.prec = min(sp.prec, widthMax) // a negative one counts as none
	}
	if i < len(f) {
		switch c := f[i]; c {
		case 'h', 'l':
			i++
			sp.long = c
			if i < len(f) && f[i] == c {
				i++
				sp.long = c - 'a' + 'A'
			}
		case 'L', 'j':
			i++
			sp.long = 'L'
		case 'z', 't', 'Z':
			i++
			sp.long = 'l' // size_t and ptrdiff_t have the size of long
		}
	}
	if i < len(f) {
		sp.verb = f[i]
		i++
	}
	return sp, i
}

// number reads a decimal number or takes an argument for '*'.
func number(f string, i int, args *Args) (int, int) {
	if i < len(f) && f[i] == '*' {
		return int(args.Int()), i + 1
	}
	n := 0
	for ; i < len(f) && f[i] >= '0' && f[i] <= '9'; i++ {
		n = min(n*10+int(f[i]-'0'), widthMax)
	}
	return n, i
}

// integer takes an argument of the length the conversion has.
func (sp *spec) integer(args *Args, signed bool) uint64 {
	switch sp.long {
	case 'L':
		return args.Ulonglong()
	case 'l':
		if signed {
			return uint64(args.Long())
		}
		return args.Ulong()
	}
	v := args.Int()
	switch {
	case sp.long == 'h' && signed:
		return uint64(int16(v))
	case sp.long == 'h':
		return uint64(uint16(v))
	case sp.long == 'H' && signed:
		return uint64(int8(v))
	case sp.long == 'H':
		return uint64(uint8(v))
	case signed:
		return uint64(v)
	}
	return uint64(uint32(v))
}

func (sp *spec) signed(v uint64) string {
	sign := ""
	switch {
	case int64(v) < 0:
		sign, v = "-", -v
	case sp.plus:
		sign = "+"
	case sp.space:
		sign = " "
	}
	return sp.digits(sign, strconv.FormatUint(v, 10))
}

func (sp *spec) unsigned(v uint64) string {
	base, prefix := 10, ""
	switch sp.verb {
	case 'o':
		base = 8
	case 'x', 'X':
		base = 16
		if sp.alt && v != 0 {
			prefix = "0" + string(sp.verb)
		}
	}
	d := strconv.FormatUint(v, base)
	if sp.verb == 'X' {
		d = strings.ToUpper(d)
	}
	if sp.verb == 'o' && sp.alt && d[0] != '0' && len(d) >= sp.prec {
		d = "0" + d
	}
	return sp.digits(prefix, d)
}

// digits adds precision and padding to a number. The value 0 with precision 0
// has no digits (C 7.21.6.1); a precision switches the 0 flag off.
func (sp *spec) digits(prefix, d string) string {
	if d == "0" && sp.prec == 0 && !(sp.verb == 'o' && sp.alt) {
		d = ""
	}
	if n := sp.prec - len(d); n > 0 {
		d = strings.Repeat("0", n) + d
	}
	if n := sp.width - len(prefix) - len(d); sp.zero && !sp.minus && sp.prec < 0 && n > 0 {
		d = strings.Repeat("0", n) + d
	}
	return sp.pad(prefix + d)
}

// pad fills a field with spaces.
func (sp *spec) pad(s string) string {
	n := sp.width - len(s)
	switch {
	case n <= 0:
		return s
	case sp.minus:
		return s + strings.Repeat(" ", n)
	}
	return strings.Repeat(" ", n) + s
}

// badPointer names pointers that cannot be meant (Linux check_pointer_msg):
// the first page and error numbers.
func (c *Call) badPointer(p uint64) string {
	switch {
	case p == 0:
		return "(null)"
	case p < chunk, isErr(p, c.Word):
		return "(efault)"
	}
	return ""
}

// errMax is the largest error number an ERR_PTR carries.
const errMax = 4095

func isErr(p uint64, word int) bool {
	if word == 4 {
		p = uint64(int64(int32(p)))
	}
	return p > ^uint64(errMax)
}

func (c *Call) stringArg(p uint64, prec int) string {
	s := c.badPointer(p)
	switch {
	case s != "" && prec >= 0:
		return s[:min(prec, len(s))]
	case s != "":
		return s
	case prec >= 0:
		return c.strn(p, uint64(prec))
	}
	return c.str(p)
}

// dup copies a string into new memory; 0 if there is none.
func (c *Call) dup(s string) uint64 {
	p := c.Alloc(uint64(len(s)) + 1)
	if p != 0 {
		c.setStr(p, s)
	}
	return p
}
