package net

import (
	"slices"
	"sync"
	"sync/atomic"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// Config is what a Stack needs of the kernel.
type Config struct {
	// NS has /proc/net.
	NS *vfs.Namespace
	// Raise has a softirq run f, soon and once.
	Raise func(f func(c *vfs.Caller))
	// BottomHalf runs f with softirqs off, for the caller that it gives f.
	BottomHalf func(c *vfs.Caller, f func(c *vfs.Caller))
	// Now is the time since boot in nanoseconds.
	Now func() int64
}

// Stack is the network.
type Stack struct {
	Config
	lo *loopback

	mu     sync.Mutex
	ifaces []*iface // by index
	last   int      // the index given out last
	routes []route  // set by hand, in the order of setting
	neighs []*neigh // in the order of making
	socks  []*Socket
	ipID   uint16
	port   uint16 // the port given out last
	parts  []*assembly

	backlog backlog
	filter  atomic.Pointer[Filter]
	packets atomic.Pointer[func(c *vfs.Caller, p *Packet)]
}

// iface is a link with what IPv4 knows of it. Guarded by the stack's mu.
type iface struct {
	link  Link
	index int
	name  string
	up    bool

	addr, mask, bcast, peer Addr // addr is Any if it has none
}

// firstPort is where ephemeral ports begin, lastPort where they end
// (ip_local_port_range).
const (
	firstPort = 32768
	lastPort  = 60999
)

// New makes a network that has lo.
func New(c Config) *Stack {
	s := &Stack{Config: c, port: lastPort}
	s.lo = newLoopback(s)
	const mask = 255
	s.lo.info.Index, _ = s.Register(s.lo, s.lo.info.Name)
	i := s.ifaces[0]
	i.up, i.addr, i.mask = true, Localhost, Addr{mask}
	s.show()
	return s
}

// Register adds a link under a name and gives its index; EEXIST if the name is
// taken.
func (s *Stack) Register(l Link, name string) (int, abi.Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.named(name) != nil {
		return 0, abi.EEXIST
	}
	s.last++
	s.ifaces = append(s.ifaces, &iface{link: l, index: s.last, name: name})
	return s.last, 0
}

// Unregister takes a link away, with all that came from it or leads to it.
func (s *Stack) Unregister(l Link) {
	s.mu.Lock()
	i := s.of(l)
	if i == nil {
		s.mu.Unlock()
		return
	}
	s.ifaces = slices.DeleteFunc(s.ifaces, func(o *iface) bool { return o == i })
	s.forget(i)
	socks := slices.Clone(s.socks)
	s.mu.Unlock()
	s.backlog.purge(l)
	for _, k := range socks {
		k.linkGone(i.index)
	}
}

// forget drops the routes and neighbours of an interface. Preconditions: mu is
// held.
func (s *Stack) forget(i *iface) {
	s.routes = slices.DeleteFunc(s.routes, func(r route) bool { return r.iface == i })
	s.neighs = slices.DeleteFunc(s.neighs, func(n *neigh) bool { return n.iface == i })
}

// Rename gives a link another name; EEXIST if that is taken.
func (s *Stack) Rename(l Link, name string) abi.Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.of(l)
	switch {
	case i == nil:
		return abi.ENODEV
	case s.named(name) != nil:
		return abi.EEXIST
	}
	i.name = name
	return 0
}

// Opened says that a link was opened or closed.
func (s *Stack) Opened(l Link, up bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.of(l)
	if i == nil {
		return
	}
	if i.up = up; !up {
		s.forget(i)
	}
}

// Taken says whether a link has the name.
func (s *Stack) Taken(name string) bool { return s.Find(name) != nil }

// Find gives the link of a name, nil if there is none.
func (s *Stack) Find(name string) Link {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.named(name); i != nil {
		return i.link
	}
	return nil
}

// Links are all, by index.
func (s *Stack) Links() []Link {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Link, len(s.ifaces))
	for n, i := range s.ifaces {
		out[n] = i.link
	}
	return out
}

// named, of and at find an interface by its name, link and index; nil if there is
// none. Preconditions: mu is held.
func (s *Stack) named(name string) *iface {
	for _, i := range s.ifaces {
		if i.name == name {
			return i
		}
	}
	return nil
}

func (s *Stack) of(l Link) *iface {
	for _, i := range s.ifaces {
		if i.link == l {
			return i
		}
	}
	return nil
}

func (s *Stack) at(index int) *iface {
	for _, i := range s.ifaces {
		if i.index == index {
			return i
		}
	}
	return nil
}

// linkAt gives the link of an index.
func (s *Stack) linkAt(index int) (Link, abi.Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.at(index); i != nil {
		return i.link, 0
	}
	return nil, abi.ENODEV
}

// backlog is what came in and was not looked at.
type backlog struct {
	mu     sync.Mutex
	list   []Packet
	raised bool
}

const (
	// backlogMax is how many packets wait (net.core.netdev_max_backlog).
	backlogMax = 1000
	// weight is how many are looked at before others have a turn (dev_weight).
	weight = 64
)

func (b *backlog) purge(l Link) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = slices.DeleteFunc(b.list, func(p Packet) bool { return p.Link == l })
}

func (b *backlog) take() (p Packet, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.list) == 0 {
		b.raised = false
		return p, false
	}
	p = b.list[0]
	b.list[0] = Packet{}
	b.list = b.list[1:]
	return p, true
}

// Receive takes what came in on a link; false if there is no room. It may be
// called in any context.
func (s *Stack) Receive(p Packet) bool {
	b := &s.backlog
	b.mu.Lock()
	if len(b.list) >= backlogMax {
		b.mu.Unlock()
		return false
	}
	b.list = append(b.list, p)
	raise := !b.raised
	b.raised = true
	b.mu.Unlock()
	if raise {
		s.Raise(s.poll)
	}
	return true
}

// poll is the softirq.
func (s *Stack) poll(c *vfs.Caller) {
	for range weight {
		p, ok := s.backlog.take()
		if !ok {
			return
		}
		s.input(c, p)
	}
	s.Raise(s.poll)
}

// settle looks at what a program's own packet has led to before the program goes on:
// one that sends to itself then finds it there, as on Linux, where softirqs run when
// the sender turns them on again.
func (s *Stack) settle(c *vfs.Caller) {
	s.backlog.mu.Lock()
	waiting := len(s.backlog.list) > 0
	s.backlog.mu.Unlock()
	if waiting {
		s.BottomHalf(c, s.poll)
	}
}

// input looks at one packet.
func (s *Stack) input(c *vfs.Caller, p Packet) {
	if p.Off < 0 || p.Off > len(p.Data) {
		return
	}
	s.mu.Lock()
	i := s.of(p.Link)
	s.mu.Unlock()
	if i == nil {
		return
	}
	s.tap(i, &p)
	if f := s.packets.Load(); f != nil {
		(*f)(c, &p)
	}
	if p.Kind == abi.PACKET_OTHERHOST {
		return
	}
	switch p.Proto {
	case abi.ETH_P_IP:
		s.ipInput(c, i, &p)
	case abi.ETH_P_ARP:
		s.arpInput(c, i, &p)
	}
}

// transmit gives a frame to a link, after those who look at all packets.
func (s *Stack) transmit(c *vfs.Caller, i *iface, f Frame) abi.Errno {
	s.tapOut(i, &f)
	return i.link.Send(c, f)
}

// AddrOf is the address of a link, Any if it has none.
func (s *Stack) AddrOf(l Link) Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.of(l); i != nil {
		return i.addr
	}
	return Any
}
