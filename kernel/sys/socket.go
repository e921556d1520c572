//go:build riscv64 || 386

package sys

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/net"
	"rv86/kernel/nucleus"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// Network is what sockets of AF_INET and AF_PACKET belong to.
var Network *net.Stack

var socketCalls = []row{
	{abi.SYS_SOCKETPAIR, "socketpair", sysSocketpair},
	{abi.SYS_SOCKET, "socket", sysSocket},
	{abi.SYS_BIND, "bind", sysBind},
	{abi.SYS_CONNECT, "connect", sysConnect},
	{abi.SYS_LISTEN, "listen", sysListen},
	{abi.SYS_ACCEPT4, "accept4", sysAccept4},
	{abi.SYS_GETSOCKNAME, "getsockname", sysGetsockname},
	{abi.SYS_GETPEERNAME, "getpeername", sysGetpeername},
	{abi.SYS_SETSOCKOPT, "setsockopt", sysSetsockopt},
	{abi.SYS_GETSOCKOPT, "getsockopt", sysGetsockopt},
	{abi.SYS_SHUTDOWN, "shutdown", sysShutdown},
	{abi.SYS_SENDTO, "sendto", sysSendto},
	{abi.SYS_RECVFROM, "recvfrom", sysRecvfrom},
	{abi.SYS_SENDMSG, "sendmsg", sysSendmsg},
	{abi.SYS_RECVMSG, "recvmsg", sysRecvmsg},
}

const sockFlagsKnown = abi.O_CLOEXEC | abi.O_NONBLOCK

// sockType splits the second argument of socket(2).
func sockType(a *args) (typ, flags int, e abi.Errno) {
	typ, flags = int(a[1])&abi.SOCK_TYPE_MASK, int(a[1])&^abi.SOCK_TYPE_MASK
	if flags&^sockFlagsKnown != 0 {
		return 0, 0, abi.EINVAL
	}
	return typ, flags, 0
}

func sysSocketpair(t *task.Thread, a *args) (uintptr, abi.Errno) {
	typ, flags, e := sockType(a)
	switch {
	case e != 0:
		return 0, e
	case a[0] == abi.AF_INET:
		return 0, abi.EOPNOTSUPP
	case a[0] != abi.AF_UNIX:
		return 0, abi.EAFNOSUPPORT
	case typ != abi.SOCK_STREAM:
		return 0, abi.ESOCKTNOSUPPORT
	case a[2] != 0 && a[2] != abi.AF_UNIX:
		return 0, abi.EPROTONOSUPPORT
	}
	x, y := t.FS.Namespace().SocketPair(t.Caller(), flags)
	return 0, installPair(t, a[3], x, y, flags)
}

// sysSocket: sockets of AF_UNIX come in pairs only.
func sysSocket(t *task.Thread, a *args) (uintptr, abi.Errno) {
	typ, flags, e := sockType(a)
	if e != 0 {
		return 0, e
	}
	family := int(int32(a[0]))
	if family != abi.AF_INET && family != abi.AF_PACKET || Network == nil {
		return 0, abi.EAFNOSUPPORT
	}
	c := t.Caller()
	s, e := Network.Open(c, family, typ, int(int32(a[2])))
	if e != 0 {
		return 0, e
	}
	path := t.FS.Namespace().Anonymous("socket", abi.S_IFSOCK|0o777, c)
	return install(t, vfs.NewDescription(s, path, abi.O_RDWR|flags&abi.O_NONBLOCK), flags)
}

// withSocket finds a socket: one of a pair, or one of the network's.
func withSocket(t *task.Thread, fd uintptr, pair func(d *vfs.Description, s *vfs.Socket) (uintptr, abi.Errno),
	other func(d *vfs.Description, s *net.Socket) (uintptr, abi.Errno),
) (uintptr, abi.Errno) {
	d, e := file(t, fd)
	if e != 0 {
		return 0, e
	}
	defer d.Put()
	switch s := d.File().(type) {
	case *vfs.Socket:
		return pair(d, s)
	case *net.Socket:
		return other(d, s)
	}
	return 0, abi.ENOTSOCK
}

