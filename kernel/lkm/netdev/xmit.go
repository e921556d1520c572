package netdev

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/net"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

const (
	txBusy     = 0x10 // NETDEV_TX_BUSY
	headAlign  = 16   // HH_DATA_MOD
	retryAfter = 1_000_000
	nsPerJiffy = 4_000_000
)

// Send implements net.Link: it makes a buffer of a frame and queues it.
func (n *dev) Send(c *vfs.Caller, f net.Frame) abi.Errno {
	d := n.d
	who := d.callerOf(c)
	if !n.enter(who) {
		return abi.ENODEV
	}
	defer n.leave(who)
	if !n.bit(linkStart) {
		return abi.ENETDOWN
	}
	v := n.view()
	header := v.Get("hard_header_len")
	head := up(header+v.Get("needed_headroom"), headAlign) + headAlign
	addr := d.newBuff(d.core.Alloc, head+uint64(len(f.Data))+v.Get("needed_tailroom"))
	if addr == 0 {
		return abi.ENOBUFS
	}
	k := d.known(addr)
	b := Buff.At(d.core, addr)
	at := k.bytes.addr + head
	copy(d.core.Slice(at, uint64(len(f.Data))), f.Data)
	b.Set("data", at)
	b.Set("len", uint64(len(f.Data)))
	b.Set("tail", head+uint64(len(f.Data)))
	b.Set("dev", n.addr)
	b.Set("protocol", uint64(f.Proto<<8|f.Proto>>8))
	b.Set("network_header", head)
	if f.Whole {
		b.Set("mac_header", head)
		b.Set("network_header", head+min(header, uint64(len(f.Data))))
	} else if e := d.makeHeader(who, n, k, f); e != 0 {
		d.drop(who, k)
		return e
	}
	return d.enqueue(who, n, k)
}

// makeHeader has the device's header_ops put a header before a packet
// (dev_hard_header).
func (d *Devices) makeHeader(who *lkm.Caller, n *dev, k *skb, f net.Frame) abi.Errno {
	create := uint64(0)
	d.core.Guard(who, func() {
		if ops := n.view().Get("header_ops"); ops != 0 {
			create = Header.At(d.core, ops).Get("create")
		}
	})
	if create == 0 {
		return 0
	}
	dst := uint64(0)
	if f.Dst != nil {
		size := max(uint64(len(f.Dst)), addrMax)
		if dst = d.core.Alloc(size); dst == 0 {
			return abi.ENOBUFS
		}
		defer d.core.Free(dst)
		clear(d.core.Slice(dst, size))
		copy(d.core.Slice(dst, size), f.Dst)
	}
	r, e := uint64(0), abi.Errno(0)
	if create == d.Model.Kobjects().Export("eth_header") {
		d.ethHeader(k, n, f.Proto, dst, 0)
	} else if r, e = d.Files.Run(who, create, k.addr, n.addr, uint64(f.Proto), dst, 0, uint64(len(f.Data))); e != 0 {
		return e
	}
	w, ok := d.window(k)
	if !ok || int32(r) < 0 || d.known(k.addr) != k {
		return abi.EINVAL
	}
	Buff.At(d.core, k.addr).Set("mac_header", w.data-w.head)
	return 0
}

// enqueue hands a buffer to the driver, after those that wait.
func (d *Devices) enqueue(who *lkm.Caller, n *dev, k *skb) abi.Errno {
	limit := int(int32(n.view().Get("tx_queue_len")))
	d.mu.Lock()
	if len(n.queue) >= max(limit, 1) {
		n.dropped++
		d.mu.Unlock()
		d.drop(who, k)
		return abi.ENOBUFS
	}
	n.queue = append(n.queue, k)
	d.mu.Unlock()
	d.transmit(who, n)
	return 0
}

// stopped says whether the driver stopped the queue.
func (n *dev) stopped() bool {
	return Queue.At(n.d.core, n.view().Ptr("__queue")).Get("state")&queueStopped != 0
}

// transmit gives what waits to the driver, one buffer at a time, as long as it
// takes them. What comes while start_xmit runs waits for it to return.
func (d *Devices) transmit(who *lkm.Caller, n *dev) {
	for {
		stopped := n.stopped()
		d.mu.Lock()
		if stopped || n.sending || len(n.queue) == 0 || !n.registered || !n.bit(linkStart) {
			watch := stopped && len(n.queue) > 0
			d.mu.Unlock()
			if watch {
				d.watch(who, n)
			}
			return
		}
		k := n.queue[0]
		n.queue = n.queue[1:]
		n.sending = true
		n.inside++
		d.mu.Unlock()
		busy := d.startXmit(who, n, k)
		d.mu.Lock()
		n.sending = false
		n.inside--
		if busy {
			n.queue = append([]*skb{k}, n.queue...)
		}
		d.changed.Broadcast()
		d.mu.Unlock()
		if busy {
			d.Soft.After(retryAfter, func(who *lkm.Caller) { d.retry(who, n) })
			return
		}
	}
}

