package cfile

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/uaccess"
	"rv86/kmod/kapi"
)

// Exports are the functions for operations that drivers do not write themselves
// (fs/libfs.c, fs/read_write.c, fs/open.c, lib/iov_iter.c).
func (fs *Files) Exports() []kapi.Func {
	return append(append(fs.kernelRows(), fs.mapRows()...), []kapi.Func{
		{Name: "poll_wait", Proto: "void poll_wait(struct file *filp, struct wait_queue_head *q, struct poll_table_struct *p)", Call: fs.pollWait},
		{Name: "fasync_helper", Proto: "int fasync_helper(int fd, struct file *filp, int on, struct fasync_struct **fapp)", Call: fs.fasyncHelper},
		{Name: "kill_fasync", Proto: "void kill_fasync(struct fasync_struct **fp, int sig, int band)", Call: fs.killFasync},
		{Name: "noop_llseek", Proto: "loff_t noop_llseek(struct file *file, loff_t offset, int whence)", Call: func(c *kapi.Call) uint64 {
			return CFile.At(fs.Core, c.Ptr()).Get("f_pos")
		}},
		{Name: "no_llseek", Proto: "loff_t no_llseek(struct file *file, loff_t offset, int whence)", Call: func(*kapi.Call) uint64 {
			return lkm.Fail(abi.ESPIPE)
		}},
		{Name: "default_llseek", Proto: "loff_t default_llseek(struct file *file, loff_t offset, int whence)", Call: fs.llseek},
		{Name: "generic_file_llseek", Proto: "loff_t generic_file_llseek(struct file *file, loff_t offset, int whence)", Call: fs.llseek},
		{Name: "fixed_size_llseek", Proto: "loff_t fixed_size_llseek(struct file *file, loff_t offset, int whence, loff_t size)", Call: func(c *kapi.Call) uint64 {
			file, off, whence := c.Ptr(), int64(c.Ulonglong()), c.Int()
			size := int64(c.Ulonglong())
			if whence > abi.SEEK_END {
				return lkm.Fail(abi.EINVAL)
			}
			return fs.moveTo(file, off, whence, size, size)
		}},
		{Name: "nonseekable_open", Proto: "int nonseekable_open(struct inode *inode, struct file *filp)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			f := CFile.At(fs.Core, c.Ptr())
			f.Set("f_mode", f.Get("f_mode")&^(modeSeek|modePread|modePwrite))
			return 0
		}},
		{Name: "stream_open", Proto: "int stream_open(struct inode *inode, struct file *filp)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			f := CFile.At(fs.Core, c.Ptr())
			f.Set("f_mode", f.Get("f_mode")&^(modeSeek|modePread|modePwrite)|modeStream)
			return 0
		}},
		{Name: "simple_open", Proto: "int simple_open(struct inode *inode, struct file *file)", Call: func(c *kapi.Call) uint64 {
			in, f := Inode.At(fs.Core, c.Ptr()), CFile.At(fs.Core, c.Ptr())
			if p := in.Get("i_private"); p != 0 {
				f.Set("private_data", p)
			}
			return 0
		}},
		{Name: "copy_to_iter", Proto: "size_t copy_to_iter(const void *addr, size_t bytes, struct iov_iter *i)", Call: func(c *kapi.Call) uint64 {
			return fs.iterate(c, uaccess.Out)
		}},
		{Name: "copy_from_iter", Proto: "size_t copy_from_iter(void *addr, size_t bytes, struct iov_iter *i)", Call: func(c *kapi.Call) uint64 {
			return fs.iterate(c, func(c *kapi.Call, user, addr, n uint64) uint64 { return uaccess.In(c, addr, user, n) })
		}},
	}...)
}

// llseek serves default_llseek and generic_file_llseek.
func (fs *Files) llseek(c *kapi.Call) uint64 {
	file, off, whence := c.Ptr(), int64(c.Ulonglong()), c.Int()
	size := int64(Inode.At(fs.Core, CFile.At(fs.Core, file).Get("f_inode")).Get("i_size"))
	const unlimited = 1<<63 - 1
	return fs.moveTo(file, off, whence, size, unlimited)
}

// moveTo sets f_pos as llseek does.
func (fs *Files) moveTo(file uint64, off int64, whence int32, size, most int64) uint64 {
	f := CFile.At(fs.Core, file)
	switch whence {
	case abi.SEEK_SET:
	case abi.SEEK_CUR:
		off += int64(f.Get("f_pos"))
	case abi.SEEK_END:
		off += size
	case abi.SEEK_DATA, abi.SEEK_HOLE:
		if off < 0 || off >= size {
			return lkm.Fail(abi.ENXIO)
		}
		if whence == abi.SEEK_HOLE {
			off = size
		}
	default:
		return lkm.Fail(abi.EINVAL)
	}
	if off < 0 || off > most {
		return lkm.Fail(abi.EINVAL)
	}
	f.Set("f_pos", uint64(off))
	return uint64(off)
}

// iterate moves bytes between addr and where the iterator is, and moves it on.
// The result is how many bytes were moved.
func (fs *Files) iterate(c *kapi.Call, move func(c *kapi.Call, user, addr, n uint64) (left uint64)) uint64 {
	addr, n, it := c.Ptr(), c.Ulong(), IovIter.At(fs.Core, c.Ptr())
	n = min(n, it.Get("count"))
	off := it.Get("iov_offset")
	done := n - move(c, it.Get("ubuf")+off, addr, n)
	it.Set("iov_offset", off+done)
	it.Set("count", it.Get("count")-done)
	return done
}
