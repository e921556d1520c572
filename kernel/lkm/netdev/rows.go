package netdev

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// Exports are the rows of the package.
func (d *Devices) Exports() []kapi.Func {
	var rows []kapi.Func
	for _, g := range [][]kapi.Func{
		d.deviceFuncs(), d.configFuncs(), d.findFuncs(), d.etherFuncs(), d.xmitFuncs(), d.receiveFuncs(), d.buffFuncs(), d.rtnlFuncs(), d.filterFuncs(), d.packFuncs(),
	} {
		rows = append(rows, g...)
	}
	return rows
}

// Vars are the exported variables: the operations of Ethernet's headers, and the
// network there is.
func (d *Devices) Vars() []kapi.Var {
	none := kapi.Word{}
	return []kapi.Var{
		{Name: "eth_header_ops", Words: []kapi.Word{{Func: "eth_header"}, {Func: "eth_header_parse"}, none, none, none, none}},
		{Name: "init_net", Words: []kapi.Word{none}},
	}
}

func (d *Devices) deviceFuncs() []kapi.Func {
	register := func(name string, rtnl bool) kapi.Func {
		return d.withDev(name, "int "+name+"(struct net_device *dev)", func(c *kapi.Call, n *dev) (r uint64) {
			who := lkm.From(c)
			if rtnl {
				d.withRTNL(who, func() { r = fail(d.register(who, n)) })
				return r
			}
			return fail(d.register(who, n))
		})
	}
	return []kapi.Func{
		{Name: "alloc_netdev_mqs", Proto: "struct net_device *alloc_netdev_mqs(int sizeof_priv, const char *name, unsigned char name_assign_type, void (*setup)(struct net_device *), unsigned int txqs, unsigned int rxqs)", Call: func(c *kapi.Call) uint64 {
			priv, name, assign, setup := c.Int(), c.Str(c.Ptr()), uint8(c.Uint()), c.Ptr()
			return d.alloc(c, priv, name, assign, setup, min(c.Uint(), c.Uint()))
		}},
		{Name: "alloc_etherdev_mqs", Proto: "struct net_device *alloc_etherdev_mqs(int sizeof_priv, unsigned int txqs, unsigned int rxqs)", Call: func(c *kapi.Call) uint64 {
			const enum = 1 // NET_NAME_ENUM
			priv := c.Int()
			addr := d.alloc(c, priv, "eth%d", enum, 0, min(c.Uint(), c.Uint()))
			if addr != 0 {
				d.etherSetup(addr)
			}
			return addr
		}},
		{Name: "free_netdev", Proto: "void free_netdev(struct net_device *dev)", Call: func(c *kapi.Call) uint64 {
			at := c.Ptr()
			if at == 0 {
				return 0
			}
			n := d.find(at)
			if n == nil {
				c.Warn("free_netdev", "free_netdev: this is no network device, or it was freed\n", taintWarn)
				return 0
			}
			d.freeDev(c, n)
			return 0
		}},
		register("register_netdev", true), register("register_netdevice", false),
		d.withDev("unregister_netdev", "void unregister_netdev(struct net_device *dev)", func(c *kapi.Call, n *dev) uint64 {
			who := lkm.From(c)
			d.withRTNL(who, func() { d.unregister(who, n) })
			d.todo(c, n)
			return 0
		}),
		d.withDev("unregister_netdevice_queue", "void unregister_netdevice_queue(struct net_device *dev, struct list_head *head)", func(c *kapi.Call, n *dev) uint64 {
			d.unregister(lkm.From(c), n)
			d.todo(c, n)
			return 0
		}),
		{Name: "netdev_release", Proto: "void netdev_release(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			if n := d.find(Device.From(d.core, "dev", c.Ptr()).Addr); n != nil {
				d.release(n)
			}
			return 0
		}},
		{Name: "ether_setup", Proto: "void ether_setup(struct net_device *dev)", Call: func(c *kapi.Call) uint64 {
			d.etherSetup(c.Ptr())
			return 0
		}},
	}
}

// todo is netdev_run_todo for a device that was unregistered: its destructor, and
// for one that wants it its end.
func (d *Devices) todo(c *kapi.Call, n *dev) {
	v := d.view(n.addr)
	if v.Get("reg_state") != unregistered {
		return
	}
	if fn := v.Get("priv_destructor"); fn != 0 {
		if _, ok := c.CallC(fn, n.addr); !ok {
			c.Died = kapi.FaultInside
			return
		}
	}
	if v.Get("needs_free_netdev") != 0 {
		d.freeDev(c, n)
	}
}

