package net

import (
	"slices"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// rawProto are raw sockets (raw(7)): they get each packet of their protocol with
// its header, and send it with or without one.
type rawProto struct{}

func (rawProto) bind(_ *vfs.Caller, k *Socket, sa []byte) abi.Errno {
	p, e := bindAddr(sa)
	if e != 0 {
		return e
	}
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	if e := k.s.localAddr(p.Addr); e != 0 {
		return e
	}
	k.local = Port{Addr: p.Addr, Port: uint16(k.number)}
	return 0
}

func (rawProto) connect(_ *vfs.Caller, k *Socket, sa []byte) abi.Errno {
	_, e := k.setPeer(sa)
	return e
}

func (rawProto) name(k *Socket) []byte              { return k.inetName() }
func (rawProto) peer(k *Socket) ([]byte, abi.Errno) { return k.inetPeer() }

func (rawProto) send(c *vfs.Caller, k *Socket, data, to []byte) abi.Errno {
	if len(data) > ipLimit {
		return abi.EMSGSIZE
	}
	dst, e := k.target(to)
	if e != 0 {
		return e
	}
	o := k.outgoing(dst.Addr)
	if k.option().header {
		return k.sendHeader(c, o, slices.Clone(data))
	}
	o.fill = func(Addr) []byte { return data }
	return k.s.send(c, o)
}

// sendHeader sends a packet whose header the program made, but for what raw(7)
// says is filled in.
func (k *Socket) sendHeader(c *vfs.Caller, o *outgoing, b []byte) abi.Errno {
	if len(b) < ipHeader {
		return abi.EINVAL
	}
	h := header(b)
	if h.size() < ipHeader || h.size() > len(h) {
		return abi.EINVAL
	}
	w, e := k.s.find(o.dst, o.src, o.index)
	switch {
	case e != 0:
		return e
	case w.kind == abi.PACKET_BROADCAST && !o.broadcast:
		return abi.EACCES
	case len(h) > w.iface.link.Info().MTU:
		return abi.EMSGSIZE
	}
	if h.src() == Any {
		copy(h[ipSrc:], w.src[:])
	}
	if h.ident() == 0 {
		id := k.s.identify()
		h[ipIdent], h[ipIdent+1] = byte(id>>8), byte(id)
	}
	h.close(len(h))
	return k.s.output(c, w, h)
}

// rawInput gives a copy of a packet to each raw socket of its protocol, and says
// whether there is one.
func (s *Stack) rawInput(r *received) bool {
	s.mu.Lock()
	var takers []*Socket
	for _, k := range s.socks {
		if _, raw := k.proto.(rawProto); !raw || k.number != int(r.proto()) || k.index != 0 && k.index != r.iface.index {
			continue
		}
		if (k.local.Addr == Any || k.local.Addr == r.dst()) && (k.peer == (Port{}) || k.peer.Addr == r.src()) {
			takers = append(takers, k)
		}
	}
	s.mu.Unlock()
	for _, k := range takers {
		if r.proto() == abi.IPPROTO_ICMP && k.filtered(r.payload()) {
			continue
		}
		k.put(Message{Data: slices.Clone(r.header), From: Port{Addr: r.src()}.sockaddr(), ttl: r.header[ipTTL], dst: r.dst(), ifix: r.iface.index})
	}
	return len(takers) > 0
}

// filtered says whether ICMP_FILTER keeps a message out: a bit for each type.
func (k *Socket) filtered(b []byte) bool {
	const types = 32
	return len(b) > 0 && b[0] < types && k.option().filter>>b[0]&1 != 0
}
