package kapi

import "fmt"

// The kernel log (Linux kernel/printk, kernel/panic.c, lib/bug.c).
var logFuncs = []Func{
	{Name: "printk", Proto: "int printk(const char *fmt, ...)", Call: printk},
	{Name: "_printk", Proto: "int _printk(const char *fmt, ...)", Call: printk},
	{Name: "vprintk", Proto: "int vprintk(const char *fmt, __builtin_va_list args)", Call: func(c *Call) uint64 {
		text := c.vformat()
		c.Log(text)
		return uint64(len(text))
	}},
	{Name: "kprintf", Proto: "int kprintf(const char *fmt, ...)", Call: kprintf},
	{Name: "dump_stack", Proto: "void dump_stack(void)", Call: func(c *Call) uint64 { c.DumpStack(); return 0 }},
	{Name: "panic", Proto: "void panic(const char *fmt, ...)", Call: func(c *Call) uint64 { c.Panic(c.format()); return 0 }},
	{Name: "add_taint", Proto: "void add_taint(unsigned int flag, int lockdep)", Call: func(c *Call) uint64 { c.Taint(uint(c.Uint())); return 0 }},
	{Name: "__bug", Proto: "void __bug(const char *file, int line)", Call: bug},
	{Name: "warn_slowpath_fmt", Proto: "void warn_slowpath_fmt(const char *file, int line, unsigned int taint, const char *fmt, ...)", Call: warn},
	{Name: "__stack_chk_fail", Proto: "void __stack_chk_fail(void)", Call: func(c *Call) uint64 {
		c.Died = "stack-protector: Kernel stack is corrupted"
		return 0
	}},
}

func printk(c *Call) uint64 {
	text := c.format()
	c.Log(text)
	return uint64(len(text))
}

// kprintf is uCore+'s: a plain stream, in which a line may come in pieces.
func kprintf(c *Call) uint64 {
	text := c.format()
	c.Log("\x01c" + text)
	return uint64(len(text))
}

func bug(c *Call) uint64 {
	file, line := c.str(c.Ptr()), c.Int()
	c.Died, c.Bug = fmt.Sprintf("kernel BUG at %s:%d!", file, line), true
	return 0
}

func warn(c *Call) uint64 {
	file, line, taint, f := c.str(c.Ptr()), c.Int(), c.Uint(), c.Ptr()
	text := ""
	if f != 0 {
		text = c.sprintf(c.str(f), &c.Args)
	}
	c.Warn(fmt.Sprintf("%s:%d", file, line), text, uint(taint))
	return 0
}
