package netdev

import (
	"fmt"
	"slices"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/net"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// Hooks of modules on IP packets (Linux net/netfilter/core.c).

// hook is a registered struct nf_hook_ops, as it was then.
type hook struct {
	ops      uint64
	fn, priv uint64
	point    uint8
	priority int32
	gate     cfile.Gate
}

// What a hook says (NF_VERDICT_MASK).
const (
	verdictMask = 0xff
	nfDrop      = 0
	nfAccept    = 1
	nfStolen    = 2
	nfRepeat    = 4
	nfStop      = 5
	// repeats bounds NF_REPEAT: more of them would never end.
	repeats = 16

	protoInet, protoIPv4 = 1, 2 // NFPROTO_*
	pointsEnd            = 5    // NF_INET_NUMHOOKS

	protocolIP = 0x0008 // ETH_P_IP in the network's order
)

func (d *Devices) filterFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "nf_register_net_hook", Proto: "int nf_register_net_hook(struct net *net, const struct nf_hook_ops *ops)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			return fail(d.addHook(c.Ptr()))
		}},
		{Name: "nf_unregister_net_hook", Proto: "void nf_unregister_net_hook(struct net *net, const struct nf_hook_ops *ops)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			at := c.Ptr()
			h := d.takeHook(func(h *hook) bool { return h.ops == at })
			if h == nil {
				c.Warn("nf_unregister_net_hook", "nf_unregister_net_hook: hook not found!\n", taintWarn)
				return 0
			}
			d.Sched.Wait(c, "nf_unregister_net_hook", func() { h.gate.Shut(lkm.From(c)) })
			return 0
		}},
	}
}

// addHook puts a hook in its place: by priority, and first come, first called.
func (d *Devices) addHook(ops uint64) abi.Errno {
	v := HookOps.At(d.core, ops)
	h := &hook{ops: ops, fn: v.Get("hook"), priv: v.Get("priv"), priority: int32(v.Get("priority"))}
	point := v.Get("hooknum")
	switch pf := v.Get("pf"); {
	case pf != protoIPv4 && pf != protoInet:
		return abi.EOPNOTSUPP
	case point >= pointsEnd || h.fn == 0:
		return abi.EINVAL
	}
	h.point = uint8(point)
	d.mu.Lock()
	at := slices.IndexFunc(d.hooks, func(o *hook) bool { return o.priority > h.priority })
	if at < 0 {
		at = len(d.hooks)
	}
	d.hooks = slices.Insert(d.hooks, at, h)
	d.mu.Unlock()
	d.Stack.SetFilter(d.filter)
	return 0
}

// takeHook takes a hook off; nil if there is none.
func (d *Devices) takeHook(is func(h *hook) bool) *hook {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.hooks, is)
	if i < 0 {
		return nil
	}
	h := d.hooks[i]
	d.hooks = slices.Delete(d.hooks, i, i+1)
	if len(d.hooks) == 0 {
		d.Stack.SetFilter(nil)
	}
	return h
}

// leavingHooks takes the hooks of a module that goes and names them.
func (d *Devices) leavingHooks(of func(addr uint64) bool) (left []string) {
	for {
		h := d.takeHook(func(h *hook) bool { return of(h.fn) || of(h.ops) })
		if h == nil {
			return left
		}
		h.gate.Shut(&lkm.Caller{})
		left = append(left, fmt.Sprintf("netfilter hook %s is still there: nf_unregister_net_hook it before the module goes", d.core.Symbol(h.fn)))
	}
}

// filter implements net.Filter.
func (d *Devices) filter(c *vfs.Caller, point uint8, in, out net.Link, b []byte) (after []byte, ok bool) {
	d.mu.Lock()
	var list []*hook
	for _, h := range d.hooks {
		if h.point == point {
			list = append(list, h)
		}
	}
	d.mu.Unlock()
	if len(list) == 0 {
		return b, true
	}
	who := d.callerOf(c)
	d.Sched.BottomHalf(who, func() { after, ok = d.runHooks(who, list, point, in, out, b) })
	return after, ok
}

