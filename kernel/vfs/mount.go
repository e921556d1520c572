package vfs

import (
	"strconv"
	"strings"

	"rv86/kernel/abi"
)

// fsType is a kind of file system that mount(2) knows.
type fsType struct {
	name  string
	nodev bool // needs no device; all of ours
	make  func(ns *Namespace, source, options string) (*FileSystem, abi.Errno)
}

// NewNamespace returns a tree whose root is an empty tmpfs ("rootfs").
func NewNamespace(cfg Config) *Namespace {
	ns := &Namespace{
		cfg: cfg, byKey: map[mountKey]*Mount{}, drivers: map[deviceKey]DeviceOpen{},
		proc: NewDir(), sys: NewDir(), debug: NewDir(),
	}
	shared := func(fs **FileSystem) func(*Namespace, string, string) (*FileSystem, abi.Errno) {
		return func(*Namespace, string, string) (*FileSystem, abi.Errno) { return *fs, 0 }
	}
	ns.types = []fsType{
		{"sysfs", true, shared(&ns.sysfs)},
		{"tmpfs", true, mountTmpfs},
		{"ramfs", true, mountTmpfs},
		{"proc", true, shared(&ns.procfs)},
		{"devtmpfs", true, shared(&ns.devfs)},
		{"debugfs", true, shared(&ns.debugfs)},
	}
	rootfs := ns.newTmpfs("rootfs", 0o755, cfg.MemLimit)
	ns.mounts = []*Mount{{fs: rootfs, root: rootfs.root, source: "rootfs"}}
	ns.procfs = ns.newGenFS("proc", abi.PROC_SUPER_MAGIC, ns.proc)
	ns.sysfs = ns.newGenFS("sysfs", abi.SYSFS_MAGIC, ns.sys)
	ns.debugfs = ns.newGenFS("debugfs", abi.DEBUGFS_MAGIC, ns.debug)
	ns.sys.Sub("kernel").Sub("debug") // where it is mounted
	ns.devfs = ns.newTmpfs("devtmpfs", 0o755, 0)
	ns.memfs = ns.newTmpfs("tmpfs", 0o700, cfg.MemLimit)
	ns.anon = ns.newFS("anon_inodefs", abi.ANON_INODE_FS)
	ns.addMemDevices()
	ns.proc.Add("mounts", Symlink(func(*Caller) string { return "self/mounts" }))
	ns.proc.Add("filesystems", Text(0o444, ns.filesystems))
	return ns
}

// mountTmpfs understands tmpfs(5)'s mode=, size= (with k, m, g or %) and
// ignores nr_inodes=, uid= and gid=.
func mountTmpfs(ns *Namespace, _, options string) (*FileSystem, abi.Errno) {
	perm, limit := uint64(abi.S_ISVTX|0o777), ns.cfg.MemLimit
	for _, o := range strings.Split(options, ",") {
		key, val, _ := strings.Cut(o, "=")
		var err error
		switch key {
		case "mode":
			perm, err = strconv.ParseUint(val, 8, 12)
		case "size":
			limit, err = parseSize(val, ns.cfg.MemLimit)
		case "", "nr_inodes", "uid", "gid":
		default:
			return nil, abi.EINVAL
		}
		if err != nil {
			return nil, abi.EINVAL
		}
	}
	return ns.newTmpfs("tmpfs", uint32(perm), limit), 0
}

// parseSize reads a tmpfs size. A percentage is of the memory, of which the
// default limit is half.
func parseSize(s string, half int64) (int64, error) {
	if p, ok := strings.CutSuffix(s, "%"); ok {
		n, err := strconv.ParseUint(p, 10, 7)
		return half / 50 * int64(n), err
	}
	shift := 0
	if s != "" {
		if i := strings.IndexByte("kmg", s[len(s)-1]|0x20); i >= 0 {
			shift = 10 * (i + 1)
			s = s[:len(s)-1]
		}
	}
	n, err := strconv.ParseUint(s, 10, 32)
	return int64(n) << shift, err
}

func (ns *Namespace) filesystems() []byte {
	var b []byte
	for _, t := range ns.types {
		if t.nodev {
			b = append(b, "nodev"...)
		}
		b = append(b, "\t"+t.name+"\n"...)
	}
	return b
}

