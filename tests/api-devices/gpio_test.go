package apidevices

import (
	"testing"

	"rv86/kernel/fdt"
	driver "rv86/kernel/lkm/gpio"
	"rv86/kernel/lkm/irq"
	"rv86/machine/bus"
	"rv86/machine/dev/gpio"
	tree "rv86/machine/fdt"
)

// board joins the driver and the model. The line is the test's to serve.
type board struct {
	dev  *gpio.Device
	line chan struct{}
	done chan struct{}
}

func (b *board) Load(off uint32) uint32 {
	v, _ := b.dev.Load(uint64(off), 4)
	return uint32(v)
}
func (b *board) Store(off, v uint32) { b.dev.Store(uint64(off), 4, uint64(v)) }

// Wait and Done implement irq.Line.
func (b *board) Wait() bool { <-b.line; return true }
func (b *board) Done()      { b.done <- struct{}{} }

func newBoard(wires ...gpio.Wire) *board {
	b := &board{line: make(chan struct{}, 1), done: make(chan struct{})}
	b.dev = gpio.New(gpio.Config{
		IRQ: func(on bool) {
			if on {
				select {
				case b.line <- struct{}{}:
				default:
				}
			}
		},
		Now: func() uint64 { return 0 }, Changed: func() {}, Wires: wires,
	})
	return b
}

// nothing is a place where no device answers.
type nothing uint32

func (n nothing) Load(uint32) uint32   { return uint32(n) }
func (n nothing) Store(uint32, uint32) {}

func TestGPIOPresent(t *testing.T) {
	if !driver.Present(newBoard()) {
		t.Error("the controller is not found")
	}
	for _, n := range []nothing{0, ^nothing(0), 0x5a5a_a5a5} {
		if driver.Present(n) {
			t.Errorf("a controller is found where reads give %#x", uint32(n))
		}
	}
}

func TestGPIOLevels(t *testing.T) {
	b := newBoard(gpio.Wire{From: 4, To: 17})
	c := driver.NewChip(b, "gpio", func() irq.Line { return b })
	c.Input(17)
	c.Output(4, true)
	if !c.Get(4) || !c.Get(17) || !b.dev.Pin(4) {
		t.Error("an output does not arrive")
	}
	c.Set(4, false)
	if c.Get(4) || c.Get(17) {
		t.Error("an output does not fall")
	}
	c.Input(4)
	b.dev.Set(4, true)
	if !c.Get(4) {
		t.Error("an input does not see what is outside")
	}
}

// TestGPIOEdges raises edges before, during and after handlers.
func TestGPIOEdges(t *testing.T) {
	b := newBoard()
	c := driver.NewChip(b, "gpio", func() irq.Line { return b })
	pin := c.Line(17)
	b.dev.Set(17, true)
	const rising = 1
	pin.Start(rising)
	for range 3 {
		b.dev.Set(17, false)
		b.dev.Set(17, true)
		<-b.done
		pin.Wait()
		pin.Done()
	}
	b.dev.Set(17, false)
	b.dev.Set(17, true)
	<-b.done
	pin.Wait()
	b.dev.Set(17, false)
	b.dev.Set(17, true) // while its handlers run
	select {
	case <-b.line:
		t.Fatal("a masked pin raises the line")
	default:
	}
	pin.Done()
	<-b.done
	pin.Wait()
	pin.Stop()
	b.dev.Set(17, false)
	b.dev.Set(17, true)
	select {
	case <-b.line:
		t.Fatal("a stopped pin raises the line")
	default:
	}
}

// TestGPIOInTree finds the controller in a device tree.
func TestGPIOInTree(t *testing.T) {
	place := bus.Place{Base: 0x1006_0000, Size: 0x1000, IRQ: 12}
	root := tree.New("")
	soc := root.Add(tree.New("soc"))
	soc.Add(tree.New("other@1").Strings("compatible", "some,other"))
	soc.Add(newBoard().dev.Node(place))
	blob := root.Encode(0)
	d, ok := fdt.Find(blob, driver.Compatible)
	if want := (fdt.Device{Base: place.Base, Size: place.Size, Interrupt: 12}); !ok || d != want {
		t.Errorf("got %+v, %v", d, ok)
	}
	if _, ok := fdt.Find(blob, "none,such"); ok {
		t.Error("what is not there is found")
	}
	for n := range len(blob) {
		fdt.Find(blob[:n], driver.Compatible)
	}
}