// always is what a pair's end answers, whatever is asked.
func always(e abi.Errno) func(*vfs.Description, *vfs.Socket) (uintptr, abi.Errno) {
	return func(*vfs.Description, *vfs.Socket) (uintptr, abi.Errno) { return 0, e }
}

// sockaddr reads a struct sockaddr of a size.
func sockaddr(t *task.Thread, va, size uintptr) ([]byte, abi.Errno) {
	if int32(size) < 0 || size > abi.SockaddrMax {
		return nil, abi.EINVAL
	}
	b := make([]byte, size)
	if size == 0 {
		return b, 0
	}
	return b, t.CopyIn(va, b)
}

// putSockaddr stores one where a program wants it, cut to the size at sizeVA, and
// there its real size. A null pointer wants none.
func putSockaddr(t *task.Thread, va, sizeVA uintptr, sa []byte) abi.Errno {
	if va == 0 {
		return 0
	}
	var b [4]byte
	if e := t.CopyIn(sizeVA, b[:]); e != 0 {
		return e
	}
	room := int32(binary.LittleEndian.Uint32(b[:]))
	if room < 0 {
		return abi.EINVAL
	}
	if e := t.CopyOut(va, sa[:min(int(room), len(sa))]); e != 0 {
		return e
	}
	binary.LittleEndian.PutUint32(b[:], uint32(len(sa)))
	return t.CopyOut(sizeVA, b[:])
}

func sysBind(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return withSocket(t, a[0], always(abi.EINVAL), func(_ *vfs.Description, s *net.Socket) (uintptr, abi.Errno) {
		sa, e := sockaddr(t, a[1], a[2])
		if e != 0 {
			return 0, e
		}
		return 0, s.Bind(t.Caller(), sa)
	})
}

func sysConnect(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return withSocket(t, a[0], always(abi.EISCONN), func(_ *vfs.Description, s *net.Socket) (uintptr, abi.Errno) {
		sa, e := sockaddr(t, a[1], a[2])
		if e != 0 {
			return 0, e
		}
		return 0, s.Connect(t.Caller(), sa)
	})
}

func sysListen(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return withSocket(t, a[0], always(abi.EINVAL), func(_ *vfs.Description, s *net.Socket) (uintptr, abi.Errno) {
		return 0, s.Listen(int(int32(a[1])))
	})
}

// sysAccept4: no socket here listens.
func sysAccept4(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if int(a[3])&^sockFlagsKnown != 0 {
		return 0, abi.EINVAL
	}
	return withSocket(t, a[0], always(abi.EINVAL), func(*vfs.Description, *net.Socket) (uintptr, abi.Errno) {
		return 0, abi.EOPNOTSUPP
	})
}

// unnamed is the address of a pair's end: a family, and no name.
var unnamed = []byte{abi.AF_UNIX, 0}

func sysGetsockname(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return withSocket(t, a[0], func(*vfs.Description, *vfs.Socket) (uintptr, abi.Errno) {
		return 0, putSockaddr(t, a[1], a[2], unnamed)
	}, func(_ *vfs.Description, s *net.Socket) (uintptr, abi.Errno) {
		sa, e := s.Name()
		if e != 0 {
			return 0, e
		}
		return 0, putSockaddr(t, a[1], a[2], sa)
	})
}

func sysGetpeername(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return withSocket(t, a[0], func(*vfs.Description, *vfs.Socket) (uintptr, abi.Errno) {
		return 0, putSockaddr(t, a[1], a[2], unnamed)
	}, func(_ *vfs.Description, s *net.Socket) (uintptr, abi.Errno) {
		sa, e := s.Peer()
		if e != 0 {
			return 0, e
		}
		return 0, putSockaddr(t, a[1], a[2], sa)
	})
}

func sysShutdown(t *task.Thread, a *args) (uintptr, abi.Errno) {
	how := int(int32(a[1]))
	return withSocket(t, a[0], func(_ *vfs.Description, s *vfs.Socket) (uintptr, abi.Errno) {
		return 0, s.Shutdown(how)
	}, func(_ *vfs.Description, s *net.Socket) (uintptr, abi.Errno) {
		return 0, s.Shutdown(how)
	})
}

