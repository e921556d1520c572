package vfs

import (
	"sort"
	"sync/atomic"

	"rv86/kernel/abi"
)

// space is what a memory file system may hold. The counters are shared by all
// its files.
type space struct {
	limit  int64 // bytes; 0 is no limit
	used   atomic.Int64
	inodes atomic.Int64
}

// take reserves n bytes, or says that they are not to be had.
func (s *space) take(n int64) bool {
	if u := s.used.Add(n); s.limit != 0 && u > s.limit {
		s.used.Add(-n)
		return false
	}
	return true
}

func (s *space) give(n int64) { s.used.Add(-n) }

// newFS returns an empty file system without a root.
func (ns *Namespace) newFS(typ string, magic int64) *FileSystem {
	fs := &FileSystem{ns: ns, typ: typ, magic: magic, dev: abi.MakeDev(0, ns.dev.Add(1))}
	return fs
}

// newTmpfs returns a tmpfs whose root has the given mode.
func (ns *Namespace) newTmpfs(typ string, perm uint32, limit int64) *FileSystem {
	fs := ns.newFS(typ, abi.TMPFS_MAGIC)
	fs.space.limit = limit
	in, _ := fs.newInode(abi.S_IFDIR|perm, 0, 0, 0, newMemDir)
	fs.root = &Dentry{name: "/", inode: in}
	return fs
}

// newInode makes an inode that has no name yet but counts the one to come. A
// directory's count includes its own ".".
func (fs *FileSystem) newInode(mode uint32, rdev uint64, uid, gid uint32, mk newBody) (*Inode, abi.Errno) {
	if !fs.space.take(inodeCost) {
		return nil, abi.ENOSPC
	}
	fs.space.inodes.Add(1)
	now := fs.ns.now()
	in := &Inode{
		fs: fs, ino: fs.lastIno.Add(1), rdev: rdev, mode: mode, nlink: 1, uid: uid, gid: gid,
		atime: now, mtime: now, ctime: now, btime: now,
	}
	in.body = mk(in)
	if in.isDir() {
		in.nlink = dirLinks
	}
	return in, 0
}

// inodeCost is the room that an inode and its name take of a file system's
// limit, so that names alone cannot use up the memory.
const inodeCost = 512

// freeInode gives back an inode's own room.
func (in *Inode) freeInode() {
	in.fs.space.give(inodeCost)
	in.fs.space.inodes.Add(-1)
}

// memDir is a directory of a memory file system; Namespace.tree guards it.
type memDir struct {
	inode   *Inode
	entries map[string]*Dentry
	order   []*Dentry // by cookie, that is by age
	last    int64     // cookie given last
}

func newMemDir(in *Inode) body { return &memDir{inode: in} }

func (m *memDir) lookup(_ *Dentry, name string) *Dentry { return m.entries[name] }

// Listing positions: 0 is ".", 1 "..", an entry has its cookie.
const firstCookie = 2

// add makes a new entry for in.
func (d *Dentry) add(name string, in *Inode) *Dentry {
	e := &Dentry{inode: in}
	d.insert(name, e)
	if in.isDir() {
		d.inode.link() // the new directory's ".."
	}
	return e
}

// insert puts e into directory d under name.
func (d *Dentry) insert(name string, e *Dentry) {
	m := d.inode.body.(*memDir)
	if m.entries == nil {
		m.entries = map[string]*Dentry{}
		m.last = firstCookie
	}
	m.last++
	e.parent, e.name, e.cookie = d, name, m.last
	m.entries[name] = e
	m.order = append(m.order, e)
	d.inode.touched()
}

// remove takes e out of its directory. It keeps its parent and name, for
// those who still hold it.
func (e *Dentry) remove() {
	m := e.parent.inode.body.(*memDir)
	delete(m.entries, e.name)
	i := m.after(e.cookie - 1)
	m.order = append(m.order[:i], m.order[i+1:]...)
	e.gone = true
	e.parent.inode.touched()
}

// after returns the index of the first entry whose cookie is above pos.
func (m *memDir) after(pos int64) int {
	return sort.Search(len(m.order), func(i int) bool { return m.order[i].cookie > pos })
}

// dirEntrySize is what Linux's tmpfs adds to a directory's size for each entry
// (mm/shmem.c, BOGO_DIRENT_SIZE).
const dirEntrySize = 20

func (m *memDir) extent() (size, stored int64) {
	ns := m.inode.fs.ns
	ns.tree.RLock()
	defer ns.tree.RUnlock()
	return int64(len(m.order)+2) * dirEntrySize, 0
}

func (m *memDir) free() { m.inode.freeInode() }

func (m *memDir) open(_ *Caller, p Path, _ int) (File, abi.Errno) {
	return &memDirFile{dir: p.Dent, m: m}, 0
}

// memDirFile is an open directory of a memory file system.
type memDirFile struct {
	Base
	dir *Dentry
	m   *memDir
}

func (f *memDirFile) Read([]byte, int64) (int, abi.Errno) { return 0, abi.EISDIR }

// Size makes the directory seekable; the positions are ReadDir's.
func (f *memDirFile) Size() int64 { return 0 }

func (f *memDirFile) ReadDir(pos int64, emit func(DirEntry, int64) bool) abi.Errno {
	ns := f.m.inode.fs.ns
	ns.tree.RLock()
	defer ns.tree.RUnlock()
	if f.dir.gone {
		return abi.ENOENT
	}
	if !emitDots(f.dir, pos, emit) {
		return 0
	}
	for _, e := range f.m.order[f.m.after(max(pos, firstCookie)):] {
		if !emit(DirEntry{e.name, e.inode.ino, dirType(e.inode.kind())}, e.cookie) {
			return 0
		}
	}
	return 0
}

// emitDots gives out "." and "..", and reports whether to go on.
func emitDots(dir *Dentry, pos int64, emit func(DirEntry, int64) bool) bool {
	if pos < 1 && !emit(DirEntry{".", dir.inode.ino, abi.DT_DIR}, 1) {
		return false
	}
	up := dir
	if dir.parent != nil {
		up = dir.parent
	}
	return pos >= firstCookie || emit(DirEntry{"..", up.inode.ino, abi.DT_DIR}, firstCookie)
}

// dirType turns a mode's type bits into a DT_* value.
func dirType(mode uint32) uint8 { return uint8(mode & abi.S_IFMT >> 12) }
