package cfile

import (
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// Config is what files need of the kernel.
type Config struct {
	Core lkm.Core
	// Who makes the caller for C code of the one of the file layer, which is nil
	// where nobody in particular calls.
	Who func(c *vfs.Caller) *lkm.Caller
	// Watch registers a waiter at the wait_queue_head_t at an address, until the
	// function it gives is called; nil where there are no such things.
	Watch func(head uint64, w *wait.Waiter, events wait.Events) (unwatch func())
	// Kill sends a signal with a code to a process, or to a group if pid is less
	// than 0; nil where there are no processes.
	Kill func(pid, sig, code int) abi.Errno
	// Opener is for whom a caller's C code opens files; nil where there are none.
	Opener func(who *lkm.Caller) *vfs.Caller
	// Pages is the memory that can be mapped; nil where none can.
	Pages Pages
}

// Files makes files.
type Files struct {
	Config

	mu     sync.Mutex
	inodes map[any]*inode
	tables map[uint64]*File // by poll_table
	opened map[uint64]*opened
	areas  map[uint64]*Area // by struct vm_area_struct
}

// New makes the maker.
func New(c Config) *Files {
	return &Files{Config: c, inodes: map[any]*inode{}, tables: map[uint64]*File{}, opened: map[uint64]*opened{}, areas: map[uint64]*Area{}}
}

// inode is a struct inode that open files share.
type inode struct {
	addr uint64
	refs int
}

// Spec says what to open.
type Spec struct {
	Ops  uint64          // the operations
	Kind *cstruct.Struct // FileOps or ProcOps
	// Owner is the module that must stay while the file is open; the file takes
	// over a reference to each.
	Owner []uint64

	Path  vfs.Path
	Flags int

	Key     any // the inode's identity
	Mode    uint32
	Rdev    uint64
	Size    int64
	Cdev    uint64 // i_cdev
	Private uint64 // i_private
	Data    uint64 // private_data before open

	Gate *Gate // nil if the operations stay as long as the owners
	// Late says that release is called when the file is closed, even if its
	// operations are gone: the owner stays that long.
	Late bool
}

// thread is a caller's thread with the memory that the file layer says: none at
// the end of a process, or the kernel's own.
type thread struct {
	lkm.Thread
	mem vfs.UserMem
}

func (t thread) CopyIn(va uintptr, b []byte) abi.Errno {
	if t.mem == nil {
		return abi.EFAULT
	}
	return t.mem.CopyIn(va, b)
}

func (t thread) CopyOut(va uintptr, b []byte) abi.Errno {
	if t.mem == nil {
		return abi.EFAULT
	}
	return t.mem.CopyOut(va, b)
}

// CallerOf makes the caller for C code.
func (fs *Files) CallerOf(c *vfs.Caller) *lkm.Caller {
	who := fs.Who(c)
	if c != nil && who.Thread != nil && any(c.Mem) != c.Task {
		who.Thread = thread{who.Thread, c.Mem}
	}
	return who
}

// Run calls a C function for a caller; one that faults ends the caller's
// process, and gives EFAULT.
func (fs *Files) Run(who *lkm.Caller, fn uint64, args ...uint64) (uint64, abi.Errno) {
	r, ok := fs.Core.Run(who, fn, args...)
	if !ok {
		Die(who)
		return 0, abi.EFAULT
	}
	return r, 0
}

// Guard follows C pointers for a caller, as Run.
func (fs *Files) Guard(who *lkm.Caller, f func()) abi.Errno {
	if !fs.Core.Guard(who, f) {
		Die(who)
		return abi.EFAULT
	}
	return 0
}

// Die ends the process of a caller for which C code faulted.
func Die(who *lkm.Caller) {
	if who.Thread != nil {
		who.Thread.Die(abi.SIGSEGV)
	}
}

// Signed is a result of type long or ssize_t.
func Signed(word int, r uint64) int64 {
	if word == 4 {
		return int64(int32(r))
	}
	return int64(r)
}

// Result splits what C returned as a count or a negative error number.
func Result(word int, r uint64) (uint64, abi.Errno) {
	n := Signed(word, r)
	const maxErrno = 4095
	if n < 0 && n >= -maxErrno {
		return 0, abi.Errno(-n)
	}
	return uint64(n), 0
}

// Quad is a 64-bit argument in words.
func Quad(word int, v int64) []uint64 {
	if word == 4 {
		return []uint64{uint64(uint32(v)), uint64(v) >> 32}
	}
	return []uint64{uint64(v)}
}

// takeInode gives the struct inode of a key, which it makes if it is the first.
// 0 if there is no memory.
func (fs *Files) takeInode(s *Spec) uint64 {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if in := fs.inodes[s.Key]; in != nil {
		in.refs++
		return in.addr
	}
	size := Inode.Size(fs.Core)
	addr := fs.Core.Alloc(size)
	if addr == 0 {
		return 0
	}
	clear(fs.Core.Slice(addr, size))
	v := Inode.At(fs.Core, addr)
	v.Set("i_mode", uint64(s.Mode))
	v.Set("i_ino", s.Path.Inode().Ino())
	v.Set("i_rdev", kernelDev(s.Rdev))
	v.Set("i_size", uint64(s.Size))
	v.Set("i_cdev", s.Cdev)
	v.Set("i_private", s.Private)
	v.Set("i_fop", s.Ops)
	fs.inodes[s.Key] = &inode{addr, 1}
	return addr
}

func (fs *Files) dropInode(key any) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	in := fs.inodes[key]
	if in.refs--; in.refs == 0 {
		delete(fs.inodes, key)
		fs.Core.Free(in.addr)
	}
}

// minorBits is how a dev_t inside the kernel is cut: 12 bits of major number, 20
// of minor (include/linux/kdev_t.h).
const minorBits = 20

// kernelDev turns a device number of the file layer into C's dev_t.
func kernelDev(dev uint64) uint64 {
	if dev == 0 {
		return 0
	}
	return uint64(abi.Major(dev))<<minorBits | uint64(abi.Minor(dev))
}

// SplitDev cuts C's dev_t.
func SplitDev(dev uint64) (major, minor uint32) {
	return uint32(dev >> minorBits), uint32(dev & (1<<minorBits - 1))
}
