package uart16550

import (
	"testing"
)

// Driver's side: offsets and values from the PC16550D data sheet, table II and
// table IV, written down here a second time.
const (
	rbr, thr, ier, iir, fcr, lcr, mcr, lsr, msr, scr = 0, 0, 1, 2, 2, 3, 4, 5, 6, 7
)

type port struct {
	*Device
	t    *testing.T
	irq  bool
	sent []byte
}

func newPort(t *testing.T) *port {
	p := &port{t: t}
	p.Device = New(Config{
		IRQ:  func(level bool) { p.irq = level },
		Send: func(b byte) { p.sent = append(p.sent, b) },
	})
	return p
}

func (p *port) in(reg uint64) uint8 {
	v, ok := p.Load(reg, 1)
	if !ok {
		p.t.Fatalf("load of register %d fails", reg)
	}
	return uint8(v)
}

func (p *port) out(reg uint64, v uint8) {
	if !p.Store(reg, 1, uint64(v)) {
		p.t.Fatalf("store to register %d fails", reg)
	}
}

func (p *port) want(what string, got, want uint8) {
	p.t.Helper()
	if got != want {
		p.t.Errorf("%s = %#02x, want %#02x", what, got, want)
	}
}

func (p *port) wantIRQ(level bool) {
	p.t.Helper()
	if p.irq != level {
		p.t.Errorf("interrupt line is %v, want %v", p.irq, level)
	}
}

func TestResetValues(t *testing.T) { // table III
	p := newPort(t)
	p.want("IER", p.in(ier), 0)
	p.want("IIR", p.in(iir), 0x01)
	p.want("LCR", p.in(lcr), 0)
	p.want("MCR", p.in(mcr), 0)
	p.want("LSR", p.in(lsr), 0x60)
	p.want("MSR", p.in(msr), 0xb0)
	p.wantIRQ(false)
}

func TestTransmit(t *testing.T) {
	p := newPort(t)
	for _, b := range []byte("hello") {
		p.want("LSR", p.in(lsr), 0x60)
		p.out(thr, b)
	}
	if string(p.sent) != "hello" {
		t.Errorf("sent %q", p.sent)
	}
}

// The THRE interrupt comes when it is enabled and after each byte, and goes
// with a read of IIR.
func TestTransmitterEmptyInterrupt(t *testing.T) {
	p := newPort(t)
	p.wantIRQ(false)
	p.out(ier, 0x02)
	p.wantIRQ(true)
	p.want("IIR", p.in(iir), 0x02)
	p.wantIRQ(false)
	p.want("IIR", p.in(iir), 0x01)
	p.out(thr, 'x')
	p.wantIRQ(true)
	p.out(ier, 0)
	p.wantIRQ(false)
}

func TestReceiveWithoutFIFO(t *testing.T) {
	p := newPort(t)
	p.out(ier, 0x01)
	p.Receive('a')
	p.wantIRQ(true)
	p.want("IIR", p.in(iir), 0x04)
	p.want("LSR", p.in(lsr), 0x61)
	p.Receive('b') // overruns: without FIFO the new byte takes RBR
	p.want("LSR", p.in(lsr), 0x63)
	p.want("LSR, read again", p.in(lsr), 0x61)
	p.want("RBR", p.in(rbr), 'b')
	p.wantIRQ(false)
	p.want("LSR", p.in(lsr), 0x60)
}

func TestReceiveFIFO(t *testing.T) {
	for bits, trigger := range []int{1, 4, 8, 14} {
		p := newPort(t)
		p.out(fcr, 0x01|uint8(bits)<<6)
		p.out(ier, 0x01)
		for n := 1; n <= 16; n++ {
			p.Receive(byte(n))
			want := uint8(0xcc) // character timeout
			if n >= trigger {
				want = 0xc4 // trigger level reached
			}
			p.want("IIR", p.in(iir), want)
		}
		p.Receive(17) // lost
		p.want("LSR", p.in(lsr), 0x63)
		for n := 1; n <= 16; n++ {
			p.wantIRQ(true)
			p.want("RBR", p.in(rbr), uint8(n))
		}
		p.wantIRQ(false)
	}
}

