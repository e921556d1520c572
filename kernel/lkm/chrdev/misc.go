package chrdev

import (
	"fmt"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/kobj"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// Misc is struct miscdevice.
var Misc = cstruct.New("miscdevice", "linux/miscdevice.h",
	cstruct.Field{Name: "minor", Type: cstruct.Int},
	cstruct.Field{Name: "name", Type: cstruct.Long},
	cstruct.Field{Name: "fops", Type: cstruct.Long},
	cstruct.Field{Name: "list", Type: kobj.ListHead},
	cstruct.Field{Name: "parent", Type: cstruct.Long},
	cstruct.Field{Name: "this_device", Type: cstruct.Long},
	cstruct.Field{Name: "groups", Type: cstruct.Long},
	cstruct.Field{Name: "nodename", Type: cstruct.Long},
	cstruct.Field{Name: "mode", Type: cstruct.Short},
)

const (
	miscMajor    = 10
	minorAny     = 255 // MISC_DYNAMIC_MINOR
	dynamicMinor = 128 // those below it are given out, the highest first
)

// miscDevice is one that is registered.
type miscDevice struct {
	addr  uint64
	minor uint32
	name  string
}

// MiscDevices makes and removes the device of a miscellaneous device: its place
// in /sys and /dev.
type MiscDevices interface {
	AddMisc(c *kapi.Call, dev uint64, name, node string, mode uint32, parent, groups, drvdata uint64) (device uint64, e abi.Errno)
	RemoveMisc(c *kapi.Call, device uint64)
}

// openMisc hands a device its own structure in private_data (misc_open).
func (d *Devices) openMisc(c *vfs.Caller, minor uint32, spec cfile.Spec) (vfs.File, abi.Errno) {
	d.mu.Lock()
	for _, m := range d.misc {
		if m.minor == minor {
			spec.Data = m.addr
			break
		}
	}
	d.mu.Unlock()
	if spec.Data == 0 {
		return nil, abi.ENODEV
	}
	e := d.files.Guard(d.files.CallerOf(c), func() {
		spec.Ops = Misc.At(d.core, spec.Data).Get("fops")
		if spec.Ops != 0 {
			spec.Owner = []uint64{cfile.FileOps.At(d.core, spec.Ops).Get("owner")}
		}
	})
	if e == 0 && spec.Ops == 0 {
		e = abi.ENODEV
	}
	if e != 0 {
		return nil, e
	}
	return d.openHeld(c, spec)
}

func (d *Devices) miscText() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	var b strings.Builder
	for _, m := range d.misc {
		fmt.Fprintf(&b, "%3d %s\n", m.minor, m.name)
	}
	return []byte(b.String())
}

// takeMinor lists a device under a free number.
func (d *Devices) takeMinor(m *miscDevice) abi.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	used := map[uint32]bool{}
	for _, o := range d.misc {
		used[o.minor] = true
	}
	if m.minor == minorAny {
		m.minor = dynamicMinor - 1
		for used[m.minor] && m.minor > 0 {
			m.minor--
		}
	}
	if used[m.minor] {
		return abi.EBUSY
	}
	d.misc = append([]*miscDevice{m}, d.misc...)
	return 0
}

func (d *Devices) dropMinor(addr uint64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, m := range d.misc {
		if m.addr == addr {
			d.misc = append(d.misc[:i:i], d.misc[i+1:]...)
			return true
		}
	}
	return false
}

// Model says who makes devices.
func (d *Devices) Model(m MiscDevices) { d.model = m }

func (d *Devices) miscFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "misc_register", Proto: "int misc_register(struct miscdevice *misc)", Call: d.miscRegister},
		{Name: "misc_deregister", Proto: "void misc_deregister(struct miscdevice *misc)", Call: func(c *kapi.Call) uint64 {
			v := Misc.At(d.core, c.Ptr())
			if !d.dropMinor(v.Addr) {
				return 0
			}
			d.model.RemoveMisc(c, v.Get("this_device"))
			v.Set("this_device", 0)
			return 0
		}},
	}
}

func (d *Devices) miscRegister(c *kapi.Call) uint64 {
	v := Misc.At(d.core, c.Ptr())
	asked := uint32(v.Get("minor"))
	m := &miscDevice{addr: v.Addr, minor: asked, name: v.Str("name")}
	if e := d.takeMinor(m); e != 0 {
		return lkm.Fail(e)
	}
	v.Set("minor", uint64(m.minor))
	device, e := d.model.AddMisc(c, miscMajor<<minorBits|uint64(m.minor), m.name,
		v.Str("nodename"), uint32(v.Get("mode")), v.Get("parent"), v.Get("groups"), v.Addr)
	if e != 0 {
		d.dropMinor(v.Addr)
		v.Set("minor", uint64(asked))
		return lkm.Fail(e)
	}
	v.Set("this_device", device)
	return 0
}
