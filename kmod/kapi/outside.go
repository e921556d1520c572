package kapi

// What the functions that the kernel adds outside this package need of a call.

// Str reads a C string, StrN at most n bytes of it.
func (c *Call) Str(va uint64) string { return c.str(va) }

// StrN reads at most n bytes of a C string.
func (c *Call) StrN(va, n uint64) string { return c.strn(va, n) }

// Format reads the arguments (fmt, ...) and formats them as printf does;
// FormatV reads (fmt, va_list).
func (c *Call) Format() string { return c.format() }

// FormatV reads the arguments (fmt, va_list) and formats them.
func (c *Call) FormatV() string { return c.vformat() }
