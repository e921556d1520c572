package netdev

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/device"
	"rv86/kernel/lkm/kobj"
	"rv86/kernel/lkm/sched"
	"rv86/kernel/lkm/softirq"
	"rv86/kernel/net"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// Config is what devices are made with.
type Config struct {
	Model *device.Model
	Files *cfile.Files
	Sched *sched.Sched
	Soft  *softirq.Engine
	Stack *net.Stack
	NS    *vfs.Namespace
}

// Devices is all network devices and buffers.
type Devices struct {
	Config
	core  lkm.Core
	class uint64
	rtnl  rtnl

	mu        sync.Mutex
	changed   sync.Cond // a transmission, or a poll, ended
	devs      map[uint64]*dev
	skbs      map[uint64]*skb
	napis     map[uint64]*napi
	notifiers []uint64 // struct notifier_block
	hooks     []*hook  // in the order of their calls
	packs     []*pack
	lo        uint64 // the struct net_device of lo, once it was asked for
}

// dev is a struct net_device.
type dev struct {
	d    *Devices
	addr uint64
	size uint64

	// Guarded by d.mu.
	name       string
	index      int // 0 if it is not registered
	registered bool
	holds      int // dev_hold
	gate       *cfile.Gate
	queue      []*skb // what a stopped queue keeps, in order
	sending    bool   // its start_xmit runs
	inside     int    // transmissions in progress
	watched    bool   // the watchdog is set
	dropped    uint64 // that the queue had no room for
	rxDropped  uint64
}

// New makes it.
func New(c Config) *Devices {
	d := &Devices{
		Config: c, core: c.Files.Core, devs: map[uint64]*dev{}, skbs: map[uint64]*skb{}, napis: map[uint64]*napi{},
	}
	d.changed.L = &d.mu
	return d
}

// Start makes the class, and what /sys says of lo, once exports have addresses.
func (d *Devices) Start() (e abi.Errno) {
	if d.class, e = d.Model.Class("net", ""); e != 0 {
		return e
	}
	d.showLo()
	return 0
}

// reg_state.
const (
	uninitialized = iota
	registered
	unregistering
	unregistered
	released
)

const (
	defaultQueue = 1000
	privAlign    = 32      // NETDEV_ALIGN
	privMax      = 1 << 20 // of what lies behind a device
)

// callerOf is who C code runs for: a softirq gives its own caller along.
func (d *Devices) callerOf(c *vfs.Caller) *lkm.Caller {
	if c != nil {
		if who, ok := c.Task.(*lkm.Caller); ok {
			return who
		}
	}
	return d.Files.CallerOf(c)
}

func (d *Devices) view(addr uint64) cstruct.View { return Device.At(d.core, addr) }

// find gives the device at an address; nil if there is none.
func (d *Devices) find(addr uint64) *dev {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.devs[addr]
}

// withDev makes a row about one device; a wrong one is the caller's mistake.
func (d *Devices) withDev(name, proto string, f func(c *kapi.Call, n *dev) uint64) kapi.Func {
	return kapi.Func{Name: name, Proto: proto, Call: func(c *kapi.Call) uint64 {
		at := c.Ptr()
		n := d.find(at)
		if n == nil {
			cstruct.U32(d.core, at) // faults where nothing is, as in C
			c.Warn(name, name+": this is no network device, or it was freed\n", taintWarn)
			return lkm.Fail(abi.EINVAL)
		}
		return f(c, n)
	}}
}

