package device

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

const platformBusName = "platform"

// Numbers of platform devices that are none.
const (
	idNone = -1 // PLATFORM_DEVID_NONE: the name alone
	idAuto = -2 // PLATFORM_DEVID_AUTO: any
)

// platformVars are the platform bus and the device its devices hang under.
func (m *Model) platformVars() ([]kapi.Var, abi.Errno) {
	m.platformName = m.newString(platformBusName)
	m.noName = m.newString("")
	m.platformBus = m.core.Alloc(Device.Size(m.core))
	if m.platformName == 0 || m.noName == 0 || m.platformBus == 0 {
		return nil, abi.ENOMEM
	}
	clear(m.core.Slice(m.platformBus, Device.Size(m.core)))
	names := map[string]kapi.Word{
		"name": {Num: m.platformName}, "match": {Func: "platform_match"}, "probe": {Func: "platform_probe"},
		"remove": {Func: "platform_remove"},
	}
	var words []kapi.Word
	for _, f := range Bus.Fields {
		words = append(words, names[f.Name])
	}
	return []kapi.Var{{Name: "platform_bus_type", Words: words}}, 0
}

// startPlatform registers both.
func (m *Model) startPlatform() abi.Errno {
	who := &lkm.Caller{}
	if e := m.addBus(who, m.kobjs.Export("platform_bus_type")); e != 0 {
		return e
	}
	m.initialize(m.platformBus)
	if e := m.kobjs.SetName(m.core, Device.At(m.core, m.platformBus).Ptr("kobj"), platformBusName); e != 0 {
		return e
	}
	return m.add(who, m.platformBus)
}

// addPlatform performs platform_device_add.
func (m *Model) addPlatform(who *lkm.Caller, pdev uint64) abi.Errno {
	v := Platform.At(m.core, pdev)
	dev := Device.At(m.core, v.Ptr("dev"))
	if dev.Get("parent") == 0 {
		dev.Set("parent", m.platformBus)
	}
	dev.Set("bus", m.kobjs.Export("platform_bus_type"))
	name := v.Str("name")
	switch id := v.Int("id"); id {
	case idNone:
	case idAuto:
		n := m.takeID()
		v.Set("id", uint64(n))
		v.Set("id_auto", 1)
		name = fmt.Sprintf("%s.%d.auto", name, n)
	default:
		name = fmt.Sprintf("%s.%d", name, id)
	}
	e := m.kobjs.SetName(m.core, dev.Ptr("kobj"), name)
	if e == 0 {
		e = m.add(who, dev.Addr)
	}
	if e != 0 {
		m.freeID(v)
	}
	return e
}

// takeID gives the lowest free number of platform devices that want any.
func (m *Model) takeID() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for m.autoIDs[n] {
		n++
	}
	m.autoIDs[n] = true
	return n
}

func (m *Model) freeID(pdev cstruct.View) {
	if pdev.Get("id_auto") == 0 {
		return
	}
	m.mu.Lock()
	delete(m.autoIDs, int(pdev.Int("id")))
	m.mu.Unlock()
	pdev.Set("id_auto", 0)
	none := idAuto
	pdev.Set("id", uint64(none))
}

// delPlatform performs platform_device_del.
func (m *Model) delPlatform(who *lkm.Caller, pdev uint64) {
	v := Platform.At(m.core, pdev)
	m.del(who, v.Ptr("dev"))
	m.freeID(v)
}

// matches says whether a platform driver can drive a device: by the override, the
// device tree, the table of names, or the name (platform_match).
func (m *Model) matches(dev, drv uint64) bool {
	p := Platform.From(m.core, "dev", dev)
	d := Driver.At(m.core, drv)
	if o := p.Get("driver_override"); o != 0 {
		return cstring(m, o) == d.Str("name")
	}
	if m.matchNode(Device.At(m.core, dev).Get("of_node"), d.Get("of_match_table")) != 0 {
		return true
	}
	name := p.Str("name")
	if table := PlatformDriver.From(m.core, "driver", drv).Get("id_table"); table != 0 {
		for at := table; ; at += PlatformID.Size(m.core) {
			entry := PlatformID.At(m.core, at)
			known := fixedString(m.core.Slice(at, platformNameSize))
			switch known {
			case "":
				return false
			case name:
				p.Set("id_entry", entry.Addr)
				return true
			}
		}
	}
	return name == d.Str("name")
}

