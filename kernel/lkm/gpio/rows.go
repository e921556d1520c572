package gpio

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// Struct is struct gpio, an entry of an array of requests.
var Struct = cstruct.New("gpio", "linux/gpio.h",
	cstruct.Field{Name: "gpio", Type: cstruct.Int},
	cstruct.Field{Name: "flags", Type: cstruct.Long},
	cstruct.Field{Name: "label", Type: cstruct.Long},
)

// Layouts are the structures, for the test that compares them with the headers.
var Layouts = []*cstruct.Struct{Struct}

// Flags of a request (linux/gpio.h).
const (
	flagIn   = 1 << 0 // GPIOF_DIR_IN
	flagHigh = 1 << 1 // GPIOF_INIT_HIGH
)

const (
	// probeDefer is EPROBE_DEFER: no driver has the pin, perhaps not yet.
	probeDefer = abi.Errno(517)
	taintWarn  = 9 // TAINT_WARN
)

// GPIO has the rows.
type GPIO struct {
	core lkm.Core
	chip *Chip // nil on a board without one
	base int   // the interrupt number of pin 0
	dir  *vfs.Dir
}

// New makes them; chip is nil on a board without one. Pin n has the interrupt
// irqBase + n.
func New(core lkm.Core, chip *Chip, irqBase int) *GPIO {
	return &GPIO{core: core, chip: chip, base: irqBase}
}

func (g *GPIO) has(n uint32) bool { return g.chip != nil && n < Pins }

// missing reports a pin that is not there, as the caller's mistake.
func (g *GPIO) missing(n uint32) abi.Errno {
	if int32(n) < 0 {
		g.core.Log(fmt.Sprintf("\x014gpiolib: invalid GPIO %d\n", int32(n)))
		return abi.EINVAL
	}
	what := fmt.Sprintf("the controller has 0 to %d", Pins-1)
	if g.chip == nil {
		what = "this machine has no GPIO controller"
	}
	g.core.Log(fmt.Sprintf("\x013gpiolib: no GPIO %d: %s\n", n, what))
	return probeDefer
}

func (g *GPIO) request(c *kapi.Call, n uint32, labelAt uint64) abi.Errno {
	if !g.has(n) {
		return g.missing(n)
	}
	label := "?"
	if labelAt != 0 {
		label = c.Str(labelAt)
	}
	return g.chip.Request(int(n), label, labelAt)
}

// requestOne is gpio_request_one.
func (g *GPIO) requestOne(c *kapi.Call, n uint32, flags, labelAt uint64) abi.Errno {
	if e := g.request(c, n, labelAt); e != 0 {
		return e
	}
	if flags&flagIn != 0 {
		g.chip.Input(int(n))
	} else {
		g.chip.Output(int(n), flags&flagHigh != 0)
	}
	return 0
}

func (g *GPIO) free(c *kapi.Call, n uint32) {
	if g.has(n) {
		g.hide(int(n))
	}
	if !g.has(n) || !g.chip.Release(int(n)) {
		c.Warn("gpio_free", fmt.Sprintf("gpio_free: GPIO %d was not requested\n", int32(n)), taintWarn)
	}
}

// array walks an array of struct gpio.
func (g *GPIO) array(at, count uint64, f func(v cstruct.View) abi.Errno) (done uint64, e abi.Errno) {
	for ; done < count; done++ {
		if e := f(Struct.At(g.core, at+done*Struct.Size(g.core))); e != 0 {
			return done, e
		}
	}
	return done, 0
}

func (g *GPIO) freeArray(c *kapi.Call, at, count uint64) {
	for i := count; i > 0; i-- {
		g.free(c, uint32(Struct.At(g.core, at+(i-1)*Struct.Size(g.core)).Get("gpio")))
	}
}

