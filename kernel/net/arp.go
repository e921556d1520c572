package net

import (
	"bytes"
	"encoding/binary"
	"slices"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// ARP (RFC 826) for IPv4 over Ethernet:
//
//	0 hardware type   2 protocol   4 their sizes   6 operation
//	8 sender's hardware address   14 its address   18 target's   24 its address
const (
	arpSize    = 28
	arpProto   = 2
	arpSizes   = 4
	arpOp      = 6
	arpSender  = 8
	arpSendIP  = arpSender + abi.ETH_ALEN
	arpTarget  = arpSendIP + 4
	arpTargIP  = arpTarget + abi.ETH_ALEN
	arpRequest = 1
	arpReply   = 2
)

// neigh is who has an address on an interface's network. Without its hardware
// address it was asked for; what is for it waits.
type neigh struct {
	iface *iface
	addr  Addr
	hw    []byte
	queue []header
	asked int   // times, since there was an answer
	last  int64 // when, in nanoseconds
}

const (
	// neighsMax bounds the table, waitingMax what waits for one answer.
	neighsMax  = 128
	waitingMax = 64
	// askMax is how often it is asked before who sends is told that nobody is
	// there, askEvery the least time between two questions (mcast_solicit,
	// retrans_time). There is no timer: what is sent asks.
	askMax   = 3
	askEvery = 1_000_000_000
)

// resolve finds the hardware address that a packet goes to and sends it.
func (s *Stack) resolve(c *vfs.Caller, w way, h header) abi.Errno {
	info := w.iface.link.Info()
	f := Frame{Proto: abi.ETH_P_IP, Data: h}
	switch {
	case info.Flags&abi.IFF_LOOPBACK != 0, info.Flags&(abi.IFF_NOARP|abi.IFF_POINTOPOINT) != 0, info.Type != abi.ARPHRD_ETHER:
		// arp_constructor: no question, its own address stands for all.
		f.Dst = info.Addr
	case w.kind == abi.PACKET_BROADCAST:
		f.Dst = info.Broadcast
	case w.kind == abi.PACKET_MULTICAST:
		// RFC 1112 6.4.
		f.Dst = []byte{0x01, 0x00, 0x5e, w.next[1] & 0x7f, w.next[2], w.next[3]}
	default:
		return s.ask(c, w, h, info)
	}
	return s.transmit(c, w.iface, f)
}

// neighbour finds one. Preconditions: mu is held.
func (s *Stack) neighbour(i *iface, a Addr) *neigh {
	for _, n := range s.neighs {
		if n.iface == i && n.addr == a {
			return n
		}
	}
	return nil
}

// ask sends a packet to a neighbour whose hardware address is known, or asks for
// it.
func (s *Stack) ask(c *vfs.Caller, w way, h header, info Info) abi.Errno {
	s.mu.Lock()
	n := s.neighbour(w.iface, w.next)
	if n == nil {
		if len(s.neighs) == neighsMax {
			s.neighs = slices.Delete(s.neighs, 0, 1)
		}
		n = &neigh{iface: w.iface, addr: w.next}
		s.neighs = append(s.neighs, n)
	}
	hw := n.hw
	if hw != nil {
		s.mu.Unlock()
		return s.transmit(c, w.iface, Frame{Proto: abi.ETH_P_IP, Dst: hw, Data: h})
	}
	if len(n.queue) == waitingMax {
		n.queue = slices.Delete(n.queue, 0, 1)
	}
	n.queue = append(n.queue, h)
	now := s.Now()
	if n.asked > 0 && now-n.last < askEvery {
		s.mu.Unlock()
		return 0
	}
	nobody := n.asked == askMax
	n.asked, n.last = n.asked%askMax+1, now
	if nobody {
		n.queue = nil
	}
	src := w.iface.addr
	s.mu.Unlock()
	if src == Any {
		src = h.src()
	}
	e := s.transmit(c, w.iface, Frame{Proto: abi.ETH_P_ARP, Dst: info.Broadcast, Data: arpPacket(arpRequest, info.Addr, src, make([]byte, abi.ETH_ALEN), w.next)})
	if e == 0 && nobody {
		e = abi.EHOSTUNREACH
	}
	return e
}

func arpPacket(op uint16, hw []byte, ip Addr, target []byte, targetIP Addr) []byte {
	b := make([]byte, arpSize)
	binary.BigEndian.PutUint16(b, abi.ARPHRD_ETHER)
	binary.BigEndian.PutUint16(b[arpProto:], abi.ETH_P_IP)
	b[arpSizes], b[arpSizes+1] = abi.ETH_ALEN, byte(len(ip))
	binary.BigEndian.PutUint16(b[arpOp:], op)
	copy(b[arpSender:arpSendIP], hw)
	copy(b[arpSendIP:], ip[:])
	copy(b[arpTarget:arpTargIP], target)
	copy(b[arpTargIP:], targetIP[:])
	return b
}

// arpInput is an ARP packet that came in.
func (s *Stack) arpInput(c *vfs.Caller, i *iface, p *Packet) {
	b := p.Data[p.Off:]
	info := i.link.Info()
	if len(b) < arpSize || info.Flags&(abi.IFF_NOARP|abi.IFF_LOOPBACK) != 0 ||
		!bytes.Equal(b[:arpOp], arpPacket(0, nil, Any, nil, Any)[:arpOp]) {
		return
	}
	op := binary.BigEndian.Uint16(b[arpOp:])
	hw := slices.Clone(b[arpSender:arpSendIP])
	var from, to Addr
	copy(from[:], b[arpSendIP:])
	copy(to[:], b[arpTargIP:])
	s.mu.Lock()
	own := s.owner(from) != nil // an echo of our own question
	mine := s.owner(to) != nil && !to.loopback()
	waiting := s.learn(i, from, hw, mine && op == arpRequest && !own && from != Any)
	s.mu.Unlock()
	for _, h := range waiting {
		s.transmit(c, i, Frame{Proto: abi.ETH_P_IP, Dst: hw, Data: h})
	}
	if mine && !own && op == arpRequest {
		s.transmit(c, i, Frame{Proto: abi.ETH_P_ARP, Dst: hw, Data: arpPacket(arpReply, info.Addr, to, hw, from)})
	}
}

// learn keeps who has an address, if it was asked or fresh says that it will be
// used, and gives what waited. Preconditions: mu is held.
func (s *Stack) learn(i *iface, a Addr, hw []byte, fresh bool) (waiting []header) {
	n := s.neighbour(i, a)
	if n == nil {
		if !fresh || len(s.neighs) == neighsMax {
			return nil
		}
		n = &neigh{iface: i, addr: a}
		s.neighs = append(s.neighs, n)
	}
	waiting, n.queue = n.queue, nil
	n.hw, n.asked = hw, 0
	return waiting
}
