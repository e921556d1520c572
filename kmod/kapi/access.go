package kapi

// What functions in other packages (kernel/lkm) need of a call.

// Text formats the next argument, a printf format, with those after it.
func (c *Call) Text() string { return c.format() }

// Format formats the format at an address with the arguments that follow.
func (c *Call) Format(format uint64) string { return c.sprintf(c.str(format), &c.Args) }

// Str reads a C string.
func (c *Call) Str(va uint64) string { return c.str(va) }

// StrN reads at most n bytes of a C string.
func (c *Call) StrN(va, n uint64) string { return c.strn(va, n) }

// TextV formats as vprintf does: the next arguments are a format and a va_list.
func (c *Call) TextV() string { return c.vformat() }

// Sprintf formats the arguments that args gives.
func (c *Call) Sprintf(format string, args *Args) string { return c.sprintf(format, args) }

// GetWord reads a word of memory, SetWord writes one.
func (c *Call) GetWord(va uint64) uint64 { return c.word(va) }

// SetWord writes a word of memory.
func (c *Call) SetWord(va, v uint64) { c.setWord(va, v) }