// mountFlags are the flags of mount(2) that a mount keeps.
const mountFlags = abi.MS_RDONLY | abi.MS_NOSUID | abi.MS_NODEV | abi.MS_NOEXEC | abi.MS_NOATIME |
	abi.MS_NODIRATIME | abi.MS_RELATIME | abi.MS_SYNCHRONOUS

// Mount performs mount(2): new mounts, MS_BIND, MS_REMOUNT and MS_MOVE;
// propagation types are accepted and mean nothing, as there is one namespace.
func (c *Caller) Mount(source, target, typ string, flags uint32, options string) abi.Errno {
	if c.Cred.UID != 0 {
		return abi.EPERM
	}
	ns := c.FS.ns
	ns.tree.Lock()
	defer ns.tree.Unlock()
	at, e := c.find(Path{}, target, followLast)
	if e != 0 {
		return e
	}
	const propagation = abi.MS_PRIVATE | 1<<17 | 1<<19 | 1<<20 // unbindable, slave, shared
	switch {
	case flags&abi.MS_REMOUNT != 0:
		if at.Dent != at.Mnt.root {
			return abi.EINVAL
		}
		at.Mnt.flags = flags & mountFlags
		return 0
	case flags&propagation != 0:
		if at.Dent != at.Mnt.root {
			return abi.EINVAL
		}
		return 0
	case flags&abi.MS_BIND != 0:
		from, e := c.find(Path{}, source, followLast)
		if e != 0 {
			return e
		}
		if from.Dent.inode.isDir() != at.Dent.inode.isDir() {
			return abi.ENOTDIR
		}
		return ns.attach(&Mount{fs: from.Mnt.fs, root: from.Dent, source: from.Mnt.source, flags: from.Mnt.flags}, at)
	case flags&abi.MS_MOVE != 0:
		return c.moveMount(source, at)
	}
	if !at.Dent.inode.isDir() {
		return abi.ENOTDIR
	}
	for _, t := range ns.types {
		if t.name != typ {
			continue
		}
		fs, e := t.make(ns, source, options)
		if e != 0 {
			return e
		}
		if at.Dent == at.Mnt.root && at.Mnt.fs == fs {
			return abi.EBUSY // there already (mount(2))
		}
		if source == "" {
			source = "none"
		}
		return ns.attach(&Mount{fs: fs, root: fs.root, source: source, flags: flags & mountFlags}, at)
	}
	return abi.ENODEV
}

// attach hangs m at a place. Preconditions: tree is held for writing.
func (ns *Namespace) attach(m *Mount, at Path) abi.Errno {
	if at.Dent.gone {
		return abi.ENOENT
	}
	ns.place(m, at)
	ns.mounts = append(ns.mounts, m)
	return 0
}

// place and lift make and end the tie between a mount and its place.
func (ns *Namespace) place(m *Mount, at Path) {
	m.at = at
	ns.byKey[mountKey{at.Mnt, at.Dent.inode.ino}] = m
	at.Dent.inode.mounts++
}

func (ns *Namespace) lift(m *Mount) {
	delete(ns.byKey, mountKey{m.at.Mnt, m.at.Dent.inode.ino})
	m.at.Dent.inode.mounts--
}

func (c *Caller) moveMount(source string, at Path) abi.Errno {
	ns := c.FS.ns
	from, e := c.find(Path{}, source, followLast)
	if e != 0 {
		return e
	}
	m := from.Mnt
	if from.Dent != m.root || m.at.Mnt == nil {
		return abi.EINVAL
	}
	for p := at; p.Mnt != nil; p = p.Mnt.at {
		if p.Mnt == m {
			return abi.ELOOP
		}
	}
	ns.lift(m)
	ns.place(m, at)
	return 0
}

