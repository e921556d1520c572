package device

import (
	"fmt"
	"slices"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/kobj"
)

// initialize performs device_initialize.
func (m *Model) initialize(addr uint64) {
	v := Device.At(m.core, addr)
	m.kobjs.Init(v.Ptr("kobj"), m.kobjs.Export("device_ktype"))
}

// nameOf is dev_name.
func (m *Model) nameOf(addr uint64) string {
	v := Device.At(m.core, addr)
	if name := v.Str("init_name"); name != "" {
		return name
	}
	return m.kobjs.Name(v.Ptr("kobj"))
}

// step is one part of device_add with its undo.
type step struct {
	do   func() abi.Errno
	undo func()
}

// add performs device_add; on an error nothing of it is left.
func (m *Model) add(who *lkm.Caller, addr uint64) abi.Errno {
	v := Device.At(m.core, addr)
	d := &device{addr: addr, bus: have(m, m.buses, v.Get("bus")), class: have(m, m.classes, v.Get("class"))}
	kobject := v.Ptr("kobj")
	m.kobjs.Get(kobject)
	steps := []step{
		{func() abi.Errno { return m.giveName(d) }, nil},
		{func() abi.Errno { return m.place(who, d) }, func() { m.kobjs.Del(who, kobject); m.dropGlue(who, d) }},
		{func() abi.Errno { return m.addLinks(who, d) }, func() { m.dropLinks(who, d) }},
		{func() abi.Errno { return m.addFiles(who, d) }, func() { m.dropFiles(who, d) }},
		{func() abi.Errno { return m.addNode(who, d) }, func() { m.dropNode(d) }},
	}
	for i, s := range steps {
		e := s.do()
		if e == 0 {
			continue
		}
		for j := i - 1; j >= 0; j-- {
			if steps[j].undo != nil {
				steps[j].undo()
			}
		}
		m.kobjs.Put(who, kobject)
		return e
	}
	m.mu.Lock()
	m.devs[addr] = d
	d.inOrder = m.order.add(d)
	manual := true
	if d.bus != nil {
		d.inBus = d.bus.devs.add(d)
		manual = d.bus.manual
	}
	if d.class != nil {
		d.inClass = d.class.devs.add(d)
		d.devt = v.Get("devt")
		d.class.numbers[d.devt] = append(d.class.numbers[d.devt], d)
	}
	m.mu.Unlock()
	if !manual {
		m.attach(who, d)
	}
	return 0
}

// giveName settles the name: init_name, or the bus' name and the number.
func (m *Model) giveName(d *device) abi.Errno {
	v := Device.At(m.core, d.addr)
	kobject := v.Ptr("kobj")
	switch {
	case v.Get("init_name") != 0:
		if e := m.kobjs.SetName(m.core, kobject, v.Str("init_name")); e != 0 {
			return e
		}
		v.Set("init_name", 0)
	case m.kobjs.Name(kobject) == "" && d.bus != nil && Bus.At(m.core, d.bus.addr).Get("dev_name") != 0:
		name := fmt.Sprintf("%s%d", Bus.At(m.core, d.bus.addr).Str("dev_name"), uint32(v.Get("id")))
		if e := m.kobjs.SetName(m.core, kobject, name); e != 0 {
			return e
		}
	}
	if d.name = m.kobjs.Name(kobject); d.name == "" {
		return abi.EINVAL
	}
	return 0
}

// place puts the device below its parent (get_device_parent): a class' devices
// hang in a directory of the class' name there, those without a parent in
// /sys/devices/virtual.
func (m *Model) place(who *lkm.Caller, d *device) abi.Errno {
	v := Device.At(m.core, d.addr)
	kobject := kobj.Kobject.At(m.core, v.Ptr("kobj"))
	under := m.devices
	parent := v.Get("parent")
	if parent != 0 {
		p := Device.At(m.core, parent).Ptr("kobj")
		m.kobjs.Get(p)
		kobject.Set("parent", p)
		if under = m.kobjs.Find(p); under == nil {
			kobject.Set("parent", 0)
			m.kobjs.Put(who, p)
			return abi.ENODEV
		}
	}
	if d.class != nil {
		if parent == 0 {
			under = m.virtual
		}
		if parent == 0 || Device.At(m.core, parent).Get("class") == 0 {
			d.glue = m.kobjs.Adopt(under, d.class.name)
			under = d.glue
		}
	}
	obj, e := m.kobjs.AddUnder(who, kobject.Addr, under)
	if e != 0 {
		m.dropGlue(who, d)
		return e
	}
	d.obj = obj
	return 0
}

// dropGlue removes the class' directory with its last device.
func (m *Model) dropGlue(who *lkm.Caller, d *device) {
	if d.glue != nil && m.kobjs.Empty(d.glue) {
		m.kobjs.Remove(who, d.glue)
	}
}

func (m *Model) link(d *device, dir *kobj.Object, name string, to *kobj.Object) abi.Errno {
	e := m.kobjs.Link(dir, name, to)
	if e == 0 {
		d.links = append(d.links, link{dir, name})
	}
	return e
}

