package device

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/kobj"
	"rv86/kmod/kapi"
)

// addClass performs class_register.
func (m *Model) addClass(who *lkm.Caller, addr uint64) abi.Errno {
	v := Class.At(m.core, addr)
	cl := &class{addr: addr, name: v.Str("name"), numbers: map[uint64][]*device{}}
	if cl.name == "" || have(m, m.classes, addr) != nil {
		return abi.EINVAL
	}
	var e abi.Errno
	if cl.kobj, cl.obj, e = m.kobjs.NewKobject(cl.name, m.classDir, m.kobjs.Export("class_ktype")); e != 0 {
		if e == abi.EEXIST {
			m.core.Log("\x014sysfs: cannot create duplicate filename '/class/" + cl.name + "'\n")
		}
		return e
	}
	if e := m.kobjs.AddGroups(who, cl.obj, cl.kobj, v.Get("class_groups")); e != 0 {
		m.kobjs.FreeKobject(who, cl.kobj, cl.obj)
		return e
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.classes[addr] = cl
	return 0
}

// newClass makes a class in memory of a (class_create).
func (m *Model) newClass(a lkm.Allocator, who *lkm.Caller, name string) (uint64, abi.Errno) {
	size := Class.Size(m.core)
	addr := a.Alloc(size + uint64(len(name)) + 1)
	if addr == 0 {
		return 0, abi.ENOMEM
	}
	clear(m.core.Slice(addr, size))
	copy(m.core.Slice(addr+size, uint64(len(name))+1), name+"\x00")
	v := Class.At(m.core, addr)
	v.Set("name", addr+size)
	v.Set("class_release", m.kobjs.Export("class_create_release"))
	if e := m.addClass(who, addr); e != 0 {
		m.core.Free(addr)
		return 0, e
	}
	return addr, 0
}

// removeClass performs class_unregister; release is called last.
func (m *Model) removeClass(c *kapi.Call, addr uint64) {
	m.mu.Lock()
	cl := m.classes[addr]
	delete(m.classes, addr)
	m.mu.Unlock()
	if cl == nil {
		return
	}
	m.kobjs.FreeKobject(lkm.From(c), cl.kobj, cl.obj)
	if fn := Class.At(m.core, addr).Get("class_release"); fn != 0 {
		call(c, fn, addr)
	}
}

func (m *Model) classOf(kobj uint64) uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, cl := range m.classes {
		if cl.kobj == kobj {
			return cl.addr
		}
	}
	return 0
}

func (m *Model) classDevices(addr uint64) []uint64 {
	cl := have(m, m.classes, addr)
	if cl == nil {
		return nil
	}
	return addrs(cl.devs.copy(&m.mu), func(d *device) uint64 { return d.addr })
}

func (m *Model) classFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "class_register", Proto: "int class_register(const struct class *class)", Call: func(c *kapi.Call) uint64 {
			return fail(m.addClass(lkm.From(c), c.Ptr()))
		}},
		{Name: "class_unregister", Proto: "void class_unregister(const struct class *class)", Call: func(c *kapi.Call) uint64 {
			m.removeClass(c, c.Ptr())
			return 0
		}},
		{Name: "class_create", Proto: "struct class *class_create(const char *name)", Call: func(c *kapi.Call) uint64 {
			addr, e := m.newClass(c, lkm.From(c), c.Str(c.Ptr()))
			if e != 0 {
				return lkm.Fail(e)
			}
			return addr
		}},
		{Name: "class_destroy", Proto: "void class_destroy(const struct class *class)", Call: func(c *kapi.Call) uint64 {
			if p := c.Ptr(); !m.isError(p) {
				m.removeClass(c, p)
			}
			return 0
		}},
		{Name: "class_create_release", Proto: "void class_create_release(const struct class *class)", Call: func(c *kapi.Call) uint64 { c.Free(c.Ptr()); return 0 }},
		{Name: "class_create_file", Proto: "int class_create_file(const struct class *class, const struct class_attribute *attr)", Call: func(c *kapi.Call) uint64 {
			cl, attr := have(m, m.classes, c.Ptr()), c.Ptr()
			if cl == nil {
				return lkm.Fail(abi.EINVAL)
			}
			return fail(m.kobjs.AddC(cl.obj, cl.kobj, attr))
		}},
		{Name: "class_remove_file", Proto: "void class_remove_file(const struct class *class, const struct class_attribute *attr)", Call: func(c *kapi.Call) uint64 {
			if cl := have(m, m.classes, c.Ptr()); cl != nil {
				m.kobjs.Unlink(lkm.From(c), cl.obj, kobj.Attribute.At(m.core, c.Ptr()).Str("name"))
			}
			return 0
		}},
		{Name: "class_for_each_device", Proto: "int class_for_each_device(const struct class *class, const struct device *start, void *data, int (*fn)(struct device *dev, void *data))", Call: func(c *kapi.Call) uint64 {
			return m.each(c, m.classDevices(c.Ptr()), c.Ptr(), c.Ptr(), c.Ptr())
		}},
		{Name: "class_find_device", Proto: "struct device *class_find_device(const struct class *class, const struct device *start, const void *data, int (*match)(struct device *, const void *))", Call: func(c *kapi.Call) uint64 {
			return m.search(c, m.classDevices(c.Ptr()), c.Ptr(), c.Ptr(), c.Ptr())
		}},
		{Name: "class_attr_show", Proto: "ssize_t class_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)", Call: func(c *kapi.Call) uint64 {
			owner, attr, buf := m.classOf(c.Ptr()), c.Ptr(), c.Ptr()
			return kobj.CallAttr(c, ClassAttr.From(m.core, "attr", attr).Get("show"), owner, attr, buf)
		}},
		{Name: "class_attr_store", Proto: "ssize_t class_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf, size_t count)", Call: func(c *kapi.Call) uint64 {
			owner, attr, buf, n := m.classOf(c.Ptr()), c.Ptr(), c.Ptr(), c.Ulong()
			return kobj.CallAttr(c, ClassAttr.From(m.core, "attr", attr).Get("store"), owner, attr, buf, n)
		}},
	}
}
