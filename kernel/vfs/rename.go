package vfs

import "rv86/kernel/abi"

// Rename performs renameat2(2) with RENAME_NOREPLACE and RENAME_EXCHANGE.
func (c *Caller) Rename(oldAt Path, old string, at Path, path string, flags uint32) abi.Errno {
	if flags&^(abi.RENAME_NOREPLACE|abi.RENAME_EXCHANGE) != 0 ||
		flags == abi.RENAME_NOREPLACE|abi.RENAME_EXCHANGE {
		return abi.EINVAL
	}
	ns := c.FS.ns
	ns.tree.Lock()
	defer ns.tree.Unlock()
	from, e := c.walk(oldAt, old, lastAsIs)
	if e != 0 {
		return e
	}
	to, e := c.walk(at, path, lastAsIs)
	if e != 0 {
		return e
	}
	if from.parent.Mnt != to.parent.Mnt {
		return abi.EXDEV
	}
	if from.kind != lastName {
		return abi.EBUSY
	}
	if to.kind != lastName {
		if flags&abi.RENAME_NOREPLACE != 0 {
			return abi.EEXIST
		}
		return abi.EBUSY
	}
	if e := c.mayRename(from, to, flags); e != 0 {
		return e
	}
	switch {
	case to.child.Dent != nil && to.child.Dent.inode == from.child.Dent.inode:
		return 0 // rename(2): two names of one file, nothing happens
	case flags&abi.RENAME_EXCHANGE != 0:
		exchange(from.child.Dent, to.child.Dent)
	default:
		replace(from, to)
	}
	return 0
}

// mayRename finds the reasons against it, in Linux's order (fs/namei.c,
// do_renameat2 and vfs_rename).
func (c *Caller) mayRename(from, to walkResult, flags uint32) abi.Errno {
	exchanging := flags&abi.RENAME_EXCHANGE != 0
	if from.late != 0 {
		return from.late
	}
	if from.child.Dent == nil {
		return abi.ENOENT
	}
	if to.late != 0 {
		return to.late
	}
	if to.child.Dent != nil && flags&abi.RENAME_NOREPLACE != 0 {
		return abi.EEXIST
	}
	if exchanging && to.child.Dent == nil {
		return abi.ENOENT
	}
	src := from.child.Dent
	if !src.inode.isDir() && (from.trailing || !exchanging && to.trailing) {
		return abi.ENOTDIR
	}
	if exchanging && to.trailing && !to.child.Dent.inode.isDir() {
		return abi.ENOTDIR
	}
	if to.parent.Dent.under(src) {
		return abi.EINVAL // a directory into itself
	}
	if to.child.Dent != nil && from.parent.Dent.under(to.child.Dent) {
		if exchanging {
			return abi.EINVAL
		}
		return abi.ENOTEMPTY
	}
	if e := c.mayRemove(from); e != 0 {
		return e
	}
	if to.child.Dent == nil {
		return c.mayChange(to.parent)
	}
	if e := c.mayRemove(to); e != 0 {
		return e
	}
	dst := to.child.Dent
	switch {
	case exchanging || dst.inode == src.inode:
		return 0
	case src.inode.isDir() && !dst.inode.isDir():
		return abi.ENOTDIR
	case !src.inode.isDir() && dst.inode.isDir():
		return abi.EISDIR
	case dst.inode.isDir():
		return removable(dst)
	}
	return 0
}

// under reports whether d is dir or lies below it.
func (d *Dentry) under(dir *Dentry) bool {
	for ; d != nil; d = d.parent {
		if d == dir {
			return true
		}
	}
	return false
}

// replace moves from's entry to to's place, dropping what is there.
func replace(from, to walkResult) {
	src := from.child.Dent
	if dst := to.child.Dent; dst != nil {
		dst.remove()
		if dst.inode.isDir() {
			dst.inode.unlink(dirLinks)
			to.parent.Dent.inode.unlink(1)
		} else {
			dst.inode.unlink(1)
		}
	}
	src.remove()
	src.gone = false
	to.parent.Dent.insert(to.name, src)
	if src.inode.isDir() && from.parent.Dent != to.parent.Dent {
		from.parent.Dent.inode.unlink(1) // ".." moves along
		to.parent.Dent.inode.link()
	}
	src.inode.changed()
}

// exchange swaps the places of two entries.
func exchange(a, b *Dentry) {
	ap, bp, an, bn := a.parent, b.parent, a.name, b.name
	a.remove()
	b.remove()
	a.gone, b.gone = false, false
	bp.insert(bn, a)
	ap.insert(an, b)
	if ap != bp {
		moveDotDot(a.inode, ap, bp)
		moveDotDot(b.inode, bp, ap)
	}
	a.inode.changed()
	b.inode.changed()
}

func moveDotDot(in *Inode, from, to *Dentry) {
	if in.isDir() {
		from.inode.unlink(1)
		to.inode.link()
	}
}
