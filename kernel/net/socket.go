package net

import (
	"slices"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// Socket is an open socket: an Endpoint of AF_INET or AF_PACKET. What differs
// between the kinds is its protocol.
type Socket struct {
	vfs.Base
	s      *Stack
	proto  protocol
	family int
	typ    int
	number int // the protocol's
	queue  wait.Queue

	// Guarded by the stack's mu.
	local, peer Port
	bound       bool // local.Port was given out
	index       int  // the interface it is bound to, 0 for any

	mu      sync.Mutex // taken under the stack's
	rx      []Message
	rxBytes int
	err     abi.Errno // SO_ERROR
	shut    [2]bool   // for reading, for writing
	gone    bool      // its interface went
	opts    options
}

// Message is something that came in.
type Message struct {
	Data []byte
	From []byte // a struct sockaddr of the kind's
	// Full is the length before it was cut to fit.
	Full int
	ttl  uint8
	dst  Addr
	ifix int
}

// protocol is a kind of socket.
type protocol interface {
	bind(c *vfs.Caller, k *Socket, sa []byte) abi.Errno
	connect(c *vfs.Caller, k *Socket, sa []byte) abi.Errno
	// send sends one message; to is nil for the peer.
	send(c *vfs.Caller, k *Socket, data, to []byte) abi.Errno
	name(k *Socket) []byte
	peer(k *Socket) ([]byte, abi.Errno)
}

// Open performs socket(2) for AF_INET and AF_PACKET.
func (s *Stack) Open(c *vfs.Caller, family, typ, number int) (*Socket, abi.Errno) {
	k := &Socket{s: s, family: family, typ: typ, number: number, opts: newOptions()}
	root := c.Cred.UID == 0 // stands for CAP_NET_RAW
	switch {
	case family == abi.AF_PACKET:
		if !root {
			return nil, abi.EPERM
		}
		if typ != abi.SOCK_RAW && typ != abi.SOCK_DGRAM {
			return nil, abi.ESOCKTNOSUPPORT
		}
		k.proto = &packetProto{proto: swap16(uint16(number))}
	case typ == abi.SOCK_DGRAM && (number == abi.IPPROTO_IP || number == abi.IPPROTO_UDP):
		k.number, k.proto = abi.IPPROTO_UDP, udpProto{}
	case typ == abi.SOCK_DGRAM && number == abi.IPPROTO_ICMP:
		k.proto = pingProto{}
	case typ == abi.SOCK_RAW:
		if !root {
			return nil, abi.EPERM
		}
		if number <= abi.IPPROTO_IP || number > abi.IPPROTO_RAW {
			return nil, abi.EPROTONOSUPPORT
		}
		k.opts.header = number == abi.IPPROTO_RAW
		k.proto = rawProto{}
	case typ == abi.SOCK_STREAM, typ == abi.SOCK_DGRAM:
		return nil, abi.EPROTONOSUPPORT
	default:
		return nil, abi.ESOCKTNOSUPPORT
	}
	s.mu.Lock()
	s.socks = append(s.socks, k)
	s.mu.Unlock()
	return k, 0
}

func swap16(v uint16) uint16 { return v<<8 | v>>8 }

// Release closes the socket.
func (k *Socket) Release() {
	k.s.mu.Lock()
	k.s.socks = slices.DeleteFunc(k.s.socks, func(o *Socket) bool { return o == k })
	k.s.mu.Unlock()
	k.mu.Lock()
	k.rx, k.rxBytes = nil, 0
	k.mu.Unlock()
}

// overhead is what a message counts beyond its bytes (the size of a struct
// sk_buff and its shared part).
const overhead = 512

// put queues a message; one that does not fit is dropped.
func (k *Socket) put(m Message) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.shut[vfs.ShutRead] || len(k.rx) > 0 && k.rxBytes+len(m.Data)+overhead > k.opts.rcvbuf {
		return
	}
	m.Full = len(m.Data)
	k.rx = append(k.rx, m)
	k.rxBytes += len(m.Data) + overhead
	k.queue.Notify(wait.Readable)
}

// fail sets the error that the next call returns.
func (k *Socket) fail(e abi.Errno) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.err = e
	k.queue.Notify(wait.Readable | wait.Writable | wait.POLLERR)
}

// takeErr gives the error that waits, and forgets it.
func (k *Socket) takeErr() abi.Errno {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.err
	k.err = 0
	return e
}

