package device

import (
	"fmt"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/kobj"
	"rv86/kmod/kapi"
)

// probeDefer is EPROBE_DEFER: the driver wants to be asked again later.
const probeDefer = abi.Errno(517)

// addDriver performs driver_register.
func (m *Model) addDriver(who *lkm.Caller, addr uint64) abi.Errno {
	v := Driver.At(m.core, addr)
	d := &driver{addr: addr, name: v.Str("name"), bus: have(m, m.buses, v.Get("bus"))}
	if d.bus == nil {
		name := "(null)"
		if b := v.Get("bus"); b != 0 {
			name = Bus.At(m.core, b).Str("name")
		}
		m.core.Log(fmt.Sprintf("\x013Driver '%s' was unable to register with bus_type '%s' because the bus was not initialized.\n", d.name, name))
		return abi.EINVAL
	}
	var e abi.Errno
	d.kobj, d.obj, e = m.kobjs.NewKobject(d.name, d.bus.drivers, m.kobjs.Export("driver_ktype"))
	if e == abi.EEXIST {
		m.core.Log(fmt.Sprintf("\x013Error: Driver '%s' is already registered, aborting...\n", d.name))
		return abi.EBUSY
	}
	if e != 0 {
		return e
	}
	if owner := m.core.ModuleOf(v.Get("owner")); owner != "" {
		m.kobjs.LinkText(d.obj, "module", "../../../../module/"+owner)
	}
	m.driverFiles(d, v.Get("suppress_bind_attrs") != 0)
	for _, groups := range []uint64{Bus.At(m.core, d.bus.addr).Get("drv_groups"), v.Get("groups")} {
		if e := m.kobjs.AddGroups(who, d.obj, d.kobj, groups); e != 0 {
			m.kobjs.FreeKobject(who, d.kobj, d.obj)
			return e
		}
	}
	m.mu.Lock()
	m.drivers[addr] = d
	d.bus.drvs = append(d.bus.drvs, d)
	manual := d.bus.manual
	m.mu.Unlock()
	if !manual {
		m.attachAll(who, d)
	}
	return 0
}

// driverFiles adds the files that every driver has.
func (m *Model) driverFiles(d *driver, noBind bool) {
	m.kobjs.AddAttr(d.obj, kobj.Attr{Name: "uevent", Mode: 0o200, Store: ignore})
	if noBind {
		return
	}
	m.kobjs.AddAttr(d.obj, kobj.Attr{Name: "bind", Mode: 0o200, Store: func(who *lkm.Caller, b []byte) (int, abi.Errno) {
		dev := m.onBus(d.bus, strings.TrimSpace(string(b)))
		if dev == nil {
			return 0, abi.ENODEV
		}
		matches, e := m.match(who, dev, d)
		switch {
		case e != 0:
			return 0, e
		case !matches:
			return 0, abi.ENODEV
		}
		return len(b), m.probe(who, dev, d)
	}})
	m.kobjs.AddAttr(d.obj, kobj.Attr{Name: "unbind", Mode: 0o200, Store: func(who *lkm.Caller, b []byte) (int, abi.Errno) {
		dev := m.onBus(d.bus, strings.TrimSpace(string(b)))
		if dev == nil || dev.drv != d {
			return 0, abi.ENODEV
		}
		m.detach(who, dev)
		return len(b), 0
	}})
}

// attachAll offers a driver every device of its bus.
func (m *Model) attachAll(who *lkm.Caller, d *driver) {
	for _, dev := range d.bus.devs.copy(&m.mu) {
		if dev.drv != nil {
			continue
		}
		if ok, e := m.match(who, dev, d); e == 0 && ok {
			m.probe(who, dev, d)
		}
	}
}

// removeDriver performs driver_unregister.
func (m *Model) removeDriver(who *lkm.Caller, addr uint64) {
	d := have(m, m.drivers, addr)
	if d == nil {
		m.core.Log("\x014Unexpected driver unregister!\n")
		return
	}
	devs := d.bus.devs.copy(&m.mu)
	for i := len(devs) - 1; i >= 0; i-- {
		if devs[i].drv == d {
			m.detach(who, devs[i])
		}
	}
	m.mu.Lock()
	delete(m.drivers, addr)
	d.bus.drvs = without(d.bus.drvs, d)
	m.mu.Unlock()
	m.kobjs.FreeKobject(who, d.kobj, d.obj)
}

