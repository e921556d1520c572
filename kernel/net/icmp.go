package net

import (
	"encoding/binary"
	"slices"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// ICMP (RFC 792): type, code, checksum; for an echo then identifier and number, for
// an error four bytes, the header of what it is about and eight bytes more.
const (
	icmpHeader   = 8
	icmpCode     = 1
	icmpChecksum = 2
	icmpIdent    = 4

	echoReply       = 0
	destUnreachable = 3
	echoRequest     = 8
	timeExceeded    = 11

	hostUnreachable  = 1
	protoUnreachable = 2
	portUnreachable  = 3
	fragNeeded       = 4

	// quoted is how much of a packet an error has at most (RFC 1812 4.3.2.3).
	quoted = 576 - ipHeader - icmpHeader
)

// icmpErrors are what a socket's user learns of destUnreachable, by code
// (net/ipv4/icmp.c, icmp_err_convert).
var icmpErrors = map[uint8]abi.Errno{
	0: abi.ENETUNREACH, hostUnreachable: abi.EHOSTUNREACH, protoUnreachable: abi.ENOPROTOOPT,
	portUnreachable: abi.ECONNREFUSED, fragNeeded: abi.EMSGSIZE,
}

// icmpInput is an ICMP message for us.
func (s *Stack) icmpInput(c *vfs.Caller, r *received) {
	b := r.payload()
	if len(b) < icmpHeader || !r.checked && Checksum(b) != 0 {
		return
	}
	switch b[0] {
	case echoRequest:
		s.echo(c, r)
	case echoReply:
		s.pingInput(r)
	case destUnreachable:
		s.icmpError(b[icmpCode], b[icmpHeader:])
	}
}

// echo answers a request, from the address that it was sent to (RFC 1122 3.2.2.6).
func (s *Stack) echo(c *vfs.Caller, r *received) {
	o := outgoing{dst: r.src(), proto: abi.IPPROTO_ICMP, tos: r.header[1]}
	dst := r.dst()
	if !dst.multicast() && !s.broadcastOf(r.iface, dst) {
		o.src = dst
	} else {
		return // net.ipv4.icmp_echo_ignore_broadcasts is 1
	}
	b := slices.Clone(r.payload())
	b[0] = echoReply
	closeICMP(b)
	o.fill = func(Addr) []byte { return b }
	s.send(c, &o)
}

func (s *Stack) broadcastOf(i *iface, a Addr) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return i.broadcasts(a)
}

func closeICMP(b []byte) {
	binary.BigEndian.PutUint16(b[icmpChecksum:], 0)
	binary.BigEndian.PutUint16(b[icmpChecksum:], Checksum(b))
}

// unreachable tells who sent a packet that nobody takes it. Broadcasts, and errors
// themselves, are not answered (RFC 1122 3.2.2).
func (s *Stack) unreachable(c *vfs.Caller, r *received, code uint8) {
	dst := r.dst()
	if dst.multicast() || s.broadcastOf(r.iface, dst) || r.src() == Any {
		return
	}
	b := make([]byte, icmpHeader, icmpHeader+quoted)
	b[0], b[icmpCode] = destUnreachable, code
	b = append(b, r.header[:min(len(r.header), quoted)]...)
	closeICMP(b)
	s.send(c, &outgoing{dst: r.src(), src: dst, proto: abi.IPPROTO_ICMP, fill: func(Addr) []byte { return b }})
}

// icmpError tells the socket whose packet an error is about.
func (s *Stack) icmpError(code uint8, about []byte) {
	e, ok := icmpErrors[code]
	if !ok || len(about) < ipHeader {
		return
	}
	h := header(about)
	if h.size() < ipHeader || len(h) < h.size()+udpHeader || h.proto() != abi.IPPROTO_UDP {
		return
	}
	u := h[h.size():]
	from := Port{h.src(), binary.BigEndian.Uint16(u)}
	to := Port{h.dst(), binary.BigEndian.Uint16(u[2:])}
	s.mu.Lock()
	k := s.udpSocket(from, to, 0)
	s.mu.Unlock()
	// udp(7): one that is not connected is not told, or it could not tell whom of.
	if k != nil && k.connected() {
		k.fail(e)
	}
}