// alloc is alloc_netdev_mqs.
func (d *Devices) alloc(c *kapi.Call, priv int32, name string, assign uint8, setup uint64, queues uint32) uint64 {
	if queues == 0 {
		c.Log("\x013alloc_netdev: Unable to allocate device with zero queues\n")
		return 0
	}
	if len(name) >= abi.IFNAMSIZ {
		c.Died = "kernel BUG: alloc_netdev: the name " + name + " is too long"
		return 0
	}
	if priv < 0 || priv > privMax {
		return 0
	}
	size := up(Device.Size(d.core), privAlign) + uint64(priv)
	addr := c.Alloc(size)
	if addr == 0 {
		return 0
	}
	clear(d.core.Slice(addr, size))
	v := d.view(addr)
	copy(d.core.Slice(v.Ptr("name"), abi.IFNAMSIZ-1), name)
	v.Set("name_assign_type", uint64(assign))
	v.Set("dev_addr", v.Ptr("__addr"))
	v.Set("_tx", v.Ptr("__queue"))
	for _, f := range []string{"num_tx_queues", "real_num_tx_queues", "num_rx_queues", "real_num_rx_queues"} {
		v.Set(f, 1)
	}
	kobj.ListInit(d.core, v.Ptr("dev_list"))
	kobj.ListInit(d.core, v.Ptr("napi_list"))
	q := Queue.At(d.core, v.Ptr("__queue"))
	q.Set("dev", addr)
	q.Set("xmit_lock_owner", 1<<32-1)
	const magic, nobody = 0xdead4ead, 1<<32 - 1 // SPINLOCK_MAGIC
	lock := spin.At(d.core, q.Ptr("_xmit_lock"))
	lock.Set("magic", magic)
	lock.Set("owner_cpu", nobody)
	d.mu.Lock()
	d.devs[addr] = &dev{d: d, addr: addr, size: size}
	d.mu.Unlock()
	if setup != 0 {
		if _, ok := c.CallC(setup, addr); !ok {
			c.Died = kapi.FaultInside
			return 0
		}
	}
	if v.Get("tx_queue_len") == 0 {
		v.Set("tx_queue_len", defaultQueue)
	}
	return addr
}

// setup is ether_setup.
func (d *Devices) etherSetup(addr uint64) {
	v := d.view(addr)
	v.Set("header_ops", d.Model.Kobjects().Export("eth_header_ops"))
	v.Set("type", abi.ARPHRD_ETHER)
	v.Set("hard_header_len", abi.ETH_HLEN)
	v.Set("min_header_len", abi.ETH_HLEN)
	v.Set("mtu", etherMTU)
	v.Set("min_mtu", etherMin)
	v.Set("max_mtu", etherMTU)
	v.Set("addr_len", abi.ETH_ALEN)
	v.Set("tx_queue_len", defaultQueue)
	v.Set("flags", abi.IFF_BROADCAST|abi.IFF_MULTICAST)
	b := d.core.Slice(v.Ptr("broadcast"), addrMax)
	for i := range abi.ETH_ALEN {
		b[i] = 0xff
	}
}

const (
	etherMTU = 1500 // ETH_DATA_LEN
	etherMin = 68   // ETH_MIN_MTU
)

// freeDev is free_netdev: a device that was registered goes with the last reference
// to its place in /sys.
func (d *Devices) freeDev(c *kapi.Call, n *dev) {
	v := d.view(n.addr)
	d.mu.Lock()
	live := n.registered || n.addr == d.lo
	d.mu.Unlock()
	if live {
		c.Warn("free_netdev", "free_netdev: "+n.name+" is still registered: unregister_netdev it first\n", taintWarn)
		return
	}
	d.forgetNAPI(n)
	if v.Get("reg_state") == uninitialized {
		d.release(n)
		return
	}
	v.Set("reg_state", released)
	d.Model.Put(c, v.Ptr("dev"))
}

// release frees the memory of a device, and the buffers that its driver took to send
// and never freed.
func (d *Devices) release(n *dev) {
	d.mu.Lock()
	mine := d.devs[n.addr] == n
	delete(d.devs, n.addr)
	var kept []*skb
	for _, k := range d.skbs {
		if mine && k.to == n {
			kept = append(kept, k)
		}
	}
	d.mu.Unlock()
	if !mine {
		return
	}
	if len(kept) > 0 {
		d.core.Log(fmt.Sprintf("\x013%s: its driver took %d buffers to send and never freed them\n", n.name, len(kept)))
	}
	slices.SortFunc(kept, func(x, y *skb) int { return cmp.Compare(x.addr, y.addr) })
	for _, k := range kept {
		Buff.At(d.core, k.addr).Set("users", 1)
		Buff.At(d.core, k.addr).Set("destructor", 0)
		d.drop(&lkm.Caller{}, k)
	}
	d.core.Free(n.addr)
}