func (g *GPIO) requestArray(c *kapi.Call) uint64 {
	at, count := c.Ptr(), c.Ulong()
	done, e := g.array(at, count, func(v cstruct.View) abi.Errno {
		return g.requestOne(c, uint32(v.Get("gpio")), v.Get("flags"), v.Get("label"))
	})
	if e != 0 {
		g.freeArray(c, at, done)
		return lkm.Fail(e)
	}
	return 0
}

// withPin makes a row about one pin, which fails if the pin is not there.
func (g *GPIO) withPin(name, proto string, f func(c *kapi.Call, n int) uint64) kapi.Func {
	return kapi.Func{Name: name, Proto: proto, Call: func(c *kapi.Call) uint64 {
		n := c.Uint()
		if !g.has(n) {
			return lkm.Fail(g.missing(n))
		}
		return f(c, int(n))
	}}
}

// Exports are the rows of the package.
func (g *GPIO) Exports() []kapi.Func {
	return []kapi.Func{
		{Name: "gpio_request", Proto: "int gpio_request(unsigned gpio, const char *label)", Call: func(c *kapi.Call) uint64 {
			return fail(g.request(c, c.Uint(), c.Ptr()))
		}},
		{Name: "gpio_request_one", Proto: "int gpio_request_one(unsigned gpio, unsigned long flags, const char *label)", Call: func(c *kapi.Call) uint64 {
			return fail(g.requestOne(c, c.Uint(), c.Ulong(), c.Ptr()))
		}},
		{Name: "gpio_request_array", Proto: "int gpio_request_array(const struct gpio *array, size_t num)", Call: g.requestArray},
		{Name: "gpio_free", Proto: "void gpio_free(unsigned gpio)", Call: func(c *kapi.Call) uint64 {
			g.free(c, c.Uint())
			return 0
		}},
		{Name: "gpio_free_array", Proto: "void gpio_free_array(const struct gpio *array, size_t num)", Call: func(c *kapi.Call) uint64 {
			g.freeArray(c, c.Ptr(), c.Ulong())
			return 0
		}},
		g.withPin("gpio_direction_input", "int gpio_direction_input(unsigned gpio)", func(_ *kapi.Call, n int) uint64 {
			g.chip.Input(n)
			return 0
		}),
		g.withPin("gpio_direction_output", "int gpio_direction_output(unsigned gpio, int value)", func(c *kapi.Call, n int) uint64 {
			g.chip.Output(n, c.Int() != 0)
			return 0
		}),
		g.withPin("__gpio_get_direction", "int __gpio_get_direction(unsigned gpio)", func(_ *kapi.Call, n int) uint64 {
			return uint64(bit(!g.isOutput(n)))
		}),
		g.withPin("gpio_to_irq", "int gpio_to_irq(unsigned gpio)", func(_ *kapi.Call, n int) uint64 {
			return uint64(g.base + n)
		}),
		g.withPin("__gpio_export", "int __gpio_export(unsigned gpio, bool direction_may_change)", func(c *kapi.Call, n int) uint64 {
			return fail(g.exportFor(n, byte(c.Uint()) != 0))
		}),
		{Name: "__gpio_unexport", Proto: "void __gpio_unexport(unsigned gpio)", Call: func(c *kapi.Call) uint64 {
			if n := c.Uint(); g.has(n) {
				g.hide(int(n))
			}
			return 0
		}},
		{Name: "gpio_get_value", Proto: "int gpio_get_value(unsigned gpio)", Call: func(c *kapi.Call) uint64 {
			n := c.Uint()
			if !g.has(n) {
				g.missing(n)
				return 0
			}
			return uint64(bit(g.chip.Get(int(n))))
		}},
		{Name: "gpio_set_value", Proto: "void gpio_set_value(unsigned gpio, int value)", Call: func(c *kapi.Call) uint64 {
			n := c.Uint()
			if !g.has(n) {
				g.missing(n)
				return 0
			}
			g.chip.Set(int(n), c.Int() != 0)
			return 0
		}},
	}
}

func fail(e abi.Errno) uint64 {
	if e == 0 {
		return 0
	}
	return lkm.Fail(e)
}
