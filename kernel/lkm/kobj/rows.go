package kobj

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// The kobjects that the kernel itself has, for modules to hang theirs under:
// the variables hold their addresses.
var standard = []struct{ symbol, name string }{
	{"kernel_kobj", "kernel"},
	{"fs_kobj", "fs"},
	{"firmware_kobj", "firmware"},
}

// Provide gives what modules can call and see. It allocates the standard
// kobjects; e is ENOMEM if there is no memory.
func (k *Kobjects) Provide() (funcs []kapi.Func, vars []kapi.Var, e abi.Errno) {
	vars = []kapi.Var{
		{Name: "kobj_sysfs_ops", Words: []kapi.Word{{Func: "kobj_attr_show"}, {Func: "kobj_attr_store"}}},
		{Name: "dynamic_kobj_ktype", Words: ktypeWords("dynamic_kobj_release", "kobj_sysfs_ops")},
		{Name: "kset_ktype", Words: ktypeWords("kset_release", "kobj_sysfs_ops")},
	}
	for _, s := range standard {
		addr, _, e := k.NewKobject(s.name, k.root, 0)
		if e != 0 {
			return nil, nil, e
		}
		vars = append(vars, kapi.Var{Name: s.symbol, Words: []kapi.Word{{Num: addr}}})
	}
	return append(k.kobjectFuncs(), k.sysfsFuncs()...), vars, 0
}

// ktypeWords is a struct kobj_type.
func ktypeWords(release, ops string) []kapi.Word {
	return []kapi.Word{{Func: release}, {Func: ops}, {}, {}, {}, {}}
}

// Ktype is a variable that holds a struct kobj_type.
func Ktype(name, release, ops string) kapi.Var {
	return kapi.Var{Name: name, Words: ktypeWords(release, ops)}
}

// NewKobject makes a kobject of the kernel's own. Nobody counts references to
// it: FreeKobject ends it.
func (k *Kobjects) NewKobject(name string, under *Object, ktype uint64) (addr uint64, o *Object, e abi.Errno) {
	size := Kobject.Size(k.core)
	addr = k.core.Alloc(size)
	if addr == 0 {
		return 0, nil, abi.ENOMEM
	}
	clear(k.core.Slice(addr, size))
	k.Init(addr, ktype)
	if e = k.SetName(k.core, addr, name); e == 0 {
		o, e = k.claim(under, name, addr, ktype == 0)
	}
	if e != 0 {
		k.FreeKobject(nil, addr, nil)
		return 0, nil, e
	}
	Kobject.At(k.core, addr).Set("state", stateInitialized|stateInSysfs)
	return addr, o, 0
}

// claim makes the directory; one that is there already serves if shared is set.
func (k *Kobjects) claim(under *Object, name string, addr uint64, shared bool) (*Object, abi.Errno) {
	if !shared {
		return k.NewDir(under, name, addr)
	}
	o := k.Adopt(under, name)
	k.mu.Lock()
	defer k.mu.Unlock()
	o.Addr = addr
	k.objs[addr] = o
	return o, 0
}

// FreeKobject ends a kobject of the kernel's own and its directory o, if it has
// one.
func (k *Kobjects) FreeKobject(who *lkm.Caller, addr uint64, o *Object) {
	if o != nil {
		k.Remove(who, o)
	}
	if name := Kobject.At(k.core, addr).Get("name"); name != 0 {
		k.core.Free(name)
	}
	k.core.Free(addr)
}

// fail returns a pointer-less error.
func fail(e abi.Errno) uint64 {
	if e == 0 {
		return 0
	}
	return lkm.Fail(e)
}

