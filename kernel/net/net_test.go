package net

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// lab is a network whose softirqs run when the test says.
type lab struct {
	*Stack
	t     *testing.T
	ready []func(c *vfs.Caller)
	now   int64
}

func newLab(t *testing.T) *lab {
	l := &lab{t: t}
	l.Stack = New(Config{Raise: func(f func(c *vfs.Caller)) { l.ready = append(l.ready, f) }, Now: func() int64 { return l.now }, BottomHalf: func(*vfs.Caller, func(*vfs.Caller)) {}})
	return l
}

// run runs softirqs until none is ready.
func (l *lab) run() {
	for len(l.ready) > 0 {
		f := l.ready[0]
		l.ready = l.ready[1:]
		f(nil)
	}
}

var (
	rootUser = &vfs.Caller{}
	somebody = &vfs.Caller{Cred: vfs.Cred{UID: 1000}}
)

func (l *lab) open(family, typ, proto int) *Socket {
	l.t.Helper()
	k, e := l.Open(rootUser, family, typ, proto)
	if e != 0 {
		l.t.Fatal(e)
	}
	return k
}

func (l *lab) udp(p Port) *Socket {
	l.t.Helper()
	k := l.open(abi.AF_INET, abi.SOCK_DGRAM, 0)
	if e := k.Bind(rootUser, p.sockaddr()); e != 0 {
		l.t.Fatal(e)
	}
	return k
}

func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestUDP(t *testing.T) {
	l := newLab(t)
	a, b := l.udp(Port{Localhost, 5000}), l.open(abi.AF_INET, abi.SOCK_DGRAM, abi.IPPROTO_UDP)
	_, e := b.Send(rootUser, []byte("hello"), nil)
	want(t, "send to nobody", e, abi.EDESTADDRREQ)
	_, e = b.Send(rootUser, []byte("hello"), Port{Localhost, 5000}.sockaddr())
	want(t, "send", e, 0)
	_, e = a.Recv(100, 0)
	want(t, "before the softirq", e, abi.EAGAIN)
	l.run()
	want(t, "poll", a.Poll(), wait.Readable|wait.Writable)
	want(t, "FIONREAD", a.Pending(), 5)
	m, _ := a.Recv(3, abi.MSG_PEEK)
	want(t, "peeked", string(m.Data), "hel")
	want(t, "its size", m.Full, 5)
	m, e = a.Recv(100, 0)
	want(t, "received", string(m.Data), "hello")
	want(t, "received", e, 0)
	name, _ := b.Name()
	if !bytes.Equal(m.From, Port{Localhost, firstPort}.sockaddr()) {
		t.Errorf("from %v, the sender is %v", m.From, name)
	}
	a.Send(rootUser, nil, m.From)
	l.run()
	m, e = b.Recv(100, 0)
	want(t, "an empty datagram", len(m.Data)+int(e), 0)
	_, e = b.Recv(100, 0)
	want(t, "nothing more", e, abi.EAGAIN)
}