func (d *Devices) configFuncs() []kapi.Func {
	carrier := func(name string, on bool) kapi.Func {
		return d.withDev(name, "void "+name+"(struct net_device *dev)", func(c *kapi.Call, n *dev) uint64 {
			if n.bit(linkNoCarrier) == on {
				n.setBit(linkNoCarrier, !on)
			}
			return 0
		})
	}
	present := func(name string, on bool) kapi.Func {
		return d.withDev(name, "void "+name+"(struct net_device *dev)", func(_ *kapi.Call, n *dev) uint64 {
			n.setBit(linkPresent, on)
			q := Queue.At(d.core, n.view().Ptr("__queue"))
			if on {
				q.Set("state", q.Get("state")&^queueStopped)
			} else {
				q.Set("state", q.Get("state")|queueStopped)
			}
			return 0
		})
	}
	return []kapi.Func{
		carrier("netif_carrier_on", true), carrier("netif_carrier_off", false),
		present("netif_device_attach", true), present("netif_device_detach", false),
		d.withDev("dev_open", "int dev_open(struct net_device *dev, struct netlink_ext_ack *extack)", func(c *kapi.Call, n *dev) uint64 {
			return fail(d.open(lkm.From(c), n))
		}),
		d.withDev("dev_close", "void dev_close(struct net_device *dev)", func(c *kapi.Call, n *dev) uint64 {
			d.close(lkm.From(c), n)
			return 0
		}),
		d.withDev("dev_set_mtu", "int dev_set_mtu(struct net_device *dev, int new_mtu)", func(c *kapi.Call, n *dev) uint64 {
			return fail(d.setMTU(lkm.From(c), n, int(c.Int())))
		}),
		d.withDev("dev_set_mac_address", "int dev_set_mac_address(struct net_device *dev, struct sockaddr *sa, struct netlink_ext_ack *extack)", func(c *kapi.Call, n *dev) uint64 {
			return fail(d.setAddr(lkm.From(c), n, c.Ptr()))
		}),
		d.withDev("dev_addr_mod", "void dev_addr_mod(struct net_device *dev, unsigned int offset, const void *addr, size_t len)", func(c *kapi.Call, n *dev) uint64 {
			off, from, size := uint64(c.Uint()), c.Ptr(), c.Ulong()
			if off > addrMax || size > addrMax-off {
				c.Warn("dev_addr_mod", "dev_addr_mod: the address is too long\n", taintWarn)
				return 0
			}
			copy(d.core.Slice(n.view().Ptr("__addr")+off, size), d.core.Slice(from, size))
			return 0
		}),
		d.withDev("dev_get_stats", "struct rtnl_link_stats64 *dev_get_stats(struct net_device *dev, struct rtnl_link_stats64 *storage)", func(c *kapi.Call, n *dev) uint64 {
			to := c.Ptr()
			clear(d.core.Slice(to, Stats64.Size(d.core)))
			d.readStats(lkm.From(c), n, func(v cstruct.View) { d.copyStats(to, v) })
			return to
		}),
		{Name: "netdev_stats_to_stats64", Proto: "void netdev_stats_to_stats64(struct rtnl_link_stats64 *stats64, const struct net_device_stats *netdev_stats)", Call: func(c *kapi.Call) uint64 {
			to := c.Ptr()
			clear(d.core.Slice(to, Stats64.Size(d.core)))
			d.copyStats(to, Stats.At(d.core, c.Ptr()))
			return 0
		}},
	}
}

// copyStats copies counters to a struct rtnl_link_stats64.
func (d *Devices) copyStats(to uint64, from cstruct.View) {
	v := Stats64.At(d.core, to)
	for _, name := range counters {
		v.Set(name, from.Get(name))
	}
}

func (d *Devices) findFuncs() []kapi.Func {
	byName := func(name string, hold bool) kapi.Func {
		return kapi.Func{Name: name, Proto: "struct net_device *" + name + "(struct net *net, const char *name)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			l := d.Stack.Find(c.Str(c.Ptr()))
			if l == nil {
				return 0
			}
			return d.found(d.find(d.cdevice(l)), hold)
		}}
	}
	byIndex := func(name string, hold bool) kapi.Func {
		return kapi.Func{Name: name, Proto: "struct net_device *" + name + "(struct net *net, int ifindex)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			index := int(c.Int())
			for _, l := range d.Stack.Links() {
				if i := l.Info(); i.Index == index {
					return d.found(d.find(d.cdevice(l)), hold)
				}
			}
			return 0
		}}
	}
	return []kapi.Func{
		byName("dev_get_by_name", true), byName("__dev_get_by_name", false), byName("dev_get_by_name_rcu", false),
		byIndex("dev_get_by_index", true), byIndex("__dev_get_by_index", false), byIndex("dev_get_by_index_rcu", false),
		d.withDev("__dev_hold", "void __dev_hold(struct net_device *dev, int by)", func(c *kapi.Call, n *dev) uint64 {
			by := int(c.Int())
			d.mu.Lock()
			n.holds += by
			below := n.holds < 0
			if below {
				n.holds = 0
			}
			d.mu.Unlock()
			if below {
				c.Warn("dev_put", "dev_put: nobody holds "+n.name+"\n", taintWarn)
			}
			return 0
		}),
		{Name: "__next_net_device", Proto: "struct net_device *__next_net_device(struct net_device *dev)", Call: func(c *kapi.Call) uint64 {
			at := c.Ptr()
			after := at == 0
			for _, l := range d.Stack.Links() {
				dev := d.cdevice(l)
				if after {
					return dev
				}
				after = dev == at
			}
			return 0
		}},
		d.withDev("dev_alloc_name", "int dev_alloc_name(struct net_device *dev, const char *name)", func(c *kapi.Call, n *dev) uint64 {
			name, e := d.freeName(c.Str(c.Ptr()))
			if e != 0 {
				return fail(e)
			}
			d.setName(n, name)
			return 0
		}),
		{Name: "inet_select_addr", Proto: "__be32 inet_select_addr(const struct net_device *dev, __be32 dst, int scope)", Call: func(c *kapi.Call) uint64 {
			if n := d.find(c.Ptr()); n != nil {
				return uint64(d.Stack.AddrOf(n).Number())
			}
			return 0
		}},
	}
}