func TestFIFOReset(t *testing.T) {
	p := newPort(t)
	p.out(fcr, 0x01)
	p.Receive(1)
	p.out(fcr, 0x03) // reset the receive FIFO
	p.want("LSR", p.in(lsr), 0x60)
	p.Receive(1)
	p.out(fcr, 0x00) // switching off empties too
	p.want("LSR", p.in(lsr), 0x60)
	p.want("IIR", p.in(iir), 0x01)
}

// Priorities (table IV): line status, received data, transmitter, modem.
func TestInterruptPriority(t *testing.T) {
	p := newPort(t)
	p.out(ier, 0x0f)
	p.out(mcr, 0x10) // loopback drops the modem inputs: MSR changes
	p.out(mcr, 0x00)
	p.Receive(1)
	p.Receive(2) // overrun
	for _, want := range []struct {
		id    uint8
		clear uint64
	}{{0x06, lsr}, {0x04, rbr}, {0x02, iir}, {0x00, msr}} {
		if want.clear != iir { // reading IIR clears THRE, and only THRE
			p.want("IIR", p.in(iir), want.id)
			p.in(want.clear)
		} else {
			p.want("IIR", p.in(iir), want.id)
		}
	}
	p.want("IIR", p.in(iir), 0x01)
	p.wantIRQ(false)
}

// What drivers do to find out whether a port exists.
func TestLoopback(t *testing.T) {
	p := newPort(t)
	p.out(mcr, 0x1a) // loop, OUT2, RTS
	p.want("MSR levels", p.in(msr)&0xf0, 0x90)
	p.out(thr, 0x5a)
	p.want("LSR", p.in(lsr), 0x61)
	p.want("RBR", p.in(rbr), 0x5a)
	if len(p.sent) != 0 {
		t.Error("a byte left the port in loopback mode")
	}
	p.Receive('x') // the input is cut off
	p.want("LSR", p.in(lsr), 0x60)
	p.out(mcr, 0)
	p.in(msr)
	p.want("MSR", p.in(msr), 0xb0)
}

func TestDivisorLatchAndScratch(t *testing.T) {
	p := newPort(t)
	p.out(lcr, 0x83)
	p.out(rbr, 0x34)
	p.out(ier, 0x12)
	p.want("DLL", p.in(rbr), 0x34)
	p.want("DLM", p.in(ier), 0x12)
	p.out(lcr, 0x03)
	p.want("IER", p.in(ier), 0)
	p.want("LSR", p.in(lsr), 0x60)
	p.out(scr, 0xa5)
	p.want("SCR", p.in(scr), 0xa5)
	if len(p.sent) != 0 {
		t.Error("a divisor was sent")
	}
}

// A byte that arrives while another cause is pending makes an edge on the line.
func TestEventsMakeEdges(t *testing.T) {
	rises := 0
	level := false
	d := New(Config{
		IRQ: func(l bool) {
			if l && !level {
				rises++
			}
			level = l
		},
		Send: func(byte) {},
	})
	d.Store(ier, 1, 0x03) // THRE is pending at once and never acknowledged
	d.Receive('a')
	d.Receive('b')
	d.Store(thr, 1, 'x')
	if rises != 4 {
		t.Errorf("%d edges for 4 events", rises)
	}
}

func TestPolls(t *testing.T) {
	var polls []int
	d := New(Config{
		IRQ: func(bool) {}, Send: func(byte) {},
		Polled: func(n int) { polls = append(polls, n) },
	})
	d.Load(lsr, 1)
	d.Load(lsr, 1)
	d.Store(thr, 1, 'x') // a driver that waits to send, not to receive
	d.Load(lsr, 1)
	d.Receive('a')
	d.Load(lsr, 1)
	if want := []int{1, 2, 1}; len(polls) != 3 || polls[0] != want[0] || polls[1] != want[1] || polls[2] != want[2] {
		t.Errorf("polls %v, want %v", polls, want)
	}
}