func TestUDPErrors(t *testing.T) {
	l := newLab(t)
	k := l.udp(Port{Any, 7})
	other := l.open(abi.AF_INET, abi.SOCK_DGRAM, 0)
	want(t, "a port that is taken", other.Bind(rootUser, Port{Localhost, 7}.sockaddr()), abi.EADDRINUSE)
	want(t, "an address of others", other.Bind(rootUser, Port{Addr{1, 2, 3, 4}, 8}.sockaddr()), abi.EADDRNOTAVAIL)
	want(t, "a privileged port", other.Bind(somebody, Port{Any, 8}.sockaddr()), abi.EACCES)
	want(t, "a short address", other.Bind(rootUser, make([]byte, 3)), abi.EINVAL)
	want(t, "a second bind", k.Bind(rootUser, Port{Any, 9}.sockaddr()), abi.EINVAL)
	want(t, "connect out", k.Connect(rootUser, Port{Addr{1, 2, 3, 4}, 9}.sockaddr()), abi.ENETUNREACH)
	_, e := k.Send(rootUser, make([]byte, udpMax+1), Port{Localhost, 9}.sockaddr())
	want(t, "too long", e, abi.EMSGSIZE)
	_, e = k.Send(rootUser, nil, Port{Localhost, 0}.sockaddr())
	want(t, "port 0", e, abi.EINVAL)
	_, e = k.Peer()
	want(t, "no peer", e, abi.ENOTCONN)
	want(t, "shutdown without peer", k.Shutdown(vfs.ShutBoth), abi.ENOTCONN)

	// Nobody is there: only a connected socket is told.
	k.Send(rootUser, nil, Port{Localhost, 99}.sockaddr())
	l.run()
	_, e = k.Recv(1, 0)
	want(t, "not connected", e, abi.EAGAIN)
	want(t, "connect", k.Connect(rootUser, Port{Localhost, 99}.sockaddr()), 0)
	k.Send(rootUser, nil, nil)
	l.run()
	want(t, "poll of an error", k.Poll()&wait.POLLERR, wait.POLLERR)
	_, e = k.Recv(1, 0)
	want(t, "connected", e, abi.ECONNREFUSED)
	_, e = k.Recv(1, 0)
	want(t, "told once", e, abi.EAGAIN)
	want(t, "shutdown", k.Shutdown(vfs.ShutWrite), 0)
	_, e = k.Send(rootUser, nil, nil)
	want(t, "after shutdown", e, abi.EPIPE)
	_, e = l.Open(somebody, abi.AF_INET, abi.SOCK_RAW, abi.IPPROTO_ICMP)
	want(t, "raw for everybody", e, abi.EPERM)
	_, e = l.Open(rootUser, abi.AF_INET, abi.SOCK_STREAM, 0)
	want(t, "TCP", e, abi.EPROTONOSUPPORT)
}

// echoOf makes a request of size bytes with an identifier.
func echoOf(ident uint16, size int) []byte {
	b := make([]byte, icmpHeader+size)
	b[0] = echoRequest
	binary.BigEndian.PutUint16(b[icmpIdent:], ident)
	for i := range size {
		b[icmpHeader+i] = byte(i)
	}
	closeICMP(b)
	return b
}

func TestPing(t *testing.T) {
	l := newLab(t)
	dgram, raw := l.open(abi.AF_INET, abi.SOCK_DGRAM, abi.IPPROTO_ICMP), l.open(abi.AF_INET, abi.SOCK_RAW, abi.IPPROTO_ICMP)
	to := Port{Addr: Addr{127, 1, 2, 3}}.sockaddr()
	_, e := dgram.Send(somebody, echoOf(1, 56), to)
	want(t, "send", e, 0)
	l.run()
	m, e := dgram.Recv(1000, 0)
	want(t, "reply", e, 0)
	want(t, "its size and type", len(m.Data)<<8|int(m.Data[0]), (icmpHeader+56)<<8|echoReply)
	m, _ = raw.Recv(1000, 0)
	want(t, "raw sees the request", m.Data[ipHeader], echoRequest)
	m, _ = raw.Recv(1000, 0)
	want(t, "and the reply with its header", m.Data[ipTTL], defaultTTL)
	if !bytes.Equal(m.From, Port{Addr: Addr{127, 1, 2, 3}}.sockaddr()) {
		t.Errorf("from %v", m.From)
	}
	var filter [4]byte
	binary.LittleEndian.PutUint32(filter[:], 1<<echoReply)
	want(t, "filter", raw.SetOption(rootUser, abi.SOL_RAW, abi.ICMP_FILTER, filter[:]), 0)
	raw.Send(rootUser, echoOf(9, 0), to)
	l.run()
	m, _ = raw.Recv(1000, 0)
	want(t, "the request again", m.Data[ipHeader], echoRequest)
	_, e = raw.Recv(1000, 0)
	want(t, "the reply is filtered", e, abi.EAGAIN)
	_, e = dgram.Send(somebody, []byte{echoReply, 0, 0, 0, 0, 0, 0, 0}, to)
	want(t, "only requests", e, abi.EINVAL)
}

// wire is an Ethernet link to another one. dev is IPv4's view of it.
type wire struct {
	*loopback
	far  *wire
	sent [][]byte
}

