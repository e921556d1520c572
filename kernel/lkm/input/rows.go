package input

import (
	"fmt"
	"slices"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/device"
	"rv86/kernel/lkm/kobj"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
	"rv86/kmod/kapi"
)

const (
	// What a device with EV_REP repeats by if it does not say, in milliseconds.
	defaultDelay, defaultPeriod = 250, 33

	minorBits = 20
	nodeMode  = 0o660
	taintWarn = 9 // TAINT_WARN
)

// allocate is input_allocate_device.
func (in *Input) allocate(c *kapi.Call) uint64 {
	size := Dev.Size(in.core)
	addr := c.Alloc(size)
	if addr == 0 {
		return 0
	}
	clear(c.Slice(addr, size))
	in.mu.Lock()
	n := in.numbers
	in.numbers++
	in.mu.Unlock()
	v := Dev.At(in.core, addr)
	kobj.ListInit(in.core, v.Ptr("node"))
	if in.model.Init(v.Ptr("dev"), in.class, fmt.Sprintf("input%d", n), "input_dev_release") != 0 {
		c.Free(addr)
		return 0
	}
	return addr
}

// register is input_register_device.
func (in *Input) register(c *kapi.Call, addr uint64) abi.Errno {
	who := lkm.From(c)
	v := Dev.At(in.core, addr)
	in.setBit(addr, "evbit", evSyn, true)
	in.setBit(addr, "keybit", 0, false) // KEY_RESERVED
	rep := v.Ptr("rep")
	const size = 4
	if cstruct.U32(in.core, rep) == 0 && cstruct.U32(in.core, rep+size) == 0 {
		cstruct.SetU32(in.core, rep, defaultDelay)
		cstruct.SetU32(in.core, rep+size, defaultPeriod)
	}
	n := in.takeEvent()
	if n < 0 {
		return abi.ENFILE
	}
	d := &dev{addr: addr, event: n}
	if e := in.model.Add(who, v.Ptr("dev")); e != 0 {
		in.giveEvent(n)
		return e
	}
	dir, path := in.model.Dir(v.Ptr("dev"))
	d.path = path
	in.addFiles(dir, addr)
	name := v.Str("name")
	if name == "" {
		name = "Unspecified device"
	}
	c.Log(fmt.Sprintf("\x016input: %s as %s\n", name, path))
	in.mu.Lock()
	in.devs = append(in.devs, d)
	in.mu.Unlock()
	in.ns.RegisterDevice(abi.S_IFCHR, major, uint32(firstMinor+n), func(vc *vfs.Caller, _ int) (vfs.File, abi.Errno) {
		return in.openEvent(d, vc)
	})
	if _, e := in.model.Create(who, in.class, v.Ptr("dev"), number(n), fmt.Sprintf("event%d", n)); e != 0 {
		in.forget(d)
		in.model.Del(who, v.Ptr("dev"))
		return e
	}
	return 0
}

// number is an event device's, as a dev_t.
func number(n int) uint64 { return major<<minorBits | uint64(firstMinor+n) }

// addFiles adds the attributes that say what a device is.
func (in *Input) addFiles(dir *kobj.Object, addr uint64) {
	for _, name := range []string{"name", "phys", "uniq"} {
		in.model.Kobjects().AddAttr(dir, kobj.Attr{Name: name, Mode: 0o444, Show: func(*lkm.Caller) ([]byte, abi.Errno) {
			return []byte(Dev.At(in.core, addr).Str(name) + "\n"), 0
		}})
	}
}

// takeEvent gives the number of a free event device, -1 if there is none.
func (in *Input) takeEvent() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	n := slices.Index(in.events[:], false)
	if n >= 0 {
		in.events[n] = true
	}
	return n
}

func (in *Input) giveEvent(n int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.events[n] = false
}

// forget takes a device's record out: its readers see that it is gone.
func (in *Input) forget(d *dev) {
	in.ns.RegisterDevice(abi.S_IFCHR, major, uint32(firstMinor+d.event), nil)
	in.mu.Lock()
	defer in.mu.Unlock()
	d.gone = true
	if d.repeat != nil {
		d.repeat.Stop()
		d.repeat = nil
	}
	in.events[d.event] = false
	in.devs = slices.DeleteFunc(in.devs, func(o *dev) bool { return o == d })
	d.wake(wait.POLLHUP | wait.POLLERR | wait.Readable)
}

