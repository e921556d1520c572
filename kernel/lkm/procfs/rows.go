package procfs

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// Exports are the functions.
func (p *Proc) Exports() []kapi.Func {
	return append(p.createFuncs(), p.otherFuncs()...)
}

func addrOf(e *entry) uint64 {
	if e == nil {
		return 0
	}
	return e.addr
}

func (p *Proc) createFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "proc_create", Proto: "struct proc_dir_entry *proc_create(const char *name, umode_t mode, struct proc_dir_entry *parent, const struct proc_ops *proc_ops)", Call: func(c *kapi.Call) uint64 {
			return p.create(c, c.Str(c.Ptr()), c.Uint(), c.Ptr(), c.Ptr(), 0)
		}},
		{Name: "proc_create_data", Proto: "struct proc_dir_entry *proc_create_data(const char *name, umode_t mode, struct proc_dir_entry *parent, const struct proc_ops *proc_ops, void *data)", Call: func(c *kapi.Call) uint64 {
			return p.create(c, c.Str(c.Ptr()), c.Uint(), c.Ptr(), c.Ptr(), c.Ptr())
		}},
		{Name: "proc_create_seq_private", Proto: "struct proc_dir_entry *proc_create_seq_private(const char *name, umode_t mode, struct proc_dir_entry *parent, const struct seq_operations *ops, unsigned int state_size, void *data)", Call: func(c *kapi.Call) uint64 {
			name, mode, parent, ops, size, data := c.Str(c.Ptr()), c.Uint(), c.Ptr(), c.Ptr(), c.Uint(), c.Ptr()
			release := "seq_release"
			if size > 0 {
				release = "seq_release_private"
			}
			return p.createMade(c, name, mode, parent, data, release, func(e *entry) { e.seqOps, e.stateSize = ops, uint64(size) })
		}},
		{Name: "proc_create_single_data", Proto: "struct proc_dir_entry *proc_create_single_data(const char *name, umode_t mode, struct proc_dir_entry *parent, int (*show)(struct seq_file *, void *), void *data)", Call: func(c *kapi.Call) uint64 {
			name, mode, parent, show, data := c.Str(c.Ptr()), c.Uint(), c.Ptr(), c.Ptr(), c.Ptr()
			return p.createMade(c, name, mode, parent, data, "single_release", func(e *entry) { e.show = show })
		}},
		// open of the operations that createMade makes.
		{Name: "proc_seq_open", Proto: "int proc_seq_open(struct inode *inode, struct file *file)", Call: p.openMade},
	}
}

func (p *Proc) create(c *kapi.Call, name string, mode uint32, parent, ops, data uint64) uint64 {
	if ops == 0 {
		warn(c, "proc_create '%s' without operations\n", name)
		return 0
	}
	return addrOf(p.add(c, name, mode, parent, func(e *entry) {
		e.ops, e.data = ops, data
		p.file(e)
	}))
}

// createMade makes an entry whose operations are those of package seqfile.
func (p *Proc) createMade(c *kapi.Call, name string, mode uint32, parent, data uint64, release string, fill func(e *entry)) uint64 {
	size := cfile.ProcOps.Size(p.core)
	ops := c.Alloc(size)
	if ops == 0 {
		return 0
	}
	clear(c.Slice(ops, size))
	v := cfile.ProcOps.At(p.core, ops)
	for field, export := range map[string]string{
		"proc_open": "proc_seq_open", "proc_read_iter": "seq_read_iter", "proc_lseek": "seq_lseek", "proc_release": release,
	} {
		v.Set(field, p.export(export))
	}
	return addrOf(p.add(c, name, mode, parent, func(e *entry) {
		e.ops, e.ownOps, e.data = ops, true, data
		fill(e)
		p.file(e)
	}))
}

// openMade calls seq_open, seq_open_private or single_open as the entry wants.
func (p *Proc) openMade(c *kapi.Call) uint64 {
	in, file := cfile.Inode.At(p.core, c.Ptr()), c.Ptr()
	p.mu.Lock()
	e := p.made[in.Get("i_fop")]
	p.mu.Unlock()
	var fn string
	var args []uint64
	switch {
	case e.show != 0:
		fn, args = "single_open", []uint64{file, e.show, e.data}
	case e.stateSize > 0:
		fn, args = "seq_open_private", []uint64{file, e.seqOps, e.stateSize}
	default:
		fn, args = "seq_open", []uint64{file, e.seqOps}
	}
	r, ok := c.CallC(p.export(fn), args...)
	if !ok {
		c.Died = kapi.FaultInside
	}
	return r
}

