package chrdev

import (
	"fmt"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

const (
	minorBits = 20
	minorMax  = 1<<minorBits - 1
	majorMax  = 512 // CHRDEV_MAJOR_MAX
	nameMax   = 63  // of a struct char_device_struct's name[64]

	// Where numbers are given out: downwards from the one to the other, first
	// in the range that is left for that purpose, then in the extended one
	// (CHRDEV_MAJOR_DYN_END and its kin).
	dynFirst, dynLast       = 254, 234
	dynExtFirst, dynExtLast = 511, 384
)

// region is a range of numbers that somebody registered.
type region struct {
	major, minor, count uint32
	name                string
}

// kernelRegions are those of the kernel's own drivers.
var kernelRegions = []region{
	{1, 0, 256, "mem"},
	{4, 64, 192, "ttyS"},
	{5, 0, 1, "/dev/tty"},
	{5, 1, 1, "/dev/console"},
	{miscMajor, 0, 256, "misc"},
}

// register takes a range of numbers; major 0 asks for any.
func (d *Devices) register(major, minor, count uint32, name string) (uint32, abi.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(name) > nameMax {
		name = name[:nameMax]
	}
	if major == 0 {
		if major = d.freeMajor(); major == 0 {
			d.core.Log(fmt.Sprintf("\x013CHRDEV \"%s\" dynamic allocation region is full\n", name))
			return 0, abi.EBUSY
		}
	}
	if major >= majorMax {
		d.core.Log(fmt.Sprintf("\x013CHRDEV \"%s\" major requested (%d) is greater than the maximum (%d)\n", name, major, majorMax-1))
		return 0, abi.EINVAL
	}
	if minor > minorMax || count > minorMax+1-minor {
		d.core.Log(fmt.Sprintf("\x013CHRDEV \"%s\" minor range requested (%d-%d) is out of range of maximum range (%d-%d) for a single major\n",
			name, minor, minor+count-1, 0, minorMax))
		return 0, abi.EINVAL
	}
	at := 0
	for ; at < len(d.regions); at++ {
		r := &d.regions[at]
		if r.major > major || r.major == major && r.minor >= minor+count {
			break
		}
		if r.major == major && r.minor+r.count > minor {
			return 0, abi.EBUSY
		}
	}
	d.regions = append(d.regions[:at], append([]region{{major, minor, count, name}}, d.regions[at:]...)...)
	return major, 0
}

func (d *Devices) freeMajor() uint32 {
	used := map[uint32]bool{}
	for _, r := range d.regions {
		used[r.major] = true
	}
	for _, span := range [][2]uint32{{dynFirst, dynLast}, {dynExtFirst, dynExtLast}} {
		for m := span[0]; m >= span[1]; m-- {
			if !used[m] {
				return m
			}
		}
	}
	return 0
}

func (d *Devices) unregister(major, minor, count uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, r := range d.regions {
		if r.major == major && r.minor == minor && r.count == count {
			d.regions = append(d.regions[:i:i], d.regions[i+1:]...)
			return
		}
	}
}

// Text is /proc/devices.
func (d *Devices) Text() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	var b strings.Builder
	b.WriteString("Character devices:\n")
	for _, r := range d.regions {
		fmt.Fprintf(&b, "%3d %s\n", r.major, r.name)
	}
	b.WriteString("\nBlock devices:\n")
	if d.Blocks != nil {
		b.WriteString(d.Blocks())
	}
	return []byte(b.String())
}

// numberFuncs are about numbers alone.
func (d *Devices) numberFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "alloc_chrdev_region", Proto: "int alloc_chrdev_region(dev_t *dev, unsigned baseminor, unsigned count, const char *name)", Call: func(c *kapi.Call) uint64 {
			dev, minor, count, name := c.Ptr(), c.Uint(), c.Uint(), c.Str(c.Ptr())
			major, e := d.register(0, minor, count, name)
			if e != 0 {
				return lkm.Fail(e)
			}
			const devSize = 4
			cstruct.Put(d.core, dev, devSize, uint64(major)<<minorBits|uint64(minor))
			return 0
		}},
		{Name: "register_chrdev_region", Proto: "int register_chrdev_region(dev_t from, unsigned count, const char *name)", Call: func(c *kapi.Call) uint64 {
			major, minor := cfile.SplitDev(uint64(c.Uint()))
			count, name := c.Uint(), c.Str(c.Ptr())
			if major == 0 {
				return lkm.Fail(abi.EINVAL)
			}
			if _, e := d.register(major, minor, count, name); e != 0 {
				return lkm.Fail(e)
			}
			return 0
		}},
		{Name: "unregister_chrdev_region", Proto: "void unregister_chrdev_region(dev_t from, unsigned count)", Call: func(c *kapi.Call) uint64 {
			major, minor := cfile.SplitDev(uint64(c.Uint()))
			d.unregister(major, minor, c.Uint())
			return 0
		}},
		{Name: "__register_chrdev", Proto: "int __register_chrdev(unsigned int major, unsigned int baseminor, unsigned int count, const char *name, const struct file_operations *fops)", Call: d.registerChrdev},
		{Name: "__unregister_chrdev", Proto: "void __unregister_chrdev(unsigned int major, unsigned int baseminor, unsigned int count, const char *name)", Call: func(c *kapi.Call) uint64 {
			major, minor, count := c.Uint(), c.Uint(), c.Uint()
			d.unregister(major, minor, count)
			d.mu.Lock()
			var cdev uint64
			for _, m := range d.maps {
				if m.own && m.major == major && m.minor == minor && m.count == count {
					cdev = m.cdev
				}
			}
			d.mu.Unlock()
			if cdev != 0 {
				d.unmap(cdev)
				d.kobjs.PutRow(c, Cdev.At(d.core, cdev).Ptr("kobj"))
			}
			return 0
		}},
	}
}
