package virtio

import (
	"encoding"
	"io"

	"rv86/cpu/state"
)

// Entropy device (5.4).
const (
	idEntropy = 4

	maxEntropyRead = 1 << 16
)

// Entropy is a Backend: a source of random bytes.
type Entropy struct{ src io.Reader }

// NewEntropy returns a device that reads src, which never ends. For a
// reproducible machine it is a generator with a fixed seed.
func NewEntropy(src io.Reader) *Entropy { return &Entropy{src} }

// ID implements Backend.
func (d *Entropy) ID() uint32 { return idEntropy }

// Queues implements Backend.
func (d *Entropy) Queues() int { return 1 }

// Features implements Backend.
func (d *Entropy) Features() uint64 { return 0 }

// Config implements Backend: none.
func (d *Entropy) Config() []byte { return nil }

// Reset implements Backend.
func (d *Entropy) Reset() {}

// Notify implements Backend: fills every buffer in the queue.
func (d *Entropy) Notify(t *Transport, q int) {
	for {
		c, ok := t.next(q)
		if !ok {
			return
		}
		data := make([]byte, min(capacity(c.bufs), maxEntropyRead))
		if _, err := io.ReadFull(d.src, data); err != nil {
			t.broken()
			return
		}
		n, ok := t.scatter(c.bufs, data)
		if !ok {
			t.broken()
			return
		}
		t.done(q, c, n)
	}
}

// maxGenerator bounds the state of a generator that is being saved.
const maxGenerator = 1 << 12

// State implements stateful, for sources that can tell where they are.
func (d *Entropy) State(c *state.Codec) {
	src, ok := d.src.(interface {
		encoding.BinaryMarshaler
		encoding.BinaryUnmarshaler
	})
	if !ok {
		c.Fail("the source of random numbers cannot be saved")
		return
	}
	var b []byte
	if !c.Loading() {
		var err error
		if b, err = src.MarshalBinary(); err != nil {
			c.Fail("the source of random numbers: %w", err)
		}
	}
	c.Bytes(&b, maxGenerator)
	if c.Loading() && c.Err() == nil {
		if err := src.UnmarshalBinary(b); err != nil {
			c.Fail("the source of random numbers: %w", err)
		}
	}
}
