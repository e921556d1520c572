package netdev

import (
	"slices"
	"sync"

	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// rtnl is the lock of what configures devices. Its owner may take it again where
// the kernel does so for it (an operation that closes its own device).
type rtnl struct {
	lock sync.Mutex

	mu    sync.Mutex // guards owner
	owner *lkm.Caller
	taken bool
}

func (r *rtnl) mine(who *lkm.Caller) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.taken && r.owner == who
}

func (r *rtnl) take(who *lkm.Caller) {
	r.lock.Lock()
	r.own(who, true)
}

func (r *rtnl) own(who *lkm.Caller, taken bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.owner, r.taken = who, taken
}

func (r *rtnl) give() {
	r.own(nil, false)
	r.lock.Unlock()
}

// withRTNL runs f with the RTNL held by who.
func (d *Devices) withRTNL(who *lkm.Caller, f func()) {
	if d.rtnl.mine(who) {
		f()
		return
	}
	d.rtnl.take(who)
	defer d.rtnl.give()
	f()
}

func (d *Devices) rtnlFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "rtnl_lock", Proto: "void rtnl_lock(void)", Call: func(c *kapi.Call) uint64 {
			who := lkm.From(c)
			if d.rtnl.mine(who) {
				c.Died = "rtnl_lock: the RTNL is taken already by its own caller, who would wait for ever"
				return 0
			}
			d.Sched.Wait(c, "rtnl_lock", func() { d.rtnl.take(who) })
			return 0
		}},
		{Name: "rtnl_unlock", Proto: "void rtnl_unlock(void)", Call: func(c *kapi.Call) uint64 {
			if !d.rtnl.mine(lkm.From(c)) {
				c.Warn("rtnl_unlock", "rtnl_unlock: the caller does not hold it\n", taintWarn)
				return 0
			}
			d.rtnl.give()
			return 0
		}},
		{Name: "rtnl_trylock", Proto: "int rtnl_trylock(void)", Call: func(c *kapi.Call) uint64 {
			if !d.rtnl.lock.TryLock() {
				return 0
			}
			d.rtnl.own(lkm.From(c), true)
			return 1
		}},
		{Name: "rtnl_is_locked", Proto: "int rtnl_is_locked(void)", Call: func(*kapi.Call) uint64 {
			d.rtnl.mu.Lock()
			defer d.rtnl.mu.Unlock()
			return truth(d.rtnl.taken)
		}},
		{Name: "register_netdevice_notifier", Proto: "int register_netdevice_notifier(struct notifier_block *nb)", Call: d.addNotifier},
		{Name: "unregister_netdevice_notifier", Proto: "int unregister_netdevice_notifier(struct notifier_block *nb)", Call: d.delNotifier},
	}
}

// What notifiers are told (enum netdev_cmd).
const (
	eventUp         = 1
	eventDown       = 2
	eventChange     = 4
	eventRegister   = 5
	eventUnregister = 6
	eventChangeMTU  = 7
	eventChangeAddr = 8
	eventGoingDown  = 10
	eventChangeName = 11
)

// notify tells all notifiers what became of a device.
func (d *Devices) notify(who *lkm.Caller, event uint64, n *dev) {
	d.mu.Lock()
	list := slices.Clone(d.notifiers)
	d.mu.Unlock()
	for _, nb := range list {
		d.tell(who, nb, event, n)
	}
}

// tell calls one notifier, a struct notifier_block that begins with its function.
func (d *Devices) tell(who *lkm.Caller, nb, event uint64, n *dev) {
	info := d.core.Alloc(Event.Size(d.core))
	if info == 0 {
		return
	}
	defer d.core.Free(info)
	clear(d.core.Slice(info, Event.Size(d.core)))
	Event.At(d.core, info).Set("dev", n.addr)
	fn := uint64(0)
	if d.core.Guard(who, func() { fn = cstruct.Word(d.core, nb) }) && fn != 0 {
		d.Files.Run(who, fn, nb, event, info)
	}
}

// addNotifier tells a new one of the devices that are there (register_netdevice_notifier).
func (d *Devices) addNotifier(c *kapi.Call) uint64 {
	nb, who := c.Ptr(), lkm.From(c)
	d.mu.Lock()
	known := slices.Contains(d.notifiers, nb)
	if !known {
		d.notifiers = append(d.notifiers, nb)
	}
	d.mu.Unlock()
	if known {
		return 0
	}
	d.withRTNL(who, func() {
		for _, n := range d.inOrder() {
			d.tell(who, nb, eventRegister, n)
			if i := n.Info(); i.Flags&1 != 0 {
				d.tell(who, nb, eventUp, n)
			}
		}
	})
	return 0
}

func (d *Devices) delNotifier(c *kapi.Call) uint64 {
	nb, who := c.Ptr(), lkm.From(c)
	d.mu.Lock()
	i := slices.Index(d.notifiers, nb)
	if i >= 0 {
		d.notifiers = slices.Delete(d.notifiers, i, i+1)
	}
	d.mu.Unlock()
	if i < 0 {
		return 0
	}
	d.withRTNL(who, func() {
		for _, n := range d.inOrder() {
			if i := n.Info(); i.Flags&1 != 0 {
				d.tell(who, nb, eventGoingDown, n)
				d.tell(who, nb, eventDown, n)
			}
			d.tell(who, nb, eventUnregister, n)
		}
	})
	return 0
}
