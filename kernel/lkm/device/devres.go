package device

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// resource is what a device gives back when its driver goes: memory, or an
// action to be called.
type resource struct {
	mem       uint64 // to free; 0 for an action
	action, p uint64 // action(p)
}

func (m *Model) manage(dev uint64, r resource) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.managed[dev] = append(m.managed[dev], r)
}

// releaseManaged gives everything back, the last one first (devres_release_all).
func (m *Model) releaseManaged(who *lkm.Caller, dev uint64) {
	for {
		m.mu.Lock()
		list := m.managed[dev]
		if len(list) == 0 {
			delete(m.managed, dev)
			m.mu.Unlock()
			return
		}
		r := list[len(list)-1]
		m.managed[dev] = list[:len(list)-1]
		m.mu.Unlock()
		if r.action != 0 {
			m.files.Run(who, r.action, r.p)
		} else {
			m.core.Free(r.mem)
		}
	}
}

// unmanage takes one out; false if it is not there.
func (m *Model) unmanage(dev uint64, r resource) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := m.managed[dev]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i] == r {
			m.managed[dev] = append(list[:i:i], list[i+1:]...)
			return true
		}
	}
	return false
}

// gfpZero is __GFP_ZERO.
const gfpZero = 0x100

// managedAlloc allocates for a device.
func (m *Model) managedAlloc(c *kapi.Call, dev, size uint64, zero bool) uint64 {
	const sizeMax = 4 << 20
	if size > sizeMax {
		return 0
	}
	p := c.Alloc(max(size, 1))
	if p == 0 {
		return 0
	}
	if zero {
		clear(c.Slice(p, size))
	}
	m.manage(dev, resource{mem: p})
	return p
}

func (m *Model) managedString(c *kapi.Call, dev uint64, s string) uint64 {
	p := m.managedAlloc(c, dev, uint64(len(s))+1, false)
	if p != 0 {
		cstruct.PutString(m.core, p, s)
	}
	return p
}

func (m *Model) devresFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "devm_kmalloc", Proto: "void *devm_kmalloc(struct device *dev, size_t size, gfp_t gfp)", Call: func(c *kapi.Call) uint64 {
			dev, size := c.Ptr(), c.Ulong()
			return m.managedAlloc(c, dev, size, c.Uint()&gfpZero != 0)
		}},
		{Name: "devm_kfree", Proto: "void devm_kfree(struct device *dev, const void *p)", Call: func(c *kapi.Call) uint64 {
			dev, p := c.Ptr(), c.Ptr()
			if p == 0 {
				return 0
			}
			if !m.unmanage(dev, resource{mem: p}) {
				c.Warn("devm_kfree", "", taintWarn)
				return 0
			}
			c.Free(p)
			return 0
		}},
		{Name: "devm_kstrdup", Proto: "char *devm_kstrdup(struct device *dev, const char *s, gfp_t gfp)", Call: func(c *kapi.Call) uint64 {
			dev, s := c.Ptr(), c.Ptr()
			if s == 0 {
				return 0
			}
			return m.managedString(c, dev, c.Str(s))
		}},
		{Name: "devm_kasprintf", Proto: "char *devm_kasprintf(struct device *dev, gfp_t gfp, const char *fmt, ...)", Call: func(c *kapi.Call) uint64 {
			dev := c.Ptr()
			c.Uint()
			return m.managedString(c, dev, c.Text())
		}},
		{Name: "devm_kmemdup", Proto: "void *devm_kmemdup(struct device *dev, const void *src, size_t len, gfp_t gfp)", Call: func(c *kapi.Call) uint64 {
			dev, src, n := c.Ptr(), c.Ptr(), c.Ulong()
			p := m.managedAlloc(c, dev, n, false)
			if p != 0 {
				copy(c.Slice(p, n), c.Slice(src, n))
			}
			return p
		}},
		{Name: "devm_add_action", Proto: "int devm_add_action(struct device *dev, void (*action)(void *), void *data)", Call: func(c *kapi.Call) uint64 {
			dev := c.Ptr()
			m.manage(dev, resource{action: c.Ptr(), p: c.Ptr()})
			return 0
		}},
		{Name: "devm_remove_action", Proto: "void devm_remove_action(struct device *dev, void (*action)(void *), void *data)", Call: func(c *kapi.Call) uint64 {
			dev := c.Ptr()
			if !m.unmanage(dev, resource{action: c.Ptr(), p: c.Ptr()}) {
				c.Warn("devm_remove_action", "", taintWarn)
			}
			return 0
		}},
		{Name: "devm_release_action", Proto: "void devm_release_action(struct device *dev, void (*action)(void *), void *data)", Call: func(c *kapi.Call) uint64 {
			dev := c.Ptr()
			r := resource{action: c.Ptr(), p: c.Ptr()}
			if m.unmanage(dev, r) {
				call(c, r.action, r.p)
			}
			return 0
		}},
		{Name: "devm_device_add_groups", Proto: "int devm_device_add_groups(struct device *dev, const struct attribute_group **groups)", Call: func(c *kapi.Call) uint64 {
			dev, groups := c.Ptr(), c.Ptr()
			dir := m.dirOf(dev)
			if dir == nil {
				return lkm.Fail(abi.ENOENT)
			}
			// They go with the device's directory.
			return fail(m.kobjs.AddGroups(lkm.From(c), dir, Device.At(m.core, dev).Ptr("kobj"), groups))
		}},
	}
}
