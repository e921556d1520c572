package debugfs

import (
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/uaccess"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// Exports are the functions.
func (d *Debug) Exports() []kapi.Func {
	return append(d.treeFuncs(), append(d.valueFuncs(), d.simpleFuncs()...)...)
}

func (d *Debug) treeFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "debugfs_create_file", Proto: "struct dentry *debugfs_create_file(const char *name, umode_t mode, struct dentry *parent, void *data, const struct file_operations *fops)", Call: func(c *kapi.Call) uint64 {
			name, mode, parent, data, ops := c.Str(c.Ptr()), c.Uint(), c.Ptr(), c.Ptr(), c.Ptr()
			return d.add(c, name, parent, "File", func(e *entry) *vfs.Node { return d.file(e, mode, data, ops) })
		}},
		{Name: "debugfs_create_dir", Proto: "struct dentry *debugfs_create_dir(const char *name, struct dentry *parent)", Call: func(c *kapi.Call) uint64 {
			return d.add(c, c.Str(c.Ptr()), c.Ptr(), "Directory", func(e *entry) *vfs.Node {
				const perm = 0o755
				e.dir = vfs.NewDir()
				return vfs.DirNode(perm, e.dir)
			})
		}},
		{Name: "debugfs_create_symlink", Proto: "struct dentry *debugfs_create_symlink(const char *name, struct dentry *parent, const char *dest)", Call: func(c *kapi.Call) uint64 {
			name, parent, dest := c.Str(c.Ptr()), c.Ptr(), c.Str(c.Ptr())
			return d.add(c, name, parent, "File", func(*entry) *vfs.Node {
				return vfs.Symlink(func(*vfs.Caller) string { return dest })
			})
		}},
		{Name: "debugfs_remove", Proto: "void debugfs_remove(struct dentry *dentry)", Call: func(c *kapi.Call) uint64 {
			d.remove(lkm.From(c), c.Ptr())
			return 0
		}},
		{Name: "debugfs_lookup", Proto: "struct dentry *debugfs_lookup(const char *name, struct dentry *parent)", Call: func(c *kapi.Call) uint64 {
			if e := d.lookup(c.Str(c.Ptr()), c.Ptr()); e != nil {
				return e.addr
			}
			return 0
		}},
		{Name: "debugfs_lookup_and_remove", Proto: "void debugfs_lookup_and_remove(const char *name, struct dentry *parent)", Call: func(c *kapi.Call) uint64 {
			if e := d.lookup(c.Str(c.Ptr()), c.Ptr()); e != nil {
				d.remove(lkm.From(c), e.addr)
			}
			return 0
		}},
	}
}

func (d *Debug) simpleFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "__simple_attr_open", Proto: "int __simple_attr_open(struct inode *inode, struct file *file, int (*get)(void *, u64 *), int (*set)(void *, u64), const char *fmt)", Call: d.simpleOpen},
		{Name: "simple_attr_release", Proto: "int simple_attr_release(struct inode *inode, struct file *file)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			d.mu.Lock()
			defer d.mu.Unlock()
			delete(d.simple, c.Ptr())
			return 0
		}},
		{Name: "simple_attr_read", Proto: "ssize_t simple_attr_read(struct file *file, char *buf, size_t len, loff_t *ppos)", Call: d.simpleRead},
		{Name: "simple_attr_write", Proto: "ssize_t simple_attr_write(struct file *file, const char *buf, size_t len, loff_t *ppos)", Call: d.simpleWrite},
	}
}

func (d *Debug) simpleRead(c *kapi.Call) uint64 {
	file, buf, n, ppos := c.Ptr(), c.Ptr(), c.Ulong(), c.Ptr()
	a := d.simpleOf(file)
	if a == nil || a.get == 0 {
		return lkm.Fail(abi.EACCES)
	}
	pos := cstruct.Get(d.core, ppos, 8)
	if pos == 0 || a.text == "" {
		if e := d.simpleText(c, a); e != 0 {
			return lkm.Fail(e)
		}
	}
	if pos >= uint64(len(a.text)) {
		return 0
	}
	part := a.text[pos:min(uint64(len(a.text)), pos+n)]
	cell := c.Alloc(uint64(len(part)) + 1)
	if cell == 0 {
		return lkm.Fail(abi.ENOMEM)
	}
	defer c.Free(cell)
	cstruct.PutString(d.core, cell, part)
	if uaccess.Out(c, buf, cell, uint64(len(part))) != 0 {
		return lkm.Fail(abi.EFAULT)
	}
	cstruct.Put(d.core, ppos, 8, pos+uint64(len(part)))
	return uint64(len(part))
}

func (d *Debug) simpleWrite(c *kapi.Call) uint64 {
	file, buf, n := c.Ptr(), c.Ptr(), c.Ulong()
	a := d.simpleOf(file)
	if a == nil || a.set == 0 {
		return lkm.Fail(abi.EACCES)
	}
	const longest = 24 // digits of a number, its newline and NUL
	text, _, e := uaccess.Str(c, buf, min(n, longest-1))
	if e != 0 {
		return lkm.Fail(e)
	}
	v, e := number(strings.TrimSpace(string(text)))
	if e != 0 {
		return lkm.Fail(e)
	}
	r, ok := c.CallC(a.set, append([]uint64{a.data}, cfile.Quad(d.core.WordSize(), int64(v))...)...)
	if !ok {
		c.Died = kapi.FaultInside
		return 0
	}
	if e := lkm.Errno(r); e != 0 {
		return lkm.Fail(e)
	}
	return n
}
