package gpio

import (
	"fmt"
	"strings"
)

// Text is /sys/kernel/debug/gpio (gpiolib_dbg_show): the pins that are in use.
func (g *GPIO) Text() []byte {
	c := g.chip
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "gpiochip0: GPIOs 0-%d, parent: platform/%s, %s:\n", Pins-1, c.name, c.name)
	for n := range c.pins {
		p := &c.pins[n]
		if !p.used {
			continue
		}
		direction, level, irq := "in ", "lo", ""
		if c.bit(regOutputEn, n) {
			direction = "out"
		}
		if c.get(n) {
			level = "hi"
		}
		if p.trigger != 0 {
			irq = "IRQ "
		}
		fmt.Fprintf(&b, " gpio-%-3d (%-20.20s|%-20.20s) %s %s %s\n", n, "", p.label, direction, level, irq)
	}
	return []byte(b.String())
}

// Leaving lists the pins that a module forgot to free, and frees them.
func (g *GPIO) Leaving(_ string, in func(addr uint64) bool) (left []string) {
	if g.chip == nil {
		return nil
	}
	for n := range g.chip.pins {
		g.chip.mu.Lock()
		p := g.chip.pins[n]
		g.chip.mu.Unlock()
		if p.used && p.labelAt != 0 && in(p.labelAt) {
			left = append(left, fmt.Sprintf("GPIO %d (%s) is still requested: gpio_free it before the module goes", n, p.label))
			g.chip.Release(n)
		}
	}
	return left
}
