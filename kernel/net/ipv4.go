package net

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// The IP header (RFC 791 3.1), 20 bytes without options:
//
//	 0  version, header length in words      1  type of service
//	 2  total length                         4  identification
//	 6  flags, fragment offset in 8 bytes    8  time to live
//	 9  protocol                            10  checksum
//	12  source                              16  destination
const (
	ipHeader    = 20
	ipTotal     = 2
	ipIdent     = 4
	ipFragment  = 6
	ipTTL       = 8
	ipProto     = 9
	ipChecksum  = 10
	ipSrc       = 12
	ipDst       = 16
	ipVersion4  = 4 << 4
	ipWord      = 4
	ipLimit     = 65535
	dontFrag    = 0x4000
	moreFrags   = 0x2000
	fragMask    = 0x1fff
	fragUnit    = 8
	defaultTTL  = 64
	minimalMTU  = 68 // of a link (ETH_MIN_MTU, RFC 791)
	multicast1  = 1  // time to live of multicast
	lengthMask  = 0xf
	versionMask = 0xf0
)

// header is a view of an IP header, which was checked.
type header []byte

func (h header) size() int      { return int(h[0]&lengthMask) * ipWord }
func (h header) proto() uint8   { return h[ipProto] }
func (h header) src() (a Addr)  { copy(a[:], h[ipSrc:]); return a }
func (h header) dst() (a Addr)  { copy(a[:], h[ipDst:]); return a }
func (h header) ident() uint16  { return binary.BigEndian.Uint16(h[ipIdent:]) }
func (h header) frag() uint16   { return binary.BigEndian.Uint16(h[ipFragment:]) }
func (h header) fragment() bool { return h.frag()&(moreFrags|fragMask) != 0 }

// HeaderSize is the size of the header of an IP packet.
func HeaderSize(b []byte) uint64 { return uint64(header(b).size()) }

// close writes length and checksum.
func (h header) close(total int) {
	binary.BigEndian.PutUint16(h[ipTotal:], uint16(total))
	binary.BigEndian.PutUint16(h[ipChecksum:], 0)
	binary.BigEndian.PutUint16(h[ipChecksum:], Checksum(h[:h.size()]))
}

// checkIP gives the packet without what follows it; false if it is none (RFC 1122
// 3.2.1.1, 3.2.1.2).
func checkIP(b []byte) (header, bool) {
	if len(b) < ipHeader || b[0]&versionMask != ipVersion4 {
		return nil, false
	}
	h := header(b)
	total := int(binary.BigEndian.Uint16(b[ipTotal:]))
	if h.size() < ipHeader || total < h.size() || total > len(b) {
		return nil, false
	}
	if Checksum(b[:h.size()]) != 0 {
		return nil, false
	}
	return h[:total], true
}

// ipInput is an IP packet that came in.
func (s *Stack) ipInput(c *vfs.Caller, i *iface, p *Packet) {
	h, ok := checkIP(p.Data[p.Off:])
	if ok {
		h, ok = s.pass(c, PreRouting, i, nil, h)
	}
	if !ok {
		return
	}
	s.mu.Lock()
	dst, src := h.dst(), h.src()
	local := s.owner(dst) != nil || i.broadcasts(dst) || dst.multicast()
	// What claims to come from ourselves came the wrong way (RFC 1812 5.3.7).
	martian := i.link != s.lo && (s.owner(src) != nil || src.loopback() || dst.loopback()) || src == Broadcast || src.multicast()
	if local && !martian && h.fragment() {
		h, ok = s.reassemble(h)
	}
	s.mu.Unlock()
	if !local || martian || !ok {
		return
	}
	if h, ok = s.pass(c, LocalIn, i, nil, h); ok {
		s.deliver(c, &received{h, i, p.Checked})
	}
}

// received is an IP packet for us.
type received struct {
	header
	iface   *iface
	checked bool
}

func (r *received) payload() []byte { return r.header[r.size():] }

// deliver hands a packet to its sockets and its protocol.
func (s *Stack) deliver(c *vfs.Caller, r *received) {
	raw := s.rawInput(r)
	switch r.proto() {
	case abi.IPPROTO_ICMP:
		s.icmpInput(c, r)
	case abi.IPPROTO_UDP:
		s.udpInput(c, r)
	default:
		if !raw {
			s.unreachable(c, r, protoUnreachable)
		}
	}
}

// outgoing is what a socket sends: IP's part of it.
type outgoing struct {
	dst, src Addr
	proto    uint8
	ttl, tos uint8
	index    int // the interface it must go by, 0 for any
	noFrag   bool
	// broadcast says that the socket may (SO_BROADCAST).
	broadcast bool
	// fill makes the payload, once the source is known.
	fill func(src Addr) []byte
}

// send looks for the way, builds the packet and sends it.
func (s *Stack) send(c *vfs.Caller, o *outgoing) abi.Errno {
	w, e := s.find(o.dst, o.src, o.index)
	if e != 0 {
		return e
	}
	if w.kind == abi.PACKET_BROADCAST && !o.broadcast {
		return abi.EACCES
	}
	body := o.fill(w.src)
	if len(body) > ipLimit-ipHeader {
		return abi.EMSGSIZE
	}
	dst := o.dst
	if dst == Any {
		dst = w.next
	}
	h := make(header, ipHeader, ipHeader+len(body))
	h[0] = ipVersion4 | ipHeader/ipWord
	h[1] = o.tos
	h[ipTTL] = o.ttl
	if o.ttl == 0 {
		h[ipTTL] = defaultTTL
		if w.kind == abi.PACKET_MULTICAST {
			h[ipTTL] = multicast1
		}
	}
	h[ipProto] = o.proto
	copy(h[ipSrc:], w.src[:])
	copy(h[ipDst:], dst[:])
	binary.BigEndian.PutUint16(h[ipIdent:], s.identify())
	if o.noFrag {
		binary.BigEndian.PutUint16(h[ipFragment:], dontFrag)
	}
	h = append(h, body...)
	h.close(len(h))
	return s.output(c, w, h)
}

// output has a finished packet filtered and sends it. One that is dropped there is
// EPERM to who sent it.
func (s *Stack) output(c *vfs.Caller, w way, h header) abi.Errno {
	dst := h.dst()
	h, ok := s.pass(c, LocalOut, nil, w.iface, h)
	if ok && h.dst() != dst {
		// It may have another way now (ip_route_me_harder).
		again, e := s.find(h.dst(), Any, 0)
		if e != 0 {
			return e
		}
		w = again
	}
	if ok {
		h, ok = s.pass(c, PostRouting, nil, w.iface, h)
	}
	if !ok {
		return abi.EPERM
	}
	return s.route(c, w, h)
}

// identify gives the next identification.
func (s *Stack) identify() uint16 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ipID++
	return s.ipID
}

// route sends a finished packet a way, in fragments if need be.
func (s *Stack) route(c *vfs.Caller, w way, h header) abi.Errno {
	mtu := w.iface.link.Info().MTU
	if len(h) <= mtu {
		return s.resolve(c, w, h)
	}
	if h.frag()&dontFrag != 0 || mtu < minimalMTU {
		return abi.EMSGSIZE
	}
	for _, part := range fragments(h, mtu) {
		if e := s.resolve(c, w, part); e != 0 {
			return e
		}
	}
	return 0
}