// match asks the bus whether a driver can drive a device; a bus that cannot be
// asked thinks so.
func (m *Model) match(who *lkm.Caller, dev *device, d *driver) (bool, abi.Errno) {
	fn := Bus.At(m.core, d.bus.addr).Get("match")
	if fn == 0 {
		return true, 0
	}
	r, e := m.files.Run(who, fn, dev.addr, d.addr)
	if e != 0 {
		return false, e
	}
	if e := m.errno(r); e != 0 {
		if e == probeDefer {
			m.postpone(dev)
		}
		return false, e
	}
	return int32(r) != 0, 0
}

// attach offers a device every driver of its bus, until one takes it.
func (m *Model) attach(who *lkm.Caller, dev *device) abi.Errno {
	if dev.bus == nil || dev.drv != nil {
		return 0
	}
	for _, d := range copyList(&m.mu, &dev.bus.drvs) {
		ok, e := m.match(who, dev, d)
		if e != 0 && e != probeDefer {
			return e
		}
		if ok && m.probe(who, dev, d) == 0 && dev.drv != nil {
			return 0
		}
	}
	return 0
}

// claim marks a device as being probed or removed; false if it is already.
func (m *Model) claim(dev *device, bound bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if dev.busy || (dev.drv != nil) != bound {
		return false
	}
	dev.busy = true
	return true
}

func (m *Model) unclaim(dev *device, d *driver) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dev.busy, dev.drv = false, d
}

// probe gives a device to a driver (really_probe).
func (m *Model) probe(who *lkm.Caller, dev *device, d *driver) abi.Errno {
	if !m.claim(dev, false) {
		return abi.EBUSY
	}
	v, drv := Device.At(m.core, dev.addr), Driver.At(m.core, d.addr)
	v.Set("driver", d.addr)
	m.kobjs.Link(dev.obj, "driver", d.obj)
	m.kobjs.Link(d.obj, dev.name, dev.obj)
	fn := Bus.At(m.core, d.bus.addr).Get("probe")
	if fn == 0 {
		fn = drv.Get("probe")
	}
	var e abi.Errno
	if fn != 0 {
		var r uint64
		if r, e = m.files.Run(who, fn, dev.addr); e == 0 {
			e = m.errno(r)
		}
	}
	if e == 0 {
		if e = m.kobjs.AddGroups(who, dev.obj, v.Ptr("kobj"), drv.Get("dev_groups")); e == 0 {
			m.unclaim(dev, d)
			m.retry(who, dev)
			return 0
		}
	}
	switch e {
	case probeDefer:
		m.postpone(dev)
	case abi.ENODEV, abi.ENXIO:
	default:
		m.core.Log(fmt.Sprintf("\x014%s: probe of %s failed with error %d\n", d.name, dev.name, -int(e)))
	}
	m.unbind(who, dev, d)
	return e
}

// unbind ends what probe began.
func (m *Model) unbind(who *lkm.Caller, dev *device, d *driver) {
	m.kobjs.Unlink(who, d.obj, dev.name)
	m.kobjs.Unlink(who, dev.obj, "driver")
	m.releaseManaged(who, dev.addr)
	v := Device.At(m.core, dev.addr)
	v.Set("driver", 0)
	v.Set("driver_data", 0)
	m.unclaim(dev, nil)
}

// detach takes a device from its driver (device_release_driver).
func (m *Model) detach(who *lkm.Caller, dev *device) {
	if !m.claim(dev, true) {
		return
	}
	d := dev.drv
	v, drv := Device.At(m.core, dev.addr), Driver.At(m.core, d.addr)
	m.kobjs.RemoveGroups(who, dev.obj, drv.Get("dev_groups"))
	fn := Bus.At(m.core, d.bus.addr).Get("remove")
	if fn == 0 {
		fn = drv.Get("remove")
	}
	if fn != 0 {
		m.files.Run(who, fn, v.Addr)
	}
	m.unbind(who, dev, d)
}

// postpone lists a device for retry.
func (m *Model) postpone(dev *device) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.deferred = append(without(m.deferred, dev), dev)
}

// retry offers the devices that were postponed again, now that one more has its
// driver (driver_deferred_probe_trigger).
func (m *Model) retry(who *lkm.Caller, bound *device) {
	m.mu.Lock()
	list := without(m.deferred, bound)
	m.deferred = nil
	m.mu.Unlock()
	for _, dev := range list {
		m.attach(who, dev)
	}
}