// join makes two networks with a link between them: 10.0.0.1 and 10.0.0.2.
func join(t *testing.T) (x, y *lab, a, b *wire) {
	x, y = newLab(t), newLab(t)
	a, b = &wire{}, &wire{}
	a.far, b.far = b, a
	for i, w := range []*wire{a, b} {
		l := []*lab{x, y}[i]
		w.loopback = newLoopback(l.Stack)
		w.info = Info{
			Name: "w0", Flags: abi.IFF_BROADCAST | abi.IFF_MULTICAST | carrier, MTU: 1500, Type: abi.ARPHRD_ETHER,
			Addr: []byte{2, 0, 0, 0, 0, byte(i + 1)}, Broadcast: bytes.Repeat([]byte{0xff}, 6), HeaderLen: abi.ETH_HLEN,
		}
		var e abi.Errno
		if w.info.Index, e = l.Register(w, "w0"); e != 0 {
			t.Fatal(e)
		}
		l.Opened(w, true)
		v := l.ifaces[1]
		v.addr, v.mask, v.bcast = Addr{10, 0, 0, byte(i + 1)}, Addr{255, 255, 255, 0}, Addr{10, 0, 0, 255}
	}
	return x, y, a, b
}

func (w *wire) Send(_ *vfs.Caller, f Frame) abi.Errno {
	data := f.Data
	if !f.Whole {
		data = append(append(append([]byte{}, f.Dst...), w.info.Addr...), byte(f.Proto>>8), byte(f.Proto))
		data = append(data, f.Data...)
	}
	w.sent = append(w.sent, data)
	kind := uint8(abi.PACKET_HOST)
	if data[0] == 0xff {
		kind = abi.PACKET_BROADCAST
	}
	w.far.s.Receive(Packet{
		Link: w.far, Proto: binary.BigEndian.Uint16(data[12:]), Kind: kind, Data: bytes.Clone(data), Off: abi.ETH_HLEN,
	})
	return 0
}

// both runs two networks until both are quiet.
func both(x, y *lab) {
	for len(x.ready)+len(y.ready) > 0 {
		x.run()
		y.run()
	}
}

func TestARPAndFragments(t *testing.T) {
	x, y, a, b := join(t)
	k := x.open(abi.AF_INET, abi.SOCK_DGRAM, abi.IPPROTO_ICMP)
	tap := y.open(abi.AF_PACKET, abi.SOCK_RAW, int(swap16(abi.ETH_P_ALL)))
	const size = 4000
	_, e := k.Send(rootUser, echoOf(0, size), Port{Addr: Addr{10, 0, 0, 2}}.sockaddr())
	want(t, "send", e, 0)
	both(x, y)
	m, e := k.Recv(10000, 0)
	want(t, "reply", e, 0)
	want(t, "whole", len(m.Data), icmpHeader+size)
	for i, v := range m.Data[icmpHeader:] {
		if v != byte(i) {
			t.Fatalf("byte %d is %d", i, v)
		}
	}
	want(t, "a question and three fragments out", len(a.sent), 4)
	want(t, "an answer and three fragments back", len(b.sent), 4)
	want(t, "what x learned", strings.Contains(x.arpText(), "0x2         02:00:00:00:00:02     *        w0\n"), true)
	m, e = tap.Recv(10000, 0)
	want(t, "the tap", e, 0)
	want(t, "saw the question", binary.BigEndian.Uint16(m.Data[12:]), abi.ETH_P_ARP)
	want(t, "as a broadcast", m.From[10], abi.PACKET_BROADCAST)

	y.Opened(b, false)
	both(x, y)
	k.Send(rootUser, echoOf(0, 0), Port{Addr: Addr{10, 0, 0, 2}}.sockaddr())
	both(x, y)
	_, e = k.Recv(100, 0)
	want(t, "a closed interface does not answer", e, abi.EAGAIN)

	// Nobody answers: in the end the sender is told.
	for range askMax {
		x.now += askEvery
		_, e = k.Send(rootUser, echoOf(0, 0), Port{Addr: Addr{10, 0, 0, 77}}.sockaddr())
		want(t, "asking", e, 0)
	}
	x.now += askEvery
	_, e = k.Send(rootUser, echoOf(0, 0), Port{Addr: Addr{10, 0, 0, 77}}.sockaddr())
	want(t, "nobody there", e, abi.EHOSTUNREACH)
}

