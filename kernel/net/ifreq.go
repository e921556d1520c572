package net

import (
	"encoding/binary"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// ifreq is a struct ifreq: a name, then what the request is about.
type ifreq []byte

func (r ifreq) name() string {
	name, _, _ := strings.Cut(string(r[:abi.IFNAMSIZ]), "\x00")
	name, _, _ = strings.Cut(name, ":") // an alias is its interface
	return name
}

func (r ifreq) arg() []byte { return r[abi.IFNAMSIZ:] }

func (r ifreq) setName(name string) { putName(r[:abi.IFNAMSIZ], name) }

func putName(b []byte, name string) {
	clear(b)
	copy(b[:len(b)-1], name)
}

func (r ifreq) setInt(n int) {
	clear(r.arg())
	binary.LittleEndian.PutUint32(r.arg(), uint32(n))
}

func (r ifreq) int() int { return int(int32(binary.LittleEndian.Uint32(r.arg()))) }

func (r ifreq) setShort(n uint32) {
	clear(r.arg())
	binary.LittleEndian.PutUint16(r.arg(), uint16(n))
}

func (r ifreq) setAddr(a Addr) {
	clear(r.arg())
	copy(r.arg(), Port{Addr: a}.sockaddr())
}

// addr reads the struct sockaddr_in of a request.
func (r ifreq) addr() (Addr, abi.Errno) {
	p, e := parsePort(r.arg()[:abi.SockaddrSize])
	if e == abi.EAFNOSUPPORT {
		e = abi.EINVAL
	}
	return p.Addr, e
}

// sizeofInt is the size of a C int.
const sizeofInt = 4

// Ioctl implements vfs.File: requests about interfaces and routes
// (netdevice(7)).
func (k *Socket) Ioctl(c *vfs.Caller, cmd, arg uintptr) (uintptr, abi.Errno) {
	return 0, k.s.ioctl(c, cmd, arg)
}

func (s *Stack) ioctl(c *vfs.Caller, cmd, arg uintptr) abi.Errno {
	switch {
	case c == nil || c.Mem == nil:
		return abi.EFAULT
	case cmd == abi.SIOCGIFCONF:
		return s.ifConf(c, arg)
	case cmd == abi.SIOCADDRT || cmd == abi.SIOCDELRT:
		return s.routeRequest(c, cmd == abi.SIOCADDRT, arg)
	}
	r := make(ifreq, abi.IfreqSize)
	row, known := requests[cmd]
	private := cmd >= abi.SIOCDEVPRIVATE && cmd <= abi.SIOCDEVPRIVATEEND
	if !known && !private {
		return abi.ENOTTY
	}
	if e := c.Mem.CopyIn(arg, r); e != 0 {
		return e
	}
	if cmd == abi.SIOCGIFNAME {
		return s.nameOf(c, r, arg)
	}
	l := s.Find(r.name())
	switch {
	case (row.set || private) && c.Cred.UID != 0:
		return abi.EPERM
	case l == nil:
		return abi.ENODEV
	}
	e := abi.Errno(0)
	if private {
		e = l.Ioctl(c, cmd, r)
	} else {
		e = row.do(s, c, l, r)
	}
	if e != 0 || row.set {
		return e
	}
	return c.Mem.CopyOut(arg, r)
}

// request is one that a struct ifreq is for. set says that it changes something,
// for which one must be root, and answers nothing.
type request struct {
	set bool
	do  func(s *Stack, c *vfs.Caller, l Link, r ifreq) abi.Errno
}

// requests by number.
var requests = map[uintptr]request{
	abi.SIOCGIFFLAGS: {do: func(_ *Stack, _ *vfs.Caller, l Link, r ifreq) abi.Errno {
		i := l.Info()
		r.setShort(i.Flags)
		return 0
	}},
	abi.SIOCSIFFLAGS: {true, func(s *Stack, c *vfs.Caller, l Link, r ifreq) abi.Errno {
		return s.setFlags(c, l, uint32(binary.LittleEndian.Uint16(r.arg())))
	}},
	abi.SIOCGIFADDR:    {do: getAddr(func(i *iface) *Addr { return &i.addr })},
	abi.SIOCGIFNETMASK: {do: getAddr(func(i *iface) *Addr { return &i.mask })},
	abi.SIOCGIFBRDADDR: {do: getAddr(func(i *iface) *Addr { return &i.bcast })},
	abi.SIOCGIFDSTADDR: {do: getAddr(func(i *iface) *Addr {
		if i.peer == Any {
			return &i.addr
		}
		return &i.peer
	})},
	abi.SIOCSIFADDR: {true, (*Stack).setAddr},
	abi.SIOCSIFNETMASK: {true, setAddr(func(i *iface, a Addr) abi.Errno {
		if !contiguous(a) {
			return abi.EINVAL
		}
		if i.bcast != Any && i.bcast == i.addr.fill(i.mask) {
			i.bcast = i.addr.fill(a)
		}
		i.mask = a
		return 0
	})},
	abi.SIOCSIFBRDADDR: {true, setAddr(func(i *iface, a Addr) abi.Errno { i.bcast = a; return 0 })},
	abi.SIOCSIFDSTADDR: {true, setAddr(func(i *iface, a Addr) abi.Errno { i.peer = a; return 0 })},
	abi.SIOCGIFMETRIC:  {do: func(_ *Stack, _ *vfs.Caller, _ Link, r ifreq) abi.Errno { r.setInt(0); return 0 }},
	abi.SIOCGIFMTU:     {do: getInt(func(i *Info) int { return i.MTU })},
	abi.SIOCGIFINDEX:   {do: getInt(func(i *Info) int { return i.Index })},
	abi.SIOCGIFTXQLEN:  {do: getInt(func(i *Info) int { return i.TxQueueLen })},
	abi.SIOCSIFMTU: {true, func(_ *Stack, c *vfs.Caller, l Link, r ifreq) abi.Errno {
		n := r.int()
		if n < 0 {
			return abi.EINVAL
		}
		return l.SetMTU(c, n)
	}},
	abi.SIOCSIFTXQLEN: {true, func(_ *Stack, c *vfs.Caller, l Link, r ifreq) abi.Errno {
		if r.int() < 0 {
			return abi.EINVAL
		}
		return l.SetTxQueueLen(c, r.int())
	}},
	abi.SIOCGIFHWADDR: {do: func(_ *Stack, _ *vfs.Caller, l Link, r ifreq) abi.Errno {
		i := l.Info()
		clear(r.arg())
		binary.LittleEndian.PutUint16(r.arg(), i.Type)
		copy(r.arg()[2:abi.SockaddrSize], i.Addr)
		return 0
	}},
	abi.SIOCSIFHWADDR: {true, func(_ *Stack, c *vfs.Caller, l Link, r ifreq) abi.Errno {
		i := l.Info()
		if binary.LittleEndian.Uint16(r.arg()) != i.Type {
			return abi.EINVAL
		}
		return l.SetAddr(c, r.arg()[:abi.SockaddrSize])
	}},
	abi.SIOCSIFNAME: {true, func(s *Stack, c *vfs.Caller, l Link, r ifreq) abi.Errno {
		name, _, _ := strings.Cut(string(r.arg()[:abi.IFNAMSIZ]), "\x00")
		if !ValidName(name) {
			return abi.EINVAL
		}
		return l.SetName(c, name)
	}},
	abi.SIOCGIFMAP: {do: func(_ *Stack, c *vfs.Caller, l Link, r ifreq) abi.Errno { return l.Ioctl(c, abi.SIOCGIFMAP, r) }},
	abi.SIOCSIFMAP: {true, func(_ *Stack, c *vfs.Caller, l Link, r ifreq) abi.Errno { return l.Ioctl(c, abi.SIOCSIFMAP, r) }},
}

// ValidName is dev_valid_name: what an interface may be called.
func ValidName(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) < abi.IFNAMSIZ && !strings.ContainsAny(name, "/: \t\n\v\f\r")
}

