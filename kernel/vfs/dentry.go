package vfs

import (
	"sync/atomic"

	"rv86/kernel/abi"
)

// Dentry is a name in a directory. A directory has exactly one; a file has one
// per hard link. In memory file systems the dentries are the directory; those
// of generated directories (proc) are made anew by each walk. All fields are
// guarded by Namespace.tree.
type Dentry struct {
	parent *Dentry // nil at a file system's root and for anonymous files
	name   string
	inode  *Inode
	cookie int64 // position in the parent's listing
	gone   bool  // unlinked; still open or a working directory
}

// Path is a place in the tree: a name, and the mount through which it was
// reached. The zero Path is no place.
type Path struct {
	Mnt  *Mount
	Dent *Dentry
}

// Inode returns what is there.
func (p Path) Inode() *Inode { return p.Dent.inode }

// Name returns the last part of its name.
func (p Path) Name() string { return p.Dent.name }

// Mount is a file system attached to a place. Guarded by Namespace.tree,
// except for users.
type Mount struct {
	fs     *FileSystem
	root   *Dentry // differs from fs.root for a bind mount
	at     Path    // where it is attached; zero for the namespace's root
	source string
	flags  uint32 // MS_*
	users  atomic.Int32
}

// readOnly reports MS_RDONLY.
func (m *Mount) readOnly() bool { return m.flags&abi.MS_RDONLY != 0 }

// mountKey names a place where something may be mounted. Inode numbers serve
// rather than dentries because generated directories make theirs anew.
type mountKey struct {
	mnt *Mount
	ino uint64
}
