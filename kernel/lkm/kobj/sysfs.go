package kobj

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// of is the directory of a kobject for a row; nil if it has none.
func (k *Kobjects) of(kobj uint64) *Object {
	if kobj == 0 {
		return nil
	}
	return k.Find(kobj)
}

// onDir runs f for the directory of a kobject.
func (k *Kobjects) onDir(kobj uint64, f func(o *Object) abi.Errno) uint64 {
	o := k.of(kobj)
	if o == nil {
		return lkm.Fail(abi.EINVAL)
	}
	e := f(o)
	if e == abi.EEXIST {
		k.core.Log("\x014sysfs: cannot create duplicate filename in '" + k.Path(o) + "'\n")
	}
	return fail(e)
}

func (k *Kobjects) sysfsFuncs() []kapi.Func {
	attrName := func(attr uint64) string { return Attribute.At(k.core, attr).Str("name") }
	return []kapi.Func{
		{Name: "sysfs_create_file", Proto: "int sysfs_create_file(struct kobject *kobj, const struct attribute *attr)", Call: func(c *kapi.Call) uint64 {
			kobj, attr := c.Ptr(), c.Ptr()
			return k.onDir(kobj, func(o *Object) abi.Errno { return k.AddC(o, kobj, attr) })
		}},
		{Name: "sysfs_create_files", Proto: "int sysfs_create_files(struct kobject *kobj, const struct attribute * const *attr)", Call: func(c *kapi.Call) uint64 {
			kobj, list := c.Ptr(), cstruct.Words(k.core, c.Ptr())
			return k.onDir(kobj, func(o *Object) abi.Errno {
				for i, attr := range list {
					if e := k.AddC(o, kobj, attr); e != 0 {
						for _, attr := range list[:i] {
							k.Unlink(lkm.From(c), o, attrName(attr))
						}
						return e
					}
				}
				return 0
			})
		}},
		{Name: "sysfs_remove_file", Proto: "void sysfs_remove_file(struct kobject *kobj, const struct attribute *attr)", Call: func(c *kapi.Call) uint64 {
			if o := k.of(c.Ptr()); o != nil {
				k.Unlink(lkm.From(c), o, attrName(c.Ptr()))
			}
			return 0
		}},
		{Name: "sysfs_remove_files", Proto: "void sysfs_remove_files(struct kobject *kobj, const struct attribute * const *attr)", Call: func(c *kapi.Call) uint64 {
			if o := k.of(c.Ptr()); o != nil {
				for _, attr := range cstruct.Words(k.core, c.Ptr()) {
					k.Unlink(lkm.From(c), o, attrName(attr))
				}
			}
			return 0
		}},
		{Name: "sysfs_create_bin_file", Proto: "int sysfs_create_bin_file(struct kobject *kobj, const struct bin_attribute *attr)", Call: func(c *kapi.Call) uint64 {
			kobj, attr := c.Ptr(), c.Ptr()
			return k.onDir(kobj, func(o *Object) abi.Errno {
				return k.AddAttr(o, k.binOf(kobj, attr, uint32(Attribute.At(k.core, attr).Get("mode"))))
			})
		}},
		{Name: "sysfs_remove_bin_file", Proto: "void sysfs_remove_bin_file(struct kobject *kobj, const struct bin_attribute *attr)", Call: func(c *kapi.Call) uint64 {
			if o := k.of(c.Ptr()); o != nil {
				k.Unlink(lkm.From(c), o, attrName(c.Ptr()))
			}
			return 0
		}},
		{Name: "sysfs_create_group", Proto: "int sysfs_create_group(struct kobject *kobj, const struct attribute_group *grp)", Call: func(c *kapi.Call) uint64 {
			kobj, group := c.Ptr(), c.Ptr()
			return k.onDir(kobj, func(o *Object) abi.Errno { return k.AddGroup(lkm.From(c), o, kobj, group) })
		}},
		{Name: "sysfs_create_groups", Proto: "int sysfs_create_groups(struct kobject *kobj, const struct attribute_group **groups)", Call: func(c *kapi.Call) uint64 {
			kobj, groups := c.Ptr(), c.Ptr()
			return k.onDir(kobj, func(o *Object) abi.Errno { return k.AddGroups(lkm.From(c), o, kobj, groups) })
		}},
		{Name: "sysfs_update_group", Proto: "int sysfs_update_group(struct kobject *kobj, const struct attribute_group *grp)", Call: func(c *kapi.Call) uint64 {
			kobj, group := c.Ptr(), c.Ptr()
			return k.onDir(kobj, func(o *Object) abi.Errno {
				k.RemoveGroup(lkm.From(c), o, group)
				return k.AddGroup(lkm.From(c), o, kobj, group)
			})
		}},
		{Name: "sysfs_remove_group", Proto: "void sysfs_remove_group(struct kobject *kobj, const struct attribute_group *grp)", Call: func(c *kapi.Call) uint64 {
			if o := k.of(c.Ptr()); o != nil {
				k.RemoveGroup(lkm.From(c), o, c.Ptr())
			}
			return 0
		}},
		{Name: "sysfs_remove_groups", Proto: "void sysfs_remove_groups(struct kobject *kobj, const struct attribute_group **groups)", Call: func(c *kapi.Call) uint64 {
			if o := k.of(c.Ptr()); o != nil {
				k.RemoveGroups(lkm.From(c), o, c.Ptr())
			}
			return 0
		}},
		{Name: "sysfs_create_link", Proto: "int sysfs_create_link(struct kobject *kobj, struct kobject *target, const char *name)", Call: func(c *kapi.Call) uint64 {
			kobj, target, name := c.Ptr(), k.of(c.Ptr()), c.Str(c.Ptr())
			if target == nil {
				return lkm.Fail(abi.ENOENT)
			}
			return k.onDir(kobj, func(o *Object) abi.Errno { return k.Link(o, name, target) })
		}},
		{Name: "sysfs_remove_link", Proto: "void sysfs_remove_link(struct kobject *kobj, const char *name)", Call: func(c *kapi.Call) uint64 {
			if o := k.of(c.Ptr()); o != nil {
				k.Unlink(lkm.From(c), o, c.Str(c.Ptr()))
			}
			return 0
		}},
		{Name: "sysfs_notify", Proto: "void sysfs_notify(struct kobject *kobj, const char *dir, const char *attr)", Call: func(c *kapi.Call) uint64 {
			o, dir, attr := k.of(c.Ptr()), c.Ptr(), c.Ptr()
			if o != nil && dir != 0 {
				o = k.sub(o, c.Str(dir))
			}
			if o != nil {
				k.Notify(o, c.Str(attr))
			}
			return 0
		}},
		{Name: "sysfs_emit", Proto: "int sysfs_emit(char *buf, const char *fmt, ...)", Call: func(c *kapi.Call) uint64 {
			return k.emit(c, c.Ptr(), 0)
		}},
		{Name: "sysfs_emit_at", Proto: "int sysfs_emit_at(char *buf, int at, const char *fmt, ...)", Call: func(c *kapi.Call) uint64 {
			return k.emit(c, c.Ptr(), c.Int())
		}},
	}
}

func (k *Kobjects) sub(o *Object, name string) *Object {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e := o.names[name]; e != nil {
		return e.sub
	}
	return nil
}

// emit formats into the page that show was given, and no farther.
func (k *Kobjects) emit(c *kapi.Call, buf uint64, at int32) uint64 {
	text := c.Text()
	if at < 0 || at >= page {
		return 0
	}
	text = text[:min(len(text), page-1-int(at))]
	cstruct.PutString(k.core, buf+uint64(at), text)
	return uint64(len(text))
}