// optionMax is how much of an option's value is looked at.
const optionMax = 128

// sysSetsockopt: a pair's end has no options that change anything.
func sysSetsockopt(t *task.Thread, a *args) (uintptr, abi.Errno) {
	level, name, size := int(int32(a[1])), int(int32(a[2])), int32(a[4])
	if size < 0 {
		return 0, abi.EINVAL
	}
	v := make([]byte, min(size, optionMax))
	if e := t.CopyIn(a[3], v); e != 0 {
		return 0, e
	}
	return withSocket(t, a[0], func(*vfs.Description, *vfs.Socket) (uintptr, abi.Errno) {
		if level != abi.SOL_SOCKET {
			return 0, abi.EOPNOTSUPP
		}
		return 0, 0
	}, func(_ *vfs.Description, s *net.Socket) (uintptr, abi.Errno) {
		return 0, s.SetOption(t.Caller(), level, name, v)
	})
}

// pairOption answers for a pair's end.
func pairOption(level, name int) ([]byte, abi.Errno) {
	l := abi.Layout{}
	switch {
	case level != abi.SOL_SOCKET:
		return nil, abi.EOPNOTSUPP
	case name == abi.SO_TYPE:
		l.U32(abi.SOCK_STREAM)
	case name == abi.SO_DOMAIN:
		l.U32(abi.AF_UNIX)
	case name == abi.SO_ERROR, name == abi.SO_PROTOCOL, name == abi.SO_ACCEPTCONN:
		l.U32(0)
	case name == abi.SO_SNDBUF, name == abi.SO_RCVBUF:
		l.U32(vfs.PipeSize)
	default:
		return nil, abi.ENOPROTOOPT
	}
	return l.B, 0
}

func sysGetsockopt(t *task.Thread, a *args) (uintptr, abi.Errno) {
	level, name := int(int32(a[1])), int(int32(a[2]))
	var v []byte
	_, e := withSocket(t, a[0], func(*vfs.Description, *vfs.Socket) (_ uintptr, e abi.Errno) {
		v, e = pairOption(level, name)
		return 0, e
	}, func(_ *vfs.Description, s *net.Socket) (_ uintptr, e abi.Errno) {
		v, e = s.Option(level, name)
		return 0, e
	})
	if e != 0 {
		return 0, e
	}
	var b [4]byte
	if e := t.CopyIn(a[4], b[:]); e != 0 {
		return 0, e
	}
	room := int32(binary.LittleEndian.Uint32(b[:]))
	if room < 0 {
		return 0, abi.EINVAL
	}
	v = v[:min(int(room), len(v))]
	if e := t.CopyOut(a[3], v); e != 0 {
		return 0, e
	}
	binary.LittleEndian.PutUint32(b[:], uint32(len(v)))
	return 0, t.CopyOut(a[4], b[:])
}

// Flags that the calls know. MSG_CONFIRM, MSG_MORE and MSG_WAITALL are advice.
const (
	sendFlags = abi.MSG_DONTWAIT | abi.MSG_NOSIGNAL | abi.MSG_CONFIRM | abi.MSG_MORE
	recvFlags = abi.MSG_PEEK | abi.MSG_TRUNC | abi.MSG_DONTWAIT | abi.MSG_WAITALL | abi.MSG_ERRQUEUE | abi.MSG_NOSIGNAL | msgCloexec

	msgCloexec = 0x40000000 // MSG_CMSG_CLOEXEC: no descriptors come

	// messageMax is more than any message has.
	messageMax = 1 << 17
)

// sysSendto is write(2) on a pair's end, where an address has no place.
func sysSendto(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return withSocket(t, a[0], func(d *vfs.Description, s *vfs.Socket) (uintptr, abi.Errno) {
		if a[4] != 0 {
			return 0, abi.EISCONN
		}
		return sendPair(t, d, s, a[3], []iovec{{a[1], a[2]}})
	}, func(_ *vfs.Description, s *net.Socket) (uintptr, abi.Errno) {
		var to []byte
		if a[4] != 0 {
			var e abi.Errno
			if to, e = sockaddr(t, a[4], a[5]); e != 0 {
				return 0, e
			}
		}
		return sendMessage(t, s, a[3], []iovec{{a[1], a[2]}}, to)
	})
}

