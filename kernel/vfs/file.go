package vfs

import (
	"sync"
	"sync/atomic"

	"rv86/kernel/abi"
	"rv86/kernel/wait"
)

// File is the behaviour of one open file. Embed Base for the defaults.
//
// Every method returns at once; one that would have to wait returns EAGAIN.
// Read and Write may be called by several threads at the same time.
type File interface {
	// Read fills p from offset off and returns the count; 0 is end of file.
	// Streams (those without a Size method) ignore off.
	Read(p []byte, off int64) (int, abi.Errno)
	// Write stores p at offset off and returns the count stored. A short
	// count with no error means that the rest would have to wait.
	Write(p []byte, off int64) (int, abi.Errno)
	// Poll returns the events that hold now.
	Poll() wait.Events
	// Queue is notified when Poll's result may have changed; nil says that it
	// never changes.
	Queue() *wait.Queue
	// Ioctl performs a device's own request; ENOTTY where there is none.
	Ioctl(c *Caller, cmd, arg uintptr) (uintptr, abi.Errno)
	// Release is called once, when the last reference is gone.
	Release()
}

// The capabilities that only some files have.
type (
	// Sized files have an extent, so that offsets, lseek and pread mean something.
	Sized interface{ Size() int64 }

	// Appender writes at the end as one step (O_APPEND) and returns the
	// offset after the data.
	Appender interface {
		Append(p []byte) (n int, end int64, e abi.Errno)
	}

	// Resizer can change a file's length and storage.
	Resizer interface {
		Truncate(size int64) abi.Errno
		Allocate(off, n int64, flags int) abi.Errno
	}

	// DirReader lists a directory. emit is called with each entry and the
	// position after it; it returns false to stop. pos 0 is the start.
	DirReader interface {
		ReadDir(pos int64, emit func(e DirEntry, next int64) bool) abi.Errno
	}

	// Mappable files can back a memory mapping. Pages are read through ReadAt;
	// bytes past the end read as zero. Generation changes with every change of
	// the contents, so that copies of pages (keyed by the file's Inode) can be
	// shared for as long as it stays. Shared writable mappings are not offered.
	// InPlace gives the page of the contents at off where it lies, if that is
	// memory that never changes, whatever becomes of the file; else nil.
	Mappable interface {
		ReadAt(p []byte, off int64) (int, abi.Errno)
		Size() int64
		Generation() uint64
		InPlace(off int64) []byte
	}

	// JobControlled files (terminals) are asked before each transfer, because
	// the answer depends on who calls: a background process gets a signal.
	JobControlled interface {
		BeforeIO(c *Caller, write bool) abi.Errno
	}

	// FlagWatcher files want to know about fcntl(F_SETFL).
	FlagWatcher interface{ SetFlags(flags uint32) }

	// AsyncFile files send their owner a signal when there is something to read
	// (fcntl(2), F_SETOWN and O_ASYNC): a process, or less than 0 a group of
	// them; 0 if there is none.
	AsyncFile interface {
		Async(c *Caller, fd int, on bool) abi.Errno
		Owner() int
		SetOwner(pid int)
	}
)

// DirEntry is one name in a directory.
type DirEntry struct {
	Name string
	Ino  uint64
	Type uint8 // DT_*
}

// Base gives a File the answers of a stream that is always ready and can do
// nothing.
type Base struct{}

// Read refuses.
func (Base) Read([]byte, int64) (int, abi.Errno) { return 0, abi.EINVAL }

// Write refuses.
func (Base) Write([]byte, int64) (int, abi.Errno) { return 0, abi.EINVAL }

// Poll reports the file as ready, as Linux does for regular files.
func (Base) Poll() wait.Events { return wait.Readable | wait.Writable }

// Queue says that readiness never changes.
func (Base) Queue() *wait.Queue { return nil }

// Ioctl knows no request.
func (Base) Ioctl(*Caller, uintptr, uintptr) (uintptr, abi.Errno) { return 0, abi.ENOTTY }

// Release has nothing to give back.
func (Base) Release() {}

// Description is an open file description (POSIX's term): what descriptors
// made by dup and fork share. It is reference counted; the count starts at 1.
type Description struct {
	file File
	// The capabilities that every transfer asks for; nil where file lacks them.
	sized Sized
	jobs  JobControlled
	app   Appender
	user  UserIO

	path  Path
	flags atomic.Uint32 // O_* access mode and status flags
	refs  atomic.Int32

	pos sync.Mutex // guards off
	off int64

	watch    sync.Mutex // guards watchers; innermost
	watchers map[any]func()
}

// statusFlags are the flags that F_GETFL shows and a Description keeps.
const statusFlags = abi.O_ACCMODE | abi.O_APPEND | abi.O_NONBLOCK | abi.O_DSYNC | abi.FASYNC |
	abi.O_DIRECT | abi.O_LARGEFILE | abi.O_DIRECTORY | abi.O_NOFOLLOW | abi.O_NOATIME | abi.O_SYNC | abi.O_PATH