// cname reads the name that C code wrote.
func (d *Devices) cname(v cstruct.View) string {
	b := d.core.Slice(v.Ptr("name"), abi.IFNAMSIZ)
	for i, ch := range b {
		if ch == 0 {
			return string(b[:i])
		}
	}
	return string(b[:abi.IFNAMSIZ-1])
}

func (d *Devices) setName(n *dev, name string) {
	b := d.core.Slice(d.view(n.addr).Ptr("name"), abi.IFNAMSIZ)
	clear(b)
	copy(b[:abi.IFNAMSIZ-1], name)
	d.mu.Lock()
	n.name = name
	d.mu.Unlock()
}

// freeName gives the first name that a pattern, "eth%d", has free (dev_alloc_name);
// a name without %d stands for itself.
func (d *Devices) freeName(pattern string) (string, abi.Errno) {
	const most = 8 * 4096 // MAX_ENTRIES: the bits of a page
	at := -1
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' {
			continue
		}
		if at >= 0 || i+1 == len(pattern) || pattern[i+1] != 'd' {
			return "", abi.EINVAL
		}
		at = i
	}
	if !net.ValidName(pattern) {
		return "", abi.EINVAL
	}
	if at < 0 {
		if d.Stack.Taken(pattern) {
			return "", abi.EEXIST
		}
		return pattern, 0
	}
	for n := range most {
		name := fmt.Sprintf("%s%d%s", pattern[:at], n, pattern[at+2:])
		if len(name) >= abi.IFNAMSIZ {
			return "", abi.ENFILE
		}
		if !d.Stack.Taken(name) {
			return name, 0
		}
	}
	return "", abi.ENFILE
}

// op gives one of a device's operations, 0 if it has none.
func (d *Devices) op(who *lkm.Caller, n *dev, name string) (fn uint64) {
	d.core.Guard(who, func() {
		if ops := d.view(n.addr).Get("netdev_ops"); ops != 0 {
			fn = Ops.At(d.core, ops).Get(name)
		}
	})
	return fn
}

// call performs an operation that gives 0 or a negative error number; none is 0.
func (d *Devices) call(who *lkm.Caller, n *dev, name string, args ...uint64) abi.Errno {
	fn := d.op(who, n, name)
	if fn == 0 {
		return 0
	}
	r, e := d.Files.Run(who, fn, append([]uint64{n.addr}, args...)...)
	if e == 0 {
		e = lkm.Errno(r)
	}
	return e
}

// register is register_netdevice. Preconditions: the RTNL is held.
func (d *Devices) register(who *lkm.Caller, n *dev) abi.Errno {
	v := d.view(n.addr)
	if v.Get("reg_state") != uninitialized || v.Get("netdev_ops") == 0 {
		d.core.Log("\x013register_netdevice: " + d.cname(v) + ": it has no operations, or was registered before\n")
		return abi.EINVAL
	}
	name, e := d.freeName(d.cname(v))
	if e != 0 {
		return e
	}
	d.setName(n, name)
	if e := d.call(who, n, "ndo_init"); e != 0 {
		return e
	}
	index, e := d.Stack.Register(n, name)
	if e != 0 {
		d.run(who, n, "ndo_uninit")
		return e
	}
	v.Set("ifindex", uint64(index))
	d.mu.Lock()
	n.index, n.registered, n.gate = index, true, &cfile.Gate{}
	d.mu.Unlock()
	v.Set("state", v.Get("state")|1<<linkPresent)
	if e = d.addDevice(who, n); e != 0 {
		d.Stack.Unregister(n)
		d.mu.Lock()
		n.registered = false
		d.mu.Unlock()
		d.run(who, n, "ndo_uninit")
		return e
	}
	v.Set("reg_state", registered)
	copy(d.core.Slice(v.Ptr("perm_addr"), addrMax), n.hardware())
	d.notify(who, eventRegister, n)
	return 0
}