// unregister is input_unregister_device, which drops the driver's reference, too.
func (in *Input) unregister(c *kapi.Call, addr uint64) {
	d := in.find(addr)
	if d == nil {
		c.Warn("input_unregister_device", "input_unregister_device: the device is not registered\n", taintWarn)
		return
	}
	who := lkm.From(c)
	v := Dev.At(in.core, addr)
	in.mu.Lock()
	users := d.users
	in.mu.Unlock()
	v.Set("going_away", 1)
	in.forget(d)
	if fn := v.Get("close"); users > 0 && fn != 0 {
		if _, ok := c.CallC(fn, addr); !ok {
			c.Died = kapi.FaultInside
		}
	}
	in.model.Destroy(who, in.class, number(d.event))
	in.model.Del(who, v.Ptr("dev"))
	in.model.Put(c, v.Ptr("dev"))
}

// Leaving lists the devices that a module forgot to unregister, and takes them
// away: their names and operations go with it.
func (in *Input) Leaving(_ string, of func(addr uint64) bool) (left []string) {
	in.mu.Lock()
	devs := slices.Clone(in.devs)
	in.mu.Unlock()
	for _, d := range devs {
		v := Dev.At(in.core, d.addr)
		if !of(v.Get("name")) && !of(v.Get("open")) && !of(v.Get("event")) {
			continue
		}
		left = append(left, fmt.Sprintf("input device event%d is still registered: input_unregister_device it before the module goes", d.event))
		in.forget(d)
		who := &lkm.Caller{}
		in.model.Destroy(who, in.class, number(d.event))
		in.model.Del(who, v.Ptr("dev"))
	}
	return left
}

// input is input_event.
func (in *Input) input(c *kapi.Call) uint64 {
	addr, typ, code, value := c.Ptr(), c.Uint(), c.Uint(), c.Int()
	d := in.find(addr)
	if d == nil {
		return 0
	}
	var fn uint64
	func() {
		in.mu.Lock()
		defer in.mu.Unlock()
		if in.report(d, typ, code, value) {
			fn = Dev.At(in.core, addr).Get("event")
		}
	}()
	if fn != 0 {
		if _, ok := c.CallC(fn, addr, uint64(typ), uint64(code), uint64(value)); !ok {
			c.Died = kapi.FaultInside
		}
	}
	return 0
}

// capability is input_set_capability.
func (in *Input) capability(c *kapi.Call) uint64 {
	addr, typ, code := c.Ptr(), c.Uint(), c.Uint()
	b, ok := bitmaps[typ]
	switch {
	case typ == evSyn || !ok:
		c.Log(fmt.Sprintf("\x013input_set_capability: unknown type %d (code %d)\n", typ, code))
		c.DumpStack()
		return 0
	case code >= b.count:
		c.Log(fmt.Sprintf("\x013input_set_capability: invalid code %d for type %d\n", code, typ))
		c.DumpStack()
		return 0
	}
	in.setBit(addr, b.name, code, true)
	in.setBit(addr, "evbit", typ, true)
	return 0
}

// axes allocates what is known of the axes; 0 if there is no memory.
func (in *Input) axes(c *kapi.Call, addr uint64) uint64 {
	v := Dev.At(in.core, addr)
	if p := v.Get("absinfo"); p != 0 {
		return p
	}
	n := uint64(bitmaps[evAbs].count) * AbsInfo.Size(in.core)
	p := c.Alloc(n)
	if p != 0 {
		clear(c.Slice(p, n))
		v.Set("absinfo", p)
	}
	return p
}

// absParams is input_set_abs_params.
func (in *Input) absParams(c *kapi.Call) uint64 {
	addr, axis := c.Ptr(), c.Uint()
	if axis >= bitmaps[evAbs].count {
		return 0
	}
	info := in.axes(c, addr)
	if info == 0 {
		return 0
	}
	a := AbsInfo.At(in.core, info+uint64(axis)*AbsInfo.Size(in.core))
	for _, field := range []string{"minimum", "maximum", "fuzz", "flat"} {
		a.Set(field, uint64(c.Uint()))
	}
	in.setBit(addr, "evbit", evAbs, true)
	in.setBit(addr, "absbit", axis, true)
	return 0
}

