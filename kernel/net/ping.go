package net

import (
	"encoding/binary"
	"slices"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// pingProto are datagram sockets of ICMP (icmp(7), ping_group_range): they send
// echo requests and get the replies to them. The identifier is the socket's port.
type pingProto struct{}

func (pingProto) bind(c *vfs.Caller, k *Socket, sa []byte) abi.Errno { return k.bindPort(c, sa, false) }

func (pingProto) connect(_ *vfs.Caller, k *Socket, sa []byte) abi.Errno {
	p, e := k.setPeer(sa)
	if e != 0 || p == (Port{}) {
		return e
	}
	return k.autobind()
}

func (pingProto) name(k *Socket) []byte              { return k.inetName() }
func (pingProto) peer(k *Socket) ([]byte, abi.Errno) { return k.inetPeer() }

func (pingProto) send(c *vfs.Caller, k *Socket, data, to []byte) abi.Errno {
	switch {
	case len(data) > ipLimit:
		return abi.EMSGSIZE
	case len(data) < icmpHeader, data[0] != echoRequest, data[icmpCode] != 0:
		return abi.EINVAL
	}
	dst, e := k.target(to)
	if e != 0 {
		return e
	}
	if e := k.autobind(); e != 0 {
		return e
	}
	b := slices.Clone(data)
	k.s.mu.Lock()
	binary.BigEndian.PutUint16(b[icmpIdent:], k.local.Port)
	k.s.mu.Unlock()
	closeICMP(b)
	o := k.outgoing(dst.Addr)
	o.fill = func(Addr) []byte { return b }
	return k.s.send(c, o)
}

// pingInput is an echo reply for us.
func (s *Stack) pingInput(r *received) {
	b := r.payload()
	ident := binary.BigEndian.Uint16(b[icmpIdent:])
	s.mu.Lock()
	var taker *Socket
	for _, k := range s.socks {
		if _, ping := k.proto.(pingProto); ping && k.bound && k.local.Port == ident && (k.local.Addr == Any || k.local.Addr == r.dst()) {
			taker = k
		}
	}
	s.mu.Unlock()
	if taker != nil {
		taker.put(Message{Data: b, From: Port{Addr: r.src()}.sockaddr(), ttl: r.header[ipTTL], dst: r.dst(), ifix: r.iface.index})
	}
}
