package device

import (
	"fmt"
	"slices"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/kobj"
	"rv86/kmod/kapi"
)

// addBus performs bus_register.
func (m *Model) addBus(who *lkm.Caller, addr uint64) abi.Errno {
	v := Bus.At(m.core, addr)
	b := &bus{addr: addr, name: v.Str("name")}
	if b.name == "" || have(m, m.buses, addr) != nil {
		return abi.EINVAL
	}
	var e abi.Errno
	if b.kobj, b.obj, e = m.kobjs.NewKobject(b.name, m.busDir, m.kobjs.Export("bus_ktype")); e != 0 {
		return e
	}
	b.devices = m.kobjs.Adopt(b.obj, "devices")
	b.drivers = m.kobjs.Adopt(b.obj, "drivers")
	m.kobjs.AddAttr(b.obj, kobj.Attr{
		Name: "drivers_autoprobe", Mode: 0o644,
		Show:  func(*lkm.Caller) ([]byte, abi.Errno) { return fmt.Appendf(nil, "%d\n", 1-bit(b.manual)), 0 },
		Store: func(_ *lkm.Caller, p []byte) (int, abi.Errno) { b.manual = len(p) > 0 && p[0] == '0'; return len(p), 0 },
	})
	m.kobjs.AddAttr(b.obj, kobj.Attr{Name: "drivers_probe", Mode: 0o200, Store: func(who *lkm.Caller, p []byte) (int, abi.Errno) {
		d := m.onBus(b, strings.TrimSpace(string(p)))
		if d == nil {
			return 0, abi.ENODEV
		}
		return len(p), m.attach(who, d)
	}})
	m.kobjs.AddAttr(b.obj, kobj.Attr{Name: "uevent", Mode: 0o200, Store: ignore})
	if e := m.kobjs.AddGroups(who, b.obj, b.kobj, v.Get("bus_groups")); e != 0 {
		m.kobjs.FreeKobject(who, b.kobj, b.obj)
		return e
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.buses[addr] = b
	return 0
}

// ignore takes what nobody waits for: the request of an event.
func ignore(_ *lkm.Caller, b []byte) (int, abi.Errno) { return len(b), 0 }

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (m *Model) removeBus(who *lkm.Caller, addr uint64) {
	m.mu.Lock()
	b := m.buses[addr]
	delete(m.buses, addr)
	m.mu.Unlock()
	if b != nil {
		m.kobjs.FreeKobject(who, b.kobj, b.obj)
	}
}

// onBus finds a device by name.
func (m *Model) onBus(b *bus, name string) *device {
	for _, d := range b.devs.copy(&m.mu) {
		if d.name == name {
			return d
		}
	}
	return nil
}

// busOf finds the bus whose directory a kobject is.
func (m *Model) busOf(kobj uint64) uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range m.buses {
		if b.kobj == kobj {
			return b.addr
		}
	}
	return 0
}

// first gives the first of a list, after start if that is not 0, for which
// fn(thing, data) is not 0, and the result; the address is 0 if there is none, and
// ok false if a call failed.
func first(c *kapi.Call, list []uint64, start, data, fn uint64) (addr, result uint64, ok bool) {
	if start != 0 {
		at := slices.Index(list, start)
		if at < 0 {
			return 0, 0, true
		}
		list = list[at+1:]
	}
	for _, addr := range list {
		if r, ok := call(c, fn, addr, data); !ok || int32(r) != 0 {
			return addr, r, ok
		}
	}
	return 0, 0, true
}

// each calls fn(thing, data) for each of a list, until one result is not 0.
func (m *Model) each(c *kapi.Call, list []uint64, start, data, fn uint64) uint64 {
	_, r, _ := first(c, list, start, data, fn)
	return r
}

// search gives the first device of a list for which fn(dev, data) is not 0, with
// a reference.
func (m *Model) search(c *kapi.Call, list []uint64, start, data, fn uint64) uint64 {
	addr, _, ok := first(c, list, start, data, fn)
	if !ok || addr == 0 {
		return 0
	}
	m.kobjs.Get(addr)
	return addr
}