func (d *Devices) found(n *dev, hold bool) uint64 {
	if n == nil {
		return 0
	}
	if hold {
		d.mu.Lock()
		n.holds++
		d.mu.Unlock()
	}
	return n.addr
}

// valid says whether an address can be a device's own: not a group's, and not zero.
func valid(hw []byte) bool {
	zero := true
	for _, b := range hw {
		zero = zero && b == 0
	}
	return !zero && hw[0]&1 == 0
}

func (d *Devices) etherFuncs() []kapi.Func {
	// prepare is eth_prepare_mac_addr_change; the address is in a struct sockaddr.
	prepare := func(c *kapi.Call, n *dev) (hw []byte, e abi.Errno) {
		hw = d.core.Slice(c.Ptr()+2, abi.ETH_ALEN)
		const liveChange = 1 << 20 // IFF_LIVE_ADDR_CHANGE
		switch {
		case n.bit(linkStart) && n.view().Get("priv_flags")&liveChange == 0:
			return nil, abi.EBUSY
		case !valid(hw):
			return nil, abi.EADDRNOTAVAIL
		}
		return hw, 0
	}
	set := func(n *dev, hw []byte) { copy(d.core.Slice(n.view().Ptr("__addr"), abi.ETH_ALEN), hw) }
	return []kapi.Func{
		{Name: "eth_header", Proto: "int eth_header(struct sk_buff *skb, struct net_device *dev, unsigned short type, const void *daddr, const void *saddr, unsigned int len)", Call: func(c *kapi.Call) uint64 {
			k, _, ok := d.checked(c, "eth_header", c.Ptr())
			n, proto, dst, src := d.find(c.Ptr()), uint16(c.Uint()), c.Ptr(), c.Ptr()
			if !ok || n == nil {
				return lkm.Fail(abi.EINVAL)
			}
			if d.ethHeader(k, n, proto, dst, src) {
				return abi.ETH_HLEN
			}
			return ^uint64(abi.ETH_HLEN - 1) // -ETH_HLEN
		}},
		{Name: "eth_header_parse", Proto: "int eth_header_parse(const struct sk_buff *skb, unsigned char *haddr)", Call: func(c *kapi.Call) uint64 {
			k, w, ok := d.checked(c, "eth_header_parse", c.Ptr())
			to := c.Ptr()
			if !ok {
				return 0
			}
			mac := Buff.At(d.core, k.addr).Get("mac_header")
			if mac == unset || mac+abi.ETH_HLEN > w.size {
				return 0
			}
			copy(d.core.Slice(to, abi.ETH_ALEN), d.core.Slice(w.head+mac+abi.ETH_ALEN, abi.ETH_ALEN))
			return abi.ETH_ALEN
		}},
		d.withDev("eth_mac_addr", "int eth_mac_addr(struct net_device *dev, void *p)", func(c *kapi.Call, n *dev) uint64 {
			hw, e := prepare(c, n)
			if e == 0 {
				set(n, hw)
			}
			return fail(e)
		}),
		d.withDev("eth_prepare_mac_addr_change", "int eth_prepare_mac_addr_change(struct net_device *dev, void *p)", func(c *kapi.Call, n *dev) uint64 {
			_, e := prepare(c, n)
			return fail(e)
		}),
		d.withDev("eth_commit_mac_addr_change", "void eth_commit_mac_addr_change(struct net_device *dev, void *p)", func(c *kapi.Call, n *dev) uint64 {
			set(n, d.core.Slice(c.Ptr()+2, abi.ETH_ALEN))
			return 0
		}),
		d.withDev("eth_validate_addr", "int eth_validate_addr(struct net_device *dev)", func(c *kapi.Call, n *dev) uint64 {
			if hw := d.core.Slice(n.view().Ptr("__addr"), abi.ETH_ALEN); !valid(hw) {
				return lkm.Fail(abi.EADDRNOTAVAIL)
			}
			return 0
		}),
	}
}