func (k *Kobjects) kobjectFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "kobject_init", Proto: "void kobject_init(struct kobject *kobj, const struct kobj_type *ktype)", Call: func(c *kapi.Call) uint64 {
			k.Init(c.Ptr(), c.Ptr())
			return 0
		}},
		{Name: "kobject_set_name", Proto: "int kobject_set_name(struct kobject *kobj, const char *fmt, ...)", Call: func(c *kapi.Call) uint64 {
			return fail(k.SetName(c, c.Ptr(), c.Text()))
		}},
		{Name: "kobject_add", Proto: "int kobject_add(struct kobject *kobj, struct kobject *parent, const char *fmt, ...)", Call: func(c *kapi.Call) uint64 {
			return fail(k.addRow(c, c.Ptr()))
		}},
		{Name: "kobject_init_and_add", Proto: "int kobject_init_and_add(struct kobject *kobj, const struct kobj_type *ktype, struct kobject *parent, const char *fmt, ...)", Call: func(c *kapi.Call) uint64 {
			kobj, ktype := c.Ptr(), c.Ptr()
			k.Init(kobj, ktype)
			return fail(k.addRow(c, kobj))
		}},
		{Name: "kobject_create_and_add", Proto: "struct kobject *kobject_create_and_add(const char *name, struct kobject *parent)", Call: k.createAndAdd},
		{Name: "kobject_del", Proto: "void kobject_del(struct kobject *kobj)", Call: func(c *kapi.Call) uint64 {
			if p := c.Ptr(); p != 0 {
				k.Del(lkm.From(c), p)
			}
			return 0
		}},
		{Name: "kobject_get", Proto: "struct kobject *kobject_get(struct kobject *kobj)", Call: func(c *kapi.Call) uint64 {
			p := c.Ptr()
			if p != 0 {
				k.Get(p)
			}
			return p
		}},
		{Name: "kobject_put", Proto: "void kobject_put(struct kobject *kobj)", Call: func(c *kapi.Call) uint64 {
			if p := c.Ptr(); p != 0 {
				k.PutRow(c, p)
			}
			return 0
		}},
		{Name: "kobject_get_path", Proto: "char *kobject_get_path(const struct kobject *kobj, gfp_t flag)", Call: func(c *kapi.Call) uint64 {
			o := k.Find(c.Ptr())
			if o == nil {
				return 0
			}
			path := k.Path(o)
			p := c.Alloc(uint64(len(path)) + 1)
			if p != 0 {
				cstruct.PutString(k.core, p, path)
			}
			return p
		}},
		{Name: "kobject_uevent", Proto: "int kobject_uevent(struct kobject *kobj, enum kobject_action action)", Call: func(*kapi.Call) uint64 { return 0 }},
		{Name: "kobject_uevent_env", Proto: "int kobject_uevent_env(struct kobject *kobj, enum kobject_action action, char *envp[])", Call: func(*kapi.Call) uint64 { return 0 }},
		{Name: "kset_init", Proto: "void kset_init(struct kset *kset)", Call: func(c *kapi.Call) uint64 { k.initKset(c.Ptr()); return 0 }},
		{Name: "kset_register", Proto: "int kset_register(struct kset *kset)", Call: func(c *kapi.Call) uint64 {
			kset := c.Ptr()
			k.initKset(kset)
			_, e := k.Add(lkm.From(c), Kset.At(k.core, kset).Ptr("kobj"))
			return fail(e)
		}},
		{Name: "kset_unregister", Proto: "void kset_unregister(struct kset *kset)", Call: func(c *kapi.Call) uint64 {
			if p := c.Ptr(); p != 0 {
				kobj := Kset.At(k.core, p).Ptr("kobj")
				k.Del(lkm.From(c), kobj)
				k.PutRow(c, kobj)
			}
			return 0
		}},
		{Name: "kset_create_and_add", Proto: "struct kset *kset_create_and_add(const char *name, const struct kset_uevent_ops *u, struct kobject *parent)", Call: k.createKset},
		{Name: "kset_find_obj", Proto: "struct kobject *kset_find_obj(struct kset *kset, const char *name)", Call: k.findInKset},

		// What the types above point to.
		{Name: "kobj_attr_show", Proto: "ssize_t kobj_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)", Call: func(c *kapi.Call) uint64 {
			kobj, attr, buf := c.Ptr(), c.Ptr(), c.Ptr()
			return CallAttr(c, KobjAttribute.From(k.core, "attr", attr).Get("show"), kobj, attr, buf)
		}},
		{Name: "kobj_attr_store", Proto: "ssize_t kobj_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf, size_t count)", Call: func(c *kapi.Call) uint64 {
			kobj, attr, buf, n := c.Ptr(), c.Ptr(), c.Ptr(), c.Ulong()
			return CallAttr(c, KobjAttribute.From(k.core, "attr", attr).Get("store"), kobj, attr, buf, n)
		}},
		{Name: "dynamic_kobj_release", Proto: "void dynamic_kobj_release(struct kobject *kobj)", Call: func(c *kapi.Call) uint64 { c.Free(c.Ptr()); return 0 }},
		{Name: "kset_release", Proto: "void kset_release(struct kobject *kobj)", Call: func(c *kapi.Call) uint64 {
			c.Free(Kset.From(k.core, "kobj", c.Ptr()).Addr)
			return 0
		}},
	}
}