func (p *Proc) mkdir(c *kapi.Call, name string, mode uint32, parent, data uint64) uint64 {
	const readable, perms = 0o555, 0o777
	if mode&perms == 0 {
		mode = readable
	}
	return addrOf(p.add(c, name, mode, parent, func(e *entry) {
		e.dir, e.data = vfs.NewDir(), data
		e.node = vfs.DirNode(mode&perms, e.dir)
	}))
}

func (p *Proc) otherFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "proc_mkdir", Proto: "struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *parent)", Call: func(c *kapi.Call) uint64 {
			return p.mkdir(c, c.Str(c.Ptr()), 0, c.Ptr(), 0)
		}},
		{Name: "proc_mkdir_mode", Proto: "struct proc_dir_entry *proc_mkdir_mode(const char *name, umode_t mode, struct proc_dir_entry *parent)", Call: func(c *kapi.Call) uint64 {
			return p.mkdir(c, c.Str(c.Ptr()), c.Uint(), c.Ptr(), 0)
		}},
		{Name: "proc_mkdir_data", Proto: "struct proc_dir_entry *proc_mkdir_data(const char *name, umode_t mode, struct proc_dir_entry *parent, void *data)", Call: func(c *kapi.Call) uint64 {
			return p.mkdir(c, c.Str(c.Ptr()), c.Uint(), c.Ptr(), c.Ptr())
		}},
		{Name: "proc_symlink", Proto: "struct proc_dir_entry *proc_symlink(const char *name, struct proc_dir_entry *parent, const char *dest)", Call: func(c *kapi.Call) uint64 {
			name, parent, dest := c.Str(c.Ptr()), c.Ptr(), c.Str(c.Ptr())
			return addrOf(p.add(c, name, 0, parent, func(e *entry) {
				e.node = vfs.Symlink(func(*vfs.Caller) string { return dest })
			}))
		}},
		{Name: "proc_remove", Proto: "void proc_remove(struct proc_dir_entry *de)", Call: func(c *kapi.Call) uint64 {
			p.mu.Lock()
			e := p.entries[c.Ptr()]
			p.mu.Unlock()
			if e != nil {
				p.remove(lkm.From(c), e)
			}
			return 0
		}},
		{Name: "remove_proc_entry", Proto: "void remove_proc_entry(const char *name, struct proc_dir_entry *parent)", Call: func(c *kapi.Call) uint64 {
			if e := p.find(c, c.Str(c.Ptr()), c.Ptr()); e != nil {
				if len(e.subs) > 0 {
					warn(c, "remove_proc_entry: removing non-empty directory '%s', leaking at least '%s'\n", e.name, e.subs[0].name)
				}
				p.remove(lkm.From(c), e)
			}
			return 0
		}},
		{Name: "remove_proc_subtree", Proto: "int remove_proc_subtree(const char *name, struct proc_dir_entry *parent)", Call: func(c *kapi.Call) uint64 {
			e := p.find(c, c.Str(c.Ptr()), c.Ptr())
			if e == nil {
				return lkm.Fail(abi.ENOENT)
			}
			p.remove(lkm.From(c), e)
			return 0
		}},
		{Name: "proc_set_size", Proto: "void proc_set_size(struct proc_dir_entry *de, loff_t size)", Call: func(c *kapi.Call) uint64 {
			p.change(c.Ptr(), func(n *vfs.Node) { n.Size = int64(c.Ulonglong()) })
			return 0
		}},
		{Name: "proc_set_user", Proto: "void proc_set_user(struct proc_dir_entry *de, kuid_t uid, kgid_t gid)", Call: func(c *kapi.Call) uint64 {
			p.change(c.Ptr(), func(n *vfs.Node) { n.UID, n.GID = c.Uint(), c.Uint() })
			return 0
		}},
	}
}

// find gives the entry of a name, with a warning if there is none.
func (p *Proc) find(c *kapi.Call, name string, parent uint64) *entry {
	dir, last := p.under(c, name, parent)
	var e *entry
	if dir != nil {
		p.mu.Lock()
		e = dir.sub(last)
		p.mu.Unlock()
	}
	if e == nil || e.addr == 0 {
		warn(c, "name '%s'\n", name)
		return nil
	}
	return e
}

func (p *Proc) change(addr uint64, f func(n *vfs.Node)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.entries[addr]; e != nil {
		f(e.node)
	}
}
