// Package state turns the state of processors and devices into bytes and back.
// One function of a device lists its fields and serves both directions, so that
// saving and loading cannot disagree.
package state

import (
	"encoding/binary"
	"fmt"
)

// Codec saves or loads. The first error sticks; after it every call does
// nothing. Not safe for concurrent use.
type Codec struct {
	buf     []byte
	pos     int
	loading bool
	err     error
}

// Saver returns a codec that collects bytes.
func Saver() *Codec { return &Codec{} }

// Loader returns a codec that reads what a saver collected.
func Loader(b []byte) *Codec { return &Codec{buf: b, loading: true} }

// Loading reports the direction.
func (c *Codec) Loading() bool { return c.loading }

// Saved is what was collected.
func (c *Codec) Saved() []byte { return c.buf }

// Err is the first error: what was read is not what such a machine saved.
func (c *Codec) Err() error { return c.err }

// Fail records an error of the caller's.
func (c *Codec) Fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// Wrap replaces an error by one that says more.
func (c *Codec) Wrap(format string, args ...any) { c.err = fmt.Errorf(format, args...) }

// Check fails a load whose values cannot be.
func (c *Codec) Check(ok bool, what string) {
	if c.loading && !ok {
		c.Fail("the value of %s is impossible", what)
	}
}

// End fails a load that did not take all bytes.
func (c *Codec) End() {
	if c.loading && c.err == nil && c.pos != len(c.buf) {
		c.Fail("%d bytes too many", len(c.buf)-c.pos)
	}
}

// take returns the next n bytes, nil if there are not as many.
func (c *Codec) take(n int) []byte {
	if c.err != nil {
		return nil
	}
	if n < 0 || n > len(c.buf)-c.pos {
		c.Fail("it ends too early")
		return nil
	}
	b := c.buf[c.pos : c.pos+n]
	c.pos += n
	return b
}

// Fields saves or loads what the pointers point to: booleans, integers, and
// arrays and structures of them whose fields are exported. An int takes 64 bits.
func (c *Codec) Fields(ptrs ...any) {
	for _, p := range ptrs {
		c.field(p)
	}
}

func (c *Codec) field(p any) {
	if c.err != nil {
		return
	}
	if n, ok := p.(*int); ok {
		v := int64(*n)
		c.field(&v)
		if c.loading {
			*n = int(v)
		}
		return
	}
	if !c.loading {
		b, err := binary.Append(c.buf, binary.LittleEndian, p)
		if err != nil {
			panic(fmt.Sprintf("state: bug: %T cannot be saved", p))
		}
		c.buf = b
		return
	}
	if b := c.take(binary.Size(p)); b != nil {
		// A boolean has one encoding, so that equal states are equal bytes.
		if _, ok := p.(*bool); ok && b[0] > 1 {
			c.Fail("a boolean is %d", b[0])
			return
		}
		if _, err := binary.Decode(b, binary.LittleEndian, p); err != nil {
			panic(fmt.Sprintf("state: bug: %T cannot be loaded", p))
		}
	}
}

// Bytes saves or loads a slice of at most limit bytes. Loading makes a new one.
func (c *Codec) Bytes(p *[]byte, limit int) {
	n := uint32(len(*p))
	c.field(&n)
	if !c.loading {
		c.buf = append(c.buf, *p...)
		return
	}
	if uint64(n) > uint64(limit) {
		c.Fail("%d bytes stand where at most %d can", n, limit)
		return
	}
	if b := c.take(int(n)); b != nil && n > 0 {
		*p = append([]byte(nil), b...)
	} else if c.err == nil {
		*p = nil
	}
}

// String saves or loads a text of at most limit bytes.
func (c *Codec) String(p *string, limit int) {
	b := []byte(*p)
	c.Bytes(&b, limit)
	if c.loading && c.err == nil {
		*p = string(b)
	}
}

// Label saves a text that must stand there again when loading, such as the name
// of the device whose fields follow.
func (c *Codec) Label(want string) {
	got := want
	c.String(&got, len(want))
	if c.loading && c.err == nil && got != want {
		c.Fail("%q stands where %q should", got, want)
	}
}

// Len saves n, or loads it and checks it against limit.
func (c *Codec) Len(n, limit int) int {
	v := uint32(n)
	c.field(&v)
	if c.loading && uint64(v) > uint64(limit) {
		c.Fail("there are %d of at most %d", v, limit)
		return 0
	}
	return int(v)
}
