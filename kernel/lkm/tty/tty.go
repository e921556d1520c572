// Package tty is the terminal as modules see it (linux/tty.h, tty_driver.h): the
// terminal of the current process, to which a module can write; and, on a board
// with a keyboard controller, the first virtual console, whose driver sets the
// keyboard's lights (linux/vt_kern.h, kd.h).
//
// The structures are exported, read-only variables of the kernel's; the driver's
// operations are exports whose names begin with __tty.
package tty

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// OperationsLayout is struct tty_operations, DriverLayout struct tty_driver and
// Layout struct tty_struct.
func OperationsLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "tty_operations", "ptr write", "ptr ioctl", "ptr write_room")
}

// DriverLayout is struct tty_driver.
func DriverLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "tty_driver", "ptr ops", "ptr driver_name", "ptr name", "long major", "long minor_start")
}

// Layout is struct tty_struct.
func Layout(word int) *cstruct.Layout {
	return cstruct.Of(word, "tty_struct", "ptr driver", "ptr ops", "long index", "u8 name[64]")
}

// Terminal is the console's.
type Terminal interface {
	Raw(b []byte)
	// Controls says whether it is the caller's controlling terminal.
	Controls(who *lkm.Caller) bool
}

// TTY has the rows.
type TTY struct {
	core lkm.Core
	term Terminal
	// find gives the address of an export.
	find func(name string) uint64
	// leds sets the keyboard's lights, bits as KDSETLED has them; nil where
	// there is no keyboard.
	leds func(bits uint8)
}

// New makes them.
func New(core lkm.Core, term Terminal, find func(name string) uint64, leds func(bits uint8)) *TTY {
	return &TTY{core, term, find, leds}
}

// Commands of ioctl (linux/kd.h).
const (
	cmdSetLED  = 0x4b32 // KDSETLED
	ledRestore = 7      // larger values give the lights back to the keyboard's own
)

// consoles is MAX_NR_CONSOLES.
const consoles = 63

// text packs a string into words.
func (t *TTY) text(s string) (words []kapi.Word) {
	n := t.core.WordSize()
	for b := append([]byte(s), 0); len(b) > 0; {
		var w uint64
		for i := 0; i < n && i < len(b); i++ {
			w |= uint64(b[i]) << (8 * i)
		}
		words = append(words, kapi.Word{Num: w})
		b = b[min(n, len(b)):]
	}
	return words
}

// Vars are the structures. Each refers to those before it.
func (t *TTY) Vars() []kapi.Var {
	at := func(name string) kapi.Word { return kapi.Word{Func: name} }
	num := func(n uint64) kapi.Word { return kapi.Word{Num: n} }
	const ttyMajor, serialMajor, serialMinor = 4, 4, 64
	padded := func(s string) []kapi.Word {
		w := t.text(s)
		for len(w) < 64/t.core.WordSize() {
			w = append(w, num(0))
		}
		return w
	}
	vars := []kapi.Var{
		{Name: "__tty_operations", Words: []kapi.Word{at("__tty_write"), at("__tty_ioctl"), at("__tty_write_room")}},
		{Name: "__tty_driver_name", Words: t.text("serial")},
		{Name: "__tty_name", Words: t.text("ttyS")},
		{Name: "__tty_driver", Words: []kapi.Word{at("__tty_operations"), at("__tty_driver_name"), at("__tty_name"), num(serialMajor), num(serialMinor)}},
		{Name: "__tty_console", Words: append([]kapi.Word{at("__tty_driver"), at("__tty_operations"), num(0)}, padded("ttyS0")...)},
	}
	if t.leds == nil {
		return vars
	}
	list := make([]kapi.Word, consoles)
	list[0] = at("__vt_data")
	return append(
		vars,
		kapi.Var{Name: "__vt_driver_name", Words: t.text("console")},
		kapi.Var{Name: "__vt_name", Words: t.text("tty")},
		kapi.Var{Name: "__vt_driver", Words: []kapi.Word{at("__tty_operations"), at("__vt_driver_name"), at("__vt_name"), num(ttyMajor), num(1)}},
		kapi.Var{Name: "__vt_tty", Words: append([]kapi.Word{at("__vt_driver"), at("__tty_operations"), num(0)}, padded("tty1")...)},
		// struct vc_data: its number, and the port's terminal.
		kapi.Var{Name: "__vt_data", Words: []kapi.Word{num(0), at("__vt_tty")}},
		kapi.Var{Name: "vc_cons", Words: list},
		kapi.Var{Name: "fg_console", Words: []kapi.Word{num(0)}},
	)
}

// Current is the caller's controlling terminal, 0 if it has none.
func (t *TTY) Current(who *lkm.Caller) uint64 {
	if t.term.Controls(who) {
		return t.find("__tty_console")
	}
	return 0
}

// Exports are the rows of the package.
func (t *TTY) Exports() []kapi.Func {
	return []kapi.Func{
		{Name: "get_current_tty", Proto: "struct tty_struct *get_current_tty(void)", Call: func(c *kapi.Call) uint64 {
			return t.Current(lkm.From(c))
		}},
		{Name: "tty_kref_put", Proto: "void tty_kref_put(struct tty_struct *tty)", Call: func(*kapi.Call) uint64 { return 0 }},
		{Name: "__tty_write", Proto: "ssize_t __tty_write(struct tty_struct *tty, const u8 *buf, size_t count)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			buf, n := c.Ptr(), c.Ulong()
			t.term.Raw(t.core.Slice(buf, n))
			return n
		}},
		{Name: "__tty_write_room", Proto: "unsigned int __tty_write_room(struct tty_struct *tty)", Call: func(*kapi.Call) uint64 {
			const room = 2048
			return room
		}},
		{Name: "__tty_ioctl", Proto: "int __tty_ioctl(struct tty_struct *tty, unsigned int cmd, unsigned long arg)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			cmd, arg := c.Uint(), c.Ulong()
			if cmd != cmdSetLED || t.leds == nil {
				return lkm.Fail(abi.ENOTTY)
			}
			if arg > ledRestore {
				arg = 0
			}
			t.leds(uint8(arg))
			return 0
		}},
	}
}
