// Package sha2 is SHA-256 and SHA-512 (FIPS 180-4) for the kernel. The standard
// library's packages cannot be in it: with any of them comes the library's random
// number generator, whose state has 32 MiB. A test compares the two.
package sha2

import (
	"encoding/binary"
	"math/bits"
)

const (
	// Size256 and Size512 are the sizes of the sums.
	Size256 = 32
	Size512 = 64
	// Block256 is the size of SHA-256's blocks.
	Block256 = 64
	block512 = 128
)

var be = binary.BigEndian

// Digest256 computes a SHA-256 sum piece by piece; New256 makes one. It may be
// copied to go on in two ways.
type Digest256 struct {
	h    [8]uint32
	rest [Block256]byte
	n    uint64 // bytes so far
}

// New256 returns the sum of nothing yet.
func New256() Digest256 { return Digest256{h: init256} }

// Write adds bytes.
func (d *Digest256) Write(p []byte) {
	used := int(d.n % Block256)
	d.n += uint64(len(p))
	if used > 0 {
		took := copy(d.rest[used:], p)
		p = p[took:]
		if used+took < Block256 {
			return
		}
		d.block(d.rest[:])
	}
	for ; len(p) >= Block256; p = p[Block256:] {
		d.block(p[:Block256])
	}
	copy(d.rest[:], p)
}

// Sum gives the sum of what was written.
func (d Digest256) Sum() (sum [Size256]byte) {
	const lengthSize = 8
	d.Write(padding(d.n, Block256, lengthSize))
	for i, v := range d.h {
		be.PutUint32(sum[4*i:], v)
	}
	return sum
}

// padding fills up the last block: a one bit, zeros, and the length in bits
// (5.1). n is the number of bytes before.
func padding(n uint64, block, lengthSize int) []byte {
	used := int(n % uint64(block))
	size := block - used
	if size < 1+lengthSize {
		size += block
	}
	p := make([]byte, size)
	p[0] = 0x80
	const bitsPerByte = 8
	be.PutUint64(p[size-8:], n*bitsPerByte)
	return p
}

// block is the compression function (6.2.2).
func (d *Digest256) block(p []byte) {
	var w [len(k256)]uint32
	for i := range w {
		if i < 16 {
			w[i] = be.Uint32(p[4*i:])
			continue
		}
		a, b := w[i-15], w[i-2]
		s0 := bits.RotateLeft32(a, -7) ^ bits.RotateLeft32(a, -18) ^ a>>3
		s1 := bits.RotateLeft32(b, -17) ^ bits.RotateLeft32(b, -19) ^ b>>10
		w[i] = s1 + w[i-7] + s0 + w[i-16]
	}
	v := d.h
	for i, wi := range w {
		a, e := v[0], v[4]
		s1 := bits.RotateLeft32(e, -6) ^ bits.RotateLeft32(e, -11) ^ bits.RotateLeft32(e, -25)
		t1 := v[7] + s1 + (e&v[5] ^ ^e&v[6]) + k256[i] + wi
		s0 := bits.RotateLeft32(a, -2) ^ bits.RotateLeft32(a, -13) ^ bits.RotateLeft32(a, -22)
		t2 := s0 + (a&v[1] ^ a&v[2] ^ v[1]&v[2])
		v = [8]uint32{t1 + t2, a, v[1], v[2], v[3] + t1, e, v[5], v[6]}
	}
	for i := range v {
		d.h[i] += v[i]
	}
}

// Sum256 is the SHA-256 sum of its arguments, one after the other.
func Sum256(parts ...[]byte) [Size256]byte {
	d := New256()
	for _, p := range parts {
		d.Write(p)
	}
	return d.Sum()
}

// Sum512 is the SHA-512 sum of its arguments, one after the other.
func Sum512(parts ...[]byte) (sum [Size512]byte) {
	h := init512
	var rest []byte
	n := uint64(0)
	add := func(p []byte) {
		rest = append(rest, p...)
		for ; len(rest) >= block512; rest = rest[block512:] {
			compress512(&h, rest[:block512])
		}
	}
	for _, p := range parts {
		n += uint64(len(p))
		add(p)
	}
	const lengthSize = 16
	add(padding(n, block512, lengthSize))
	for i, v := range h {
		be.PutUint64(sum[8*i:], v)
	}
	return sum
}

// compress512 is the compression function (6.4.2).
func compress512(h *[8]uint64, p []byte) {
	var w [len(k512)]uint64
	for i := range w {
		if i < 16 {
			w[i] = be.Uint64(p[8*i:])
			continue
		}
		a, b := w[i-15], w[i-2]
		s0 := bits.RotateLeft64(a, -1) ^ bits.RotateLeft64(a, -8) ^ a>>7
		s1 := bits.RotateLeft64(b, -19) ^ bits.RotateLeft64(b, -61) ^ b>>6
		w[i] = s1 + w[i-7] + s0 + w[i-16]
	}
	v := *h
	for i, wi := range w {
		a, e := v[0], v[4]
		s1 := bits.RotateLeft64(e, -14) ^ bits.RotateLeft64(e, -18) ^ bits.RotateLeft64(e, -41)
		t1 := v[7] + s1 + (e&v[5] ^ ^e&v[6]) + k512[i] + wi
		s0 := bits.RotateLeft64(a, -28) ^ bits.RotateLeft64(a, -34) ^ bits.RotateLeft64(a, -39)
		t2 := s0 + (a&v[1] ^ a&v[2] ^ v[1]&v[2])
		v = [8]uint64{t1 + t2, a, v[1], v[2], v[3] + t1, e, v[5], v[6]}
	}
	for i := range v {
		h[i] += v[i]
	}
}
