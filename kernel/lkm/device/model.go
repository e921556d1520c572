package device

import (
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/kobj"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// Model is all buses, classes and devices.
type Model struct {
	core  lkm.Core
	files *cfile.Files
	kobjs *kobj.Kobjects
	ns    *vfs.Namespace

	busDir, classDir, devices, virtual, char, block *kobj.Object

	platformBus  uint64 // the struct device all platform devices hang under
	platformName uint64 // "platform"
	noName       uint64 // ""

	mu       sync.Mutex
	buses    map[uint64]*bus
	classes  map[uint64]*class
	drivers  map[uint64]*driver
	devs     map[uint64]*device
	order    roster                // all of devs
	managed  map[uint64][]resource // devm_*, by device
	deferred []*device             // to be probed again when a driver has got a device
	autoIDs  map[int]bool          // PLATFORM_DEVID_AUTO's, in use
	misc     uint64                // the class of miscellaneous devices
}

// bus is a registered struct bus_type.
type bus struct {
	addr             uint64
	name             string
	kobj             uint64
	obj              *kobj.Object
	devices, drivers *kobj.Object
	devs             roster
	drvs             []*driver
	manual           bool // drivers_autoprobe is 0
}

// class is a registered struct class.
type class struct {
	addr uint64
	name string
	kobj uint64
	obj  *kobj.Object
	devs roster
	// numbers has devs by device number, as it was when they were added.
	numbers map[uint64][]*device
}

// driver is a registered struct device_driver.
type driver struct {
	addr uint64
	name string
	bus  *bus
	kobj uint64
	obj  *kobj.Object
}

// device is a struct device between device_add and device_del.
type device struct {
	addr  uint64
	name  string
	bus   *bus
	class *class
	obj   *kobj.Object
	glue  *kobj.Object // the class' directory below the parent, if it hangs there
	links []link       // to be removed with it
	node  string       // in /dev, "" if none
	drv   *driver
	busy  bool // being probed or removed

	devt                    uint64 // the key in class.numbers
	inOrder, inBus, inClass place
}

type link struct {
	dir  *kobj.Object
	name string
}

// New makes the model.
func New(kobjs *kobj.Kobjects, ns *vfs.Namespace) *Model {
	root := kobjs.Root()
	devices := kobjs.Adopt(root, "devices")
	numbers := kobjs.Adopt(root, "dev")
	m := &Model{
		core: kobjs.Files().Core, files: kobjs.Files(), kobjs: kobjs, ns: ns,
		busDir: kobjs.Adopt(root, "bus"), classDir: kobjs.Adopt(root, "class"),
		devices: devices, virtual: kobjs.Adopt(devices, "virtual"),
		char: kobjs.Adopt(numbers, "char"), block: kobjs.Adopt(numbers, "block"),
		buses: map[uint64]*bus{}, classes: map[uint64]*class{}, drivers: map[uint64]*driver{},
		devs: map[uint64]*device{}, managed: map[uint64][]resource{}, autoIDs: map[int]bool{},
	}
	return m
}

// Provide gives what modules can call and see; e is ENOMEM if there is no memory
// for the platform bus.
func (m *Model) Provide() (funcs []kapi.Func, vars []kapi.Var, e abi.Errno) {
	for _, group := range [][]kapi.Func{
		m.busFuncs(), m.driverFuncs(), m.deviceFuncs(), m.attrFuncs(), m.classFuncs(), m.platformFuncs(),
		m.devresFuncs(), m.logFuncs(),
	} {
		funcs = append(funcs, group...)
	}
	vars = []kapi.Var{
		{Name: "dev_sysfs_ops", Words: []kapi.Word{{Func: "dev_attr_show"}, {Func: "dev_attr_store"}}},
		{Name: "bus_sysfs_ops", Words: []kapi.Word{{Func: "bus_attr_show"}, {Func: "bus_attr_store"}}},
		{Name: "drv_sysfs_ops", Words: []kapi.Word{{Func: "drv_attr_show"}, {Func: "drv_attr_store"}}},
		{Name: "class_sysfs_ops", Words: []kapi.Word{{Func: "class_attr_show"}, {Func: "class_attr_store"}}},
		kobj.Ktype("device_ktype", "device_release", "dev_sysfs_ops"),
		kobj.Ktype("bus_ktype", "", "bus_sysfs_ops"),
		kobj.Ktype("driver_ktype", "", "drv_sysfs_ops"),
		kobj.Ktype("class_ktype", "", "class_sysfs_ops"),
	}
	platform, e := m.platformVars()
	return funcs, append(vars, platform...), e
}

// Start registers what is there before any module: the platform bus, and the
// class of miscellaneous devices.
func (m *Model) Start() abi.Errno {
	if e := m.startPlatform(); e != 0 {
		return e
	}
	addr, e := m.newClass(m.core, &lkm.Caller{}, "misc")
	m.misc = addr
	return e
}

func (m *Model) errno(r uint64) abi.Errno { return lkm.Errno(r) }

// call runs a C function from a row; after an oops in it the row's caller must
// end, too.
func call(c *kapi.Call, fn uint64, args ...uint64) (uint64, bool) {
	r, ok := c.CallC(fn, args...)
	if !ok {
		c.Died = kapi.FaultInside
	}
	return r, ok
}

func fail(e abi.Errno) uint64 {
	if e == 0 {
		return 0
	}
	return lkm.Fail(e)
}

func (m *Model) newString(s string) uint64 {
	p := m.core.Alloc(uint64(len(s)) + 1)
	if p != 0 {
		cstruct.PutString(m.core, p, s)
	}
	return p
}

// copyList copies a list, for use without the lock.
func copyList[T any](mu *sync.Mutex, list *[]T) []T {
	mu.Lock()
	defer mu.Unlock()
	return append([]T(nil), *list...)
}

func without[T comparable](list []T, x T) []T {
	for i, y := range list {
		if y == x {
			return append(list[:i:i], list[i+1:]...)
		}
	}
	return list
}

// have gives a record by address; nil if nothing is registered there.
func have[T any](m *Model, records map[uint64]*T, addr uint64) *T {
	m.mu.Lock()
	defer m.mu.Unlock()
	return records[addr]
}