func (m *Model) driverOf(kobj uint64) uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range m.drivers {
		if d.kobj == kobj {
			return d.addr
		}
	}
	return 0
}

// driven are the devices that a driver has.
func (m *Model) driven(addr uint64) []uint64 {
	d := have(m, m.drivers, addr)
	if d == nil {
		return nil
	}
	var out []uint64
	for _, dev := range d.bus.devs.copy(&m.mu) {
		if dev.drv == d {
			out = append(out, dev.addr)
		}
	}
	return out
}

func (m *Model) driverFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "driver_register", Proto: "int driver_register(struct device_driver *drv)", Call: func(c *kapi.Call) uint64 {
			return fail(m.addDriver(lkm.From(c), c.Ptr()))
		}},
		{Name: "driver_unregister", Proto: "void driver_unregister(struct device_driver *drv)", Call: func(c *kapi.Call) uint64 {
			m.removeDriver(lkm.From(c), c.Ptr())
			return 0
		}},
		{Name: "driver_create_file", Proto: "int driver_create_file(struct device_driver *drv, const struct driver_attribute *attr)", Call: func(c *kapi.Call) uint64 {
			d, attr := have(m, m.drivers, c.Ptr()), c.Ptr()
			if d == nil {
				return lkm.Fail(abi.EINVAL)
			}
			return fail(m.kobjs.AddC(d.obj, d.kobj, attr))
		}},
		{Name: "driver_remove_file", Proto: "void driver_remove_file(struct device_driver *drv, const struct driver_attribute *attr)", Call: func(c *kapi.Call) uint64 {
			if d := have(m, m.drivers, c.Ptr()); d != nil {
				m.kobjs.Unlink(lkm.From(c), d.obj, kobj.Attribute.At(m.core, c.Ptr()).Str("name"))
			}
			return 0
		}},
		{Name: "driver_find", Proto: "struct device_driver *driver_find(const char *name, const struct bus_type *bus)", Call: func(c *kapi.Call) uint64 {
			name, b := c.Str(c.Ptr()), have(m, m.buses, c.Ptr())
			if b != nil {
				for _, d := range copyList(&m.mu, &b.drvs) {
					if d.name == name {
						return d.addr
					}
				}
			}
			return 0
		}},
		{Name: "driver_for_each_device", Proto: "int driver_for_each_device(struct device_driver *drv, struct device *start, void *data, int (*fn)(struct device *dev, void *))", Call: func(c *kapi.Call) uint64 {
			return m.each(c, m.driven(c.Ptr()), c.Ptr(), c.Ptr(), c.Ptr())
		}},
		{Name: "driver_find_device", Proto: "struct device *driver_find_device(const struct device_driver *drv, struct device *start, const void *data, int (*match)(struct device *dev, const void *data))", Call: func(c *kapi.Call) uint64 {
			return m.search(c, m.driven(c.Ptr()), c.Ptr(), c.Ptr(), c.Ptr())
		}},
		{Name: "driver_attach", Proto: "int driver_attach(struct device_driver *drv)", Call: func(c *kapi.Call) uint64 {
			if d := have(m, m.drivers, c.Ptr()); d != nil {
				m.attachAll(lkm.From(c), d)
			}
			return 0
		}},
		{Name: "device_attach", Proto: "int device_attach(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			d := have(m, m.devs, c.Ptr())
			if d == nil {
				return 0
			}
			if e := m.attach(lkm.From(c), d); e != 0 {
				return lkm.Fail(e)
			}
			return uint64(bit(d.drv != nil))
		}},
		{Name: "device_release_driver", Proto: "void device_release_driver(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			if d := have(m, m.devs, c.Ptr()); d != nil {
				m.detach(lkm.From(c), d)
			}
			return 0
		}},
		{Name: "drv_attr_show", Proto: "ssize_t drv_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)", Call: func(c *kapi.Call) uint64 {
			owner, attr, buf := m.driverOf(c.Ptr()), c.Ptr(), c.Ptr()
			return kobj.CallAttr(c, DriverAttr.From(m.core, "attr", attr).Get("show"), owner, buf)
		}},
		{Name: "drv_attr_store", Proto: "ssize_t drv_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf, size_t count)", Call: func(c *kapi.Call) uint64 {
			owner, attr, buf, n := m.driverOf(c.Ptr()), c.Ptr(), c.Ptr(), c.Ulong()
			return kobj.CallAttr(c, DriverAttr.From(m.core, "attr", attr).Get("store"), owner, buf, n)
		}},
	}
}
