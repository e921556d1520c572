package kobj

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
)

// attrOf is the file that a struct attribute of a kobject stands for.
// Preconditions: a Guard is around it.
func (k *Kobjects) attrOf(kobj, attr uint64, mode uint32) Attr {
	a := Attribute.At(k.core, attr)
	f := Attr{Name: a.Str("name"), Mode: mode}
	ops := k.export("kobj_sysfs_ops") // of the kernel's own kobjects
	if ktype := Kobject.At(k.core, kobj).Get("ktype"); ktype != 0 {
		ops = KobjType.At(k.core, ktype).Get("sysfs_ops")
	}
	if ops == 0 {
		return f
	}
	o := SysfsOps.At(k.core, ops)
	if show := o.Get("show"); show != 0 {
		f.Show = func(who *lkm.Caller) ([]byte, abi.Errno) { return k.Show(who, show, kobj, attr) }
	}
	if store := o.Get("store"); store != 0 {
		f.Store = func(who *lkm.Caller, b []byte) (int, abi.Errno) { return k.Store(who, store, b, kobj, attr) }
	}
	return f
}

// buffer runs f with a page of C memory that holds b and a NUL.
func (k *Kobjects) buffer(b []byte, f func(p uint64) (uint64, abi.Errno)) (n uint64, out []byte, e abi.Errno) {
	p := k.core.Alloc(max(page, uint64(len(b))+1))
	if p == 0 {
		return 0, nil, abi.ENOMEM
	}
	defer k.core.Free(p)
	mem := k.core.Slice(p, max(page, uint64(len(b))+1))
	clear(mem[copy(mem, b):])
	r, e := f(p)
	if e != 0 {
		return 0, nil, e
	}
	n, e = cfile.Result(k.core.WordSize(), r)
	if e != 0 {
		return 0, nil, e
	}
	return n, append([]byte(nil), mem[:min(n, uint64(len(mem)))]...), 0
}

// Show calls show(args..., buf) (sysfs_kf_seq_show).
func (k *Kobjects) Show(who *lkm.Caller, fn uint64, args ...uint64) ([]byte, abi.Errno) {
	n, text, e := k.buffer(nil, func(p uint64) (uint64, abi.Errno) { return k.files.Run(who, fn, append(args, p)...) })
	if e == 0 && n >= page {
		k.core.Log(fmt.Sprintf("fill_read_buffer: %s returned bad count\n", k.core.Symbol(fn)))
		text = text[:page-1]
	}
	return text, e
}

// Store calls store(args..., buf, count).
func (k *Kobjects) Store(who *lkm.Caller, fn uint64, b []byte, args ...uint64) (int, abi.Errno) {
	n, _, e := k.buffer(b, func(p uint64) (uint64, abi.Errno) {
		return k.files.Run(who, fn, append(args, p, uint64(len(b)))...)
	})
	return int(n), e
}

// binOf is the file that a struct bin_attribute stands for.
// Preconditions: a Guard is around it.
func (k *Kobjects) binOf(kobj, attr uint64, mode uint32) Attr {
	a := BinAttribute.At(k.core, attr)
	f := Attr{Name: Attribute.At(k.core, attr).Str("name"), Mode: mode, Size: int64(a.Get("size"))}
	word := k.core.WordSize()
	args := func(p uint64, off int64, n int) []uint64 {
		const noFile = 0
		return append(append([]uint64{noFile, kobj, attr, p}, cfile.Quad(word, off)...), uint64(n))
	}
	if fn := a.Get("read"); fn != 0 {
		f.ReadAt = func(who *lkm.Caller, off int64, n int) ([]byte, abi.Errno) {
			_, b, e := k.buffer(nil, func(p uint64) (uint64, abi.Errno) {
				return k.files.Run(who, fn, args(p, off, n)...)
			})
			return b[:min(n, len(b))], e
		}
	}
	if fn := a.Get("write"); fn != 0 {
		f.WriteAt = func(who *lkm.Caller, off int64, b []byte) (int, abi.Errno) {
			n, _, e := k.buffer(b, func(p uint64) (uint64, abi.Errno) {
				return k.files.Run(who, fn, args(p, off, len(b))...)
			})
			return int(n), e
		}
	}
	return f
}

