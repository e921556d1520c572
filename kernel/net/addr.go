package net

import (
	"encoding/binary"
	"fmt"

	"rv86/kernel/abi"
)

// Addr is an IPv4 address.
type Addr [4]byte

// The addresses that mean something by themselves.
var (
	Any       Addr
	Broadcast = Addr{255, 255, 255, 255}
	Localhost = Addr{127, 0, 0, 1}
)

// String is the usual notation.
func (a Addr) String() string { return fmt.Sprintf("%d.%d.%d.%d", a[0], a[1], a[2], a[3]) }

func (a Addr) loopback() bool { return a[0] == Localhost[0] }

// multicast: class D (RFC 1122 3.2.1.3).
func (a Addr) multicast() bool { return a[0]>>4 == 0xe }

// reserved: class E, but for the broadcast.
func (a Addr) reserved() bool { return a[0]>>4 == 0xf && a != Broadcast }

func (a Addr) mask(m Addr) Addr {
	for i := range a {
		a[i] &= m[i]
	}
	return a
}

// fill sets the bits that m does not have: a network's broadcast.
func (a Addr) fill(m Addr) Addr {
	for i := range a {
		a[i] |= ^m[i]
	}
	return a
}

// Number is an address as the integer that /proc/net shows: the bytes in the
// machine's order.
func (a Addr) Number() uint32 { return binary.LittleEndian.Uint32(a[:]) }

// classMask is the mask an address has when none is said (RFC 791: classes A, B, C).
func classMask(a Addr) Addr {
	switch {
	case a == Any:
		return Any
	case a[0]>>7 == 0:
		return Addr{255}
	case a[0]>>6 == 0b10:
		return Addr{255, 255}
	case a[0]>>5 == 0b110:
		return Addr{255, 255, 255}
	}
	return Broadcast
}

// contiguous says whether a mask is ones and then zeros.
func contiguous(m Addr) bool {
	n := ^binary.BigEndian.Uint32(m[:])
	return n&(n+1) == 0
}

// Port is an address and a port: struct sockaddr_in.
type Port struct {
	Addr Addr
	Port uint16
}

func (p Port) sockaddr() []byte {
	b := make([]byte, abi.SockaddrSize)
	binary.LittleEndian.PutUint16(b, abi.AF_INET)
	binary.BigEndian.PutUint16(b[2:], p.Port)
	copy(b[4:], p.Addr[:])
	return b
}

// family reads the first member of a struct sockaddr.
func family(sa []byte) (uint16, abi.Errno) {
	if len(sa) < 2 {
		return 0, abi.EINVAL
	}
	return binary.LittleEndian.Uint16(sa), 0
}

// parsePort reads a struct sockaddr_in (ip(7)): AF_UNSPEC passes for it where that
// is an old program's slip.
func parsePort(sa []byte) (p Port, e abi.Errno) {
	if len(sa) < abi.SockaddrSize {
		return p, abi.EINVAL
	}
	if f, _ := family(sa); f != abi.AF_INET {
		return p, abi.EAFNOSUPPORT
	}
	p.Port = binary.BigEndian.Uint16(sa[2:])
	copy(p.Addr[:], sa[4:])
	return p, 0
}