func TestBroadcast(t *testing.T) {
	x, y, _, _ := join(t)
	k, far := x.udp(Port{Any, 67}), y.udp(Port{Any, 68})
	to := Port{Addr{10, 0, 0, 255}, 68}.sockaddr()
	_, e := k.Send(rootUser, []byte("all"), to)
	want(t, "without leave", e, abi.EACCES)
	want(t, "SO_BROADCAST", k.SetOption(rootUser, abi.SOL_SOCKET, abi.SO_BROADCAST, []byte{1, 0, 0, 0}), 0)
	for _, a := range []Addr{{10, 0, 0, 255}, Broadcast} {
		_, e = k.Send(rootUser, []byte("all"), Port{a, 68}.sockaddr())
		want(t, "with leave", e, 0)
		both(x, y)
		m, e := far.Recv(10, 0)
		want(t, a.String(), string(m.Data), "all")
		want(t, a.String(), e, 0)
	}
}

func TestRoutes(t *testing.T) {
	x, _, a, _ := join(t)
	rt := func(dst, mask, gw Addr, flags uint16) []byte {
		b := make([]byte, rtSize)
		copy(b[rtDst:], Port{Addr: dst}.sockaddr())
		copy(b[rtMask:], Port{Addr: mask}.sockaddr())
		copy(b[rtGateway:], Port{Addr: gw}.sockaddr())
		binary.LittleEndian.PutUint16(b[rtFlags:], flags)
		return b
	}
	gw := rt(Any, Any, Addr{10, 0, 0, 9}, routeUp|routeGateway)
	want(t, "default", x.changeRoute(true, gw, ""), 0)
	want(t, "twice", x.changeRoute(true, gw, ""), abi.EEXIST)
	want(t, "a gateway that is not near", x.changeRoute(true, rt(Addr{11}, Addr{255}, Addr{12, 0, 0, 1}, routeUp|routeGateway), ""), abi.ENETUNREACH)
	want(t, "a mask with a hole", x.changeRoute(true, rt(Addr{11}, Addr{255, 0, 255}, Any, routeUp), "w0"), abi.EINVAL)
	want(t, "bits behind the mask", x.changeRoute(true, rt(Addr{11, 1}, Addr{255}, Any, routeUp), "w0"), abi.EINVAL)
	want(t, "no such interface", x.changeRoute(true, rt(Addr{11}, Addr{255}, Any, routeUp), "w1"), abi.ENODEV)
	w, e := x.find(Addr{8, 8, 8, 8}, Any, 0)
	want(t, "out", e, 0)
	want(t, "by the gateway", w.next, Addr{10, 0, 0, 9})
	w, _ = x.find(Addr{10, 0, 0, 7}, Any, 0)
	want(t, "near", w.next, Addr{10, 0, 0, 7})
	want(t, "with its address", w.src, Addr{10, 0, 0, 1})
	w, _ = x.find(Addr{10, 0, 0, 1}, Any, 0)
	want(t, "ourselves", w.iface.link, Link(x.lo))
	want(t, "delete", x.changeRoute(false, gw, ""), 0)
	want(t, "gone", x.changeRoute(false, gw, ""), abi.ESRCH)
	x.changeRoute(true, gw, "")
	x.Opened(a, false)
	_, e = x.find(Addr{8, 8, 8, 8}, Any, 0)
	want(t, "routes go with the interface", e, abi.ENETUNREACH)
}

