package chrdev

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

// Cdev is struct cdev.
var Cdev = cstruct.New("cdev", "linux/cdev.h",
	cstruct.Field{Name: "kobj", Type: kobj.Kobject.Type()},
	cstruct.Field{Name: "owner", Type: cstruct.Long},
	cstruct.Field{Name: "ops", Type: cstruct.Long},
	cstruct.Field{Name: "list", Type: kobj.ListHead},
	cstruct.Field{Name: "dev", Type: cstruct.Int},
	cstruct.Field{Name: "count", Type: cstruct.Int},
)

// Layouts are the structures, for the test that compares them with the headers.
var Layouts = []*cstruct.Struct{Cdev, Misc}

// Devices are the character devices of modules.
type Devices struct {
	core  lkm.Core
	files *cfile.Files
	kobjs *kobj.Kobjects

	mu      sync.Mutex
	regions []region // by number
	maps    []mapping
	misc    []*miscDevice // newest first

	model MiscDevices

	// Blocks is the second part of /proc/devices, about block devices.
	Blocks func() string
}

// mapping is who drives a range of numbers.
type mapping struct {
	major, minor, count uint32
	cdev                uint64
	own                 bool // made by register_chrdev
}

// New makes it; the file layer asks it for the devices that it does not know.
func New(kobjs *kobj.Kobjects, ns *vfs.Namespace) *Devices {
	files := kobjs.Files()
	d := &Devices{core: files.Core, files: files, kobjs: kobjs, regions: append([]region(nil), kernelRegions...)}
	ns.OpenOthers(d.open)
	ns.Proc().Add("devices", vfs.Text(0o444, d.Text))
	ns.Proc().Add("misc", vfs.Text(0o444, d.miscText))
	return d
}

// Provide gives what modules can call and see.
func (d *Devices) Provide() ([]kapi.Func, []kapi.Var) {
	funcs := append(d.numberFuncs(), d.cdevFuncs()...)
	return append(funcs, d.miscFuncs()...), []kapi.Var{
		kobj.Ktype("ktype_cdev_default", "cdev_default_release", ""),
		kobj.Ktype("ktype_cdev_dynamic", "cdev_dynamic_release", ""),
	}
}

// add maps numbers to a cdev.
func (d *Devices) add(cdev uint64, dev uint64, count uint32, own bool) {
	v := Cdev.At(d.core, cdev)
	v.Set("dev", dev)
	v.Set("count", uint64(count))
	major, minor := cfile.SplitDev(dev)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.maps = append(d.maps, mapping{major, minor, count, cdev, own})
}

func (d *Devices) unmap(cdev uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := d.maps[:0]
	for _, m := range d.maps {
		if m.cdev != cdev {
			kept = append(kept, m)
		}
	}
	d.maps = kept
}

// find gives the cdev of a number: of the smallest range it is in (kobj_lookup);
// the newest one of equals.
func (d *Devices) find(major, minor uint32) (cdev uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	best := ^uint32(0)
	for _, m := range d.maps {
		if m.major == major && minor-m.minor < m.count && m.count <= best {
			cdev, best = m.cdev, m.count
		}
	}
	return cdev
}

// open serves the file layer (chrdev_open).
func (d *Devices) open(c *vfs.Caller, p vfs.Path, flags int) (vfs.File, abi.Errno) {
	in := p.Inode()
	if in.Mode()&abi.S_IFMT != abi.S_IFCHR {
		return nil, abi.ENXIO
	}
	major, minor := abi.Major(in.Rdev()), abi.Minor(in.Rdev())
	spec := cfile.Spec{
		Kind: cfile.FileOps, Path: p, Flags: flags, Key: in, Mode: in.Mode(), Rdev: in.Rdev(),
	}
	if major == miscMajor {
		return d.openMisc(c, minor, spec)
	}
	cdev := d.find(major, minor)
	if cdev == 0 {
		return nil, abi.ENXIO
	}
	e := d.files.Guard(d.files.CallerOf(c), func() {
		v := Cdev.At(d.core, cdev)
		spec.Cdev, spec.Ops = cdev, v.Get("ops")
		spec.Owner = append(spec.Owner, v.Get("owner"))
		if spec.Ops != 0 {
			spec.Owner = append(spec.Owner, cfile.FileOps.At(d.core, spec.Ops).Get("owner"))
		}
	})
	if e == 0 && spec.Ops == 0 {
		e = abi.ENXIO
	}
	if e != 0 {
		return nil, e
	}
	return d.openHeld(c, spec)
}