// settableFlags are those that F_SETFL changes (fcntl(2)).
const settableFlags = abi.O_APPEND | abi.O_NONBLOCK | abi.O_DIRECT | abi.O_NOATIME | abi.FASYNC

// Stream reports a file without offsets, whose reads end with what there is.
func (d *Description) Stream() bool { return d.sized == nil }

// File returns the operations, for the calls that need a capability.
func (d *Description) File() File { return d.file }

// Path returns the name it was opened by.
func (d *Description) Path() Path { return d.path }

// Inode returns what is open.
func (d *Description) Inode() *Inode { return d.path.Dent.inode }

// Flags returns the access mode and status flags.
func (d *Description) Flags() int { return int(d.flags.Load()) }

// NonBlocking reports O_NONBLOCK.
func (d *Description) NonBlocking() bool { return d.flags.Load()&abi.O_NONBLOCK != 0 }

// SetFlags performs F_SETFL.
func (d *Description) SetFlags(flags int) {
	f := d.flags.Load()&^settableFlags | uint32(flags)&settableFlags
	d.flags.Store(f)
	if w, ok := d.file.(FlagWatcher); ok {
		w.SetFlags(f)
	}
}

// SetFlagsFor is SetFlags by a program, through descriptor fd: a file that tells
// its readers when there is something to read hears of FASYNC, and may refuse.
func (d *Description) SetFlagsFor(c *Caller, fd, flags int) abi.Errno {
	if a, ok := d.file.(AsyncFile); ok && (uint32(flags)^d.flags.Load())&abi.FASYNC != 0 {
		if e := a.Async(c, fd, flags&abi.FASYNC != 0); e != 0 {
			return e
		}
	}
	d.SetFlags(flags)
	return 0
}

// Readable and Writable report what the access mode allows.
func (d *Description) Readable() bool {
	f := d.flags.Load()
	return f&abi.O_PATH == 0 && f&abi.O_ACCMODE != abi.O_WRONLY
}

// Writable is Readable's counterpart.
func (d *Description) Writable() bool {
	f := d.flags.Load()
	return f&abi.O_PATH == 0 && f&abi.O_ACCMODE != abi.O_RDONLY
}

// Get takes another reference and returns d.
func (d *Description) Get() *Description {
	d.refs.Add(1)
	return d
}

// Put drops a reference; the last one closes the file.
func (d *Description) Put() { d.PutFor(nil) }

// PutFor is Put for who drops it, nil if that is nobody in particular.
func (d *Description) PutFor(c *Caller) {
	n := d.refs.Add(-1)
	if n > 0 {
		return
	}
	if n < 0 {
		panic("vfs: bug: description closed twice")
	}
	d.watch.Lock()
	watchers := d.watchers
	d.watchers = nil
	d.watch.Unlock()
	for _, f := range watchers {
		f()
	}
	d.path.Dent.inode.unlockAll(d)
	if d.user != nil {
		d.user.ReleaseUser(c)
	} else {
		d.file.Release()
	}
	d.path.release()
}

// OnRelease arranges for f to be called before the file is closed for good, so
// that who only watches it (epoll) need not keep it open. A nil f cancels
// what was arranged under key.
func (d *Description) OnRelease(key any, f func()) {
	d.watch.Lock()
	defer d.watch.Unlock()
	if f == nil {
		delete(d.watchers, key)
		return
	}
	if d.watchers == nil {
		d.watchers = map[any]func(){}
	}
	d.watchers[key] = f
}

func (d *Description) beforeIO(c *Caller, write bool) abi.Errno {
	if d.jobs != nil {
		return d.jobs.BeforeIO(c, write)
	}
	return 0
}

// Read reads at the current offset and moves it.
func (d *Description) Read(c *Caller, p []byte) (int, abi.Errno) {
	if !d.Readable() {
		return 0, abi.EBADF
	}
	if d.user != nil {
		return bounced(c, p, d.user.ReadUser, nil)
	}
	if e := d.beforeIO(c, false); e != 0 {
		return 0, e
	}
	if d.sized == nil {
		return d.file.Read(p, 0)
	}
	d.pos.Lock()
	defer d.pos.Unlock()
	n, e := d.file.Read(p, d.off)
	d.off += int64(n)
	return n, e
}

// ReadAt reads at off and leaves the offset alone (pread).
func (d *Description) ReadAt(c *Caller, p []byte, off int64) (int, abi.Errno) {
	if d.user != nil && off >= 0 && d.Readable() {
		return bounced(c, p, d.user.ReadUser, &off)
	}
	if e := d.atCheck(d.Readable(), off); e != 0 {
		return 0, e
	}
	return d.file.Read(p, off)
}

