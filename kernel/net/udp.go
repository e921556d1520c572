package net

import (
	"encoding/binary"
	"slices"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// UDP's header (RFC 768): two ports, length, checksum.
const (
	udpHeader   = 8
	udpLength   = 4
	udpChecksum = 6
	udpMax      = ipLimit - ipHeader - udpHeader
)

// udpProto are sockets of UDP (udp(7)).
type udpProto struct{}

func (udpProto) bind(c *vfs.Caller, k *Socket, sa []byte) abi.Errno { return k.bindPort(c, sa, true) }

func (udpProto) connect(_ *vfs.Caller, k *Socket, sa []byte) abi.Errno {
	p, e := k.setPeer(sa)
	if e != 0 || p == (Port{}) {
		return e
	}
	return k.autobind()
}

func (udpProto) name(k *Socket) []byte              { return k.inetName() }
func (udpProto) peer(k *Socket) ([]byte, abi.Errno) { return k.inetPeer() }

func (udpProto) send(c *vfs.Caller, k *Socket, data, to []byte) abi.Errno {
	if len(data) > udpMax {
		return abi.EMSGSIZE
	}
	dst, e := k.target(to)
	switch {
	case e != 0:
		return e
	case dst.Port == 0:
		return abi.EINVAL
	}
	if e := k.autobind(); e != 0 {
		return e
	}
	o := k.outgoing(dst.Addr)
	k.s.mu.Lock()
	port := k.local.Port
	k.s.mu.Unlock()
	if dst.Addr == Any {
		dst.Addr = Localhost
	}
	o.fill = func(src Addr) []byte {
		b := make([]byte, udpHeader, udpHeader+len(data))
		binary.BigEndian.PutUint16(b, port)
		binary.BigEndian.PutUint16(b[2:], dst.Port)
		binary.BigEndian.PutUint16(b[udpLength:], uint16(udpHeader+len(data)))
		b = append(b, data...)
		check := fold(sum(pseudo(src, dst.Addr, abi.IPPROTO_UDP, len(b)), b))
		if check == 0 {
			check = ^check // 0 is "none"
		}
		binary.BigEndian.PutUint16(b[udpChecksum:], check)
		return b
	}
	return k.s.send(c, o)
}

// udpInput is a datagram for us.
func (s *Stack) udpInput(c *vfs.Caller, r *received) {
	b := r.payload()
	if len(b) < udpHeader {
		return
	}
	n := int(binary.BigEndian.Uint16(b[udpLength:]))
	if n < udpHeader || n > len(b) {
		return
	}
	b = b[:n]
	if !r.checked && binary.BigEndian.Uint16(b[udpChecksum:]) != 0 &&
		fold(sum(pseudo(r.src(), r.dst(), abi.IPPROTO_UDP, n), b)) != 0 {
		return
	}
	from := Port{r.src(), binary.BigEndian.Uint16(b)}
	to := Port{r.dst(), binary.BigEndian.Uint16(b[2:])}
	m := Message{Data: b[udpHeader:], From: from.sockaddr(), ttl: r.header[ipTTL], dst: to.Addr, ifix: r.iface.index}
	s.mu.Lock()
	many := to.Addr.multicast() || r.iface.broadcasts(to.Addr)
	var takers []*Socket
	if many {
		for _, k := range s.socks {
			if score(k, to, from, r.iface.index) >= 0 {
				takers = append(takers, k)
			}
		}
	} else if k := s.udpSocket(to, from, r.iface.index); k != nil {
		takers = append(takers, k)
	}
	s.mu.Unlock()
	for n, k := range takers {
		if n > 0 {
			m.Data = slices.Clone(m.Data)
		}
		k.put(m)
	}
	if len(takers) == 0 && !many {
		s.unreachable(c, r, portUnreachable)
	}
}

// score says how well a socket fits what came for local from peer; -1 is not at
// all.
func score(k *Socket, local, peer Port, index int) int {
	if _, udp := k.proto.(udpProto); !udp || !k.bound || k.local.Port != local.Port {
		return -1
	}
	n := 0
	if k.local.Addr != Any {
		if k.local.Addr != local.Addr {
			return -1
		}
		n++
	}
	if k.peer != (Port{}) {
		if k.peer != peer {
			return -1
		}
		n++
	}
	if k.index != 0 {
		if index != 0 && k.index != index {
			return -1
		}
		n++
	}
	return n
}

// udpSocket finds the socket that what came for local from peer is for; index 0 is
// any interface. Of equals the last one bound gets it, as on Linux.
// Preconditions: mu is held.
func (s *Stack) udpSocket(local, peer Port, index int) (best *Socket) {
	most := -1
	for _, k := range s.socks {
		if n := score(k, local, peer, index); n >= 0 && n >= most {
			most, best = n, k
		}
	}
	return best
}
