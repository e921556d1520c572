package cfile

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// Signals to programs that read when there is something to read (Linux
// fs/fcntl.c): a driver keeps the list of the files that want them.

// fasync is struct fasync_struct, an entry of the list.
var fasync = cstruct.New("fasync_struct", header,
	cstruct.Field{Name: "fa_fd", Type: cstruct.Int},
	cstruct.Field{Name: "fa_next", Type: cstruct.Long},
	cstruct.Field{Name: "fa_file", Type: cstruct.Long},
)

// closing is the descriptor's number when the file is closed.
const closing = -1

// Async implements vfs.AsyncFile: it calls fasync, if there is one.
func (f *File) Async(c *vfs.Caller, fd int, on bool) abi.Errno {
	who := f.fs.CallerOf(c)
	if !f.enter(who) {
		return gone
	}
	defer f.leave(who)
	return f.async(who, fd, on)
}

func (f *File) async(who *lkm.Caller, fd int, on bool) abi.Errno {
	fn, e := f.op(who, "fasync")
	if e != 0 || fn == 0 {
		return e
	}
	var flag uint64
	if on {
		flag = 1
	}
	r, e := f.fs.Run(who, fn, uint64(fd), f.view.Addr, flag)
	if e != 0 {
		return e
	}
	return lkm.Errno(r)
}

// Owner implements vfs.AsyncFile.
func (f *File) Owner() int { return int(int32(f.view.Get("__owner"))) }

// SetOwner implements vfs.AsyncFile.
func (f *File) SetOwner(pid int) { f.view.Set("__owner", uint64(uint32(pid))) }

// fasyncHelper enters a file in a list, or removes it: 1 if that changed the
// list, 0 if not.
func (fs *Files) fasyncHelper(c *kapi.Call) uint64 {
	fd, file, on, list := c.Int(), c.Ptr(), c.Int() != 0, c.Ptr()
	at := list // where the pointer to the entry is
	entry := cstruct.Word(fs.Core, at)
	for entry != 0 && fasync.At(fs.Core, entry).Get("fa_file") != file {
		at = fasync.At(fs.Core, entry).Ptr("fa_next")
		entry = cstruct.Word(fs.Core, at)
	}
	switch {
	case entry == 0 && !on:
		return 0
	case !on:
		cstruct.SetWord(fs.Core, at, fasync.At(fs.Core, entry).Get("fa_next"))
		c.Free(entry)
		return 1
	case entry != 0:
		fasync.At(fs.Core, entry).Set("fa_fd", uint64(uint32(fd)))
		return 0
	}
	if entry = c.Alloc(fasync.Size(fs.Core)); entry == 0 {
		return lkm.Fail(abi.ENOMEM)
	}
	v := fasync.At(fs.Core, entry)
	v.Set("fa_fd", uint64(uint32(fd)))
	v.Set("fa_file", file)
	v.Set("fa_next", cstruct.Word(fs.Core, list))
	cstruct.SetWord(fs.Core, list, entry)
	return 1
}

// killFasync signals the owners of the files in a list.
func (fs *Files) killFasync(c *kapi.Call) uint64 {
	list, sig, band := c.Ptr(), c.Int(), c.Int()
	if sig < 1 || sig > abi.NSIG || fs.Kill == nil {
		return 0
	}
	for entry := cstruct.Word(fs.Core, list); entry != 0; {
		v := fasync.At(fs.Core, entry)
		if pid := int(int32(CFile.At(fs.Core, v.Get("fa_file")).Get("__owner"))); pid != 0 {
			fs.Kill(pid, int(sig), int(band)) // an owner that has ended hears nothing
		}
		entry = v.Get("fa_next")
	}
	return 0
}
