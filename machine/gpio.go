package machine

import (
	"rv86/machine/bus"
	"rv86/machine/dev/gpio"
)

// GPIO is what is outside the pins of a board's GPIO controller.
type GPIO struct {
	Events []gpio.Event
	Wires  []gpio.Wire
}

func (g GPIO) device(irq bus.Line, now func() uint64, changed func()) *gpio.Device {
	return gpio.New(gpio.Config{IRQ: irq, Now: now, Changed: changed, Events: g.Events, Wires: g.Wires})
}

type gpioTimer struct{ *gpio.Device }

func (t gpioTimer) deadline() uint64 { return t.Deadline() }
func (t gpioTimer) tick()            { t.Tick() }
