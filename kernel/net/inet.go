package net

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// What the sockets of AF_INET have in common.

// localAddr checks an address that a socket is to have. Preconditions: mu is held.
func (s *Stack) localAddr(a Addr) abi.Errno {
	if a == Any || a == Broadcast || a.multicast() || s.owner(a) != nil {
		return 0
	}
	for _, i := range s.ifaces {
		if i.broadcasts(a) {
			return 0
		}
	}
	return abi.EADDRNOTAVAIL
}

// bindAddr is bind(2) without the port's part (inet_bind).
func bindAddr(sa []byte) (Port, abi.Errno) {
	p, e := parsePort(sa)
	if e == abi.EAFNOSUPPORT && p == (Port{}) {
		// AF_UNSPEC with no address was always taken for AF_INET.
		if f, _ := family(sa); f == abi.AF_UNSPEC {
			binary.LittleEndian.PutUint16(sa, abi.AF_INET)
			if q, _ := parsePort(sa); q.Addr == Any {
				return q, 0
			}
		}
	}
	return p, e
}

// setPeer connects a socket; AF_UNSPEC takes the peer away (connect(2)).
func (k *Socket) setPeer(sa []byte) (Port, abi.Errno) {
	f, e := family(sa)
	if e != 0 {
		return Port{}, e
	}
	if f == abi.AF_UNSPEC {
		k.s.mu.Lock()
		k.peer = Port{}
		k.s.mu.Unlock()
		return Port{}, 0
	}
	p, e := parsePort(sa)
	if e != 0 {
		return p, e
	}
	k.s.mu.Lock()
	src, index := k.local.Addr, k.index
	k.s.mu.Unlock()
	w, e := k.s.find(p.Addr, src, index)
	if e != 0 {
		return p, e
	}
	if w.kind == abi.PACKET_BROADCAST && !k.option().broadcast {
		return p, abi.EACCES
	}
	if p.Addr == Any {
		p.Addr = w.next
	}
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	k.peer = p
	if k.local.Addr == Any {
		k.local.Addr = w.src
	}
	return p, 0
}

func (k *Socket) inetName() []byte {
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	return k.local.sockaddr()
}

func (k *Socket) inetPeer() ([]byte, abi.Errno) {
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	if k.peer == (Port{}) {
		return nil, abi.ENOTCONN
	}
	return k.peer.sockaddr(), 0
}

// target is who a message goes to: an address that was given, or the peer.
func (k *Socket) target(to []byte) (Port, abi.Errno) {
	if to != nil {
		return parsePort(to)
	}
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	if k.peer == (Port{}) {
		return Port{}, abi.EDESTADDRREQ
	}
	return k.peer, 0
}

// outgoing starts a packet of a socket's.
func (k *Socket) outgoing(dst Addr) *outgoing {
	o := k.option()
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	out := &outgoing{
		dst: dst, src: k.local.Addr, proto: uint8(k.number), ttl: o.ttl, tos: o.tos, index: k.index,
		noFrag: o.noFrag, broadcast: o.broadcast,
	}
	if dst.multicast() {
		out.ttl = o.mcastTTL
	}
	if out.src == Broadcast || out.src.multicast() {
		out.src = Any
	}
	return out
}

// number gives a socket a port of its own, or the one it wants; taken says who
// has it. Preconditions: mu is held.
func (s *Stack) number(k *Socket, want Port) abi.Errno {
	if want.Port != 0 {
		if s.taken(k, want) {
			return abi.EADDRINUSE
		}
	} else {
		tries := lastPort - firstPort + 1
		for {
			if s.port++; s.port > lastPort || s.port < firstPort {
				s.port = firstPort
			}
			want.Port = s.port
			if !s.taken(k, want) {
				break
			}
			if tries--; tries == 0 {
				return abi.EADDRINUSE
			}
		}
	}
	k.local, k.bound = want, true
	return 0
}

// taken says whether another socket of the kind has the port, and does not share
// it (socket(7), SO_REUSEADDR).
func (s *Stack) taken(k *Socket, p Port) bool {
	mine := k.option()
	for _, o := range s.socks {
		if o == k || o.proto != k.proto || !o.bound || o.local.Port != p.Port || o.index != 0 && k.index != 0 && o.index != k.index {
			continue
		}
		if o.local.Addr != p.Addr && o.local.Addr != Any && p.Addr != Any {
			continue
		}
		if theirs := o.option(); mine.reuse && theirs.reuse || mine.reusePort && theirs.reusePort {
			continue
		}
		return true
	}
	return false
}

// autobind gives a socket a port when it first needs one.
func (k *Socket) autobind() abi.Errno {
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	if k.bound {
		return 0
	}
	if e := k.s.number(k, Port{Addr: k.local.Addr}); e != 0 {
		return abi.EAGAIN
	}
	return 0
}

// bindPort is bind(2) of a socket with ports.
func (k *Socket) bindPort(c *vfs.Caller, sa []byte, privileged bool) abi.Errno {
	p, e := bindAddr(sa)
	if e != 0 {
		return e
	}
	const unprivileged = 1024 // ip_unprivileged_port_start
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	if e := k.s.localAddr(p.Addr); e != 0 {
		return e
	}
	switch {
	case privileged && p.Port != 0 && p.Port < unprivileged && c.Cred.UID != 0:
		return abi.EACCES
	case k.bound:
		return abi.EINVAL
	}
	return k.s.number(k, p)
}
