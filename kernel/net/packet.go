package net

import (
	"encoding/binary"
	"slices"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// packetProto are sockets of AF_PACKET (packet(7)): they see the frames of a
// protocol, or all, with the header or without. proto and dgram do not change but
// by bind. Guarded by the stack's mu.
type packetProto struct{ proto uint16 }

// sockaddrLL makes a struct sockaddr_ll: family, protocol, index, ARPHRD_*, where
// it was going, size of the address, address.
func sockaddrLL(proto uint16, index int, typ uint16, kind uint8, hw []byte) []byte {
	const most = 8
	b := make([]byte, abi.SockaddrLLSize)
	binary.LittleEndian.PutUint16(b, abi.AF_PACKET)
	binary.BigEndian.PutUint16(b[2:], proto)
	binary.LittleEndian.PutUint32(b[4:], uint32(index))
	binary.LittleEndian.PutUint16(b[8:], typ)
	b[10], b[11] = kind, byte(min(len(hw), most))
	copy(b[12:], hw)
	return b
}

// llIndex and llAddr read one.
func llIndex(sa []byte) int { return int(int32(binary.LittleEndian.Uint32(sa[4:]))) }

func llAddr(sa []byte) []byte { return sa[12:min(12+int(sa[11]), len(sa))] }

// llLeast is how much of a struct sockaddr_ll must be there.
const llLeast = 12

func (p *packetProto) bind(_ *vfs.Caller, k *Socket, sa []byte) abi.Errno {
	if len(sa) < abi.SockaddrLLSize {
		return abi.EINVAL
	}
	if f, _ := family(sa); f != abi.AF_PACKET {
		return abi.EINVAL
	}
	index := llIndex(sa)
	if index != 0 {
		l, e := k.s.linkAt(index)
		if e != 0 {
			return e
		}
		if i := l.Info(); !i.up() {
			defer k.fail(abi.ENETDOWN)
		}
	}
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	k.index, k.bound = index, true
	if v := binary.BigEndian.Uint16(sa[2:]); v != 0 {
		p.proto = v
	}
	return 0
}

func (p *packetProto) connect(*vfs.Caller, *Socket, []byte) abi.Errno { return abi.EOPNOTSUPP }

func (p *packetProto) name(k *Socket) []byte {
	k.s.mu.Lock()
	proto, index := p.proto, k.index
	k.s.mu.Unlock()
	l, e := k.s.linkAt(index)
	if e != 0 {
		return sockaddrLL(proto, index, 0, 0, nil)
	}
	i := l.Info()
	return sockaddrLL(proto, index, i.Type, 0, i.Addr)
}

func (p *packetProto) peer(*Socket) ([]byte, abi.Errno) { return nil, abi.EOPNOTSUPP }

func (p *packetProto) send(c *vfs.Caller, k *Socket, data, to []byte) abi.Errno {
	k.s.mu.Lock()
	index, proto := k.index, p.proto
	k.s.mu.Unlock()
	f := Frame{Data: data, Whole: k.typ == abi.SOCK_RAW}
	if to != nil {
		if len(to) < llLeast {
			return abi.EINVAL
		}
		if v, _ := family(to); v != abi.AF_PACKET {
			return abi.EINVAL
		}
		index, proto, f.Dst = llIndex(to), binary.BigEndian.Uint16(to[2:]), llAddr(to)
	}
	f.Proto = proto
	k.s.mu.Lock()
	i := k.s.at(index)
	k.s.mu.Unlock()
	if i == nil {
		return abi.ENXIO
	}
	info := i.link.Info()
	limit := info.MTU
	if f.Whole {
		limit += info.HeaderLen
	}
	switch {
	case !info.up():
		return abi.ENETDOWN
	case len(data) > limit:
		return abi.EMSGSIZE
	case f.Whole && len(data) < info.HeaderLen:
		return abi.EINVAL
	case !f.Whole && f.Dst != nil && len(f.Dst) < len(info.Addr):
		return abi.EINVAL
	}
	return k.s.transmit(c, i, f)
}

// tap shows a packet that came in to those who look at them.
func (s *Stack) tap(i *iface, p *Packet) {
	for _, k := range s.tappers(i, p.Proto, false) {
		k.show(i, p.Proto, p.Kind, p.Data, p.Off)
	}
}

// tapOut shows one that goes out; only those who look at all protocols see it.
func (s *Stack) tapOut(i *iface, f *Frame) {
	list := s.tappers(i, f.Proto, true)
	if len(list) == 0 {
		return
	}
	info := i.link.Info()
	data, proto := f.Data, f.Proto
	switch {
	case f.Whole && info.HeaderLen == abi.ETH_HLEN && len(data) >= abi.ETH_HLEN:
		proto = binary.BigEndian.Uint16(data[2*abi.ETH_ALEN:])
	case !f.Whole:
		data = make([]byte, info.HeaderLen, info.HeaderLen+len(f.Data))
		if info.HeaderLen == abi.ETH_HLEN {
			copy(data, f.Dst)
			copy(data[abi.ETH_ALEN:], info.Addr)
			binary.BigEndian.PutUint16(data[2*abi.ETH_ALEN:], proto)
		}
		data = append(data, f.Data...)
	}
	for _, k := range list {
		k.show(i, proto, abi.PACKET_OUTGOING, data, min(info.HeaderLen, len(data)))
	}
}

func (s *Stack) tappers(i *iface, proto uint16, out bool) (list []*Socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.socks {
		p, ok := k.proto.(*packetProto)
		if ok && (k.index == 0 || k.index == i.index) && (p.proto == abi.ETH_P_ALL || p.proto == proto && !out && proto != 0) {
			list = append(list, k)
		}
	}
	return list
}

// show gives a frame to a socket of AF_PACKET.
func (k *Socket) show(i *iface, proto uint16, kind uint8, data []byte, off int) {
	info := i.link.Info()
	var hw []byte
	if info.HeaderLen == abi.ETH_HLEN && off >= abi.ETH_HLEN {
		hw = data[off-abi.ETH_HLEN+abi.ETH_ALEN : off-abi.ETH_HLEN+2*abi.ETH_ALEN]
	}
	if k.typ == abi.SOCK_DGRAM {
		data = data[off:]
	}
	k.put(Message{Data: slices.Clone(data), From: sockaddrLL(proto, i.index, info.Type, kind, hw)})
}