// run performs an operation without a result, if there is one.
func (d *Devices) run(who *lkm.Caller, n *dev, name string) {
	if fn := d.op(who, n, name); fn != 0 {
		d.Files.Run(who, fn, n.addr)
	}
}

// addDevice puts a device in its place in /sys.
func (d *Devices) addDevice(who *lkm.Caller, n *dev) abi.Errno {
	v := d.view(n.addr)
	at := v.Ptr("dev")
	if e := d.Model.Init(at, d.class, n.name, "netdev_release"); e != 0 {
		return e
	}
	device.Device.At(d.core, at).Set("groups", 0)
	if groups := v.Ptr("sysfs_groups"); cstruct.Word(d.core, groups) != 0 {
		device.Device.At(d.core, at).Set("groups", groups)
	}
	if e := d.Model.Add(who, at); e != 0 {
		return e
	}
	dir, _ := d.Model.Dir(at)
	return d.addFiles(dir, n)
}

// unregister is unregister_netdevice: it closes the device, and waits for those who
// are in its operations. Preconditions: the RTNL is held.
func (d *Devices) unregister(who *lkm.Caller, n *dev) {
	d.mu.Lock()
	live := n.registered
	d.mu.Unlock()
	if !live {
		d.core.Log("\x014unregister_netdevice: the device was not registered\n")
		return
	}
	v := d.view(n.addr)
	d.close(who, n)
	v.Set("reg_state", unregistering)
	d.Stack.Unregister(n)
	d.notify(who, eventUnregister, n)
	d.mu.Lock()
	n.registered = false
	gate := n.gate
	d.mu.Unlock()
	gate.Shut(who)
	d.flushQueue(who, n)
	d.run(who, n, "ndo_uninit")
	d.Model.Del(who, v.Ptr("dev"))
	v.Set("reg_state", unregistered)
	d.mu.Lock()
	holds := n.holds
	d.mu.Unlock()
	if holds > 0 {
		// Linux waits here for ever, and says this every ten seconds.
		d.core.Log(fmt.Sprintf("\x010unregister_netdevice: waiting for %s to become free. Usage count = %d\n", n.name, holds+1))
	}
}

// Leaving lists the devices that a module forgot, and takes them away: nobody would
// serve them.
func (d *Devices) Leaving(_ string, of func(addr uint64) bool) (left []string) {
	who := &lkm.Caller{}
	for _, n := range d.inOrder() {
		ops, header := uint64(0), uint64(0)
		d.core.Guard(who, func() { ops, header = d.view(n.addr).Get("netdev_ops"), d.view(n.addr).Get("header_ops") })
		if !of(ops) && !of(header) {
			continue
		}
		left = append(left, fmt.Sprintf("network device %s is still there: unregister_netdev it before the module goes", n.name))
		d.withRTNL(who, func() { d.abandon(who, n) })
	}
	left = append(left, d.leavingHooks(of)...)
	left = append(left, d.leavingPacks(of)...)
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := d.notifiers[:0]
	for _, nb := range d.notifiers {
		if of(nb) {
			left = append(left, "a netdevice notifier is still there: unregister_netdevice_notifier it before the module goes")
			continue
		}
		kept = append(kept, nb)
	}
	d.notifiers = kept
	return left
}

// abandon takes a device away whose operations are gone.
func (d *Devices) abandon(who *lkm.Caller, n *dev) {
	v := d.view(n.addr)
	v.Set("netdev_ops", 0)
	v.Set("header_ops", 0)
	d.unregister(who, n)
}

// inOrder are the registered devices by index.
func (d *Devices) inOrder() (list []*dev) {
	for _, l := range d.Stack.Links() {
		if n, ok := l.(*dev); ok {
			list = append(list, n)
		}
	}
	return list
}