// retry sends what waits, in a softirq.
func (d *Devices) retry(who *lkm.Caller, n *dev) {
	if !n.enter(who) {
		return
	}
	defer n.leave(who)
	d.transmit(who, n)
}

// startXmit calls the driver with softirqs off; true says that it gave the buffer
// back.
func (d *Devices) startXmit(who *lkm.Caller, n *dev, k *skb) (busy bool) {
	if d.known(k.addr) != k {
		return false
	}
	fn := d.op(who, n, "ndo_start_xmit")
	if fn == 0 {
		d.drop(who, k)
		return false
	}
	d.mu.Lock()
	k.to = n
	d.mu.Unlock()
	d.Sched.BottomHalf(who, func() {
		r, e := d.Files.Run(who, fn, k.addr, n.addr)
		busy = e == 0 && uint32(r) == txBusy && d.known(k.addr) == k
	})
	return busy
}

// flushQueue drops what waits.
func (d *Devices) flushQueue(who *lkm.Caller, n *dev) {
	d.mu.Lock()
	list := n.queue
	n.queue = nil
	d.mu.Unlock()
	for _, k := range list {
		if d.known(k.addr) == k {
			d.drop(who, k)
		}
	}
}

// watch sets the watchdog, which calls ndo_tx_timeout for a queue that stays stopped
// while something waits (dev_watchdog).
func (d *Devices) watch(who *lkm.Caller, n *dev) {
	if d.op(who, n, "ndo_tx_timeout") == 0 {
		return
	}
	jiffies := int64(int32(n.view().Get("watchdog_timeo")))
	if jiffies <= 0 {
		const defaultSeconds, hz = 5, 250
		jiffies = defaultSeconds * hz
	}
	d.mu.Lock()
	set := n.watched
	n.watched = true
	d.mu.Unlock()
	if !set {
		d.Soft.After(jiffies*nsPerJiffy, func(who *lkm.Caller) { d.timeout(who, n) })
	}
}

// timeout is the watchdog's.
func (d *Devices) timeout(who *lkm.Caller, n *dev) {
	d.mu.Lock()
	n.watched = false
	d.mu.Unlock()
	if !n.enter(who) {
		return
	}
	defer n.leave(who)
	d.mu.Lock()
	waiting := len(n.queue) > 0
	d.mu.Unlock()
	if !waiting || !n.bit(linkStart) || !n.stopped() {
		return
	}
	d.core.Log("\x016NETDEV WATCHDOG: " + n.name + ": transmit queue 0 timed out\n")
	if fn := d.op(who, n, "ndo_tx_timeout"); fn != 0 {
		d.Files.Run(who, fn, n.addr, 0)
	}
	d.transmit(who, n)
}

func (d *Devices) xmitFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "dev_queue_xmit", Proto: "int dev_queue_xmit(struct sk_buff *skb)", Call: func(c *kapi.Call) uint64 {
			k, _, ok := d.checked(c, "dev_queue_xmit", c.Ptr())
			if k == nil {
				return lkm.Fail(abi.EINVAL)
			}
			who := lkm.From(c)
			n := d.find(Buff.At(d.core, k.addr).Get("dev"))
			if !ok || n == nil || !n.enter(who) {
				d.drop(who, k)
				return lkm.Fail(abi.ENODEV)
			}
			defer n.leave(who)
			if !n.bit(linkStart) {
				d.drop(who, k)
				return lkm.Fail(abi.ENETDOWN)
			}
			return fail(d.enqueue(who, n, k))
		}},
		{Name: "netif_tx_wake_queue", Proto: "void netif_tx_wake_queue(struct netdev_queue *txq)", Call: func(c *kapi.Call) uint64 {
			txq := c.Ptr()
			q := Queue.At(d.core, txq)
			q.Set("state", q.Get("state")&^queueStopped)
			n := d.find(q.Get("dev"))
			if n == nil {
				return 0
			}
			d.mu.Lock()
			waiting := len(n.queue) > 0
			d.mu.Unlock()
			if waiting {
				d.Soft.Raise(func(who *lkm.Caller) { d.retry(who, n) })
			}
			return 0
		}},
	}
}

// ethHeader is eth_header: without an address to go to, that is left for later.
func (d *Devices) ethHeader(k *skb, n *dev, proto uint16, dst, src uint64) bool {
	w, ok := d.window(k)
	if !ok || w.data-w.head < abi.ETH_HLEN {
		return false
	}
	d.move(k, w, w.data-abi.ETH_HLEN, w.len+abi.ETH_HLEN)
	at := w.data - abi.ETH_HLEN
	if src == 0 {
		src = n.view().Ptr("__addr")
	}
	b := d.core.Slice(at, abi.ETH_HLEN)
	copy(b[abi.ETH_ALEN:2*abi.ETH_ALEN], d.core.Slice(src, abi.ETH_ALEN))
	if dst != 0 {
		copy(b, d.core.Slice(dst, abi.ETH_ALEN))
	} else {
		clear(b[:abi.ETH_ALEN])
	}
	cstruct.Put(d.core, at+2*abi.ETH_ALEN, 2, uint64(proto<<8|proto>>8))
	return dst != 0
}
