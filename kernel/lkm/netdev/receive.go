package netdev

import (
	"slices"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/net"
	"rv86/kmod/kapi"
)

const (
	rxDrop      = 1 // NET_RX_DROP
	unnecessary = 1 // CHECKSUM_UNNECESSARY
	partial     = 3 // CHECKSUM_PARTIAL
)

// receive takes a buffer that came in (netif_rx): its bytes go to the backlog.
func (d *Devices) receive(c *kapi.Call, at string) uint64 {
	k, w, ok := d.checked(c, at, c.Ptr())
	if k == nil {
		return rxDrop
	}
	defer d.drop(lkm.From(c), k)
	v := Buff.At(d.core, k.addr)
	n := d.find(v.Get("dev"))
	if !ok {
		return rxDrop
	}
	if n == nil || !n.live() && !d.isLo(n) {
		c.Warn(at, at+": skb->dev is no registered network device\n", taintWarn)
		return rxDrop
	}
	if !n.bit(linkStart) {
		d.mu.Lock()
		n.rxDropped++
		d.mu.Unlock()
		return rxDrop
	}
	proto := uint16(v.Get("protocol"))
	p := net.Packet{Link: d.linkOf(n), Proto: proto<<8 | proto>>8, Kind: uint8(v.Get("pkt_type"))}
	start := w.data
	if mac := v.Get("mac_header"); mac != unset && mac <= w.data-w.head {
		start = w.head + mac
	}
	p.Off = int(w.data - start)
	p.Data = slices.Clone(d.core.Slice(start, w.data+w.len-start))
	sum := v.Get("ip_summed")
	p.Checked = sum == unnecessary || sum == partial
	if !d.Stack.Receive(p) {
		d.mu.Lock()
		n.rxDropped++
		d.mu.Unlock()
		return rxDrop
	}
	return 0
}

// linkOf is what the network knows a device as.
func (d *Devices) linkOf(n *dev) net.Link {
	if d.isLo(n) {
		return d.Stack.Find("lo")
	}
	return n
}

func (n *dev) live() bool {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	return n.registered
}

// typeTrans is eth_type_trans: it takes the header off and says what the frame is.
func (d *Devices) typeTrans(c *kapi.Call, k *skb, w window) uint64 {
	dev := c.Ptr()
	v := Buff.At(d.core, k.addr)
	v.Set("dev", dev)
	v.Set("mac_header", w.data-w.head)
	if w.len < abi.ETH_HLEN {
		d.move(k, w, w.data+w.len, 0)
		return 0
	}
	d.move(k, w, w.data+abi.ETH_HLEN, w.len-abi.ETH_HLEN)
	h := d.core.Slice(w.data, abi.ETH_HLEN)
	kind := uint64(abi.PACKET_HOST)
	own := d.core.Slice(Device.At(d.core, dev).Ptr("__addr"), abi.ETH_ALEN)
	broadcast := d.core.Slice(Device.At(d.core, dev).Ptr("broadcast"), abi.ETH_ALEN)
	switch to := h[:abi.ETH_ALEN]; {
	case slices.Equal(to, own):
	case slices.Equal(to, broadcast):
		kind = abi.PACKET_BROADCAST
	case to[0]&1 != 0:
		kind = abi.PACKET_MULTICAST
	default:
		kind = abi.PACKET_OTHERHOST
	}
	v.Set("pkt_type", kind)
	const least = 0x0600 // ETH_P_802_3_MIN: below it is a length
	if proto := cstruct.Get(d.core, w.data+2*abi.ETH_ALEN, 2); proto<<8&0xff00|proto>>8 >= least {
		return proto
	}
	const p8022 = abi.ETH_P_802_2
	return p8022 << 8
}

// napi is a struct napi_struct.
type napi struct {
	addr uint64
	dev  *dev
	busy bool // its poll is queued or runs
}

// Bits of its state.
const (
	napiSched   = 1 << 0
	napiMissed  = 1 << 1
	napiDisable = 1 << 2
	napiListed  = 1 << 4
)

func (d *Devices) napiAt(addr uint64) *napi {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.napis[addr]
}

// forgetNAPI deletes the polls of a device that is freed.
func (d *Devices) forgetNAPI(n *dev) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for addr, p := range d.napis {
		if p.dev == n {
			delete(d.napis, addr)
		}
	}
}

// schedule has a poll run in a softirq.
func (d *Devices) schedule(p *napi) {
	d.mu.Lock()
	queued := p.busy
	p.busy = true
	d.mu.Unlock()
	if !queued {
		d.Soft.Raise(func(who *lkm.Caller) { d.poll(who, p) })
	}
}

// poll calls a driver's poll once; one that took all it might have is called again.
func (d *Devices) poll(who *lkm.Caller, p *napi) {
	if d.napiAt(p.addr) != p || !p.dev.enter(who) {
		d.idle(p)
		return
	}
	defer p.dev.leave(who)
	v := NAPI.At(d.core, p.addr)
	fn, weight, sched := uint64(0), uint64(0), false
	if !d.core.Guard(who, func() {
		fn, weight = v.Get("poll"), v.Get("weight")
		sched = v.Get("state")&napiSched != 0
	}) || !sched || fn == 0 {
		d.idle(p)
		return
	}
	d.idle(p) // napi_complete_done may schedule it anew
	work, ok := d.core.Run(who, fn, p.addr, weight)
	if !ok {
		return
	}
	if int32(work) > int32(weight) {
		d.core.Log("\x013" + p.dev.name + ": NAPI poll function returned more than its budget\n")
	}
	if int32(work) >= int32(weight) {
		d.schedule(p)
	}
}