func sendPair(t *task.Thread, d *vfs.Description, s *vfs.Socket, flags uintptr, iov []iovec) (uintptr, abi.Errno) {
	if flags&^abi.MSG_NOSIGNAL != 0 {
		return 0, abi.EOPNOTSUPP
	}
	total := uintptr(0)
	for _, v := range iov {
		if flags&abi.MSG_NOSIGNAL != 0 && s.Broken() {
			return partial(total, abi.EPIPE)
		}
		n, e := writeUser(t, d, cursor{}, v.base, v.n)
		total += n
		if e != 0 || n < v.n {
			return partial(total, e)
		}
	}
	return total, 0
}

func sendMessage(t *task.Thread, s *net.Socket, flags uintptr, iov []iovec, to []byte) (uintptr, abi.Errno) {
	if flags&^sendFlags != 0 {
		return 0, abi.EOPNOTSUPP
	}
	total := uintptr(0)
	for _, v := range iov {
		if total += v.n; total > messageMax || v.n > messageMax {
			return 0, abi.EMSGSIZE
		}
	}
	data := make([]byte, 0, total)
	for _, v := range iov {
		n := len(data)
		data = data[:n+int(v.n)]
		if e := t.CopyIn(v.base, data[n:]); e != 0 {
			return 0, e
		}
	}
	n, e := s.Send(t.Caller(), data, to)
	if e == abi.EPIPE && flags&abi.MSG_NOSIGNAL == 0 {
		t.SignalSelf(abi.SIGPIPE)
	}
	return uintptr(n), e
}

// sysRecvfrom is read(2) on a pair's end.
func sysRecvfrom(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return withSocket(t, a[0], func(d *vfs.Description, _ *vfs.Socket) (uintptr, abi.Errno) {
		if a[3]&^abi.MSG_DONTWAIT != 0 {
			return 0, abi.EOPNOTSUPP
		}
		if a[5] != 0 { // the address length: a pair's ends have no names
			if e := t.CopyOut(a[5], make([]byte, 4)); e != 0 {
				return 0, e
			}
		}
		return readUser(t, d, cursor{}, a[1], a[2], a[3]&abi.MSG_DONTWAIT != 0)
	}, func(d *vfs.Description, s *net.Socket) (uintptr, abi.Errno) {
		n, m, e := recvMessage(t, d, s, a[3], []iovec{{a[1], a[2]}})
		if e != 0 {
			return 0, e
		}
		return n, putSockaddr(t, a[4], a[5], m.From)
	})
}

// recvMessage waits for a message and stores it. What it returns is the size that
// was stored, or with MSG_TRUNC the message's.
func recvMessage(t *task.Thread, d *vfs.Description, s *net.Socket, flags uintptr, iov []iovec) (n uintptr, m net.Message, e abi.Errno) {
	if flags&^recvFlags != 0 {
		return 0, m, abi.EOPNOTSUPP
	}
	room := uintptr(0)
	for _, v := range iov {
		room += min(v.n, messageMax)
	}
	try := func() (bool, abi.Errno) {
		m, e = s.Recv(int(room), int(flags))
		return e != abi.EAGAIN, e
	}
	if flags&(abi.MSG_DONTWAIT|abi.MSG_ERRQUEUE) != 0 || d.NonBlocking() {
		_, e = try()
	} else {
		deadline := task.Never
		if limit := s.Timeout(false); limit > 0 {
			deadline = nucleus.Now() + limit
		}
		if e = t.Block(s.Queue(), wait.Readable|wait.POLLERR, deadline, try); e == abi.ETIMEDOUT {
			e = abi.EAGAIN // SO_RCVTIMEO
		}
	}
	if e != 0 {
		return 0, m, e
	}
	left := m.Data
	for _, v := range iov {
		part := left[:min(uintptr(len(left)), v.n)]
		if e := t.CopyOut(v.base, part); e != 0 {
			return 0, m, e
		}
		left = left[len(part):]
	}
	if flags&abi.MSG_TRUNC != 0 {
		return uintptr(m.Full), m, 0
	}
	return uintptr(len(m.Data)), m, 0
}