func TestUnregister(t *testing.T) {
	x, _, a, _ := join(t)
	k := x.open(abi.AF_PACKET, abi.SOCK_DGRAM, 0)
	want(t, "bind", k.Bind(rootUser, sockaddrLL(abi.ETH_P_IP, a.info.Index, 0, 0, nil)), 0)
	x.Receive(Packet{Link: a, Proto: abi.ETH_P_IP, Data: make([]byte, 20)})
	x.Unregister(a)
	_, e := k.Recv(10, 0)
	want(t, "its interface went", e, abi.ENETDOWN)
	_, e = k.Send(rootUser, []byte("x"), nil)
	want(t, "send", e, abi.ENXIO)
	x.run()
	want(t, "interfaces left", len(x.Links()), 1)
}

func TestOverlap(t *testing.T) {
	x, _, _, _ := join(t)
	part := func(off, size int, more bool) header {
		h := make(header, ipHeader+size)
		h[0], h[ipTTL], h[ipProto] = ipVersion4|ipHeader/ipWord, 1, 77
		f := uint16(off / fragUnit)
		if more {
			f |= moreFrags
		}
		binary.BigEndian.PutUint16(h[ipFragment:], f)
		h.close(len(h))
		return h
	}
	for _, parts := range [][]header{
		{part(0, 16, true), part(8, 16, false)},
		{part(8, 16, false), part(0, 16, true)},
		{part(0, 16, true), part(0, 16, true)},
		{part(0, 9, true)},
		{part(65528, 64, false)},
		{part(8, 0, false)},
	} {
		for _, h := range parts {
			if _, ok := x.reassemble(h); ok {
				t.Errorf("%v made a packet", parts)
			}
		}
		want(t, "what waits", len(x.parts), 0)
	}
	for i := range 2 * assembliesMax {
		h := part(0, 8, true)
		binary.BigEndian.PutUint16(h[ipIdent:], uint16(i))
		x.reassemble(h)
	}
	want(t, "bounded", len(x.parts), assembliesMax)
}

// TestNoise feeds packets that were spoilt at random to a network that has a socket
// of each kind: nothing may panic, and all must still work.
func TestNoise(t *testing.T) {
	x, y, a, _ := join(t)
	k := x.open(abi.AF_INET, abi.SOCK_DGRAM, abi.IPPROTO_ICMP)
	y.udp(Port{Any, 5000})
	y.open(abi.AF_INET, abi.SOCK_RAW, abi.IPPROTO_UDP)
	y.open(abi.AF_PACKET, abi.SOCK_DGRAM, int(swap16(abi.ETH_P_ALL)))
	u := x.udp(Port{Any, 0})
	u.Send(rootUser, make([]byte, 3000), Port{Addr{10, 0, 0, 2}, 5000}.sockaddr())
	k.Send(rootUser, echoOf(0, 100), Port{Addr: Addr{10, 0, 0, 2}}.sockaddr())
	both(x, y)
	good := a.sent
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		p := bytes.Clone(good[r.IntN(len(good))])
		for range 1 + r.IntN(3) {
			p[r.IntN(min(len(p), 60))] = byte(r.Uint32())
		}
		p = p[:r.IntN(len(p)+1)]
		if r.IntN(2) == 0 && len(p) >= abi.ETH_HLEN+ipHeader && p[abi.ETH_HLEN]&lengthMask >= 5 {
			if h := header(p[abi.ETH_HLEN:]); h.size() <= len(h) { // a good sum lets it go deeper
				h.close(len(h))
			}
		}
		off := min(abi.ETH_HLEN, len(p))
		proto := uint16(abi.ETH_P_IP)
		if len(p) >= abi.ETH_HLEN {
			proto = binary.BigEndian.Uint16(p[12:])
		}
		y.Receive(Packet{Link: a.far, Proto: proto, Kind: uint8(r.IntN(4)), Data: p, Off: off, Checked: r.IntN(2) == 0})
		both(x, y)
	}
	x.neighs, y.neighs = nil, nil // noise may have been believed
	for range 100 {
		if _, e := k.Recv(1000, 0); e == abi.EAGAIN {
			break
		}
	}
	k.Send(rootUser, echoOf(0, 100), Port{Addr: Addr{10, 0, 0, 2}}.sockaddr())
	both(x, y)
	if _, e := k.Recv(1000, 0); e != 0 {
		t.Errorf("after the noise: %v", e)
	}
}