// addLinks adds the links from and to the class, the bus and the number.
func (m *Model) addLinks(who *lkm.Caller, d *device) (e abi.Errno) {
	add := func(dir *kobj.Object, name string, to *kobj.Object) {
		if e == 0 {
			e = m.link(d, dir, name, to)
		}
	}
	v := Device.At(m.core, d.addr)
	if d.class != nil {
		add(d.obj, "subsystem", d.class.obj)
		add(d.class.obj, d.name, d.obj)
		if parent := v.Get("parent"); parent != 0 {
			if p := m.kobjs.Find(Device.At(m.core, parent).Ptr("kobj")); p != nil {
				add(d.obj, "device", p)
			}
		}
	}
	if d.bus != nil {
		add(d.bus.devices, d.name, d.obj)
		if d.class == nil {
			add(d.obj, "subsystem", d.bus.obj)
		}
	}
	if major, minor := cfile.SplitDev(v.Get("devt")); major != 0 {
		add(m.numberDir(d), fmt.Sprintf("%d:%d", major, minor), d.obj)
	}
	if e != 0 {
		m.dropLinks(who, d)
	}
	return e
}

func (m *Model) numberDir(d *device) *kobj.Object {
	if isBlock(d) {
		return m.block
	}
	return m.char
}

func isBlock(d *device) bool { return d.class != nil && d.class.name == "block" }

func (m *Model) dropLinks(who *lkm.Caller, d *device) {
	for _, l := range d.links {
		m.kobjs.Unlink(who, l.dir, l.name)
	}
	d.links = nil
}

// groupsOf are the arrays of attribute groups a device has.
func (m *Model) groupsOf(d *device) []uint64 {
	v := Device.At(m.core, d.addr)
	var out []uint64
	if d.class != nil {
		out = append(out, Class.At(m.core, d.class.addr).Get("dev_groups"))
	}
	if t := v.Get("type"); t != 0 {
		out = append(out, DevType.At(m.core, t).Get("groups"))
	}
	out = append(out, v.Get("groups"))
	if d.bus != nil {
		out = append(out, Bus.At(m.core, d.bus.addr).Get("dev_groups"))
	}
	return out
}

// addFiles adds the files every device has, and those of its groups.
func (m *Model) addFiles(who *lkm.Caller, d *device) abi.Errno {
	v := Device.At(m.core, d.addr)
	m.kobjs.AddAttr(d.obj, kobj.Attr{
		Name: "uevent", Mode: 0o644, Store: ignore,
		Show: func(*lkm.Caller) ([]byte, abi.Errno) { return []byte(m.uevent(d)), 0 },
	})
	if major, minor := cfile.SplitDev(v.Get("devt")); major != 0 {
		m.kobjs.AddAttr(d.obj, kobj.Attr{Name: "dev", Mode: 0o444, Show: func(*lkm.Caller) ([]byte, abi.Errno) {
			return fmt.Appendf(nil, "%d:%d\n", major, minor), 0
		}})
	}
	for _, groups := range m.groupsOf(d) {
		if e := m.kobjs.AddGroups(who, d.obj, v.Ptr("kobj"), groups); e != 0 {
			return e // the directory goes with all that is in it
		}
	}
	return 0
}

func (m *Model) dropFiles(who *lkm.Caller, d *device) {
	for _, groups := range m.groupsOf(d) {
		m.kobjs.RemoveGroups(who, d.obj, groups)
	}
}

// uevent is what the file of that name says about a device (dev_uevent).
func (m *Model) uevent(d *device) string {
	var b strings.Builder
	v := Device.At(m.core, d.addr)
	if major, minor := cfile.SplitDev(v.Get("devt")); major != 0 {
		fmt.Fprintf(&b, "MAJOR=%d\nMINOR=%d\n", major, minor)
		if d.node != "" {
			fmt.Fprintf(&b, "DEVNAME=%s\n", d.node)
		}
	}
	if t := v.Get("type"); t != 0 && DevType.At(m.core, t).Get("name") != 0 {
		fmt.Fprintf(&b, "DEVTYPE=%s\n", DevType.At(m.core, t).Str("name"))
	}
	if drv := d.drv; drv != nil {
		fmt.Fprintf(&b, "DRIVER=%s\n", drv.name)
	}
	if d.bus != nil && d.bus.name == platformBusName {
		fmt.Fprintf(&b, "MODALIAS=platform:%s\n", Platform.From(m.core, "dev", d.addr).Str("name"))
	}
	return b.String()
}

