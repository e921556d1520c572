package vfs

import "rv86/kernel/abi"

// Open performs openat(2). The caller owns the description's one reference.
func (c *Caller) Open(at Path, path string, flags int, mode uint32) (*Description, abi.Errno) {
	if flags&abi.O_PATH != 0 {
		flags &= abi.O_PATH | abi.O_DIRECTORY | abi.O_NOFOLLOW | abi.O_CLOEXEC
	}
	if flags&abi.O_TMPFILE == abi.O_TMPFILE {
		return c.openTmpfile(at, path, flags, mode)
	}
	p, created, e := c.openPath(at, path, flags, mode)
	if e != 0 {
		return nil, e
	}
	return c.openInode(p, flags, created)
}

// openPath finds or creates the file, and takes a hold of its inode so that it
// cannot vanish before it is open.
func (c *Caller) openPath(at Path, path string, flags int, mode uint32) (p Path, created bool, e abi.Errno) {
	ns := c.FS.ns
	var wf walkFlags
	if flags&abi.O_NOFOLLOW == 0 && flags&(abi.O_CREAT|abi.O_EXCL) != abi.O_CREAT|abi.O_EXCL {
		wf = followLast
	}
	if flags&abi.O_CREAT == 0 {
		ns.tree.RLock()
		defer ns.tree.RUnlock()
		p, e = c.find(at, path, wf)
		if e == 0 {
			p.hold()
		}
		return p, false, e
	}
	if flags&abi.O_DIRECTORY != 0 {
		return Path{}, false, abi.EINVAL // as Linux since 6.4
	}
	ns.tree.Lock()
	defer ns.tree.Unlock()
	r, e := c.walk(at, path, wf|creating)
	if e != 0 {
		return Path{}, false, e
	}
	if r.child.Dent != nil {
		if flags&abi.O_EXCL != 0 {
			return Path{}, false, abi.EEXIST
		}
		r.child.hold()
		return r.child, false, 0
	}
	d, e := c.create(r.parent, r.name, abi.S_IFREG|mode&abi.S_IALLUGO&^c.FS.Umask(), 0, newRegular)
	if e != 0 {
		return Path{}, false, e
	}
	p = Path{r.parent.Mnt, d}
	p.hold()
	return p, true, 0
}

// hold and release keep an inode's storage, and a mount busy, around an open.
func (p Path) hold() {
	p.Dent.inode.opened()
	if p.Mnt != nil {
		p.Mnt.users.Add(1)
	}
}

func (p Path) release() {
	p.Dent.inode.closed()
	if p.Mnt != nil {
		p.Mnt.users.Add(-1)
	}
}

// openInode checks permissions and opens what is at p, whose hold it takes
// over. A file that the same call created may be opened whatever its mode
// (open(2): the mode "applies only to future accesses").
func (c *Caller) openInode(p Path, flags int, created bool) (*Description, abi.Errno) {
	in := p.Dent.inode
	if e := c.mayOpen(p, flags, created); e != 0 {
		p.release()
		return nil, e
	}
	if flags&abi.O_PATH != 0 {
		return newHeld(Base{}, p, flags), 0
	}
	f, e := in.body.open(c, p, flags)
	if e == 0 && flags&abi.O_TRUNC != 0 && !created {
		if r, ok := f.(Resizer); ok {
			if e = r.Truncate(0); e != 0 {
				f.Release()
			}
		}
	}
	if e != 0 {
		p.release()
		return nil, e
	}
	return newHeld(f, p, flags), 0
}

// OpenFound opens a file that Lookup found, for the kernel's own use: no
// permission is asked for (execve needs only the one to execute).
func (c *Caller) OpenFound(p Path, flags int) (*Description, abi.Errno) {
	p.hold()
	f, e := p.Dent.inode.body.open(c, p, flags)
	if e != 0 {
		p.release()
		return nil, e
	}
	return newHeld(f, p, flags), 0
}

func (c *Caller) mayOpen(p Path, flags int, created bool) abi.Errno {
	in := p.Dent.inode
	kind := in.kind()
	switch {
	case kind == abi.S_IFLNK && flags&abi.O_PATH == 0:
		if flags&abi.O_DIRECTORY != 0 {
			return abi.ENOTDIR
		}
		return abi.ELOOP // O_NOFOLLOW met a link
	case flags&abi.O_DIRECTORY != 0 && kind != abi.S_IFDIR:
		return abi.ENOTDIR
	case flags&abi.O_PATH != 0 || created:
		return 0
	}
	var want uint32
	switch flags & abi.O_ACCMODE {
	case abi.O_RDONLY:
		want = mayRead
	case abi.O_WRONLY:
		want = mayWrite
	default:
		want = mayRead | mayWrite
	}
	if flags&abi.O_TRUNC != 0 {
		want |= mayWrite
	}
	if want&mayWrite != 0 && kind == abi.S_IFDIR || kind == abi.S_IFDIR && flags&abi.O_CREAT != 0 {
		return abi.EISDIR
	}
	if e := in.permit(&c.Cred, want); e != 0 {
		return e
	}
	if want&mayWrite != 0 && p.Mnt != nil && p.Mnt.readOnly() && (kind == abi.S_IFREG || kind == abi.S_IFDIR) {
		return abi.EROFS
	}
	if (kind == abi.S_IFCHR || kind == abi.S_IFBLK) && p.Mnt != nil && p.Mnt.flags&abi.MS_NODEV != 0 {
		return abi.EACCES
	}
	return 0
}

// newHeld makes a description that takes over p's hold.
func newHeld(f File, p Path, flags int) *Description {
	d := &Description{file: f, path: p}
	d.sized, _ = f.(Sized)
	d.jobs, _ = f.(JobControlled)
	d.app, _ = f.(Appender)
	d.user, _ = f.(UserIO)
	d.flags.Store(uint32(flags) & statusFlags)
	d.refs.Store(1)
	return d
}

// NewDescription opens nothing: it wraps a File that came into being by other
// means (a pipe end, an eventfd) under the name at path.
func NewDescription(f File, path Path, flags int) *Description {
	path.hold()
	return newHeld(f, path, flags)
}

// openTmpfile makes a file without a name in the directory at path.
func (c *Caller) openTmpfile(at Path, path string, flags int, mode uint32) (*Description, abi.Errno) {
	if flags&abi.O_ACCMODE == abi.O_RDONLY {
		return nil, abi.EINVAL
	}
	ns := c.FS.ns
	ns.tree.Lock()
	dir, e := c.find(at, path, followLast)
	if e == 0 && !dir.Dent.inode.isDir() {
		e = abi.ENOTDIR
	}
	if e == 0 {
		e = c.mayChange(dir)
	}
	var p Path
	if e == 0 {
		if _, ok := dir.Dent.inode.body.(*memDir); !ok {
			e = abi.EOPNOTSUPP
		}
	}
	if e == 0 {
		var in *Inode
		in, e = c.newInode(dir.Dent, abi.S_IFREG|mode&abi.S_IALLUGO&^c.FS.Umask(), 0, newRegular)
		if e == 0 {
			p = Path{dir.Mnt, &Dentry{parent: dir.Dent, name: "#" + itoa(in.ino), inode: in, gone: true}}
			p.hold()
			in.unlink(1)
			in.linkable = flags&abi.O_EXCL == 0
		}
	}
	ns.tree.Unlock()
	if e != 0 {
		return nil, e
	}
	return c.openInode(p, flags&^(abi.O_TMPFILE&^abi.O_DIRECTORY)&^abi.O_DIRECTORY, true)
}
