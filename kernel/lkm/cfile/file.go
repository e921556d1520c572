package cfile

import (
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// File is an open file whose operations are C functions. It implements
// vfs.UserIO.
type File struct {
	vfs.Base
	fs   *Files
	spec Spec
	view cstruct.View // struct file
	dent uint64       // struct dentry
	node uint64       // struct inode

	told bool // that an operation claimed to have moved too much

	pos sync.Mutex // held during a transfer at the offset of a regular file

	mu    sync.Mutex
	table uint64        // struct poll_table_struct, once somebody polled
	heads []watchedHead // wait queues that tell queue
	queue wait.Queue
}

// watchedHead is a wait queue of the driver's that is passed on.
type watchedHead struct {
	head    uint64
	unwatch func()
}

// gone is the error of a file whose operations are gone.
const gone = abi.EIO

// Open opens a file: it calls open, if there is one. On an error the references
// to the owners are given back, too.
func (fs *Files) Open(c *vfs.Caller, s Spec) (*File, abi.Errno) {
	f := &File{fs: fs, spec: s}
	if e := f.make(c); e != 0 {
		f.free()
		return nil, e
	}
	who := fs.CallerOf(c)
	if e := f.callOpen(who); e != 0 {
		f.free()
		return nil, e
	}
	return f, 0
}

// make builds the structures, with the names as the opener sees them.
func (f *File) make(c *vfs.Caller) abi.Errno {
	core, s := f.fs.Core, &f.spec
	name, path := s.Path.Name(), c.PathString(s.Path)
	size := CFile.Size(core)
	dent := Dentry.Size(core)
	addr := core.Alloc(size + dent + uint64(len(name)+len(path)) + 2)
	if addr == 0 {
		return abi.ENOMEM
	}
	clear(core.Slice(addr, size+dent))
	f.view = CFile.At(core, addr)
	if f.node = f.fs.takeInode(s); f.node == 0 {
		return abi.ENOMEM
	}
	f.dent = addr + size
	nameAt := f.dent + dent
	pathAt := nameAt + uint64(len(name)) + 1
	cstruct.PutString(core, nameAt, name)
	cstruct.PutString(core, pathAt, path)
	d := Dentry.At(core, f.dent)
	d.Set("d_parent", f.dent)
	d.Set("d_inode", f.node)
	q := QStr.At(core, d.Ptr("d_name"))
	q.Set("len", uint64(len(name)))
	q.Set("name", nameAt)
	d.Set("__path", pathAt)

	v := f.view
	v.Set("f_flags", uint64(s.Flags))
	v.Set("f_mode", fileMode(s.Flags))
	v.Set("private_data", s.Data)
	v.Set("f_inode", f.node)
	CPath.At(core, v.Ptr("f_path")).Set("dentry", f.dent)
	if s.Kind == FileOps {
		v.Set("f_op", s.Ops)
	}
	return 0
}

func fileMode(flags int) uint64 {
	m := uint64(modeSeek | modePread | modePwrite)
	switch flags & abi.O_ACCMODE {
	case abi.O_RDONLY:
		m |= modeRead
	case abi.O_WRONLY:
		m |= modeWrite
	default:
		m |= modeRead | modeWrite
	}
	return m
}

// callOpen calls open and settles what the file can do (do_dentry_open).
func (f *File) callOpen(who *lkm.Caller) abi.Errno {
	if !f.enter(who) {
		return abi.ENOENT
	}
	defer f.leave(who)
	open, e := f.op(who, "open")
	if e != 0 {
		return e
	}
	if open != 0 {
		r, e := f.fs.Run(who, open, f.node, f.view.Addr)
		if e == 0 {
			e = lkm.Errno(r)
		}
		if e != 0 {
			return e
		}
	}
	if f.spec.Gate != nil {
		f.spec.Gate.add(f)
	}
	return f.fs.Guard(who, func() {
		mode := f.view.Get("f_mode") | modeOpened
		if mode&modeRead != 0 && f.has("read", "read_iter") {
			mode |= modeCanRead
		}
		if mode&modeWrite != 0 && f.has("write", "write_iter") {
			mode |= modeCanWrite
		}
		if !f.has("llseek") {
			mode &^= modeSeek
		}
		f.view.Set("f_mode", mode)
	})
}

// procNames are the names in struct proc_ops that differ by more than a prefix.
var procNames = map[string]string{"llseek": "proc_lseek", "unlocked_ioctl": "proc_ioctl"}

// operation reads the address of an operation by its name in struct
// file_operations. Preconditions: a Guard is around it.
func (f *File) operation(name string) uint64 {
	ops := f.spec.Ops
	if f.spec.Kind == FileOps {
		ops = f.view.Get("f_op")
		if ops == 0 {
			return 0
		}
		return FileOps.At(f.fs.Core, ops).Get(name)
	}
	proc, ok := procNames[name]
	switch {
	case ok:
	case name == "flush" || name == "write_iter" || name == "fasync":
		return 0
	default:
		proc = "proc_" + name
	}
	return ProcOps.At(f.fs.Core, ops).Get(proc)
}

func (f *File) has(names ...string) bool {
	for _, n := range names {
		if f.operation(n) != 0 {
			return true
		}
	}
	return false
}

// op is operation with a Guard.
func (f *File) op(who *lkm.Caller, name string) (fn uint64, e abi.Errno) {
	e = f.fs.Guard(who, func() { fn = f.operation(name) })
	return fn, e
}

func (f *File) enter(who *lkm.Caller) bool { return f.spec.Gate == nil || f.spec.Gate.Enter(who) }

func (f *File) leave(who *lkm.Caller) {
	if f.spec.Gate != nil {
		f.spec.Gate.Leave(who)
	}
}

// mode reads f_mode, which C code may have changed.
func (f *File) mode() uint64 { return f.view.Get("f_mode") }

// Ioctl implements vfs.File. A number that the driver does not know is ENOTTY
// (fs/ioctl.c, vfs_ioctl).
func (f *File) Ioctl(c *vfs.Caller, cmd, arg uintptr) (uintptr, abi.Errno) {
	who := f.fs.CallerOf(c)
	if !f.enter(who) {
		return 0, gone
	}
	defer f.leave(who)
	fn, e := f.op(who, "unlocked_ioctl")
	if e != 0 {
		return 0, e
	}
	if fn == 0 {
		return 0, abi.ENOTTY
	}
	// An unsigned int is sign-extended in a wider register (RISC-V psABI, 2.1).
	r, e := f.fs.Run(who, fn, f.view.Addr, uint64(int32(cmd)), uint64(arg))
	if e != 0 {
		return 0, e
	}
	const noIoctlCmd = 515 // ENOIOCTLCMD
	n, e := Result(f.fs.Core.WordSize(), r)
	if e == noIoctlCmd {
		e = abi.ENOTTY
	}
	return uintptr(n), e
}

// SetFlags follows fcntl(F_SETFL).
func (f *File) SetFlags(flags uint32) { f.view.Set("f_flags", uint64(flags)) }

// Flush is called at each close of a descriptor.
func (f *File) Flush(c *vfs.Caller) {
	who := f.fs.CallerOf(c)
	if !f.enter(who) {
		return
	}
	defer f.leave(who)
	if fn, e := f.op(who, "flush"); e == 0 && fn != 0 {
		f.fs.Run(who, fn, f.view.Addr, 0)
	}
}

// ReleaseUser implements vfs.UserIO: it calls release, unless that happened when
// the file's operations went away.
func (f *File) ReleaseUser(c *vfs.Caller) {
	if f.spec.Gate == nil || f.spec.Gate.drop(f) || f.spec.Late {
		f.CallRelease(f.fs.CallerOf(c))
	}
	f.free()
}

// CallRelease calls release, after fasync if the file's signals are on.
func (f *File) CallRelease(who *lkm.Caller) {
	if f.view.Get("f_flags")&abi.FASYNC != 0 {
		f.async(who, closing, false)
	}
	if fn, e := f.op(who, "release"); e == 0 && fn != 0 {
		f.fs.Run(who, fn, f.node, f.view.Addr)
	}
}

// free gives the structures and the owners back.
func (f *File) free() {
	core := f.fs.Core
	f.forgetQueues()
	if f.node != 0 {
		f.fs.dropInode(f.spec.Key)
	}
	if f.view.Addr != 0 {
		core.Free(f.view.Addr)
	}
	for _, m := range f.spec.Owner {
		core.Unhold(m)
	}
}
