package vfs

import "rv86/kernel/abi"

// newBody makes the contents of a new inode.
type newBody func(*Inode) body

// mayChange checks the right to add or remove names in dir.
// Preconditions: tree is held.
func (c *Caller) mayChange(dir Path) abi.Errno {
	if dir.Dent.gone {
		return abi.ENOENT
	}
	if dir.Mnt.readOnly() {
		return abi.EROFS
	}
	if e := dir.Dent.inode.permit(&c.Cred, mayWrite|mayExec); e != 0 {
		return e
	}
	if _, ok := dir.Dent.inode.body.(*memDir); !ok {
		return abi.EPERM // a generated directory
	}
	return 0
}

// newInode makes an inode with one name to come in dir.
func (c *Caller) newInode(dir *Dentry, mode uint32, rdev uint64, mk newBody) (*Inode, abi.Errno) {
	fs := dir.inode.fs
	gid := c.Cred.GID
	if dm := dir.inode.Mode(); dm&abi.S_ISGID != 0 { // inode(7): the set-group-ID bit of a directory
		gid = dir.inode.gid
		if mode&abi.S_IFMT == abi.S_IFDIR {
			mode |= abi.S_ISGID
		}
	}
	return fs.newInode(mode, rdev, c.Cred.UID, gid, mk)
}

// create adds a new inode under name. Preconditions: tree is held for writing;
// the name is free.
func (c *Caller) create(dir Path, name string, mode uint32, rdev uint64, mk newBody) (*Dentry, abi.Errno) {
	if e := c.mayChange(dir); e != 0 {
		return nil, e
	}
	in, e := c.newInode(dir.Dent, mode, rdev, mk)
	if e != 0 {
		return nil, e
	}
	return dir.Dent.add(name, in), 0
}

// makeEntry is what mkdir, mknod and symlink share.
func (c *Caller) makeEntry(at Path, path string, mode uint32, rdev uint64, mk newBody) abi.Errno {
	ns := c.FS.ns
	ns.tree.Lock()
	defer ns.tree.Unlock()
	r, e := c.walk(at, path, lastAsIs)
	switch {
	case e != 0:
		return e
	case r.late != 0:
		return r.late
	case r.child.Dent != nil:
		return abi.EEXIST
	case r.trailing && mode&abi.S_IFMT != abi.S_IFDIR:
		return abi.ENOENT
	}
	_, e = c.create(r.parent, r.name, mode, rdev, mk)
	return e
}

// Mkdir performs mkdirat(2).
func (c *Caller) Mkdir(at Path, path string, mode uint32) abi.Errno {
	mode &= 0o777 | abi.S_ISVTX
	return c.makeEntry(at, path, abi.S_IFDIR|mode&^c.FS.Umask(), 0, newMemDir)
}

// Mknod performs mknodat(2): regular files, devices, FIFOs and sockets (which
// can be named but not bound).
func (c *Caller) Mknod(at Path, path string, mode uint32, dev uint64) abi.Errno {
	perm := mode & abi.S_IALLUGO &^ c.FS.Umask()
	switch mode & abi.S_IFMT {
	case 0, abi.S_IFREG:
		return c.makeEntry(at, path, abi.S_IFREG|perm, 0, newRegular)
	case abi.S_IFCHR, abi.S_IFBLK:
		if c.Cred.UID != 0 {
			return abi.EPERM
		}
		return c.makeEntry(at, path, mode&abi.S_IFMT|perm, dev, newDevice)
	case abi.S_IFIFO:
		return c.makeEntry(at, path, abi.S_IFIFO|perm, 0, newFifo)
	case abi.S_IFSOCK:
		return c.makeEntry(at, path, abi.S_IFSOCK|perm, 0, newSocketName)
	case abi.S_IFDIR:
		return abi.EPERM
	}
	return abi.EINVAL
}

// Symlink performs symlinkat(2).
func (c *Caller) Symlink(target string, at Path, path string) abi.Errno {
	if target == "" {
		return abi.ENOENT
	}
	if len(target) >= abi.PATH_MAX {
		return abi.ENAMETOOLONG
	}
	return c.makeEntry(at, path, abi.S_IFLNK|0o777, 0, newSymlink(target))
}

