package netdev

import (
	"slices"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/net"
	"rv86/kernel/vfs"
)

// Bits of net_device.state (enum netdev_state_t), and of netdev_queue.state.
const (
	linkStart     = 0
	linkPresent   = 1
	linkNoCarrier = 2
	queueStopped  = 1 << 0
)

func (n *dev) view() cstruct.View { return n.d.view(n.addr) }

func (n *dev) bit(bit uint) bool { return n.view().Get("state")>>bit&1 != 0 }

func (n *dev) setBit(bit uint, on bool) {
	v := n.view()
	s := v.Get("state") &^ (1 << bit)
	if on {
		s |= 1 << bit
	}
	v.Set("state", s)
}

// hardware is a device's address. It is where alloc_netdev put it, whatever dev_addr
// was made to point to: drivers must not change that (dev_addr is const).
func (n *dev) hardware() []byte {
	v := n.view()
	return slices.Clone(n.d.core.Slice(v.Ptr("__addr"), n.addrLen(v)))
}

func (n *dev) addrLen(v cstruct.View) uint64 { return min(v.Get("addr_len"), addrMax) }

// Info implements net.Link.
func (n *dev) Info() (i net.Info) {
	d := n.d
	who := &lkm.Caller{}
	d.mu.Lock()
	i.Name, i.Index = n.name, n.index
	d.mu.Unlock()
	d.core.Guard(who, func() {
		v := n.view()
		const computed = abi.IFF_RUNNING | abi.IFF_LOWER_UP
		i.Flags = uint32(v.Get("flags"))&^computed | uint32(v.Get("gflags"))&(abi.IFF_PROMISC|abi.IFF_ALLMULTI)
		if n.bit(linkStart) && !n.bit(linkNoCarrier) {
			i.Flags |= computed
		}
		i.MTU, i.Type = int(int32(v.Get("mtu"))), uint16(v.Get("type"))
		i.HeaderLen, i.TxQueueLen = int(v.Get("hard_header_len")), int(int32(v.Get("tx_queue_len")))
		i.Addr = n.hardware()
		i.Broadcast = slices.Clone(d.core.Slice(v.Ptr("broadcast"), n.addrLen(v)))
	})
	return i
}

// enter lets a caller into a device's operations; leave lets it out. It is false
// once the device was unregistered.
func (n *dev) enter(who *lkm.Caller) bool {
	n.d.mu.Lock()
	live, gate := n.registered, n.gate
	n.d.mu.Unlock()
	return live && gate.Enter(who)
}

func (n *dev) leave(who *lkm.Caller) {
	n.d.mu.Lock()
	gate := n.gate
	n.d.mu.Unlock()
	gate.Leave(who)
}

// configure runs f for a caller with the RTNL held, if the device is there.
func (n *dev) configure(c *vfs.Caller, f func(who *lkm.Caller) abi.Errno) (e abi.Errno) {
	who := n.d.callerOf(c)
	n.d.withRTNL(who, func() {
		if !n.enter(who) {
			e = abi.ENODEV
			return
		}
		defer n.leave(who)
		e = f(who)
	})
	return e
}

// Up implements net.Link.
func (n *dev) Up(c *vfs.Caller) abi.Errno {
	return n.configure(c, func(who *lkm.Caller) abi.Errno { return n.d.open(who, n) })
}

// Down implements net.Link.
func (n *dev) Down(c *vfs.Caller) abi.Errno {
	return n.configure(c, func(who *lkm.Caller) abi.Errno {
		n.d.close(who, n)
		return 0
	})
}

// open is dev_open. Preconditions: the RTNL is held.
func (d *Devices) open(who *lkm.Caller, n *dev) abi.Errno {
	if n.bit(linkStart) {
		return 0
	}
	if !n.bit(linkPresent) {
		return abi.ENODEV
	}
	n.setBit(linkStart, true)
	e := d.call(who, n, "ndo_validate_addr")
	if e == 0 {
		e = d.call(who, n, "ndo_open")
	}
	if e != 0 {
		n.setBit(linkStart, false)
		return e
	}
	v := n.view()
	v.Set("flags", v.Get("flags")|abi.IFF_UP)
	d.run(who, n, "ndo_set_rx_mode")
	d.Stack.Opened(n, true)
	d.notify(who, eventUp, n)
	return 0
}

// close is dev_close: it waits for the transmissions that go on. Preconditions: the
// RTNL is held.
func (d *Devices) close(who *lkm.Caller, n *dev) {
	if !n.bit(linkStart) {
		return
	}
	d.notify(who, eventGoingDown, n)
	n.setBit(linkStart, false)
	d.Stack.Opened(n, false)
	d.flushQueue(who, n)
	if who.Atomic == 0 {
		d.mu.Lock()
		for n.inside > 0 {
			d.changed.Wait()
		}
		d.mu.Unlock()
	}
	d.run(who, n, "ndo_stop")
	v := n.view()
	v.Set("flags", v.Get("flags")&^abi.IFF_UP)
	d.notify(who, eventDown, n)
}