// struct msghdr: a word for each of msg_name, msg_namelen, msg_iov, msg_iovlen,
// msg_control, msg_controllen and msg_flags.
const (
	msgName = iota * wordSize
	msgNameLen
	msgIov
	msgIovLen
	msgControl
	msgControlLen
	msgFlags
	msgSize
)

// message is a struct msghdr of a program's.
type message struct {
	va  uintptr
	b   [msgSize]byte
	iov []iovec
}

func userMessage(t *task.Thread, va uintptr) (m message, e abi.Errno) {
	m.va = va
	if e := t.CopyIn(va, m.b[:]); e != 0 {
		return m, e
	}
	if m.at(msgIovLen) > abi.IOV_MAX {
		return m, abi.EMSGSIZE
	}
	m.iov, e = userIovecs(t, m.at(msgIov), m.at(msgIovLen))
	return m, e
}

func (m *message) at(off int) uintptr { return word(m.b[off:]) }

// sysSendmsg: control messages change nothing here and are not looked at.
func sysSendmsg(t *task.Thread, a *args) (uintptr, abi.Errno) {
	m, e := userMessage(t, a[1])
	if e != 0 {
		return 0, e
	}
	return withSocket(t, a[0], func(d *vfs.Description, s *vfs.Socket) (uintptr, abi.Errno) {
		switch {
		case m.at(msgName) != 0:
			return 0, abi.EISCONN
		case m.at(msgControlLen) != 0:
			return 0, abi.EOPNOTSUPP // no descriptors are passed
		}
		return sendPair(t, d, s, a[2], m.iov)
	}, func(_ *vfs.Description, s *net.Socket) (uintptr, abi.Errno) {
		var to []byte
		if m.at(msgName) != 0 {
			size := uintptr(uint32(m.at(msgNameLen)))
			if to, e = sockaddr(t, m.at(msgName), min(size, abi.SockaddrMax)); e != 0 {
				return 0, e
			}
		}
		return sendMessage(t, s, a[2], m.iov, to)
	})
}

// sysRecvmsg gives no control messages.
func sysRecvmsg(t *task.Thread, a *args) (uintptr, abi.Errno) {
	m, e := userMessage(t, a[1])
	if e != 0 {
		return 0, e
	}
	return withSocket(t, a[0], func(d *vfs.Description, _ *vfs.Socket) (uintptr, abi.Errno) {
		if a[2]&^(abi.MSG_DONTWAIT|msgCloexec) != 0 {
			return 0, abi.EOPNOTSUPP
		}
		total := uintptr(0)
		for _, v := range m.iov {
			n, e := readUser(t, d, cursor{}, v.base, v.n, total > 0 || a[2]&abi.MSG_DONTWAIT != 0)
			total += n
			if e != 0 {
				return partial(total, e)
			}
			if n < v.n {
				break
			}
		}
		return total, m.answer(t, nil, 0)
	}, func(d *vfs.Description, s *net.Socket) (uintptr, abi.Errno) {
		n, got, e := recvMessage(t, d, s, a[2], m.iov)
		if e != 0 {
			return 0, e
		}
		flags := uint32(0)
		if got.Full > len(got.Data) {
			flags = abi.MSG_TRUNC
		}
		return n, m.answer(t, got.From, flags)
	})
}

// answer stores what recvmsg says besides the data.
func (m *message) answer(t *task.Thread, from []byte, flags uint32) abi.Errno {
	if m.at(msgName) != 0 {
		if e := putSockaddr(t, m.at(msgName), m.va+msgNameLen, from); e != 0 {
			return e
		}
	}
	var none [wordSize]byte
	if e := t.CopyOut(m.va+msgControlLen, none[:]); e != 0 {
		return e
	}
	l := abi.Layout{}
	l.U32(flags)
	return t.CopyOut(m.va+msgFlags, l.B)
}