func (d *Devices) idle(p *napi) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p.busy = false
	d.changed.Broadcast()
}

// withNAPI makes a row about one; a wrong one is the caller's mistake.
func (d *Devices) withNAPI(name, proto string, f func(c *kapi.Call, p *napi, v cstruct.View) uint64) kapi.Func {
	return kapi.Func{Name: name, Proto: proto, Call: func(c *kapi.Call) uint64 {
		at := c.Ptr()
		p := d.napiAt(at)
		if p == nil {
			c.Warn(name, name+": netif_napi_add was not called for it\n", taintWarn)
			return 0
		}
		return f(c, p, NAPI.At(d.core, at))
	}}
}

func (d *Devices) receiveFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "netif_rx", Proto: "int netif_rx(struct sk_buff *skb)", Call: func(c *kapi.Call) uint64 { return d.receive(c, "netif_rx") }},
		{Name: "netif_receive_skb", Proto: "int netif_receive_skb(struct sk_buff *skb)", Call: func(c *kapi.Call) uint64 {
			return d.receive(c, "netif_receive_skb")
		}},
		d.withBuff("eth_type_trans", "__be16 eth_type_trans(struct sk_buff *skb, struct net_device *dev)", 0, d.typeTrans),
		{Name: "netif_napi_add_weight", Proto: "void netif_napi_add_weight(struct net_device *dev, struct napi_struct *napi, int (*poll)(struct napi_struct *, int), int weight)", Call: func(c *kapi.Call) uint64 {
			n, at, fn, weight := d.find(c.Ptr()), c.Ptr(), c.Ptr(), c.Int()
			if n == nil {
				c.Warn("netif_napi_add", "netif_napi_add: this is no network device\n", taintWarn)
				return 0
			}
			v := NAPI.At(d.core, at)
			v.Set("state", napiSched|napiListed) // until it is enabled
			v.Set("weight", uint64(max(weight, 1)))
			v.Set("poll", fn)
			v.Set("dev", n.addr)
			d.mu.Lock()
			d.napis[at] = &napi{addr: at, dev: n}
			d.mu.Unlock()
			return 0
		}},
		d.withNAPI("__netif_napi_del", "void __netif_napi_del(struct napi_struct *napi)", func(_ *kapi.Call, p *napi, _ cstruct.View) uint64 {
			d.mu.Lock()
			delete(d.napis, p.addr)
			d.mu.Unlock()
			return 0
		}),
		d.withNAPI("napi_enable", "void napi_enable(struct napi_struct *n)", func(c *kapi.Call, _ *napi, v cstruct.View) uint64 {
			if v.Get("state")&napiSched == 0 {
				c.Died = "kernel BUG: napi_enable of what is enabled"
				return 0
			}
			v.Set("state", napiListed)
			return 0
		}),
		d.withNAPI("napi_disable", "void napi_disable(struct napi_struct *n)", d.disable),
		d.withNAPI("napi_schedule_prep", "bool napi_schedule_prep(struct napi_struct *n)", func(_ *kapi.Call, _ *napi, v cstruct.View) uint64 {
			s := v.Get("state")
			switch {
			case s&napiDisable != 0:
				return 0
			case s&napiSched != 0:
				v.Set("state", s|napiMissed)
				return 0
			}
			v.Set("state", s|napiSched)
			return 1
		}),
		d.withNAPI("__napi_schedule", "void __napi_schedule(struct napi_struct *n)", func(_ *kapi.Call, p *napi, _ cstruct.View) uint64 {
			d.schedule(p)
			return 0
		}),
		d.withNAPI("napi_complete_done", "bool napi_complete_done(struct napi_struct *n, int work_done)", func(_ *kapi.Call, p *napi, v cstruct.View) uint64 {
			s := v.Get("state")
			v.Set("state", s&^(napiSched|napiMissed))
			if s&napiMissed != 0 {
				v.Set("state", s&^napiMissed|napiSched)
				d.schedule(p)
				return 0
			}
			d.mu.Lock()
			d.changed.Broadcast()
			d.mu.Unlock()
			return 1
		}),
	}
}

// disable is napi_disable: it waits until no poll is due, and keeps it so.
func (d *Devices) disable(c *kapi.Call, p *napi, v cstruct.View) uint64 {
	if s := v.Get("state"); s&napiSched != 0 && !d.polling(p) {
		v.Set("state", s|napiDisable) // it was disabled already; Linux would wait for ever
		return 0
	}
	v.Set("state", v.Get("state")|napiDisable)
	d.Sched.Wait(c, "napi_disable", func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		for p.busy || v.Get("state")&napiSched != 0 && d.napis[p.addr] == p {
			d.changed.Wait()
		}
	})
	v.Set("state", v.Get("state")&^napiDisable|napiSched)
	return 0
}

func (d *Devices) polling(p *napi) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return p.busy
}
