package device

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/kobj"
	"rv86/kmod/kapi"
)

func cstring(m *Model, p uint64) string { return cstruct.String(m.core, p) }

// word cuts a pointer to the machine's size.
func (m *Model) word(p uint64) uint64 {
	if m.core.WordSize() == 4 {
		return uint64(uint32(p))
	}
	return p
}

// isError reports an ERR_PTR or NULL.
func (m *Model) isError(p uint64) bool {
	_, e := cfile.Result(m.core.WordSize(), p)
	return p == 0 || e != 0
}

func (m *Model) children(parent uint64) []uint64 {
	var out []uint64
	for _, d := range m.order.copy(&m.mu) {
		if Device.At(m.core, d.addr).Get("parent") == parent {
			out = append(out, d.addr)
		}
	}
	return out
}

func (m *Model) deviceFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "device_initialize", Proto: "void device_initialize(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			m.initialize(c.Ptr())
			return 0
		}},
		{Name: "device_add", Proto: "int device_add(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			return fail(m.add(lkm.From(c), c.Ptr()))
		}},
		{Name: "device_register", Proto: "int device_register(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			addr := c.Ptr()
			m.initialize(addr)
			return fail(m.add(lkm.From(c), addr))
		}},
		{Name: "device_del", Proto: "void device_del(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			m.del(lkm.From(c), c.Ptr())
			return 0
		}},
		{Name: "device_unregister", Proto: "void device_unregister(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			addr := c.Ptr()
			m.del(lkm.From(c), addr)
			m.kobjs.PutRow(c, Device.At(m.core, addr).Ptr("kobj"))
			return 0
		}},
		{Name: "get_device", Proto: "struct device *get_device(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			addr := c.Ptr()
			if addr != 0 {
				m.kobjs.Get(Device.At(m.core, addr).Ptr("kobj"))
			}
			return addr
		}},
		{Name: "put_device", Proto: "void put_device(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			if addr := c.Ptr(); addr != 0 {
				m.kobjs.PutRow(c, Device.At(m.core, addr).Ptr("kobj"))
			}
			return 0
		}},
		{Name: "dev_set_name", Proto: "int dev_set_name(struct device *dev, const char *fmt, ...)", Call: func(c *kapi.Call) uint64 {
			return fail(m.kobjs.SetName(c, Device.At(m.core, c.Ptr()).Ptr("kobj"), c.Text()))
		}},
		{Name: "device_create", Proto: "struct device *device_create(const struct class *class, struct device *parent, dev_t devt, void *drvdata, const char *fmt, ...)", Call: func(c *kapi.Call) uint64 {
			cl, parent, devt, data := c.Ptr(), c.Ptr(), c.Uint(), c.Ptr()
			return m.created(m.create(c, lkm.From(c), cl, parent, uint64(devt), data, 0, c.Text()))
		}},
		{Name: "device_create_with_groups", Proto: "struct device *device_create_with_groups(const struct class *class, struct device *parent, dev_t devt, void *drvdata, const struct attribute_group **groups, const char *fmt, ...)", Call: func(c *kapi.Call) uint64 {
			cl, parent, devt, data, groups := c.Ptr(), c.Ptr(), c.Uint(), c.Ptr(), c.Ptr()
			return m.created(m.create(c, lkm.From(c), cl, parent, uint64(devt), data, groups, c.Text()))
		}},
		{Name: "device_destroy", Proto: "void device_destroy(const struct class *class, dev_t devt)", Call: func(c *kapi.Call) uint64 {
			m.destroy(lkm.From(c), c.Ptr(), uint64(c.Uint()))
			return 0
		}},
		{Name: "device_create_release", Proto: "void device_create_release(struct device *dev)", Call: func(c *kapi.Call) uint64 { c.Free(c.Ptr()); return 0 }},
		{Name: "device_release", Proto: "void device_release(struct kobject *kobj)", Call: m.release},
		{Name: "device_for_each_child", Proto: "int device_for_each_child(struct device *dev, void *data, int (*fn)(struct device *dev, void *data))", Call: func(c *kapi.Call) uint64 {
			return m.each(c, m.children(c.Ptr()), 0, c.Ptr(), c.Ptr())
		}},
		{Name: "device_find_child", Proto: "struct device *device_find_child(struct device *dev, void *data, int (*match)(struct device *dev, void *data))", Call: func(c *kapi.Call) uint64 {
			return m.search(c, m.children(c.Ptr()), 0, c.Ptr(), c.Ptr())
		}},
		{Name: "__root_device_register", Proto: "struct device *__root_device_register(const char *name, struct module *owner)", Call: m.rootRegister},
		{Name: "root_device_unregister", Proto: "void root_device_unregister(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			addr := c.Ptr()
			m.del(lkm.From(c), addr)
			m.kobjs.PutRow(c, Device.At(m.core, addr).Ptr("kobj"))
			return 0
		}},
	}
}

func (m *Model) created(addr uint64, e abi.Errno) uint64 {
	if e != 0 {
		return lkm.Fail(e)
	}
	return addr
}