// Umount performs umount2(2). A file system with open files, working
// directories or further mounts in it is busy, unless MNT_DETACH asks to
// take it off the tree all the same.
func (c *Caller) Umount(target string, flags int) abi.Errno {
	if c.Cred.UID != 0 {
		return abi.EPERM
	}
	if flags&^(abi.MNT_FORCE|abi.MNT_DETACH|abi.UMOUNT_NOFOLLOW) != 0 {
		return abi.EINVAL
	}
	ns := c.FS.ns
	ns.tree.Lock()
	defer ns.tree.Unlock()
	var wf walkFlags
	if flags&abi.UMOUNT_NOFOLLOW == 0 {
		wf = followLast
	}
	p, e := c.find(Path{}, target, wf)
	if e != 0 {
		return e
	}
	m := p.Mnt
	if p.Dent != m.root {
		return abi.EINVAL
	}
	if m.at.Mnt == nil {
		return abi.EBUSY // the root
	}
	if flags&abi.MNT_DETACH == 0 && (m.users.Load() > 0 || ns.hasInner(m)) {
		return abi.EBUSY
	}
	ns.detach(m)
	return 0
}

func (ns *Namespace) hasInner(m *Mount) bool {
	for _, o := range ns.mounts {
		if o.at.Mnt == m {
			return true
		}
	}
	return false
}

// detach takes m, and what is mounted inside it, off the tree. m.at stays, so
// that ".." out of it still leads somewhere.
func (ns *Namespace) detach(m *Mount) {
	for i := len(ns.mounts) - 1; i >= 0; i-- {
		if i < len(ns.mounts) && ns.mounts[i].at.Mnt == m {
			ns.detach(ns.mounts[i])
		}
	}
	ns.lift(m)
	for i, o := range ns.mounts {
		if o == m {
			ns.mounts = append(ns.mounts[:i], ns.mounts[i+1:]...)
			return
		}
	}
}

// Mounts is the text of /proc/PID/mounts for a process whose root is root.
func (ns *Namespace) Mounts(root Path) []byte {
	ns.tree.RLock()
	defer ns.tree.RUnlock()
	var b []byte
	for _, m := range ns.mounts {
		at, ok := ns.pathString(Path{m, m.root}, root)
		if !ok {
			continue
		}
		b = append(b, escapeMount(m.source)+" "+escapeMount(at)+" "+m.fs.typ+" "+m.options()+" 0 0\n"...)
	}
	return b
}

// options lists the flags as /proc/mounts does.
func (m *Mount) options() string {
	s := "rw"
	if m.readOnly() {
		s = "ro"
	}
	for _, o := range []struct {
		flag uint32
		name string
	}{
		{abi.MS_NOSUID, ",nosuid"},
		{abi.MS_NODEV, ",nodev"},
		{abi.MS_NOEXEC, ",noexec"},
		{abi.MS_NOATIME, ",noatime"},
	} {
		if m.flags&o.flag != 0 {
			s += o.name
		}
	}
	if m.flags&abi.MS_NOATIME == 0 {
		s += ",relatime"
	}
	return s
}

// escapeMount writes the separators of /proc/mounts in octal (getmntent(3)).
func escapeMount(s string) string {
	return strings.NewReplacer(" ", `\040`, "\t", `\011`, "\n", `\012`, `\`, `\134`).Replace(s)
}

// Statfs performs statfs(2).
func (p Path) Statfs(st *abi.Statfs) {
	fs := p.Dent.inode.fs
	*st = abi.Statfs{
		Type: fs.magic, Bsize: pageSize, Frsize: pageSize, NameLen: abi.NAME_MAX,
		FsidMinor: int32(abi.Minor(fs.dev)),
	}
	const stRelatime, stValid = 0x1000, 0x20 // ST_* of statfs(2)
	st.Flags = stValid
	if p.Mnt != nil {
		st.Flags |= int64(p.Mnt.flags & (abi.MS_RDONLY | abi.MS_NOSUID | abi.MS_NODEV | abi.MS_NOEXEC))
		if p.Mnt.flags&abi.MS_NOATIME == 0 {
			st.Flags |= stRelatime
		}
	}
	if s := &fs.space; s.limit != 0 {
		st.Blocks = uint64(s.limit / pageSize)
		st.Bfree = uint64(max(s.limit-s.used.Load(), 0) / pageSize)
		st.Files = uint64(s.limit / inodeCost)
		st.Ffree = st.Files - min(st.Files, uint64(s.inodes.Load()))
	}
}

// Executable reports whether programs may be run from p's mount.
func (p Path) Executable() bool { return p.Mnt == nil || p.Mnt.flags&abi.MS_NOEXEC == 0 }

func itoa(n uint64) string { return strconv.FormatUint(n, 10) }