// CallAttr calls show or store from a row; a missing one is EIO.
func CallAttr(c *kapi.Call, fn uint64, args ...uint64) uint64 {
	if fn == 0 {
		return lkm.Fail(abi.EIO)
	}
	r, ok := c.CallC(fn, args...)
	if !ok {
		c.Died = kapi.FaultInside
	}
	return r
}

// PutRow is Put from a row.
func (k *Kobjects) PutRow(c *kapi.Call, kobj uint64) {
	if !k.Put(lkm.From(c), kobj) {
		c.Died = kapi.FaultInside
	}
}

// addRow reads the arguments (parent, fmt, ...) and adds. The name comes first:
// it may be formatted from what the parent says.
func (k *Kobjects) addRow(c *kapi.Call, kobj uint64) abi.Errno {
	parent := c.Ptr()
	if e := k.SetName(c, kobj, c.Text()); e != 0 {
		return e
	}
	Kobject.At(k.core, kobj).Set("parent", parent)
	_, e := k.Add(lkm.From(c), kobj)
	return e
}

func (k *Kobjects) createAndAdd(c *kapi.Call) uint64 {
	name, parent := c.Str(c.Ptr()), c.Ptr()
	size := Kobject.Size(k.core)
	p := c.Alloc(size)
	if p == 0 {
		return 0
	}
	clear(c.Slice(p, size))
	k.Init(p, k.export("dynamic_kobj_ktype"))
	e := k.SetName(c, p, name)
	if e == 0 {
		Kobject.At(k.core, p).Set("parent", parent)
		_, e = k.Add(lkm.From(c), p)
	}
	if e != 0 {
		k.PutRow(c, p)
		return 0
	}
	return p
}

func (k *Kobjects) initKset(kset uint64) {
	v := Kset.At(k.core, kset)
	kobj := Kobject.At(k.core, v.Ptr("kobj"))
	k.Init(kobj.Addr, kobj.Get("ktype"))
	k.listInit(v.Ptr("list"))
}

func (k *Kobjects) createKset(c *kapi.Call) uint64 {
	name, ops, parent := c.Str(c.Ptr()), c.Ptr(), c.Ptr()
	size := Kset.Size(k.core)
	p := c.Alloc(size)
	if p == 0 {
		return 0
	}
	clear(c.Slice(p, size))
	v := Kset.At(k.core, p)
	kobj := v.Ptr("kobj")
	Kobject.At(k.core, kobj).Set("ktype", k.export("kset_ktype"))
	k.initKset(p)
	v.Set("uevent_ops", ops)
	e := k.SetName(c, kobj, name)
	if e == 0 {
		Kobject.At(k.core, kobj).Set("parent", parent)
		_, e = k.Add(lkm.From(c), kobj)
	}
	if e != 0 {
		k.PutRow(c, kobj)
		return 0
	}
	return p
}

// findInKset walks the set's list and takes a reference to what it finds.
func (k *Kobjects) findInKset(c *kapi.Call) uint64 {
	kset, name := c.Ptr(), c.Str(c.Ptr())
	head := Kset.At(k.core, kset).Ptr("list")
	for e := cstruct.Word(k.core, head); e != head; e = cstruct.Word(k.core, e) {
		kobj := Kobject.From(k.core, "entry", e)
		if kobj.Str("name") == name {
			k.Get(kobj.Addr)
			return kobj.Addr
		}
	}
	return 0
}
