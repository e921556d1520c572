package cfile

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/vfs"
)

// direction is what differs between reading and writing.
type direction struct {
	op, iter      string
	can, at       uint64 // f_mode: the operation exists; at an offset of the caller's
	source        uint64 // iov_iter.data_source
	withoutInProc abi.Errno
}

// Proc files always have both operations, which fail if the entry's do not
// exist (fs/proc/inode.c, pde_read).
var (
	reading = direction{"read", "read_iter", modeCanRead, modePread, 0, abi.EIO}
	writing = direction{"write", "write_iter", modeCanWrite, modePwrite, 1, abi.EIO}
)

// ReadUser implements vfs.UserIO.
func (f *File) ReadUser(c *vfs.Caller, va, n uintptr, pos *int64) (uintptr, abi.Errno) {
	return f.transfer(c, &reading, va, n, pos)
}

// WriteUser implements vfs.UserIO.
func (f *File) WriteUser(c *vfs.Caller, va, n uintptr, pos *int64) (uintptr, abi.Errno) {
	return f.transfer(c, &writing, va, n, pos)
}

// transfer calls read or write with a loff_t of its own: f_pos changes when the
// operation has succeeded (ksys_read).
func (f *File) transfer(c *vfs.Caller, d *direction, va, n uintptr, pos *int64) (uintptr, abi.Errno) {
	if pos != nil && f.mode()&d.at == 0 {
		return 0, abi.ESPIPE
	}
	who := f.fs.CallerOf(c)
	if !f.enter(who) {
		return 0, gone
	}
	defer f.leave(who)
	if pos == nil && f.spec.Mode&abi.S_IFMT == abi.S_IFREG {
		f.pos.Lock()
		defer f.pos.Unlock()
	}
	off := pos
	if pos == nil {
		own := int64(f.view.Get("f_pos"))
		off = &own
	}
	r, e := f.call(who, d, va, n, off)
	if e == 0 && pos == nil && f.mode()&modeStream == 0 {
		f.view.Set("f_pos", uint64(*off))
	}
	return r, e
}

// call runs the operation, the plain one or else the one with an iterator.
func (f *File) call(who *lkm.Caller, d *direction, va, n uintptr, off *int64) (uintptr, abi.Errno) {
	fn, e := f.op(who, d.op)
	if e != 0 {
		return 0, e
	}
	if fn == 0 {
		return f.callIter(who, d, va, n, off)
	}
	core := f.fs.Core
	const size = 8
	cell := core.Alloc(size)
	if cell == 0 {
		return 0, abi.ENOMEM
	}
	defer core.Free(cell)
	at := cell
	if f.mode()&modeStream != 0 {
		at = 0
	}
	setQuad(core, cell, *off)
	r, e := f.fs.Run(who, fn, f.view.Addr, uint64(va), uint64(n), at)
	if e != 0 {
		return 0, e
	}
	count, e := f.moved(who, d, fn, r, n)
	if e == 0 {
		*off = quad(core, cell)
	}
	return count, e
}

// moved is how many bytes an operation says it has moved. No more than were
// asked for reach the program: Linux hands on what the driver says, and the
// program then runs past its buffer (`return strlen(msg)` is a usual mistake).
func (f *File) moved(who *lkm.Caller, d *direction, fn, r uint64, n uintptr) (uintptr, abi.Errno) {
	count, e := Result(f.fs.Core.WordSize(), r)
	if e != 0 || uintptr(count) <= n {
		return uintptr(count), e
	}
	if !f.told {
		f.told = true
		f.fs.Core.Log(fmt.Sprintf("\x013BUG: %s: %s returned %d for a buffer of %d bytes of %s: it must never be more\n",
			f.fs.Core.Symbol(fn), d.op, int64(count), n, who.Comm))
	}
	return n, 0
}

// callIter runs read_iter or write_iter, over one range of user memory.
func (f *File) callIter(who *lkm.Caller, d *direction, va, n uintptr, off *int64) (uintptr, abi.Errno) {
	fn, e := f.op(who, d.iter)
	switch {
	case e != 0:
		return 0, e
	case fn == 0 && f.spec.Kind == ProcOps:
		return 0, d.withoutInProc
	case fn == 0 || f.mode()&d.can == 0:
		return 0, abi.EINVAL
	}
	core := f.fs.Core
	size := KIOCB.Size(core)
	addr := core.Alloc(size + IovIter.Size(core))
	if addr == 0 {
		return 0, abi.ENOMEM
	}
	defer core.Free(addr)
	clear(core.Slice(addr, size+IovIter.Size(core)))
	cb, iter := KIOCB.At(core, addr), IovIter.At(core, addr+size)
	cb.Set("ki_filp", f.view.Addr)
	cb.Set("ki_pos", uint64(*off))
	iter.Set("data_source", d.source)
	iter.Set("ubuf", uint64(va))
	iter.Set("count", uint64(n))
	r, e := f.fs.Run(who, fn, addr, addr+size)
	if e != 0 {
		return 0, e
	}
	count, e := f.moved(who, d, fn, r, n)
	if e == 0 {
		*off = int64(cb.Get("ki_pos"))
	}
	return count, e
}

// Seek implements vfs.UserIO.
func (f *File) Seek(c *vfs.Caller, off int64, whence int) (int64, abi.Errno) {
	const whenceMax = abi.SEEK_HOLE
	if whence < 0 || whence > whenceMax {
		return 0, abi.EINVAL
	}
	if f.mode()&modeSeek == 0 {
		return 0, abi.ESPIPE
	}
	who := f.fs.CallerOf(c)
	if !f.enter(who) {
		return 0, gone
	}
	defer f.leave(who)
	fn, e := f.op(who, "llseek")
	if e != 0 {
		return 0, e
	}
	if fn == 0 {
		return 0, abi.ESPIPE
	}
	if f.spec.Mode&abi.S_IFMT == abi.S_IFREG {
		f.pos.Lock()
		defer f.pos.Unlock()
	}
	args := append([]uint64{f.view.Addr}, Quad(f.fs.Core.WordSize(), off)...)
	r, e := f.fs.Run(who, fn, append(args, uint64(whence))...)
	if e != 0 {
		return 0, e
	}
	const maxErrno = 4095
	if n := int64(r); n < 0 && n >= -maxErrno { // loff_t, on both machines
		return 0, abi.Errno(-n)
	}
	return int64(r), 0
}

func quad(core lkm.Core, va uint64) int64 {
	var n uint64
	b := core.Slice(va, 8)
	for i := len(b) - 1; i >= 0; i-- {
		n = n<<8 | uint64(b[i])
	}
	return int64(n)
}

func setQuad(core lkm.Core, va uint64, n int64) {
	for i := range core.Slice(va, 8) {
		core.Slice(va, 8)[i] = byte(n >> (8 * i))
	}
}