// SetFlags implements net.Link.
func (n *dev) SetFlags(c *vfs.Caller, flags uint32) abi.Errno {
	return n.configure(c, func(who *lkm.Caller) abi.Errno {
		const mode = abi.IFF_PROMISC | abi.IFF_ALLMULTI | abi.IFF_MULTICAST
		const kept = abi.IFF_DEBUG | abi.IFF_NOTRAILERS | abi.IFF_NOARP | abi.IFF_DYNAMIC | abi.IFF_PORTSEL | abi.IFF_AUTOMEDIA | mode
		v := n.view()
		old := uint32(v.Get("flags"))
		now := old&^kept | flags&kept
		v.Set("flags", uint64(now))
		v.Set("gflags", uint64(now&(abi.IFF_PROMISC|abi.IFF_ALLMULTI)))
		if (old^now)&mode != 0 && n.bit(linkStart) {
			n.d.run(who, n, "ndo_set_rx_mode")
		}
		return 0
	})
}

// SetMTU implements net.Link.
func (n *dev) SetMTU(c *vfs.Caller, mtu int) abi.Errno {
	return n.configure(c, func(who *lkm.Caller) abi.Errno { return n.d.setMTU(who, n, mtu) })
}

// setMTU is dev_set_mtu. Preconditions: the RTNL is held.
func (d *Devices) setMTU(who *lkm.Caller, n *dev, mtu int) abi.Errno {
	v := n.view()
	if mtu == int(int32(v.Get("mtu"))) {
		return 0
	}
	low, high := int(int32(v.Get("min_mtu"))), int(int32(v.Get("max_mtu")))
	switch {
	case mtu < 0 || mtu < low:
		d.core.Log("\x014" + n.name + ": mtu less than device minimum\n")
		return abi.EINVAL
	case high > 0 && mtu > high:
		d.core.Log("\x014" + n.name + ": mtu greater than device maximum\n")
		return abi.EINVAL
	case !n.bit(linkPresent):
		return abi.ENODEV
	}
	if d.op(who, n, "ndo_change_mtu") == 0 {
		v.Set("mtu", uint64(mtu))
	} else if e := d.call(who, n, "ndo_change_mtu", uint64(mtu)); e != 0 {
		return e
	}
	d.notify(who, eventChangeMTU, n)
	return 0
}

// SetAddr implements net.Link.
func (n *dev) SetAddr(c *vfs.Caller, sa []byte) abi.Errno {
	return n.configure(c, func(who *lkm.Caller) abi.Errno {
		p := n.d.core.Alloc(abi.SockaddrSize)
		if p == 0 {
			return abi.ENOMEM
		}
		defer n.d.core.Free(p)
		copy(n.d.core.Slice(p, abi.SockaddrSize), sa)
		return n.d.setAddr(who, n, p)
	})
}

// setAddr is dev_set_mac_address, with a struct sockaddr. Preconditions: the RTNL
// is held.
func (d *Devices) setAddr(who *lkm.Caller, n *dev, sa uint64) abi.Errno {
	if d.op(who, n, "ndo_set_mac_address") == 0 {
		return abi.EOPNOTSUPP
	}
	if !n.bit(linkPresent) {
		return abi.ENODEV
	}
	if e := d.call(who, n, "ndo_set_mac_address", sa); e != 0 {
		return e
	}
	const set = 3 // NET_ADDR_SET
	n.view().Set("addr_assign_type", set)
	d.notify(who, eventChangeAddr, n)
	return 0
}

// SetName implements net.Link: only a closed device gets another name.
func (n *dev) SetName(c *vfs.Caller, name string) abi.Errno {
	return n.configure(c, func(who *lkm.Caller) abi.Errno {
		if n.bit(linkStart) {
			return abi.EBUSY
		}
		name, e := n.d.freeName(name)
		if e == 0 {
			e = n.d.Stack.Rename(n, name)
		}
		if e != 0 {
			return e
		}
		old := n.name
		n.d.setName(n, name)
		n.d.renamed(n, old)
		n.d.notify(who, eventChangeName, n)
		return 0
	})
}

// SetTxQueueLen implements net.Link.
func (n *dev) SetTxQueueLen(c *vfs.Caller, length int) abi.Errno {
	return n.configure(c, func(*lkm.Caller) abi.Errno {
		n.view().Set("tx_queue_len", uint64(length))
		return 0
	})
}

