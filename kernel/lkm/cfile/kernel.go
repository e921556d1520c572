package cfile

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// Files that modules open themselves (Linux fs/open.c, filp_open, and
// fs/read_write.c, kernel_read and kernel_write). They have a struct file and a
// struct inode, too; both lie in one block. What reads and writes by C functions
// takes a program's memory only, and so cannot be read in this way.

// offsetSize is that of a loff_t.
const offsetSize = 8

// opened is such a file.
type opened struct {
	d    *vfs.Description
	view cstruct.View // struct file
	node cstruct.View // struct inode
}

// filpOpen is filp_open: the name is looked up for the process that calls.
func (fs *Files) filpOpen(c *kapi.Call) uint64 {
	name, flags, mode := c.Str(c.Ptr()), int(c.Int()), c.Uint()
	if fs.Opener == nil {
		return lkm.Fail(abi.ENOENT)
	}
	const filesFlags = abi.O_ACCMODE | abi.O_CREAT | abi.O_EXCL | abi.O_TRUNC | abi.O_APPEND | abi.O_NONBLOCK |
		abi.O_SYNC | abi.O_LARGEFILE | abi.O_DIRECTORY | abi.O_NOFOLLOW
	d, e := fs.Opener(lkm.From(c)).Open(vfs.Path{}, name, flags&filesFlags, mode)
	if e != 0 {
		return lkm.Fail(e)
	}
	size := CFile.Size(fs.Core)
	addr := c.Alloc(size + Inode.Size(fs.Core))
	if addr == 0 {
		d.Put()
		return lkm.Fail(abi.ENOMEM)
	}
	clear(fs.Core.Slice(addr, size+Inode.Size(fs.Core)))
	o := &opened{d: d, view: CFile.At(fs.Core, addr), node: Inode.At(fs.Core, addr+size)}
	o.view.Set("f_flags", uint64(d.Flags()))
	o.view.Set("f_mode", fileMode(flags)|modeOpened)
	o.view.Set("f_inode", addr+size)
	o.node.Set("i_mode", uint64(d.Inode().Mode()))
	o.node.Set("i_ino", d.Inode().Ino())
	o.settle()
	fs.mu.Lock()
	fs.opened[addr] = o
	fs.mu.Unlock()
	return addr
}

// settle writes the file's size where C reads it.
func (o *opened) settle() {
	var st abi.Stat
	o.d.Inode().Stat(&st)
	o.node.Set("i_size", uint64(st.Size))
}

// kernelFile finds one by its struct file; what is no such file is reported.
func (fs *Files) kernelFile(c *kapi.Call, at string, addr uint64) *opened {
	fs.mu.Lock()
	o := fs.opened[addr]
	fs.mu.Unlock()
	if o == nil {
		const taintWarn = 9        // TAINT_WARN
		cstruct.U32(fs.Core, addr) // faults where nothing is, as in C
		c.Warn(at, at+": no file that a module opened is at this address\n", taintWarn)
	}
	return o
}

func (fs *Files) filpClose(c *kapi.Call) uint64 {
	addr := c.Ptr()
	o := fs.kernelFile(c, "filp_close", addr)
	if o == nil {
		return lkm.Fail(abi.EBADF)
	}
	fs.mu.Lock()
	delete(fs.opened, addr)
	fs.mu.Unlock()
	o.d.Put()
	c.Free(addr)
	return 0
}

// transfer is kernel_read and kernel_write; pos may be NULL for a stream.
func (fs *Files) transfer(at string, write bool) func(c *kapi.Call) uint64 {
	return func(c *kapi.Call) uint64 {
		o := fs.kernelFile(c, at, c.Ptr())
		buf, n, posAt := c.Ptr(), c.Ulong(), c.Ptr()
		if o == nil {
			return lkm.Fail(abi.EBADF)
		}
		const most = 0x7ffff000 // MAX_RW_COUNT
		if o.d.UserIO() != nil || n > most {
			return lkm.Fail(abi.EINVAL)
		}
		who, b := fs.Opener(lkm.From(c)), fs.Core.Slice(buf, n)
		var moved int
		var e abi.Errno
		switch {
		case posAt == 0 && write:
			moved, e = o.d.Write(who, b)
		case posAt == 0:
			moved, e = o.d.Read(who, b)
		case write:
			moved, e = o.d.WriteAt(who, b, int64(cstruct.Get(fs.Core, posAt, offsetSize)))
		default:
			moved, e = o.d.ReadAt(who, b, int64(cstruct.Get(fs.Core, posAt, offsetSize)))
		}
		o.settle()
		if e != 0 && moved == 0 {
			return lkm.Fail(e)
		}
		if posAt != 0 {
			cstruct.Put(fs.Core, posAt, offsetSize, cstruct.Get(fs.Core, posAt, offsetSize)+uint64(moved))
		}
		return uint64(moved)
	}
}

// kernelRows are the functions.
func (fs *Files) kernelRows() []kapi.Func {
	return []kapi.Func{
		{Name: "filp_open", Proto: "struct file *filp_open(const char *filename, int flags, umode_t mode)", Call: fs.filpOpen},
		{Name: "filp_close", Proto: "int filp_close(struct file *filp, fl_owner_t id)", Call: fs.filpClose},
		{Name: "kernel_read", Proto: "ssize_t kernel_read(struct file *file, void *buf, size_t count, loff_t *pos)", Call: fs.transfer("kernel_read", false)},
		{Name: "kernel_write", Proto: "ssize_t kernel_write(struct file *file, const void *buf, size_t count, loff_t *pos)", Call: fs.transfer("kernel_write", true)},
	}
}
