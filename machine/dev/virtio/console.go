package virtio

// Console device without multiport (5.3): one byte stream each way.
const (
	idConsole = 3

	consoleRx = 0
	consoleTx = 1

	maxConsoleWrite = 1 << 20
)

// Console is a Backend: a terminal line.
type Console struct {
	send func(b []byte)
}

// NewConsole returns a console that hands output to send.
func NewConsole(send func(b []byte)) *Console { return &Console{send: send} }

// ID implements Backend.
func (d *Console) ID() uint32 { return idConsole }

// Queues implements Backend.
func (d *Console) Queues() int { return 2 }

// Features implements Backend: neither size, multiport nor emergency write.
func (d *Console) Features() uint64 { return 0 }

// Config implements Backend: struct virtio_console_config, unused without
// those features.
func (d *Console) Config() []byte { return make([]byte, 12) }

// Reset implements Backend.
func (d *Console) Reset() {}

// Notify implements Backend. New receive buffers wait for Receive.
func (d *Console) Notify(t *Transport, q int) {
	if q != consoleTx {
		return
	}
	for {
		c, ok := t.next(q)
		if !ok {
			return
		}
		if out, ok := t.gather(c.bufs, maxConsoleWrite); ok {
			d.send(out)
		}
		t.done(q, c, 0)
	}
}

// Listening reports whether the driver of t waits for input.
func (d *Console) Listening(t *Transport) bool { return t.waiting(consoleRx) }

// Receive gives one byte of input to the driver.
// Preconditions: Listening.
func (d *Console) Receive(t *Transport, b byte) {
	c, ok := t.next(consoleRx)
	if !ok {
		return
	}
	n, ok := t.scatter(c.bufs, []byte{b})
	if !ok {
		t.broken()
		return
	}
	t.done(consoleRx, c, n)
}