func fixedString(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// matchNode gives the first entry of a table of struct of_device_id that fits a
// node of the device tree; 0 if none does.
func (m *Model) matchNode(node, table uint64) uint64 {
	if node == 0 || table == 0 {
		return 0
	}
	compatible := m.compatible(node)
	l := OfID.On(m.core.WordSize())
	for at := table; ; at += l.Size {
		field := func(name string) string { return fixedString(m.core.Slice(at+l.At(name), l.Len(name))) }
		want := field("compatible")
		if want == "" && field("name") == "" && field("type") == "" {
			return 0
		}
		for _, have := range compatible {
			if want == have {
				return at
			}
		}
	}
}

// compatible lists the strings of a node's property of that name.
func (m *Model) compatible(node uint64) []string {
	for p := Node.At(m.core, node).Get("properties"); p != 0; p = Property.At(m.core, p).Get("next") {
		v := Property.At(m.core, p)
		if v.Str("name") != "compatible" || v.Int("length") <= 0 {
			continue
		}
		var out []string
		b := m.core.Slice(v.Get("value"), uint64(v.Int("length")))
		for len(b) > 0 {
			s := fixedString(b)
			out = append(out, s)
			b = b[min(len(s)+1, len(b)):]
		}
		return out
	}
	return nil
}

func (m *Model) platformFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "platform_match", Proto: "int platform_match(struct device *dev, struct device_driver *drv)", Call: func(c *kapi.Call) uint64 {
			return uint64(bit(m.matches(c.Ptr(), c.Ptr())))
		}},
		{Name: "platform_probe", Proto: "int platform_probe(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			dev := c.Ptr()
			p := PlatformDriver.From(m.core, "driver", Device.At(m.core, dev).Get("driver"))
			if p.Get("probe") == 0 {
				return 0
			}
			r, _ := call(c, p.Get("probe"), Platform.From(m.core, "dev", dev).Addr)
			return r
		}},
		{Name: "platform_remove", Proto: "void platform_remove(struct device *dev)", Call: m.platformRemove},
		{Name: "__platform_driver_register", Proto: "int __platform_driver_register(struct platform_driver *drv, struct module *owner)", Call: func(c *kapi.Call) uint64 {
			d := Driver.At(m.core, PlatformDriver.At(m.core, c.Ptr()).Ptr("driver"))
			d.Set("owner", c.Ptr())
			d.Set("bus", m.kobjs.Export("platform_bus_type"))
			return fail(m.addDriver(lkm.From(c), d.Addr))
		}},
		{Name: "platform_driver_unregister", Proto: "void platform_driver_unregister(struct platform_driver *drv)", Call: func(c *kapi.Call) uint64 {
			m.removeDriver(lkm.From(c), PlatformDriver.At(m.core, c.Ptr()).Ptr("driver"))
			return 0
		}},
		{Name: "platform_device_register", Proto: "int platform_device_register(struct platform_device *pdev)", Call: func(c *kapi.Call) uint64 {
			pdev := c.Ptr()
			m.initialize(Platform.At(m.core, pdev).Ptr("dev"))
			return fail(m.addPlatform(lkm.From(c), pdev))
		}},
		{Name: "platform_device_add", Proto: "int platform_device_add(struct platform_device *pdev)", Call: func(c *kapi.Call) uint64 {
			return fail(m.addPlatform(lkm.From(c), c.Ptr()))
		}},
		{Name: "platform_device_del", Proto: "void platform_device_del(struct platform_device *pdev)", Call: func(c *kapi.Call) uint64 {
			if pdev := c.Ptr(); !m.isError(pdev) {
				m.delPlatform(lkm.From(c), pdev)
			}
			return 0
		}},
		{Name: "platform_device_put", Proto: "void platform_device_put(struct platform_device *pdev)", Call: func(c *kapi.Call) uint64 {
			if pdev := c.Ptr(); !m.isError(pdev) {
				m.putPlatform(c, pdev)
			}
			return 0
		}},
		{Name: "platform_device_unregister", Proto: "void platform_device_unregister(struct platform_device *pdev)", Call: func(c *kapi.Call) uint64 {
			if pdev := c.Ptr(); !m.isError(pdev) {
				m.delPlatform(lkm.From(c), pdev)
				m.putPlatform(c, pdev)
			}
			return 0
		}},
		{Name: "platform_device_alloc", Proto: "struct platform_device *platform_device_alloc(const char *name, int id)", Call: func(c *kapi.Call) uint64 {
			return m.allocPlatform(c, c.Str(c.Ptr()), c.Int())
		}},
		{Name: "platform_device_release", Proto: "void platform_device_release(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			p := Platform.From(m.core, "dev", c.Ptr())
			for _, owned := range []uint64{Device.At(m.core, p.Ptr("dev")).Get("platform_data"), p.Get("resource")} {
				if owned != 0 {
					c.Free(owned)
				}
			}
			c.Free(p.Addr)
			return 0
		}},
		{Name: "platform_device_add_data", Proto: "int platform_device_add_data(struct platform_device *pdev, const void *data, size_t size)", Call: func(c *kapi.Call) uint64 {
			p, data, n := Platform.At(m.core, c.Ptr()), c.Ptr(), c.Ulong()
			return fail(m.adopt(c, Device.At(m.core, p.Ptr("dev")), "platform_data", data, n))
		}},
		{Name: "platform_device_add_resources", Proto: "int platform_device_add_resources(struct platform_device *pdev, const struct resource *res, unsigned int num)", Call: func(c *kapi.Call) uint64 {
			p, res, n := Platform.At(m.core, c.Ptr()), c.Ptr(), c.Uint()
			e := m.adopt(c, p, "resource", res, uint64(n)*Resource.Size(m.core))
			if e == 0 {
				p.Set("num_resources", uint64(n))
			}
			return fail(e)
		}},
		{Name: "platform_get_resource", Proto: "struct resource *platform_get_resource(struct platform_device *dev, unsigned int type, unsigned int num)", Call: func(c *kapi.Call) uint64 {
			return m.resource(c.Ptr(), uint64(c.Uint()), int(c.Uint()), 0)
		}},
		{Name: "platform_get_resource_byname", Proto: "struct resource *platform_get_resource_byname(struct platform_device *dev, unsigned int type, const char *name)", Call: func(c *kapi.Call) uint64 {
			return m.resource(c.Ptr(), uint64(c.Uint()), 0, c.Ptr())
		}},
		{Name: "of_match_node", Proto: "const struct of_device_id *of_match_node(const struct of_device_id *matches, const struct device_node *node)", Call: func(c *kapi.Call) uint64 {
			table, node := c.Ptr(), c.Ptr()
			return m.matchNode(node, table)
		}},
	}
}

