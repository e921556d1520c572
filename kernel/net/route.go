package net

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"rv86/kernel/abi"
)

// route is a way to a network. Those to the networks of the interfaces' own
// addresses are not kept: they are there while the interface is up.
type route struct {
	dst, mask, gateway Addr
	iface              *iface
	metric             int
}

// Flags of routes (include/uapi/linux/route.h).
const (
	routeUp      = 1
	routeGateway = 2
	routeHost    = 4
)

func (r *route) flags() int {
	f := routeUp
	if r.gateway != Any {
		f |= routeGateway
	}
	if r.mask == Broadcast {
		f |= routeHost
	}
	return f
}

// connected is the route to an interface's own network, if it has one.
func (i *iface) connected() (r route, ok bool) {
	if !i.up || i.addr == Any {
		return r, false
	}
	r = route{dst: i.addr.mask(i.mask), mask: i.mask, iface: i}
	if i.peer != Any {
		r.dst, r.mask = i.peer, Broadcast
	}
	return r, i.addr != r.dst || r.mask != Broadcast
}

// way is what a lookup finds.
type way struct {
	iface *iface
	next  Addr // who gets the frame: the destination or a gateway
	src   Addr
	kind  uint8 // PACKET_*: what the destination is
}

// allRoutes are the connected ones and those set by hand. Preconditions: mu is
// held.
func (s *Stack) allRoutes() []route {
	var out []route
	for _, i := range s.ifaces {
		if r, ok := i.connected(); ok && i.link != s.lo {
			out = append(out, r)
		}
	}
	return append(out, s.routes...)
}

// owner gives the interface that has an address; nil if it is not ours.
// Preconditions: mu is held.
func (s *Stack) owner(a Addr) *iface {
	for _, i := range s.ifaces {
		if i.up && i.addr != Any && (i.addr == a || a.loopback() && i.link == s.lo) {
			return i
		}
	}
	return nil
}

// broadcasts says whether an address is the broadcast of an interface's network,
// or everybody's.
func (i *iface) broadcasts(a Addr) bool {
	return a == Broadcast || i.up && i.bcast != Any && a == i.bcast
}

// find looks for the way to an address; index, if not 0, is the interface that it
// must be.
func (s *Stack) find(dst, src Addr, index int) (w way, e abi.Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if dst == Any {
		dst = Localhost
	}
	w.next = dst
	if own := s.owner(dst); own != nil {
		w.iface = s.of(s.lo)
		w.src = dst
	} else if w, e = s.search(dst, index); e != 0 {
		return w, e
	}
	if !w.iface.up {
		return w, abi.ENETDOWN
	}
	if src != Any {
		w.src = src
	}
	return w, 0
}

// search is find for addresses of others.
func (s *Stack) search(dst Addr, index int) (w way, e abi.Errno) {
	w.next = dst
	switch {
	case dst == Broadcast:
		w.kind = abi.PACKET_BROADCAST
	case dst.multicast():
		w.kind = abi.PACKET_MULTICAST
	case dst.reserved():
		return w, abi.EINVAL
	}
	if index != 0 {
		if w.iface = s.at(index); w.iface == nil {
			return w, abi.ENODEV
		}
	}
	best := -1
	for _, r := range s.allRoutes() {
		if index != 0 && r.iface.index != index || !r.iface.up || dst.mask(r.mask) != r.dst {
			continue
		}
		length := bits.OnesCount32(r.mask.Number())
		if length <= best {
			continue
		}
		best = length
		w.iface, w.next = r.iface, dst
		if r.gateway != Any {
			w.next = r.gateway
		}
	}
	if best < 0 && w.iface == nil && w.kind == abi.PACKET_BROADCAST {
		w.iface = s.broadcaster()
	}
	if w.iface == nil {
		return w, abi.ENETUNREACH
	}
	if w.kind == 0 && dst == w.iface.bcast && w.iface.bcast != Any {
		w.kind = abi.PACKET_BROADCAST
	}
	w.src = w.iface.addr
	if w.src == Any {
		w.src = s.anyAddr()
	}
	return w, 0
}

// broadcaster is where a broadcast to everybody goes that names no interface: the
// first that is up and not lo.
func (s *Stack) broadcaster() *iface {
	for _, i := range s.ifaces {
		if i.up && i.link != s.lo {
			return i
		}
	}
	return nil
}

// anyAddr is an address of ours for an interface that has none.
func (s *Stack) anyAddr() Addr {
	for _, i := range s.ifaces {
		if i.up && i.link != s.lo && i.addr != Any {
			return i.addr
		}
	}
	return Any
}

// struct rtentry (include/uapi/linux/route.h): rt_pad1 in a word; rt_dst,
// rt_gateway, rt_genmask; rt_flags in a word; rt_pad3; what differs, in a word;
// rt_metric and rt_dev, a word each; three more words.
const (
	rtDst     = abi.WordSize
	rtGateway = rtDst + abi.SockaddrSize
	rtMask    = rtGateway + abi.SockaddrSize
	rtFlags   = rtMask + abi.SockaddrSize
	rtMetric  = rtFlags + 3*abi.WordSize
	rtDev     = rtMetric + abi.WordSize
	rtSize    = rtDev + 4*abi.WordSize
)

// changeRoute performs SIOCADDRT and SIOCDELRT; rt is a struct rtentry, dev the
// interface it names, if any.
func (s *Stack) changeRoute(add bool, rt []byte, dev string) abi.Errno {
	at := func(off int) (a Addr) {
		copy(a[:], rt[off+4:])
		return a
	}
	flags := int(binary.LittleEndian.Uint16(rt[rtFlags:]))
	r := route{dst: at(rtDst), mask: at(rtMask)}
	if m := int(int16(binary.LittleEndian.Uint16(rt[rtMetric:]))); m > 0 {
		r.metric = m - 1
	}
	if flags&routeHost != 0 {
		r.mask = Broadcast
	}
	if flags&routeGateway != 0 {
		r.gateway = at(rtGateway)
	}
	if !contiguous(r.mask) || r.dst.mask(r.mask) != r.dst {
		return abi.EINVAL
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if dev != "" {
		if r.iface = s.named(dev); r.iface == nil {
			return abi.ENODEV
		}
	}
	if !add {
		return s.deleteRoute(r)
	}
	if r.gateway != Any {
		w, e := s.search(r.gateway, 0)
		if e != 0 || w.next != r.gateway {
			return abi.ENETUNREACH
		}
		if r.iface == nil {
			r.iface = w.iface
		}
	}
	switch {
	case r.iface == nil:
		return abi.ENODEV
	case !r.iface.up:
		return abi.ENETDOWN
	}
	for _, o := range s.routes {
		if o.dst == r.dst && o.mask == r.mask && o.metric == r.metric {
			return abi.EEXIST
		}
	}
	s.routes = append(s.routes, r)
	slices.SortStableFunc(s.routes, func(x, y route) int { return x.metric - y.metric })
	return 0
}

func (s *Stack) deleteRoute(r route) abi.Errno {
	i := slices.IndexFunc(s.routes, func(o route) bool {
		return o.dst == r.dst && o.mask == r.mask && (r.iface == nil || o.iface == r.iface) && (r.gateway == Any || o.gateway == r.gateway)
	})
	if i < 0 {
		return abi.ESRCH
	}
	s.routes = slices.Delete(s.routes, i, i+1)
	return 0
}