func addrs[T any](list []*T, addr func(*T) uint64) []uint64 {
	var out []uint64
	for _, x := range list {
		out = append(out, addr(x))
	}
	return out
}

func (m *Model) busDevices(addr uint64) []uint64 {
	b := have(m, m.buses, addr)
	if b == nil {
		return nil
	}
	return addrs(b.devs.copy(&m.mu), func(d *device) uint64 { return d.addr })
}

func (m *Model) busDrivers(addr uint64) []uint64 {
	b := have(m, m.buses, addr)
	if b == nil {
		return nil
	}
	return addrs(copyList(&m.mu, &b.drvs), func(d *driver) uint64 { return d.addr })
}

func (m *Model) busFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "bus_register", Proto: "int bus_register(const struct bus_type *bus)", Call: func(c *kapi.Call) uint64 {
			return fail(m.addBus(lkm.From(c), c.Ptr()))
		}},
		{Name: "bus_unregister", Proto: "void bus_unregister(const struct bus_type *bus)", Call: func(c *kapi.Call) uint64 {
			m.removeBus(lkm.From(c), c.Ptr())
			return 0
		}},
		{Name: "bus_create_file", Proto: "int bus_create_file(const struct bus_type *bus, struct bus_attribute *attr)", Call: func(c *kapi.Call) uint64 {
			b, attr := have(m, m.buses, c.Ptr()), c.Ptr()
			if b == nil {
				return lkm.Fail(abi.EINVAL)
			}
			return fail(m.kobjs.AddC(b.obj, b.kobj, attr))
		}},
		{Name: "bus_remove_file", Proto: "void bus_remove_file(const struct bus_type *bus, struct bus_attribute *attr)", Call: func(c *kapi.Call) uint64 {
			if b := have(m, m.buses, c.Ptr()); b != nil {
				m.kobjs.Unlink(lkm.From(c), b.obj, kobj.Attribute.At(m.core, c.Ptr()).Str("name"))
			}
			return 0
		}},
		{Name: "bus_for_each_dev", Proto: "int bus_for_each_dev(const struct bus_type *bus, struct device *start, void *data, int (*fn)(struct device *dev, void *data))", Call: func(c *kapi.Call) uint64 {
			return m.each(c, m.busDevices(c.Ptr()), c.Ptr(), c.Ptr(), c.Ptr())
		}},
		{Name: "bus_for_each_drv", Proto: "int bus_for_each_drv(const struct bus_type *bus, struct device_driver *start, void *data, int (*fn)(struct device_driver *drv, void *data))", Call: func(c *kapi.Call) uint64 {
			return m.each(c, m.busDrivers(c.Ptr()), c.Ptr(), c.Ptr(), c.Ptr())
		}},
		{Name: "bus_find_device", Proto: "struct device *bus_find_device(const struct bus_type *bus, struct device *start, const void *data, int (*match)(struct device *dev, const void *data))", Call: func(c *kapi.Call) uint64 {
			return m.search(c, m.busDevices(c.Ptr()), c.Ptr(), c.Ptr(), c.Ptr())
		}},
		{Name: "bus_rescan_devices", Proto: "int bus_rescan_devices(const struct bus_type *bus)", Call: func(c *kapi.Call) uint64 {
			if b := have(m, m.buses, c.Ptr()); b != nil {
				for _, d := range b.devs.copy(&m.mu) {
					m.attach(lkm.From(c), d)
				}
			}
			return 0
		}},
		{Name: "bus_attr_show", Proto: "ssize_t bus_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)", Call: func(c *kapi.Call) uint64 {
			owner, attr, buf := m.busOf(c.Ptr()), c.Ptr(), c.Ptr()
			return kobj.CallAttr(c, BusAttr.From(m.core, "attr", attr).Get("show"), owner, buf)
		}},
		{Name: "bus_attr_store", Proto: "ssize_t bus_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf, size_t count)", Call: func(c *kapi.Call) uint64 {
			owner, attr, buf, n := m.busOf(c.Ptr()), c.Ptr(), c.Ptr(), c.Ulong()
			return kobj.CallAttr(c, BusAttr.From(m.core, "attr", attr).Get("store"), owner, buf, n)
		}},
	}
}