func getInt(of func(i *Info) int) func(*Stack, *vfs.Caller, Link, ifreq) abi.Errno {
	return func(_ *Stack, _ *vfs.Caller, l Link, r ifreq) abi.Errno {
		i := l.Info()
		r.setInt(of(&i))
		return 0
	}
}

// getAddr answers with one of an interface's addresses, if it has an address.
func getAddr(of func(i *iface) *Addr) func(*Stack, *vfs.Caller, Link, ifreq) abi.Errno {
	return func(s *Stack, _ *vfs.Caller, l Link, r ifreq) abi.Errno {
		s.mu.Lock()
		defer s.mu.Unlock()
		i := s.of(l)
		switch {
		case i == nil:
			return abi.ENODEV
		case i.addr == Any:
			return abi.EADDRNOTAVAIL
		}
		r.setAddr(*of(i))
		return 0
	}
}

// setAddr changes one, of an interface that has an address.
func setAddr(set func(i *iface, a Addr) abi.Errno) func(*Stack, *vfs.Caller, Link, ifreq) abi.Errno {
	return func(s *Stack, _ *vfs.Caller, l Link, r ifreq) abi.Errno {
		a, e := r.addr()
		if e != 0 {
			return e
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		i := s.of(l)
		switch {
		case i == nil:
			return abi.ENODEV
		case i.addr == Any:
			return abi.EADDRNOTAVAIL
		}
		return set(i, a)
	}
}

// setAddr performs SIOCSIFADDR: the address comes with its class's mask; none takes
// it away.
func (s *Stack) setAddr(_ *vfs.Caller, l Link, r ifreq) abi.Errno {
	a, e := r.addr()
	if e != 0 {
		return e
	}
	if a == Broadcast || a.multicast() {
		return abi.EINVAL
	}
	flags := l.Info().Flags
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.of(l)
	if i == nil {
		return abi.ENODEV
	}
	i.addr, i.mask, i.bcast, i.peer = a, classMask(a), Any, Any
	if a != Any && flags&abi.IFF_BROADCAST != 0 {
		i.bcast = a.fill(i.mask)
	}
	return 0
}

// setFlags performs SIOCSIFFLAGS (dev_change_flags): opening comes last.
func (s *Stack) setFlags(c *vfs.Caller, l Link, flags uint32) abi.Errno {
	i := l.Info()
	if e := l.SetFlags(c, i.Flags&^settableFlags|flags&settableFlags); e != 0 {
		return e
	}
	return s.SetUp(c, l, flags&abi.IFF_UP != 0)
}

// SetUp opens or closes a link.
func (s *Stack) SetUp(c *vfs.Caller, l Link, up bool) abi.Errno {
	i := l.Info()
	if i.up() == up {
		return 0
	}
	if !up {
		s.Opened(l, false)
		return l.Down(c)
	}
	e := l.Up(c)
	if e == 0 {
		s.Opened(l, true)
	}
	return e
}

// nameOf performs SIOCGIFNAME.
func (s *Stack) nameOf(c *vfs.Caller, r ifreq, arg uintptr) abi.Errno {
	l, e := s.linkAt(r.int())
	if e != 0 {
		return e
	}
	r.setName(l.Info().Name)
	return c.Mem.CopyOut(arg, r)
}

// ifConf performs SIOCGIFCONF: struct ifconf is the size of a buffer and the
// buffer's address, which is NULL where only the size is asked for.
func (s *Stack) ifConf(c *vfs.Caller, arg uintptr) abi.Errno {
	var head [2 * abi.WordSize]byte
	if e := c.Mem.CopyIn(arg, head[:]); e != 0 {
		return e
	}
	room := int(int32(binary.LittleEndian.Uint32(head[:])))
	buf := uintptr(0)
	for n := range abi.WordSize {
		buf |= uintptr(head[abi.WordSize+n]) << (8 * n)
	}
	if room < 0 {
		return abi.EINVAL
	}
	var all []byte
	s.mu.Lock()
	for _, i := range s.ifaces {
		if i.addr == Any {
			continue
		}
		r := make(ifreq, abi.IfreqSize)
		r.setName(i.name)
		r.setAddr(i.addr)
		all = append(all, r...)
	}
	s.mu.Unlock()
	if buf != 0 {
		all = all[:min(len(all), room/abi.IfreqSize*abi.IfreqSize)]
		if e := c.Mem.CopyOut(buf, all); e != 0 {
			return e
		}
	}
	binary.LittleEndian.PutUint32(head[:], uint32(len(all)))
	return c.Mem.CopyOut(arg, head[:sizeofInt])
}

// routeRequest performs SIOCADDRT and SIOCDELRT.
func (s *Stack) routeRequest(c *vfs.Caller, add bool, arg uintptr) abi.Errno {
	if c.Cred.UID != 0 {
		return abi.EPERM
	}
	rt := make([]byte, rtSize)
	if e := c.Mem.CopyIn(arg, rt); e != 0 {
		return e
	}
	at := uintptr(0)
	for n := range abi.WordSize {
		at |= uintptr(rt[rtDev+n]) << (8 * n)
	}
	dev := ""
	if at != 0 {
		var name [abi.IFNAMSIZ]byte
		// The string may end before the buffer does, and memory with it.
		for n := range name[:abi.IFNAMSIZ-1] {
			if e := c.Mem.CopyIn(at+uintptr(n), name[n:n+1]); e != 0 {
				return e
			}
			if name[n] == 0 {
				break
			}
		}
		dev, _, _ = strings.Cut(string(name[:]), "\x00")
	}
	return s.changeRoute(add, rt, dev)
}