// release ends a device with its last reference: it is its owner who frees it.
func (m *Model) release(c *kapi.Call) uint64 {
	addr := Device.From(m.core, "kobj", c.Ptr()).Addr
	m.releaseManaged(lkm.From(c), addr)
	v := Device.At(m.core, addr)
	fn := v.Get("release")
	if t := v.Get("type"); fn == 0 && t != 0 {
		fn = DevType.At(m.core, t).Get("release")
	}
	if cl := v.Get("class"); fn == 0 && cl != 0 {
		fn = Class.At(m.core, cl).Get("dev_release")
	}
	if fn == 0 {
		c.Warn("device_release", fmt.Sprintf("Device '%s' does not have a release() function, it is broken and must be fixed. See Documentation/core-api/kobject.rst.\n",
			m.nameOf(addr)), taintWarn)
		return 0
	}
	call(c, fn, addr)
	return 0
}

const taintWarn = 9

func (m *Model) rootRegister(c *kapi.Call) uint64 {
	name := c.Str(c.Ptr())
	size := Device.Size(m.core)
	addr := c.Alloc(size)
	if addr == 0 {
		return lkm.Fail(abi.ENOMEM)
	}
	clear(c.Slice(addr, size))
	v := Device.At(m.core, addr)
	m.initialize(addr)
	v.Set("release", m.kobjs.Export("device_create_release"))
	e := m.kobjs.SetName(c, v.Ptr("kobj"), name)
	if e == 0 {
		e = m.add(lkm.From(c), addr)
	}
	if e != 0 {
		m.kobjs.PutRow(c, v.Ptr("kobj"))
		return lkm.Fail(e)
	}
	return addr
}

// dirOf is the directory of a device; nil if it has none.
func (m *Model) dirOf(dev uint64) *kobj.Object {
	if dev == 0 {
		return nil
	}
	return m.kobjs.Find(Device.At(m.core, dev).Ptr("kobj"))
}

func (m *Model) attrFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "device_create_file", Proto: "int device_create_file(struct device *dev, const struct device_attribute *entry)", Call: func(c *kapi.Call) uint64 {
			dev, attr := c.Ptr(), c.Ptr()
			if dev == 0 {
				return 0
			}
			dir := m.dirOf(dev)
			if dir == nil {
				return lkm.Fail(abi.ENOENT)
			}
			return fail(m.kobjs.AddC(dir, Device.At(m.core, dev).Ptr("kobj"), attr))
		}},
		{Name: "device_remove_file", Proto: "void device_remove_file(struct device *dev, const struct device_attribute *attr)", Call: func(c *kapi.Call) uint64 {
			if dir := m.dirOf(c.Ptr()); dir != nil {
				m.kobjs.Unlink(lkm.From(c), dir, kobj.Attribute.At(m.core, c.Ptr()).Str("name"))
			}
			return 0
		}},
		{Name: "device_add_groups", Proto: "int device_add_groups(struct device *dev, const struct attribute_group **groups)", Call: func(c *kapi.Call) uint64 {
			dev, groups := c.Ptr(), c.Ptr()
			dir := m.dirOf(dev)
			if dir == nil {
				return lkm.Fail(abi.ENOENT)
			}
			return fail(m.kobjs.AddGroups(lkm.From(c), dir, Device.At(m.core, dev).Ptr("kobj"), groups))
		}},
		{Name: "device_remove_groups", Proto: "void device_remove_groups(struct device *dev, const struct attribute_group **groups)", Call: func(c *kapi.Call) uint64 {
			if dir := m.dirOf(c.Ptr()); dir != nil {
				m.kobjs.RemoveGroups(lkm.From(c), dir, c.Ptr())
			}
			return 0
		}},
		{Name: "dev_attr_show", Proto: "ssize_t dev_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)", Call: func(c *kapi.Call) uint64 {
			dev, attr, buf := Device.From(m.core, "kobj", c.Ptr()).Addr, c.Ptr(), c.Ptr()
			return kobj.CallAttr(c, DeviceAttr.From(m.core, "attr", attr).Get("show"), dev, attr, buf)
		}},
		{Name: "dev_attr_store", Proto: "ssize_t dev_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf, size_t count)", Call: func(c *kapi.Call) uint64 {
			dev, attr, buf, n := Device.From(m.core, "kobj", c.Ptr()).Addr, c.Ptr(), c.Ptr(), c.Ulong()
			return kobj.CallAttr(c, DeviceAttr.From(m.core, "attr", attr).Get("store"), dev, attr, buf, n)
		}},
	}
}

// AddMisc implements chrdev.MiscDevices.
func (m *Model) AddMisc(c *kapi.Call, dev uint64, name, node string, mode uint32, parent, groups, drvdata uint64) (uint64, abi.Errno) {
	who := lkm.From(c)
	addr, e := m.create(c, who, m.misc, parent, dev, drvdata, groups, name)
	if e == 0 && (node != "" || mode != 0) {
		d := have(m, m.devs, addr)
		m.dropNode(d)
		if node == "" {
			node = name
		}
		if mode&0o777 == 0 {
			mode = 0o600
		}
		major, minor := cfile.SplitDev(dev)
		m.ns.AddDeviceNode(node, abi.S_IFCHR|mode&0o777, major, minor)
		d.node = node
	}
	return addr, e
}

// RemoveMisc implements chrdev.MiscDevices.
func (m *Model) RemoveMisc(c *kapi.Call, device uint64) {
	m.destroy(lkm.From(c), m.misc, Device.At(m.core, device).Get("devt"))
}
