package net

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// Info is what a link is at the moment.
type Info struct {
	Name       string
	Index      int
	Flags      uint32 // IFF_*; RUNNING as the carrier has it
	MTU        int
	Type       uint16 // ARPHRD_*
	Addr       []byte // hardware addresses
	Broadcast  []byte
	HeaderLen  int // of the frame's header
	TxQueueLen int
}

func (i *Info) up() bool { return i.Flags&abi.IFF_UP != 0 }

// Stats are a link's counters (struct rtnl_link_stats64).
type Stats struct {
	RxPackets, TxPackets, RxBytes, TxBytes   uint64
	RxErrors, TxErrors, RxDropped, TxDropped uint64
	Multicast, Collisions                    uint64

	RxLengthErrors, RxOverErrors, RxCRCErrors, RxFrameErrors, RxFIFOErrors, RxMissedErrors          uint64
	TxAbortedErrors, TxCarrierErrors, TxFIFOErrors, TxHeartbeatErrors, TxWindowErrors, RxCompressed uint64
	TxCompressed                                                                                    uint64
}

// Frame is something to send.
type Frame struct {
	Proto uint16 // ETH_P_*
	Dst   []byte // the hardware address it goes to
	Data  []byte // what stands behind the frame's header, or with Whole all of it
	Whole bool
}

// Packet is something that came in.
type Packet struct {
	Link  Link
	Proto uint16 // ETH_P_*
	Kind  uint8  // PACKET_*
	Data  []byte // the frame from its header on
	Off   int    // where what is behind the header begins
	// Checked says that the link vouches for the checksums.
	Checked bool
}

// Link is a network interface. Its methods are called with no lock held, for a
// caller that is nil where nobody in particular sends.
type Link interface {
	Info() Info
	Stats(c *vfs.Caller) Stats
	// Up and Down open and close it.
	Up(c *vfs.Caller) abi.Errno
	Down(c *vfs.Caller) abi.Errno
	// SetFlags changes those of settableFlags.
	SetFlags(c *vfs.Caller, flags uint32) abi.Errno
	SetMTU(c *vfs.Caller, n int) abi.Errno
	// SetAddr sets the hardware address; sa is a struct sockaddr.
	SetAddr(c *vfs.Caller, sa []byte) abi.Errno
	SetName(c *vfs.Caller, name string) abi.Errno
	SetTxQueueLen(c *vfs.Caller, n int) abi.Errno
	// Ioctl performs a request of the driver's own with a struct ifreq, which it
	// may change.
	Ioctl(c *vfs.Caller, cmd uintptr, ifr []byte) abi.Errno
	Send(c *vfs.Caller, f Frame) abi.Errno
}

// settableFlags are those that SIOCSIFFLAGS may change besides IFF_UP
// (__dev_change_flags).
const settableFlags = abi.IFF_DEBUG | abi.IFF_NOTRAILERS | abi.IFF_NOARP | abi.IFF_DYNAMIC | abi.IFF_MULTICAST |
	abi.IFF_PORTSEL | abi.IFF_AUTOMEDIA | abi.IFF_ALLMULTI | abi.IFF_PROMISC

// loopback is lo (drivers/net/loopback.c).
type loopback struct {
	s *Stack

	// Guarded by the stack's mu.
	info  Info
	stats Stats
}

// loopMTU is lo's: its header and the largest IP packet fit.
const loopMTU = 65536

func newLoopback(s *Stack) *loopback {
	return &loopback{s: s, info: Info{
		Name: "lo", Flags: abi.IFF_UP | abi.IFF_LOOPBACK | abi.IFF_RUNNING | abi.IFF_LOWER_UP, MTU: loopMTU, Type: abi.ARPHRD_LOOPBACK,
		Addr: make([]byte, abi.ETH_ALEN), Broadcast: make([]byte, abi.ETH_ALEN), HeaderLen: abi.ETH_HLEN, TxQueueLen: defaultTxQueueLen,
	}}
}

const defaultTxQueueLen = 1000

func (l *loopback) change(f func(i *Info)) abi.Errno {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	f(&l.info)
	return 0
}

// Info implements Link.
func (l *loopback) Info() (i Info) {
	l.change(func(p *Info) { i = *p })
	return i
}

// Stats implements Link.
func (l *loopback) Stats(*vfs.Caller) Stats {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	return l.stats
}

// carrier is what an open lo has.
const carrier = abi.IFF_UP | abi.IFF_RUNNING | abi.IFF_LOWER_UP

// Up implements Link.
func (l *loopback) Up(*vfs.Caller) abi.Errno {
	return l.change(func(i *Info) { i.Flags |= carrier })
}

// Down implements Link.
func (l *loopback) Down(*vfs.Caller) abi.Errno {
	return l.change(func(i *Info) { i.Flags &^= carrier })
}

// SetFlags implements Link.
func (l *loopback) SetFlags(_ *vfs.Caller, flags uint32) abi.Errno {
	return l.change(func(i *Info) { i.Flags = i.Flags&^settableFlags | flags&settableFlags })
}

// SetMTU implements Link.
func (l *loopback) SetMTU(_ *vfs.Caller, n int) abi.Errno {
	return l.change(func(i *Info) { i.MTU = n })
}

// SetAddr implements Link: lo lets its address be set, to no effect.
func (l *loopback) SetAddr(_ *vfs.Caller, sa []byte) abi.Errno {
	return l.change(func(i *Info) { i.Addr = append([]byte(nil), sa[2:2+abi.ETH_ALEN]...) })
}

// SetName implements Link.
func (l *loopback) SetName(*vfs.Caller, string) abi.Errno { return abi.EINVAL }

// SetTxQueueLen implements Link.
func (l *loopback) SetTxQueueLen(_ *vfs.Caller, n int) abi.Errno {
	return l.change(func(i *Info) { i.TxQueueLen = n })
}

// Ioctl implements Link.
func (l *loopback) Ioctl(*vfs.Caller, uintptr, []byte) abi.Errno { return abi.EOPNOTSUPP }

// Send implements Link: what goes out comes in.
func (l *loopback) Send(_ *vfs.Caller, f Frame) abi.Errno {
	data, proto := f.Data, f.Proto
	if !f.Whole {
		data = make([]byte, abi.ETH_HLEN, abi.ETH_HLEN+len(f.Data))
		binary.BigEndian.PutUint16(data[abi.ETH_HLEN-2:], f.Proto)
		data = append(data, f.Data...)
	} else if len(data) < abi.ETH_HLEN {
		return abi.EINVAL
	} else {
		proto = binary.BigEndian.Uint16(data[abi.ETH_HLEN-2:])
	}
	up := false
	l.change(func(i *Info) {
		if up = i.up(); up {
			n := uint64(len(data))
			l.stats.RxPackets++
			l.stats.TxPackets++
			l.stats.RxBytes += n
			l.stats.TxBytes += n
		}
	})
	if !up {
		return abi.ENETDOWN
	}
	l.s.Receive(Packet{Link: l, Proto: proto, Data: data, Off: abi.ETH_HLEN, Checked: true})
	return 0
}
