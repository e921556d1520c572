package vfs

import (
	"sync"
	"sync/atomic"

	"rv86/kernel/abi"
)

// FileSystem is one mounted-or-mountable tree of inodes.
type FileSystem struct {
	ns      *Namespace
	typ     string // as in /proc/mounts
	magic   int64  // statfs f_type
	dev     uint64 // st_dev
	root    *Dentry
	lastIno atomic.Uint64
	space   space
	// generated file systems make their inodes anew at each look.
	generated bool
}

// Inode is a file as such, whatever names it has.
type Inode struct {
	fs   *FileSystem
	ino  uint64
	rdev uint64
	body body
	// mounts counts the file systems attached here. It spares most steps of a
	// walk the look into Namespace.byKey, and is not used for the inodes of
	// generated directories, which do not last. Guarded by Namespace.tree.
	mounts int
	// linkable says that a file made by O_TMPFILE may get a first name.
	linkable bool

	mu                  sync.Mutex
	mode                uint32 // type and permission bits
	nlink               uint32
	uid, gid            uint32
	atime, mtime, ctime abi.Timespec
	btime               abi.Timespec
	opens               int // open descriptions; storage lives while there are any
	locks               fileLocks
	onFree              func() // see OnFree
}

// body is what differs between kinds of inodes. The optional parts are
// dirBody, linkBody, sizedBody and freeBody.
type body interface {
	// open returns the operations of a newly opened file. Namespace.tree is
	// not held.
	open(c *Caller, p Path, flags int) (File, abi.Errno)
}

type (
	// dirBody is a directory. Namespace.tree is held, at least for reading.
	dirBody interface {
		body
		// lookup returns the entry, or nil.
		lookup(dir *Dentry, name string) *Dentry
	}

	// linkBody is a symbolic link. follow may return an empty Path: the text
	// is walked then.
	linkBody interface {
		body
		readlink(c *Caller) (string, abi.Errno)
		follow(c *Caller) (Path, abi.Errno)
	}

	// sizedBody has a size and occupies storage, in bytes.
	sizedBody interface{ extent() (size, stored int64) }

	// freeBody gives its storage back when neither a name nor an open file
	// is left.
	freeBody interface{ free() }
)

// Ino returns the inode number; together with Dev it identifies the file.
func (in *Inode) Ino() uint64 { return in.ino }

// Dev returns the device number of the file system.
func (in *Inode) Dev() uint64 { return in.fs.dev }

// Rdev returns the number of the device that the inode stands for.
func (in *Inode) Rdev() uint64 { return in.rdev }

// Mode returns the type and permission bits.
func (in *Inode) Mode() uint32 {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.mode
}

func (in *Inode) isDir() bool {
	_, ok := in.body.(dirBody)
	return ok
}

// kind returns the type bits, which never change.
func (in *Inode) kind() uint32 { return in.Mode() & abi.S_IFMT }

func (in *Inode) opened() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.opens++
}

func (in *Inode) closed() {
	in.mu.Lock()
	in.opens--
	in.freeIfUnused()
	in.mu.Unlock()
}

// freeIfUnused drops the storage of a file that can no longer be reached.
// Preconditions: in.mu is held.
func (in *Inode) freeIfUnused() {
	if in.nlink > 0 || in.opens > 0 {
		return
	}
	if f, ok := in.body.(freeBody); ok {
		f.free()
	}
	if in.onFree != nil {
		in.onFree()
		in.onFree = nil
	}
}

// OnFree has f called when the file is gone: it has neither names nor openings.
// f must not use files; locks of theirs are held. There is one f, the last given.
// Preconditions: the caller has the file open.
func (in *Inode) OnFree(f func()) {
	in.mu.Lock()
	in.onFree = f
	in.mu.Unlock()
}

// link and unlink change the number of names. Preconditions: Namespace.tree is
// held for writing.
func (in *Inode) link() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.nlink++
	in.ctime = in.fs.ns.now()
}

func (in *Inode) unlink(n uint32) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.nlink -= n
	in.ctime = in.fs.ns.now()
	in.freeIfUnused()
}

// modified stamps a change of contents. Preconditions: in.mu is held.
func (in *Inode) modified() {
	in.mtime = in.fs.ns.now()
	in.ctime = in.mtime
}

// relatimeInterval is how old an access time may grow before a read renews it
// in any case (mount(8), relatime).
const relatimeInterval = 24 * 60 * 60

// accessed stamps a read under the relatime rule. Preconditions: in.mu is held.
func (in *Inode) accessed() {
	now := in.fs.ns.now()
	if after(in.atime, in.mtime) && after(in.atime, in.ctime) && now.Sec-in.atime.Sec < relatimeInterval {
		return
	}
	in.atime = now
}

func after(a, b abi.Timespec) bool {
	return a.Sec > b.Sec || a.Sec == b.Sec && a.Nsec > b.Nsec
}

// Stat fills in st.
func (in *Inode) Stat(st *abi.Stat) {
	var size, stored int64
	if s, ok := in.body.(sizedBody); ok {
		size, stored = s.extent()
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	*st = abi.Stat{
		Dev: in.fs.dev, Ino: in.ino, Mode: in.mode, Nlink: in.nlink, UID: in.uid, GID: in.gid,
		Rdev: in.rdev, Size: size, Blksize: pageSize, Blocks: stored / statBlock,
		Atime: in.atime, Mtime: in.mtime, Ctime: in.ctime, Btime: in.btime,
	}
}

const (
	pageSize  = 4096
	statBlock = 512 // unit of st_blocks
)

// Access bits of permission checks, as in the mode and in access(2).
const (
	mayExec  = abi.X_OK
	mayWrite = abi.W_OK
	mayRead  = abi.R_OK
)

// permit checks c's right to do what want asks (path_resolution(7),
// "Permissions"). Root may do all but execute a file nobody may execute.
func (in *Inode) permit(c *Cred, want uint32) abi.Errno {
	in.mu.Lock()
	defer in.mu.Unlock()
	if c.UID == 0 {
		if want&mayExec != 0 && in.mode&abi.S_IFMT != abi.S_IFDIR && in.mode&0o111 == 0 {
			return abi.EACCES
		}
		return 0
	}
	bits := in.mode
	switch {
	case c.UID == in.uid:
		bits >>= 6
	case c.inGroup(in.gid):
		bits >>= 3
	}
	if want&^bits&7 != 0 {
		return abi.EACCES
	}
	return 0
}