// addNode adds the file in /dev, of the name and mode that the class wants
// (device_get_devnode, devtmpfs_create_node).
func (m *Model) addNode(who *lkm.Caller, d *device) abi.Errno {
	v := Device.At(m.core, d.addr)
	major, minor := cfile.SplitDev(v.Get("devt"))
	if major == 0 {
		return 0
	}
	name, mode := strings.ReplaceAll(d.name, "!", "/"), uint32(0)
	var fn uint64
	if t := v.Get("type"); t != 0 {
		fn = DevType.At(m.core, t).Get("devnode")
	}
	if fn == 0 && d.class != nil {
		fn = Class.At(m.core, d.class.addr).Get("devnode")
	}
	if fn != 0 {
		var e abi.Errno
		if name, mode, e = m.askNode(who, fn, d, name); e != 0 {
			return e
		}
	}
	if mode&0o777 == 0 {
		mode = 0o600
	}
	kind := uint32(abi.S_IFCHR)
	if isBlock(d) {
		kind = abi.S_IFBLK
	}
	m.ns.AddDeviceNode(name, kind|mode&0o777, major, minor)
	d.node = name
	return 0
}

// askNode calls devnode(dev, &mode), which may give another name.
func (m *Model) askNode(who *lkm.Caller, fn uint64, d *device, name string) (string, uint32, abi.Errno) {
	const size = 8
	cell := m.core.Alloc(size)
	if cell == 0 {
		return "", 0, abi.ENOMEM
	}
	defer m.core.Free(cell)
	clear(m.core.Slice(cell, size))
	r, e := m.files.Run(who, fn, d.addr, cell)
	if e != 0 {
		return "", 0, e
	}
	p, _ := cfile.Result(m.core.WordSize(), r)
	if p = m.word(p); p != 0 {
		e = m.files.Guard(who, func() { name = cstring(m, p) })
		m.core.Free(p)
	}
	b := m.core.Slice(cell, 2)
	return name, uint32(b[0]) | uint32(b[1])<<8, e
}

func (m *Model) dropNode(d *device) {
	if d.node != "" {
		m.ns.RemoveDeviceNode(d.node)
		d.node = ""
	}
}

// del performs device_del.
func (m *Model) del(who *lkm.Caller, addr uint64) {
	d := have(m, m.devs, addr)
	if d == nil {
		return
	}
	m.mu.Lock()
	m.deferred = without(m.deferred, d)
	if d.class != nil {
		d.inClass.leave()
		if same := without(d.class.numbers[d.devt], d); len(same) > 0 {
			d.class.numbers[d.devt] = same
		} else {
			delete(d.class.numbers, d.devt)
		}
	}
	m.mu.Unlock()
	m.dropNode(d)
	m.dropLinks(who, d)
	m.detach(who, d)
	m.dropFiles(who, d)
	m.mu.Lock()
	delete(m.devs, addr)
	d.inOrder.leave()
	d.inBus.leave()
	m.mu.Unlock()
	kobject := Device.At(m.core, addr).Ptr("kobj")
	m.kobjs.Del(who, kobject)
	m.dropGlue(who, d)
	m.releaseManaged(who, addr)
	m.kobjs.Put(who, kobject)
}

// create performs device_create_with_groups, in memory of a.
func (m *Model) create(a lkm.Allocator, who *lkm.Caller, classAddr, parent, devt, drvdata, groups uint64, name string) (uint64, abi.Errno) {
	if have(m, m.classes, classAddr) == nil {
		return 0, abi.ENODEV
	}
	size := Device.Size(m.core)
	addr := a.Alloc(size)
	if addr == 0 {
		return 0, abi.ENOMEM
	}
	clear(m.core.Slice(addr, size))
	v := Device.At(m.core, addr)
	m.initialize(addr)
	v.Set("devt", devt)
	v.Set("class", classAddr)
	v.Set("parent", parent)
	v.Set("groups", groups)
	v.Set("release", m.kobjs.Export("device_create_release"))
	v.Set("driver_data", drvdata)
	e := m.kobjs.SetName(a, v.Ptr("kobj"), name)
	if e == 0 {
		e = m.add(who, addr)
	}
	if e != 0 {
		m.kobjs.Put(who, v.Ptr("kobj"))
		return 0, e
	}
	return addr, 0
}

// destroy performs device_destroy.
func (m *Model) destroy(who *lkm.Caller, classAddr, devt uint64) {
	if addr := m.numbered(classAddr, devt); addr != 0 {
		m.del(who, addr)
		m.kobjs.Put(who, Device.At(m.core, addr).Ptr("kobj"))
	}
}

// numbered finds the first device of a class that has a number, 0 if there is
// none. A module may have changed it since device_add.
func (m *Model) numbered(classAddr, devt uint64) uint64 {
	cl := have(m, m.classes, classAddr)
	if cl == nil {
		return 0
	}
	m.mu.Lock()
	likely := slices.Clone(cl.numbers[devt])
	m.mu.Unlock()
	has := func(addr uint64) bool { return Device.At(m.core, addr).Get("devt") == devt }
	for _, d := range likely {
		if has(d.addr) {
			return d.addr
		}
	}
	list := m.classDevices(classAddr)
	if i := slices.IndexFunc(list, has); i >= 0 {
		return list[i]
	}
	return 0
}