// Link performs linkat(2).
func (c *Caller) Link(oldAt Path, old string, at Path, path string, follow, empty bool) abi.Errno {
	ns := c.FS.ns
	ns.tree.Lock()
	defer ns.tree.Unlock()
	src, e := c.find(oldAt, old, walkFlagsOf(follow, empty))
	if e != 0 {
		return e
	}
	r, e := c.walk(at, path, lastAsIs)
	switch {
	case e != 0:
		return e
	case r.late != 0:
		return r.late
	case r.child.Dent != nil:
		return abi.EEXIST
	case r.trailing:
		return abi.ENOENT
	case src.Mnt != r.parent.Mnt:
		return abi.EXDEV
	case src.Dent.inode.isDir():
		return abi.EPERM
	}
	if e := c.mayChange(r.parent); e != 0 {
		return e
	}
	in := src.Dent.inode
	if in.Nlink() == 0 && !in.linkable {
		return abi.ENOENT // what has lost its last name stays nameless
	}
	in.link()
	r.parent.Dent.add(r.name, in)
	return 0
}

// Unlink performs unlinkat(2) without AT_REMOVEDIR.
func (c *Caller) Unlink(at Path, path string) abi.Errno {
	ns := c.FS.ns
	ns.tree.Lock()
	defer ns.tree.Unlock()
	r, e := c.walk(at, path, lastAsIs)
	switch {
	case e != 0:
		return e
	case r.late != 0:
		return r.late
	case r.kind != lastName:
		return abi.EISDIR
	case r.child.Dent == nil:
		return abi.ENOENT
	case r.trailing && !r.child.Dent.inode.isDir():
		return abi.ENOTDIR
	case r.trailing:
		return abi.EISDIR
	}
	if e := c.mayRemove(r); e != 0 {
		return e
	}
	if r.child.Dent.inode.isDir() {
		return abi.EISDIR
	}
	r.child.Dent.remove()
	r.child.Dent.inode.unlink(1)
	return 0
}

// Rmdir performs unlinkat(2) with AT_REMOVEDIR.
func (c *Caller) Rmdir(at Path, path string) abi.Errno {
	ns := c.FS.ns
	ns.tree.Lock()
	defer ns.tree.Unlock()
	r, e := c.walk(at, path, lastAsIs)
	switch {
	case e != 0:
		return e
	case r.late != 0:
		return r.late
	case r.kind == lastDot:
		return abi.EINVAL
	case r.kind == lastDotDot:
		return abi.ENOTEMPTY
	case r.kind == lastRoot:
		return abi.EBUSY
	case r.child.Dent == nil:
		return abi.ENOENT
	}
	if e := c.mayRemove(r); e != 0 {
		return e
	}
	if !r.child.Dent.inode.isDir() {
		return abi.ENOTDIR
	}
	if e := removable(r.child.Dent); e != 0 {
		return e
	}
	r.child.Dent.remove()
	r.child.Dent.inode.unlink(dirLinks)
	r.parent.Dent.inode.unlink(1) // its ".."
	return 0
}

// dirLinks is the link count of an empty directory: its name and its ".".
const dirLinks = 2

// removable checks that a directory is empty.
func removable(d *Dentry) abi.Errno {
	m, ok := d.inode.body.(*memDir)
	if !ok {
		return abi.EPERM
	}
	if len(m.entries) != 0 {
		return abi.ENOTEMPTY
	}
	return 0
}

// mayRemove checks the right to take r.child out of r.parent, the sticky bit
// included (unlink(2), EPERM).
func (c *Caller) mayRemove(r walkResult) abi.Errno {
	if e := c.mayChange(r.parent); e != 0 {
		return e
	}
	dir, in := r.parent.Dent.inode, r.child.Dent.inode
	if dir.Mode()&abi.S_ISVTX != 0 && !c.Cred.owns(dir.owner()) && !c.Cred.owns(in.owner()) {
		return abi.EPERM
	}
	if r.child.Mnt != r.parent.Mnt { // something is mounted there
		return abi.EBUSY
	}
	return 0
}