// AddC adds the file of a struct attribute; Preconditions: in a row, or a Guard.
func (k *Kobjects) AddC(o *Object, kobj, attr uint64) abi.Errno {
	return k.AddAttr(o, k.attrOf(kobj, attr, uint32(Attribute.At(k.core, attr).Get("mode"))))
}

// AddGroup adds the files of a struct attribute_group, in a directory of their
// own if it has a name. Each is asked for by is_visible.
func (k *Kobjects) AddGroup(who *lkm.Caller, o *Object, kobj, group uint64) abi.Errno {
	g := AttributeGroup.At(k.core, group)
	dir := o
	if name := g.Str("name"); name != "" {
		d, e := k.NewDir(o, name, 0)
		if e != 0 {
			return e
		}
		dir = d
	}
	var added []string
	add := func(a Attr) abi.Errno {
		e := k.AddAttr(dir, a)
		if e == 0 {
			added = append(added, a.Name)
		}
		return e
	}
	e := k.eachAttr(who, g, kobj, add)
	if e == 0 {
		return 0
	}
	for _, name := range added {
		k.Unlink(who, dir, name)
	}
	if dir != o {
		k.Remove(who, dir)
	}
	return e
}

// eachAttr gives the visible files of a group to add.
func (k *Kobjects) eachAttr(who *lkm.Caller, g cstruct.View, kobj uint64, add func(Attr) abi.Errno) abi.Errno {
	kinds := []struct {
		list, visible string
		file          func(kobj, attr uint64, mode uint32) Attr
	}{{"attrs", "is_visible", k.attrOf}, {"bin_attrs", "is_bin_visible", k.binOf}}
	for _, kind := range kinds {
		visible := g.Get(kind.visible)
		for i, attr := range cstruct.Words(k.core, g.Get(kind.list)) {
			mode := uint32(Attribute.At(k.core, attr).Get("mode"))
			if visible != 0 {
				r, e := k.files.Run(who, visible, kobj, attr, uint64(i))
				if e != 0 {
					return e
				}
				if mode = uint32(uint16(r)); mode == 0 {
					continue
				}
			}
			if e := add(kind.file(kobj, attr, mode)); e != 0 {
				return e
			}
		}
	}
	return 0
}

// RemoveGroup takes the files of a group away.
func (k *Kobjects) RemoveGroup(who *lkm.Caller, o *Object, group uint64) {
	g := AttributeGroup.At(k.core, group)
	if name := g.Str("name"); name != "" {
		k.mu.Lock()
		e := o.names[name]
		k.mu.Unlock()
		if e != nil && e.sub != nil {
			k.Remove(who, e.sub)
		}
		return
	}
	for _, list := range []string{"attrs", "bin_attrs"} {
		for _, attr := range cstruct.Words(k.core, g.Get(list)) {
			k.Unlink(who, o, Attribute.At(k.core, attr).Str("name"))
		}
	}
}

// AddGroups adds all of an array of groups that ends with NULL, or none.
func (k *Kobjects) AddGroups(who *lkm.Caller, o *Object, kobj, groups uint64) abi.Errno {
	list := cstruct.Words(k.core, groups)
	for i, g := range list {
		if e := k.AddGroup(who, o, kobj, g); e != 0 {
			for _, g := range list[:i] {
				k.RemoveGroup(who, o, g)
			}
			return e
		}
	}
	return 0
}

// RemoveGroups is its undo.
func (k *Kobjects) RemoveGroups(who *lkm.Caller, o *Object, groups uint64) {
	for _, g := range cstruct.Words(k.core, groups) {
		k.RemoveGroup(who, o, g)
	}
}