func (m *Model) putPlatform(c *kapi.Call, pdev uint64) {
	m.kobjs.PutRow(c, Device.At(m.core, Platform.At(m.core, pdev).Ptr("dev")).Ptr("kobj"))
}

// platformRemove calls remove_new, or else remove, whose result means nothing.
func (m *Model) platformRemove(c *kapi.Call) uint64 {
	dev := c.Ptr()
	p := PlatformDriver.From(m.core, "driver", Device.At(m.core, dev).Get("driver"))
	pdev := Platform.From(m.core, "dev", dev)
	if fn := p.Get("remove_new"); fn != 0 {
		call(c, fn, pdev.Addr)
		return 0
	}
	if fn := p.Get("remove"); fn != 0 {
		if r, ok := call(c, fn, pdev.Addr); ok && int32(r) != 0 {
			c.Log("\x014" + m.prefix(dev) + "remove callback returned a non-zero value. This will be ignored.\n")
		}
	}
	return 0
}

func (m *Model) allocPlatform(c *kapi.Call, name string, id int32) uint64 {
	size := Platform.Size(m.core)
	addr := c.Alloc(size + uint64(len(name)) + 1)
	if addr == 0 {
		return 0
	}
	clear(c.Slice(addr, size))
	cstruct.PutString(m.core, addr+size, name)
	v := Platform.At(m.core, addr)
	v.Set("name", addr+size)
	v.Set("id", uint64(id))
	m.initialize(v.Ptr("dev"))
	Device.At(m.core, v.Ptr("dev")).Set("release", m.kobjs.Export("platform_device_release"))
	return addr
}

// adopt gives a structure a copy of n bytes, in place of what it had.
func (m *Model) adopt(c *kapi.Call, v cstruct.View, field string, src, n uint64) abi.Errno {
	const sizeMax = 4 << 20
	p := uint64(0)
	if src != 0 && n <= sizeMax {
		if p = c.Alloc(max(n, 1)); p == 0 {
			return abi.ENOMEM
		}
		copy(c.Slice(p, n), c.Slice(src, n))
	}
	if old := v.Get(field); old != 0 {
		c.Free(old)
	}
	v.Set(field, p)
	return 0
}

// resource gives a device's n-th resource of a type, or the one of a name.
func (m *Model) resource(pdev, kind uint64, n int, name uint64) uint64 {
	const kinds = 0x1f00 // IORESOURCE_TYPE_BITS
	p := Platform.At(m.core, pdev)
	for i := range p.Get("num_resources") {
		r := Resource.At(m.core, p.Get("resource")+i*Resource.Size(m.core))
		switch {
		case r.Get("flags")&kinds != kind:
		case name != 0:
			if r.Str("name") == cstring(m, name) {
				return r.Addr
			}
		case n == 0:
			return r.Addr
		default:
			n--
		}
	}
	return 0
}
