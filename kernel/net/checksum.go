package net

import "encoding/binary"

// sum adds up 16-bit words, for the Internet checksum (RFC 1071); an odd last byte
// is padded with zero.
func sum(acc uint32, b []byte) uint32 {
	for len(b) >= 2 {
		acc += uint32(binary.BigEndian.Uint16(b))
		b = b[2:]
		acc = acc&0xffff + acc>>16
	}
	if len(b) == 1 {
		acc += uint32(b[0]) << 8
	}
	return acc&0xffff + acc>>16
}

// fold makes the checksum of a sum.
func fold(acc uint32) uint16 {
	acc = acc&0xffff + acc>>16
	acc = acc&0xffff + acc>>16
	return ^uint16(acc)
}

// Checksum is the Internet checksum of bytes; it is 0 for bytes that hold theirs.
func Checksum(b []byte) uint16 { return fold(sum(0, b)) }

// pseudo is the sum of the pseudo header of UDP (RFC 768).
func pseudo(src, dst Addr, proto uint8, n int) uint32 {
	acc := sum(sum(0, src[:]), dst[:])
	return acc + uint32(proto) + uint32(n)
}
