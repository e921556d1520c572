package device

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/kobj"
	"rv86/kmod/kapi"
)

// What the kernel's own subsystems (input, block devices) need of the model.

// Kobjects is the part of /sys that devices hang in.
func (m *Model) Kobjects() *kobj.Kobjects { return m.kobjs }

// Class makes a class of the kernel's own. devnode names the export that gives
// the names of its nodes in /dev; "" leaves them the devices' names.
func (m *Model) Class(name, devnode string) (uint64, abi.Errno) {
	addr, e := m.newClass(m.core, &lkm.Caller{}, name)
	if e == 0 && devnode != "" {
		Class.At(m.core, addr).Set("devnode", m.kobjs.Export(devnode))
	}
	return addr, e
}

// Init performs device_initialize for a device of a class and a name, whose last
// reference calls the export release.
func (m *Model) Init(addr, class uint64, name, release string) abi.Errno {
	m.initialize(addr)
	v := Device.At(m.core, addr)
	v.Set("class", class)
	v.Set("release", m.kobjs.Export(release))
	return m.kobjs.SetName(m.core, v.Ptr("kobj"), name)
}

// Add performs device_add, Del device_del.
func (m *Model) Add(who *lkm.Caller, addr uint64) abi.Errno { return m.add(who, addr) }

// Del undoes Add.
func (m *Model) Del(who *lkm.Caller, addr uint64) { m.del(who, addr) }

// Put drops a reference, for a row: its caller ends if that faults.
func (m *Model) Put(c *kapi.Call, addr uint64) {
	m.kobjs.PutRow(c, Device.At(m.core, addr).Ptr("kobj"))
}

// Create performs device_create, Destroy device_destroy.
func (m *Model) Create(who *lkm.Caller, class, parent, devt uint64, name string) (uint64, abi.Errno) {
	return m.create(m.core, who, class, parent, devt, 0, 0, name)
}

// Destroy undoes Create.
func (m *Model) Destroy(who *lkm.Caller, class, devt uint64) { m.destroy(who, class, devt) }

// Dir is a device's directory in /sys and its path there; nil if it has none.
func (m *Model) Dir(addr uint64) (dir *kobj.Object, path string) {
	if dir = m.dirOf(addr); dir == nil {
		return nil, ""
	}
	return dir, m.kobjs.Path(dir)
}

// Manage has memory freed with a device's driver, as devm_kmalloc's is; Unmanage
// takes that back, and is false if the memory is not the device's.
func (m *Model) Manage(dev, mem uint64) { m.manage(dev, resource{mem: mem}) }

// Unmanage undoes Manage.
func (m *Model) Unmanage(dev, mem uint64) bool { return m.unmanage(dev, resource{mem: mem}) }