// Ioctl implements net.Link: the map of the device, and requests of the driver's
// own.
func (n *dev) Ioctl(c *vfs.Caller, cmd uintptr, ifr []byte) abi.Errno {
	return n.configure(c, func(who *lkm.Caller) abi.Errno {
		switch cmd {
		case abi.SIOCGIFMAP:
			n.getMap(ifr[abi.IFNAMSIZ:])
			return 0
		case abi.SIOCSIFMAP:
			if n.d.op(who, n, "ndo_set_config") == 0 {
				return abi.EOPNOTSUPP
			}
			return n.d.withCopy(ifr[abi.IFNAMSIZ:], func(p uint64) abi.Errno { return n.d.call(who, n, "ndo_set_config", p) })
		}
		return n.d.private(who, n, uint64(cmd), ifr)
	})
}

// private performs SIOCDEVPRIVATE and what follows it.
func (d *Devices) private(who *lkm.Caller, n *dev, cmd uint64, ifr []byte) abi.Errno {
	own := d.op(who, n, "ndo_siocdevprivate")
	if own == 0 && d.op(who, n, "ndo_do_ioctl") == 0 {
		return abi.EOPNOTSUPP
	}
	if !n.bit(linkPresent) {
		return abi.ENODEV
	}
	return d.withCopy(ifr, func(p uint64) abi.Errno {
		if own == 0 {
			return d.call(who, n, "ndo_do_ioctl", p, cmd)
		}
		return d.call(who, n, "ndo_siocdevprivate", p, cstruct.Word(d.core, p+abi.IFNAMSIZ), cmd)
	})
}

// withCopy gives f a copy of b in C memory, which it may change.
func (d *Devices) withCopy(b []byte, f func(p uint64) abi.Errno) abi.Errno {
	p := d.core.Alloc(uint64(len(b)))
	if p == 0 {
		return abi.ENOMEM
	}
	defer d.core.Free(p)
	copy(d.core.Slice(p, uint64(len(b))), b)
	e := f(p)
	copy(b, d.core.Slice(p, uint64(len(b))))
	return e
}

// getMap fills in a struct ifmap.
func (n *dev) getMap(b []byte) {
	v := n.view()
	l := abi.Layout{}
	if abi.WordSize == 4 {
		l.U32(uint32(v.Get("mem_start")), uint32(v.Get("mem_end")))
	} else {
		l.U64(v.Get("mem_start"), v.Get("mem_end"))
	}
	l.U16(uint16(v.Get("base_addr")))
	l.Raw([]byte{byte(v.Get("irq")), byte(v.Get("dma")), byte(v.Get("if_port"))})
	clear(b)
	copy(b, l.B)
}

// Stats implements net.Link.
func (n *dev) Stats(c *vfs.Caller) (s net.Stats) {
	who := n.d.callerOf(c)
	if !n.enter(who) {
		return s
	}
	defer n.leave(who)
	n.d.readStats(who, n, func(v cstruct.View) { s = statsOf(v) })
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	s.TxDropped += n.dropped
	s.RxDropped += n.rxDropped
	return s
}

// readStats asks a driver for its counters (dev_get_stats) and gives them to f.
func (d *Devices) readStats(who *lkm.Caller, n *dev, f func(v cstruct.View)) {
	if fn := d.op(who, n, "ndo_get_stats64"); fn != 0 {
		size := Stats64.Size(d.core)
		p := d.core.Alloc(size)
		if p == 0 {
			return
		}
		defer d.core.Free(p)
		clear(d.core.Slice(p, size))
		if _, e := d.Files.Run(who, fn, n.addr, p); e == 0 {
			f(Stats64.At(d.core, p))
		}
		return
	}
	at := n.view().Ptr("stats")
	if fn := d.op(who, n, "ndo_get_stats"); fn != 0 {
		r, e := d.Files.Run(who, fn, n.addr)
		if e != 0 || r == 0 {
			return
		}
		at = r
	}
	d.Files.Guard(who, func() { f(Stats.At(d.core, at)) })
}

// statsOf reads either structure of counters.
func statsOf(v cstruct.View) net.Stats {
	g := v.Get
	return net.Stats{
		RxPackets: g("rx_packets"), TxPackets: g("tx_packets"), RxBytes: g("rx_bytes"), TxBytes: g("tx_bytes"),
		RxErrors: g("rx_errors"), TxErrors: g("tx_errors"), RxDropped: g("rx_dropped"), TxDropped: g("tx_dropped"),
		Multicast: g("multicast"), Collisions: g("collisions"), RxLengthErrors: g("rx_length_errors"),
		RxOverErrors: g("rx_over_errors"), RxCRCErrors: g("rx_crc_errors"), RxFrameErrors: g("rx_frame_errors"),
		RxFIFOErrors: g("rx_fifo_errors"), RxMissedErrors: g("rx_missed_errors"), TxAbortedErrors: g("tx_aborted_errors"),
		TxCarrierErrors: g("tx_carrier_errors"), TxFIFOErrors: g("tx_fifo_errors"), TxHeartbeatErrors: g("tx_heartbeat_errors"),
		TxWindowErrors: g("tx_window_errors"), RxCompressed: g("rx_compressed"), TxCompressed: g("tx_compressed"),
	}
}