// Write writes at the current offset, or at the end under O_APPEND.
func (d *Description) Write(c *Caller, p []byte) (int, abi.Errno) {
	if !d.Writable() {
		return 0, abi.EBADF
	}
	if d.user != nil {
		return bounced(c, p, d.user.WriteUser, nil)
	}
	if e := d.beforeIO(c, true); e != 0 {
		return 0, e
	}
	if d.sized == nil {
		return d.file.Write(p, 0)
	}
	d.pos.Lock()
	defer d.pos.Unlock()
	if d.app != nil && d.Flags()&abi.O_APPEND != 0 {
		n, end, e := d.app.Append(p)
		if e == 0 {
			d.off = end
		}
		return n, e
	}
	n, e := d.file.Write(p, d.off)
	d.off += int64(n)
	return n, e
}

// WriteAt writes at off and leaves the offset alone (pwrite). As on Linux,
// O_APPEND wins over off (pwrite(2), BUGS).
func (d *Description) WriteAt(c *Caller, p []byte, off int64) (int, abi.Errno) {
	if d.user != nil && off >= 0 && d.Writable() {
		return bounced(c, p, d.user.WriteUser, &off)
	}
	if e := d.atCheck(d.Writable(), off); e != 0 {
		return 0, e
	}
	if d.app != nil && d.Flags()&abi.O_APPEND != 0 {
		n, _, e := d.app.Append(p)
		return n, e
	}
	return d.file.Write(p, off)
}

func (d *Description) atCheck(allowed bool, off int64) abi.Errno {
	if off < 0 {
		return abi.EINVAL
	}
	if d.sized == nil {
		return abi.ESPIPE
	}
	if !allowed {
		return abi.EBADF
	}
	return 0
}

// Lseek performs lseek(2). Directories seek to positions that ReadDir gave out.
// Files are taken as data throughout, so that SEEK_HOLE finds the end.
func (d *Description) Lseek(off int64, whence int) (int64, abi.Errno) {
	return d.LseekFor(nil, off, whence)
}

// LseekFor is Lseek for who seeks.
func (d *Description) LseekFor(c *Caller, off int64, whence int) (int64, abi.Errno) {
	if d.Flags()&abi.O_PATH != 0 {
		return 0, abi.EBADF
	}
	if d.user != nil {
		return d.user.Seek(c, off, whence)
	}
	if d.sized == nil {
		return 0, abi.ESPIPE
	}
	s := d.sized
	if _, dir := d.file.(DirReader); dir && whence != abi.SEEK_SET && whence != abi.SEEK_CUR {
		return 0, abi.EINVAL // a listing has no end to count from
	}
	d.pos.Lock()
	defer d.pos.Unlock()
	switch whence {
	case abi.SEEK_SET:
	case abi.SEEK_CUR:
		off += d.off
	case abi.SEEK_END:
		off += s.Size()
	case abi.SEEK_DATA:
		if off < 0 || off >= s.Size() {
			return 0, abi.ENXIO
		}
	case abi.SEEK_HOLE:
		if off < 0 || off >= s.Size() {
			return 0, abi.ENXIO
		}
		off = s.Size()
	default:
		return 0, abi.EINVAL
	}
	if off < 0 {
		return 0, abi.EINVAL
	}
	d.off = off
	return off, 0
}

// Truncate performs ftruncate(2).
func (d *Description) Truncate(size int64) abi.Errno {
	r, ok := d.file.(Resizer)
	if !ok || !d.Writable() || size < 0 {
		return abi.EINVAL
	}
	return r.Truncate(size)
}

// Allocate performs fallocate(2).
func (d *Description) Allocate(off, n int64, flags int) abi.Errno {
	if !d.Writable() {
		return abi.EBADF
	}
	if r, ok := d.file.(Resizer); ok {
		return r.Allocate(off, n, flags)
	}
	if d.sized == nil {
		return abi.ESPIPE
	}
	return abi.ENODEV
}

// ReadDir lists from the current position and moves it past what emit took;
// emit also gets the position after the entry.
func (d *Description) ReadDir(emit func(e DirEntry, next int64) bool) abi.Errno {
	if !d.Readable() {
		return abi.EBADF
	}
	r, ok := d.file.(DirReader)
	if !ok {
		return abi.ENOTDIR
	}
	d.pos.Lock()
	defer d.pos.Unlock()
	return r.ReadDir(d.off, func(e DirEntry, next int64) bool {
		if !emit(e, next) {
			return false
		}
		d.off = next
		return true
	})
}

// Queue is the file's; see File.
func (d *Description) Queue() *wait.Queue {
	if d.Flags()&abi.O_PATH != 0 {
		return nil
	}
	return d.file.Queue()
}

// Poll returns the events that hold now.
func (d *Description) Poll() wait.Events { return d.PollFor(nil) }

// PollFor is Poll for who asks, nil if that is nobody in particular.
func (d *Description) PollFor(c *Caller) wait.Events {
	if d.Flags()&abi.O_PATH != 0 {
		return wait.POLLNVAL
	}
	if d.user != nil {
		return d.user.PollUser(c)
	}
	return d.file.Poll()
}