// Exports are the rows of the package.
func (in *Input) Exports() []kapi.Func {
	return []kapi.Func{
		{Name: "input_allocate_device", Proto: "struct input_dev *input_allocate_device(void)", Call: in.allocate},
		{Name: "input_free_device", Proto: "void input_free_device(struct input_dev *dev)", Call: func(c *kapi.Call) uint64 {
			if p := c.Ptr(); p != 0 {
				in.model.Put(c, Dev.At(in.core, p).Ptr("dev"))
			}
			return 0
		}},
		{Name: "input_register_device", Proto: "int input_register_device(struct input_dev *dev)", Call: func(c *kapi.Call) uint64 {
			if e := in.register(c, c.Ptr()); e != 0 {
				return lkm.Fail(e)
			}
			return 0
		}},
		{Name: "input_unregister_device", Proto: "void input_unregister_device(struct input_dev *dev)", Call: func(c *kapi.Call) uint64 {
			in.unregister(c, c.Ptr())
			return 0
		}},
		{Name: "input_event", Proto: "void input_event(struct input_dev *dev, unsigned int type, unsigned int code, int value)", Call: in.input},
		{Name: "input_set_capability", Proto: "void input_set_capability(struct input_dev *dev, unsigned int type, unsigned int code)", Call: in.capability},
		{Name: "input_set_abs_params", Proto: "void input_set_abs_params(struct input_dev *dev, unsigned int axis, int min, int max, int fuzz, int flat)", Call: in.absParams},
		{Name: "input_dev_release", Proto: "void input_dev_release(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			v := Dev.From(in.core, "dev", c.Ptr())
			if p := v.Get("absinfo"); p != 0 {
				c.Free(p)
			}
			c.Free(v.Addr)
			return 0
		}},
		{Name: "input_devnode", Proto: "char *input_devnode(const struct device *dev, umode_t *mode)", Call: in.devnode},
	}
}

// devnode puts the nodes into a directory of their own; the caller frees the name.
func (in *Input) devnode(c *kapi.Call) uint64 {
	dev, mode := c.Ptr(), c.Ptr()
	name := "input/" + in.model.Kobjects().Name(device.Device.At(in.core, dev).Ptr("kobj"))
	p := c.Alloc(uint64(len(name)) + 1)
	if p != 0 {
		cstruct.PutString(in.core, p, name)
		cstruct.Put(in.core, mode, 2, nodeMode)
	}
	return p
}

// devicesText is /proc/bus/input/devices (input_devices_seq_show).
func (in *Input) devicesText() []byte {
	in.mu.Lock()
	defer in.mu.Unlock()
	var b strings.Builder
	for _, d := range in.devs {
		in.core.Guard(in.files.CallerOf(nil), func() { in.describe(&b, d) })
	}
	return []byte(b.String())
}

func (in *Input) describe(b *strings.Builder, d *dev) {
	v := Dev.At(in.core, d.addr)
	id := ID.At(in.core, v.Ptr("id"))
	fmt.Fprintf(b, "I: Bus=%04x Vendor=%04x Product=%04x Version=%04x\n", id.Get("bustype"), id.Get("vendor"), id.Get("product"), id.Get("version"))
	fmt.Fprintf(b, "N: Name=\"%s\"\nP: Phys=%s\nS: Sysfs=%s\nU: Uniq=%s\nH: Handlers=event%d \n",
		v.Str("name"), v.Str("phys"), d.path, v.Str("uniq"), d.event)
	fmt.Fprintf(b, "B: PROP=%s\n", in.bitsText(d.addr, "propbit"))
	for _, typ := range listed {
		if m := bitmaps[typ]; typ == evSyn || in.bit(d.addr, "evbit", typ) {
			fmt.Fprintf(b, "B: %s=%s\n", m.label, in.bitsText(d.addr, m.name))
		}
	}
	b.WriteByte('\n')
}

// bitsText writes a bitmap as words in hexadecimal, from the first that is not 0.
func (in *Input) bitsText(addr uint64, field string) string {
	at, n := Dev.At(in.core, addr).Ptr(field), Dev.On(in.core.WordSize()).Len(field)
	word := uint64(in.core.WordSize())
	var words []string
	for off := n; off > 0; off -= word {
		w := cstruct.Word(in.core, at+off-word)
		if w != 0 || len(words) > 0 {
			words = append(words, fmt.Sprintf("%x", w))
		}
	}
	if words == nil {
		return "0"
	}
	return strings.Join(words, " ")
}