// openHeld opens once all owners are held; ENXIO if one is going away.
func (d *Devices) openHeld(c *vfs.Caller, spec cfile.Spec) (vfs.File, abi.Errno) {
	for i, m := range spec.Owner {
		if !d.core.Hold(m) {
			for _, m := range spec.Owner[:i] {
				d.core.Unhold(m)
			}
			return nil, abi.ENXIO
		}
	}
	f, e := d.files.Open(c, spec)
	if e != 0 {
		return nil, e
	}
	return f, 0
}

func (d *Devices) init(cdev, ops uint64, ktype string) {
	clear(d.core.Slice(cdev, Cdev.Size(d.core)))
	v := Cdev.At(d.core, cdev)
	kobj.ListInit(d.core, v.Ptr("list"))
	d.kobjs.Init(v.Ptr("kobj"), d.kobjs.Export(ktype))
	v.Set("ops", ops)
}

// alloc makes a cdev that its last reference frees; 0 if there is no memory.
func (d *Devices) alloc(c *kapi.Call) uint64 {
	p := c.Alloc(Cdev.Size(d.core))
	if p != 0 {
		d.init(p, 0, "ktype_cdev_dynamic")
	}
	return p
}

// registerChrdev takes count minor numbers of a major one, and a cdev for them.
func (d *Devices) registerChrdev(c *kapi.Call) uint64 {
	major, minor, count := c.Uint(), c.Uint(), c.Uint()
	name, ops := c.Str(c.Ptr()), c.Ptr()
	got, e := d.register(major, minor, count, name)
	if e != 0 {
		return lkm.Fail(e)
	}
	cdev := d.alloc(c)
	if cdev == 0 {
		d.unregister(got, minor, count)
		return lkm.Fail(abi.ENOMEM)
	}
	v := Cdev.At(d.core, cdev)
	v.Set("ops", ops)
	v.Set("owner", cfile.FileOps.At(d.core, ops).Get("owner"))
	d.kobjs.SetName(c, v.Ptr("kobj"), name)
	d.add(cdev, uint64(got)<<minorBits|uint64(minor), count, true)
	if major != 0 {
		return 0
	}
	return uint64(got)
}

// cdevFuncs are about struct cdev.
func (d *Devices) cdevFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "cdev_init", Proto: "void cdev_init(struct cdev *cdev, const struct file_operations *fops)", Call: func(c *kapi.Call) uint64 {
			d.init(c.Ptr(), c.Ptr(), "ktype_cdev_default")
			return 0
		}},
		{Name: "cdev_alloc", Proto: "struct cdev *cdev_alloc(void)", Call: d.alloc},
		{Name: "cdev_add", Proto: "int cdev_add(struct cdev *p, dev_t dev, unsigned count)", Call: func(c *kapi.Call) uint64 {
			cdev, dev, count := c.Ptr(), c.Uint(), c.Uint()
			if dev == ^uint32(0) { // WHITEOUT_DEV and what was never set
				return lkm.Fail(abi.EBUSY)
			}
			d.add(cdev, uint64(dev), count, false)
			return 0
		}},
		{Name: "cdev_del", Proto: "void cdev_del(struct cdev *p)", Call: func(c *kapi.Call) uint64 {
			p := c.Ptr()
			d.unmap(p)
			d.kobjs.PutRow(c, Cdev.At(d.core, p).Ptr("kobj"))
			return 0
		}},
		{Name: "cdev_default_release", Proto: "void cdev_default_release(struct kobject *kobj)", Call: func(*kapi.Call) uint64 { return 0 }},
		{Name: "cdev_dynamic_release", Proto: "void cdev_dynamic_release(struct kobject *kobj)", Call: func(c *kapi.Call) uint64 {
			c.Free(Cdev.From(d.core, "kobj", c.Ptr()).Addr)
			return 0
		}},
	}
}
