package vfs

import (
	"sync"

	"rv86/kernel/abi"
)

// Caller is the thread on whose behalf a file operation runs. The system call
// layer fills one in for each call; its methods are the path operations.
type Caller struct {
	FS   *FSContext
	Cred Cred

	PID, TID, PGID, SID int

	// Mem reaches the thread's memory (ioctl arguments); nil in kernel threads.
	Mem UserMem
	// Task is the caller's own record, for a driver's call-backs into task.
	Task any
}

// UserMem copies from and to user memory. Faults are EFAULT.
type UserMem interface {
	CopyIn(va uintptr, b []byte) abi.Errno
	CopyOut(va uintptr, b []byte) abi.Errno
}

// Cred is what permission checks look at: the file system user and groups.
type Cred struct {
	UID, GID uint32
	Groups   []uint32
}

// inGroup reports membership of gid.
func (c *Cred) inGroup(gid uint32) bool {
	if c.GID == gid {
		return true
	}
	for _, g := range c.Groups {
		if g == gid {
			return true
		}
	}
	return false
}

// owns reports whether c may change the attributes of a file of uid: root
// stands for CAP_FOWNER, CAP_CHOWN and CAP_DAC_OVERRIDE throughout.
func (c *Cred) owns(uid uint32) bool { return c.UID == 0 || c.UID == uid }

// FSContext is what a process has of the tree: its root and working
// directories and its umask (Linux's fs_struct). Threads made with CLONE_FS
// share one; it is reference counted, and starts with one reference.
type FSContext struct {
	ns *Namespace

	mu    sync.Mutex // guards what follows; no other lock is taken under it
	root  Path
	cwd   Path
	umask uint32
	refs  int
}

// DefaultUmask is init's.
const DefaultUmask = 0o022

// NewFSContext returns a context at the namespace's root.
func (ns *Namespace) NewFSContext() *FSContext {
	r := ns.Root()
	return newFSContext(ns, r, r, DefaultUmask)
}

func newFSContext(ns *Namespace, root, cwd Path, umask uint32) *FSContext {
	root.Mnt.users.Add(1)
	cwd.Mnt.users.Add(1)
	return &FSContext{ns: ns, root: root, cwd: cwd, umask: umask, refs: 1}
}

// Namespace returns the mount tree that the context looks into.
func (f *FSContext) Namespace() *Namespace { return f.ns }

// Fork returns an independent copy (fork without CLONE_FS).
func (f *FSContext) Fork() *FSContext {
	f.mu.Lock()
	defer f.mu.Unlock()
	return newFSContext(f.ns, f.root, f.cwd, f.umask)
}

// Share takes another reference (CLONE_FS).
func (f *FSContext) Share() *FSContext {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refs++
	return f
}

// Drop gives a reference back when a process ends. The last one lets go of the
// directories, which would keep their mounts busy.
func (f *FSContext) Drop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refs--; f.refs == 0 {
		f.root.Mnt.users.Add(-1)
		f.cwd.Mnt.users.Add(-1)
	}
}

// SetUmask sets the mask and returns the old one.
func (f *FSContext) SetUmask(m uint32) uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	old := f.umask
	f.umask = m & 0o777
	return old
}

// Umask returns the mask.
func (f *FSContext) Umask() uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.umask
}

// Root returns the root directory.
func (f *FSContext) Root() Path {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.root
}

// Cwd returns the working directory.
func (f *FSContext) Cwd() Path {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cwd
}

func (f *FSContext) setCwd(p Path) { f.move(&f.cwd, p) }

func (f *FSContext) setRoot(p Path) { f.move(&f.root, p) }

func (f *FSContext) move(place *Path, to Path) {
	f.mu.Lock()
	defer f.mu.Unlock()
	to.Mnt.users.Add(1)
	place.Mnt.users.Add(-1)
	*place = to
}
