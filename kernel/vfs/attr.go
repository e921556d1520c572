package vfs

import "rv86/kernel/abi"

// Nlink returns the number of names.
func (in *Inode) Nlink() uint32 {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.nlink
}

func (in *Inode) owner() uint32 {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.uid
}

// changed stamps a change of attributes or name.
func (in *Inode) changed() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.ctime = in.fs.ns.now()
}

// touched stamps a change of contents.
func (in *Inode) touched() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.modified()
}

// writable checks that p's mount lets attributes change.
func (p Path) writable() abi.Errno {
	if p.Mnt != nil && p.Mnt.readOnly() {
		return abi.EROFS
	}
	return 0
}

// Chmod performs fchmod(2).
func (c *Caller) Chmod(p Path, mode uint32) abi.Errno {
	if e := p.writable(); e != 0 {
		return e
	}
	in := p.Dent.inode
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.mode&abi.S_IFMT == abi.S_IFLNK {
		return abi.EOPNOTSUPP
	}
	if !c.Cred.owns(in.uid) {
		return abi.EPERM
	}
	mode &= abi.S_IALLUGO
	if c.Cred.UID != 0 && !c.Cred.inGroup(in.gid) {
		mode &^= abi.S_ISGID
	}
	in.mode = in.mode&abi.S_IFMT | mode
	in.ctime = in.fs.ns.now()
	return 0
}

// keepID as a user or group ID leaves it as it is (chown(2)).
const keepID = ^uint32(0)

// Chown performs fchown(2).
func (c *Caller) Chown(p Path, uid, gid uint32) abi.Errno {
	if e := p.writable(); e != 0 {
		return e
	}
	in := p.Dent.inode
	in.mu.Lock()
	defer in.mu.Unlock()
	if c.Cred.UID != 0 {
		ownGroup := c.Cred.UID == in.uid && (gid == keepID || gid == in.gid || c.Cred.inGroup(gid))
		if !ownGroup || uid != keepID && uid != in.uid {
			return abi.EPERM
		}
	}
	if uid != keepID {
		in.uid = uid
	}
	if gid != keepID {
		in.gid = gid
	}
	if in.mode&abi.S_IFMT != abi.S_IFDIR {
		in.mode &^= abi.S_ISUID
		if in.mode&groupExec != 0 {
			in.mode &^= abi.S_ISGID
		}
	}
	in.ctime = in.fs.ns.now()
	return 0
}

// Utimens performs utimensat(2); UTIME_NOW and UTIME_OMIT in Nsec count.
func (c *Caller) Utimens(p Path, atime, mtime abi.Timespec) abi.Errno {
	if e := p.writable(); e != 0 {
		return e
	}
	if atime.Nsec == abi.UTIME_OMIT && mtime.Nsec == abi.UTIME_OMIT {
		return 0
	}
	in := p.Dent.inode
	// utimensat(2): "now" needs only the right to write, times of one's own
	// choosing the ownership.
	toNow := atime.Nsec == abi.UTIME_NOW && mtime.Nsec == abi.UTIME_NOW
	if !c.Cred.owns(in.owner()) {
		if !toNow {
			return abi.EPERM
		}
		if in.permit(&c.Cred, mayWrite) != 0 {
			return abi.EACCES
		}
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	now := in.fs.ns.now()
	in.ctime = now
	if e := setTime(&in.atime, atime, now); e != 0 {
		return e
	}
	return setTime(&in.mtime, mtime, now)
}

func setTime(t *abi.Timespec, to, now abi.Timespec) abi.Errno {
	switch {
	case to.Nsec == abi.UTIME_NOW:
		*t = now
	case to.Nsec == abi.UTIME_OMIT:
	case to.Nsec < 0 || to.Nsec > 999_999_999:
		return abi.EINVAL
	default:
		*t = to
	}
	return 0
}

// Access performs faccessat(2): c's identity is the real or the effective
// one, as the call asks.
func (c *Caller) Access(p Path, want uint32) abi.Errno {
	if want&^(abi.R_OK|abi.W_OK|abi.X_OK) != 0 {
		return abi.EINVAL
	}
	in := p.Dent.inode
	if want&abi.W_OK != 0 {
		if k := in.kind(); k == abi.S_IFREG || k == abi.S_IFDIR || k == abi.S_IFLNK {
			if e := p.writable(); e != 0 {
				return e
			}
		}
	}
	return in.permit(&c.Cred, want)
}

// Truncate performs truncate(2).
func (c *Caller) Truncate(p Path, size int64) abi.Errno {
	in := p.Dent.inode
	switch in.kind() {
	case abi.S_IFREG:
	case abi.S_IFDIR:
		return abi.EISDIR
	default:
		return abi.EINVAL
	}
	if e := p.writable(); e != 0 {
		return e
	}
	if e := in.permit(&c.Cred, mayWrite); e != 0 {
		return e
	}
	m, ok := in.body.(*memFile)
	if !ok {
		return abi.EINVAL
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.dropSetID(&c.Cred)
	return m.resize(size)
}

// Readlink performs readlinkat(2).
func (c *Caller) Readlink(at Path, path string) (string, abi.Errno) {
	c.FS.ns.tree.RLock()
	defer c.FS.ns.tree.RUnlock()
	p, e := c.find(at, path, allowEmpty)
	if e != 0 {
		return "", e
	}
	l, ok := p.Dent.inode.body.(linkBody)
	switch {
	case ok:
		return l.readlink(c)
	case path == "":
		return "", abi.ENOENT
	}
	return "", abi.EINVAL
}

// Chdir performs fchdir(2).
func (c *Caller) Chdir(p Path) abi.Errno { return c.enter(p, c.FS.setCwd) }

// Chroot performs chroot(2).
func (c *Caller) Chroot(p Path) abi.Errno {
	if !p.Dent.inode.isDir() {
		return abi.ENOTDIR
	}
	if c.Cred.UID != 0 {
		return abi.EPERM
	}
	return c.enter(p, c.FS.setRoot)
}

func (c *Caller) enter(p Path, set func(Path)) abi.Errno {
	if !p.Dent.inode.isDir() {
		return abi.ENOTDIR
	}
	if e := p.Dent.inode.permit(&c.Cred, mayExec); e != 0 {
		return e
	}
	set(p)
	return 0
}

// PathString names p as the caller sees it from its root directory; without one
// (the kernel itself), it is the name alone.
func (c *Caller) PathString(p Path) string {
	if c == nil || c.FS == nil {
		return p.Name()
	}
	s, _ := c.FS.ns.PathString(p, c.FS.Root())
	return s
}

// Getcwd performs getcwd(2).
func (c *Caller) Getcwd() (string, abi.Errno) {
	ns := c.FS.ns
	root, cwd := c.FS.Root(), c.FS.Cwd()
	ns.tree.RLock()
	defer ns.tree.RUnlock()
	if cwd.Dent.gone {
		return "", abi.ENOENT
	}
	s, reachable := ns.pathString(cwd, root)
	if !reachable {
		s = "(unreachable)" + s
	}
	return s, 0
}