// linkGone tells a socket that is bound to an interface that it went (packet(7):
// ENETDOWN).
func (k *Socket) linkGone(index int) {
	if !k.boundTo(index) {
		return
	}
	k.mu.Lock()
	k.gone = true
	k.mu.Unlock()
	k.fail(abi.ENETDOWN)
}

func (k *Socket) boundTo(index int) bool {
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	return k.index == index
}

// connected says whether the socket has a peer.
func (k *Socket) connected() bool {
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	return k.peer != Port{}
}

// Recv takes the next message, cut to n bytes; EAGAIN if there is none.
func (k *Socket) Recv(n, flags int) (m Message, e abi.Errno) {
	if flags&abi.MSG_ERRQUEUE != 0 {
		return m, abi.EAGAIN
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.err != 0:
		e, k.err = k.err, 0
		return m, e
	case len(k.rx) == 0 && k.shut[vfs.ShutRead]:
		return m, 0
	case len(k.rx) == 0:
		return m, abi.EAGAIN
	}
	m = k.rx[0]
	if flags&abi.MSG_PEEK == 0 {
		k.rx[0] = Message{}
		k.rx = k.rx[1:]
		k.rxBytes -= len(m.Data) + overhead
	}
	m.Data = m.Data[:min(n, len(m.Data))]
	return m, 0
}

// Send sends one message, to an address or, with to nil, to the peer.
func (k *Socket) Send(c *vfs.Caller, data, to []byte) (int, abi.Errno) {
	if e := k.takeErr(); e != 0 {
		return 0, e
	}
	k.mu.Lock()
	shut := k.shut[vfs.ShutWrite]
	k.mu.Unlock()
	if shut {
		return 0, abi.EPIPE
	}
	if e := k.proto.send(c, k, data, to); e != 0 {
		return 0, e
	}
	k.s.settle(c)
	return len(data), 0
}

// Read implements vfs.File: recv(2) without flags.
func (k *Socket) Read(p []byte, _ int64) (int, abi.Errno) {
	m, e := k.Recv(len(p), 0)
	return copy(p, m.Data), e
}

// Write implements vfs.File: send(2) without flags.
func (k *Socket) Write(p []byte, _ int64) (int, abi.Errno) { return k.Send(nil, p, nil) }

// Poll implements vfs.File.
func (k *Socket) Poll() wait.Events {
	k.mu.Lock()
	defer k.mu.Unlock()
	ev := wait.Writable
	if len(k.rx) > 0 || k.shut[vfs.ShutRead] {
		ev |= wait.Readable
	}
	if k.shut[vfs.ShutRead] {
		ev |= wait.POLLRDHUP
		if k.shut[vfs.ShutWrite] {
			ev |= wait.POLLHUP
		}
	}
	if k.err != 0 {
		ev |= wait.POLLERR
	}
	return ev
}

// Queue implements vfs.File.
func (k *Socket) Queue() *wait.Queue { return &k.queue }

// Pending is FIONREAD's answer: the size of the next message.
func (k *Socket) Pending() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.rx) == 0 {
		return 0
	}
	return len(k.rx[0].Data)
}

// Bind performs bind(2).
func (k *Socket) Bind(c *vfs.Caller, sa []byte) abi.Errno { return k.proto.bind(c, k, sa) }

// Connect performs connect(2).
func (k *Socket) Connect(c *vfs.Caller, sa []byte) abi.Errno { return k.proto.connect(c, k, sa) }

// Listen performs listen(2): none of these sockets has connections.
func (k *Socket) Listen(int) abi.Errno { return abi.EOPNOTSUPP }

// Name performs getsockname(2).
func (k *Socket) Name() ([]byte, abi.Errno) { return k.proto.name(k), 0 }

// Peer performs getpeername(2).
func (k *Socket) Peer() ([]byte, abi.Errno) { return k.proto.peer(k) }

// Shutdown performs shutdown(2).
func (k *Socket) Shutdown(how int) abi.Errno {
	switch {
	case how < vfs.ShutRead || how > vfs.ShutBoth:
		return abi.EINVAL
	case k.family == abi.AF_PACKET:
		return abi.EOPNOTSUPP
	case !k.connected():
		return abi.ENOTCONN
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.shut[vfs.ShutRead] = k.shut[vfs.ShutRead] || how != vfs.ShutWrite
	k.shut[vfs.ShutWrite] = k.shut[vfs.ShutWrite] || how != vfs.ShutRead
	k.queue.Notify(wait.Readable | wait.Writable | wait.POLLHUP | wait.POLLRDHUP)
	return 0
}
