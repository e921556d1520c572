package kobj

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
)

// Init makes a kobject usable: one reference, no place.
func (k *Kobjects) Init(kobj, ktype uint64) {
	v := Kobject.At(k.core, kobj)
	v.Set("kref", 1)
	v.Set("state", stateInitialized)
	v.Set("ktype", ktype)
	k.listInit(v.Ptr("entry"))
}

// SetName gives a kobject its name, in memory of a; slashes become exclamation
// marks.
func (k *Kobjects) SetName(a lkm.Allocator, kobj uint64, name string) abi.Errno {
	b := []byte(name)
	for i := range b {
		if b[i] == '/' {
			b[i] = '!'
		}
	}
	p := a.Alloc(uint64(len(b)) + 1)
	if p == 0 {
		return abi.ENOMEM
	}
	cstruct.PutString(k.core, p, string(b))
	v := Kobject.At(k.core, kobj)
	old := v.Get("name")
	v.Set("name", p)
	if old != 0 {
		k.core.Free(old)
	}
	return 0
}

// Name is a kobject's name.
func (k *Kobjects) Name(kobj uint64) string { return Kobject.At(k.core, kobj).Str("name") }

// Add puts an initialized, named kobject into /sys, below its parent or else its
// set (kobject_add_internal), and adds the files of its type.
func (k *Kobjects) Add(who *lkm.Caller, kobj uint64) (*Object, abi.Errno) {
	v := Kobject.At(k.core, kobj)
	name := v.Str("name")
	if name == "" {
		k.core.Log("\x014kobject: (" + fmt.Sprintf("%x", kobj) + "): attempted to be registered with empty name!\n")
		return nil, abi.EINVAL
	}
	parent, kset := v.Get("parent"), v.Get("kset")
	if kset != 0 {
		if parent == 0 {
			parent = Kset.At(k.core, kset).Ptr("kobj")
			v.Set("parent", parent)
		}
	}
	under := k.root
	if parent != 0 {
		k.Get(parent)
		if under = k.Find(parent); under == nil {
			k.Put(who, parent)
			return nil, abi.ENOENT
		}
	}
	return k.AddUnder(who, kobj, under)
}

// AddUnder is Add in a directory of the caller's choice. A reference to the
// parent, if there is one, is the caller's to give back on an error.
func (k *Kobjects) AddUnder(who *lkm.Caller, kobj uint64, under *Object) (*Object, abi.Errno) {
	v := Kobject.At(k.core, kobj)
	name := v.Str("name")
	o, e := k.NewDir(under, name, kobj)
	if e == 0 {
		if e = k.addDefaults(who, o, kobj); e != 0 {
			k.Remove(who, o)
		}
	}
	if e != 0 {
		if parent := v.Get("parent"); parent != 0 {
			v.Set("parent", 0)
			k.Put(who, parent)
		}
		if e == abi.EEXIST {
			k.core.Log(fmt.Sprintf("\x014sysfs: cannot create duplicate filename '%s/%s'\n", k.Path(under), name))
			k.core.Log(fmt.Sprintf("\x013kobject: kobject_add_internal failed for %s with -EEXIST, don't try to register things with the same name in the same directory.\n", name))
		}
		return nil, e
	}
	if kset := v.Get("kset"); kset != 0 {
		s := Kset.At(k.core, kset)
		k.Get(s.Ptr("kobj"))
		k.listAdd(v.Ptr("entry"), s.Ptr("list"))
	}
	v.Set("state", v.Get("state")|stateInSysfs)
	return o, 0
}

func (k *Kobjects) addDefaults(who *lkm.Caller, o *Object, kobj uint64) abi.Errno {
	ktype := Kobject.At(k.core, kobj).Get("ktype")
	if ktype == 0 {
		return 0
	}
	return k.AddGroups(who, o, kobj, KobjType.At(k.core, ktype).Get("default_groups"))
}

// Del takes a kobject out of /sys; it stays usable.
func (k *Kobjects) Del(who *lkm.Caller, kobj uint64) {
	v := Kobject.At(k.core, kobj)
	if v.Get("state")&stateInSysfs == 0 {
		return
	}
	if o := k.Find(kobj); o != nil {
		k.Remove(who, o)
	}
	v.Set("state", v.Get("state")&^stateInSysfs)
	if kset := v.Get("kset"); kset != 0 {
		k.listDel(v.Ptr("entry"))
		k.Put(who, Kset.At(k.core, kset).Ptr("kobj"))
	}
	if parent := v.Get("parent"); parent != 0 {
		v.Set("parent", 0)
		k.Put(who, parent)
	}
}

// Get takes a reference.
func (k *Kobjects) Get(kobj uint64) {
	v := Kobject.At(k.core, kobj)
	if v.Get("state")&stateInitialized == 0 {
		k.core.Log(fmt.Sprintf("\x014kobject: '%s' (%x): is not initialized, yet kobject_get() is being called.\n", v.Str("name"), kobj))
	}
	v.Set("kref", v.Get("kref")+1)
}

// Put drops a reference. With the last one the kobject leaves /sys, its type's
// release is called, and its name is freed. False after an oops in release.
func (k *Kobjects) Put(who *lkm.Caller, kobj uint64) bool {
	v := Kobject.At(k.core, kobj)
	if v.Get("state")&stateInitialized == 0 {
		k.core.Log(fmt.Sprintf("\x014kobject: '%s' (%x): is not initialized, yet kobject_put() is being called.\n", v.Str("name"), kobj))
	}
	n := v.Get("kref")
	if n == 0 || int32(n) < 0 {
		k.core.Log("\x014refcount_t: underflow; use-after-free.\n")
		return true
	}
	v.Set("kref", n-1)
	if n > 1 {
		return true
	}
	k.Del(who, kobj)
	name, ktype := v.Get("name"), v.Get("ktype")
	var release uint64
	if ktype != 0 {
		release = KobjType.At(k.core, ktype).Get("release")
	}
	ok := true
	if release != 0 {
		_, ok = k.core.Run(who, release, kobj)
	}
	if name != 0 {
		k.core.Free(name)
	}
	return ok
}

// List operations on struct list_head.
func (k *Kobjects) listInit(head uint64) { ListInit(k.core, head) }

// ListInit makes an empty list.
func ListInit(m cstruct.Memory, head uint64) {
	cstruct.SetWord(m, head, head)
	cstruct.SetWord(m, head+uint64(m.WordSize()), head)
}

func (k *Kobjects) listAdd(entry, head uint64) {
	w := uint64(k.core.WordSize())
	last := cstruct.Word(k.core, head+w)
	cstruct.SetWord(k.core, entry, head)
	cstruct.SetWord(k.core, entry+w, last)
	cstruct.SetWord(k.core, last, entry)
	cstruct.SetWord(k.core, head+w, entry)
}

func (k *Kobjects) listDel(entry uint64) {
	w := uint64(k.core.WordSize())
	next, prev := cstruct.Word(k.core, entry), cstruct.Word(k.core, entry+w)
	cstruct.SetWord(k.core, prev, next)
	cstruct.SetWord(k.core, next+w, prev)
	k.listInit(entry)
}