// runHooks shows a packet to hooks, in a buffer of its own.
func (d *Devices) runHooks(who *lkm.Caller, list []*hook, point uint8, in, out net.Link, b []byte) (after []byte, ok bool) {
	state := d.core.Alloc(HookState.Size(d.core))
	addr := d.newBuff(d.core.Alloc, 2*pad+uint64(len(b)))
	if state == 0 || addr == 0 {
		if state != 0 {
			d.core.Free(state)
		}
		return nil, false
	}
	defer d.core.Free(state)
	clear(d.core.Slice(state, HookState.Size(d.core)))
	k := d.known(addr)
	at := k.bytes.addr + pad
	copy(d.core.Slice(at, uint64(len(b))), b)
	d.move(k, window{head: k.bytes.addr}, at, uint64(len(b)))
	inAddr, outAddr := d.cdevice(in), d.cdevice(out)
	v := Buff.At(d.core, addr)
	v.Set("dev", max(inAddr, outAddr))
	v.Set("protocol", protocolIP)
	v.Set("network_header", pad)
	v.Set("transport_header", pad+net.HeaderSize(b))
	s := HookState.At(d.core, state)
	s.Set("hook", uint64(point))
	s.Set("pf", protoIPv4)
	s.Set("in", inAddr)
	s.Set("out", outAddr)
	for _, h := range list {
		switch d.ask(who, h, addr, state) {
		case nfAccept:
		case nfStop:
			return d.takeBack(who, k)
		case nfStolen:
			return nil, false
		default:
			if d.known(addr) == k {
				d.drop(who, k)
			}
			return nil, false
		}
	}
	return d.takeBack(who, k)
}

// ask calls one hook, again as often as it says so.
func (d *Devices) ask(who *lkm.Caller, h *hook, skb, state uint64) uint64 {
	if !h.gate.Enter(who) {
		return nfAccept
	}
	defer h.gate.Leave(who)
	for range repeats {
		r, e := d.Files.Run(who, h.fn, h.priv, skb, state)
		if e != 0 {
			return nfDrop
		}
		if r &= verdictMask; r != nfRepeat {
			return r
		}
	}
	return nfDrop
}

// takeBack frees the buffer that hooks saw and gives what they left in it.
func (d *Devices) takeBack(who *lkm.Caller, k *skb) ([]byte, bool) {
	if d.known(k.addr) != k {
		return nil, false // a hook freed what it accepted
	}
	defer d.drop(who, k)
	w, ok := d.window(k)
	if !ok {
		d.core.Log("\x014nf_hook_slow: a hook left the buffer's pointers out of its memory\n")
		return nil, false
	}
	return slices.Clone(d.core.Slice(w.data, w.len)), true
}

// cdevice is the struct net_device of a link, 0 for none. That of lo is made when it
// is first asked for: it can be looked at, and not changed.
func (d *Devices) cdevice(l net.Link) uint64 {
	if l == nil {
		return 0
	}
	if n, ok := l.(*dev); ok {
		return n.addr
	}
	d.mu.Lock()
	addr := d.lo
	d.mu.Unlock()
	if addr != 0 {
		return addr
	}
	size := up(Device.Size(d.core), privAlign)
	if addr = d.core.Alloc(size); addr == 0 {
		return 0
	}
	clear(d.core.Slice(addr, size))
	d.mu.Lock()
	d.lo = addr
	d.devs[addr] = &dev{d: d, addr: addr, name: "lo"}
	d.mu.Unlock()
	i := l.Info()
	v := d.view(addr)
	copy(d.core.Slice(v.Ptr("name"), abi.IFNAMSIZ-1), i.Name)
	v.Set("ifindex", uint64(i.Index))
	v.Set("flags", uint64(i.Flags&^(abi.IFF_RUNNING|abi.IFF_LOWER_UP)))
	v.Set("mtu", uint64(i.MTU))
	v.Set("type", uint64(i.Type))
	v.Set("addr_len", abi.ETH_ALEN)
	v.Set("hard_header_len", abi.ETH_HLEN)
	v.Set("dev_addr", v.Ptr("__addr"))
	v.Set("state", 1<<linkStart|1<<linkPresent)
	v.Set("reg_state", registered)
	return addr
}

// isLo says whether a device stands for lo.
func (d *Devices) isLo(n *dev) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return n.addr == d.lo
}

// The structures shared with hooks.
var (
	HookState = cstruct.New("nf_hook_state", netfilterH, join(
		fields(cstruct.Char, "hook", "pf"),
		fields(cstruct.Long, "in", "out", "sk", "net", "okfn"),
	)...)

	HookOps = cstruct.New("nf_hook_ops", netfilterH, join(
		fields(cstruct.Long, "hook", "dev", "priv"),
		fields(cstruct.Char, "pf", "hook_ops_type"),
		fields(cstruct.Int, "hooknum", "priority"),
	)...)
)

const netfilterH = "linux/netfilter.h"
