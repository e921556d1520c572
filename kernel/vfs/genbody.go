package vfs

import (
	"hash/fnv"
	"sync"

	"rv86/kernel/abi"
)

// genFS is a file system that shows a Dir of Nodes.
func (ns *Namespace) newGenFS(typ string, magic int64, d *Dir) *FileSystem {
	fs := ns.newFS(typ, magic)
	fs.generated = true
	root := fs.nodeInode(DirNode(0o555, d), 1)
	fs.root = &Dentry{name: "/", inode: root}
	fs.lastIno.Store(1)
	return fs
}

// nodeInode makes the inode that shows n.
func (fs *FileSystem) nodeInode(n *Node, ino uint64) *Inode {
	now := fs.ns.now()
	in := &Inode{
		fs: fs, ino: ino, mode: n.mode, nlink: 1, uid: n.UID, gid: n.GID,
		atime: now, mtime: now, ctime: now, btime: now,
	}
	in.body = n.body(in)
	if in.isDir() {
		in.nlink = dirLinks
	}
	return in
}

// genDir is a directory of Nodes.
type genDir struct {
	inode *Inode
	dir   *Dir
}

// generated reports an inode that a look into a generated directory made.
func (in *Inode) generated() bool { return in.fs.generated }

// dynamicIno marks the inode numbers of nodes that a function found: they are
// hashes of the place, so that they stay the same from look to look.
const dynamicIno = 1 << 62

func (g *genDir) lookup(dir *Dentry, name string) *Dentry {
	n, dynamic := g.dir.find(name)
	if n == nil {
		return nil
	}
	fs := g.inode.fs
	ino := n.ino.Load()
	switch {
	case ino != 0:
	case dynamic || g.inode.ino&dynamicIno != 0:
		h := fnv.New64a()
		h.Write([]byte(itoa(g.inode.ino) + "/" + name))
		ino = h.Sum64()>>2 | dynamicIno
	default:
		if n.ino.CompareAndSwap(0, fs.lastIno.Add(1)) {
			ino = n.ino.Load()
		}
	}
	return &Dentry{parent: dir, name: name, inode: fs.nodeInode(n, ino)}
}

func (g *genDir) open(_ *Caller, p Path, _ int) (File, abi.Errno) {
	return &genDirFile{g: g, dent: p.Dent}, 0
}

// genDirFile is an open generated directory. The names are taken down at the
// start of a listing, so that positions in it stay meaningful.
type genDirFile struct {
	Base
	g     *genDir
	dent  *Dentry
	names []string
}

func (f *genDirFile) Read([]byte, int64) (int, abi.Errno) { return 0, abi.EISDIR }

// Size makes the directory seekable.
func (f *genDirFile) Size() int64 { return 0 }

// ReadDir is called under Description.pos, which guards names.
func (f *genDirFile) ReadDir(pos int64, emit func(DirEntry, int64) bool) abi.Errno {
	if pos == 0 {
		f.names = f.g.dir.all()
	}
	if !emitDots(f.dent, pos, emit) {
		return 0
	}
	for i := max(pos-firstCookie, 0); i < int64(len(f.names)); i++ {
		d := f.g.lookup(f.dent, f.names[i])
		if d == nil {
			continue // gone since
		}
		if !emit(DirEntry{d.name, d.inode.ino, dirType(d.inode.kind())}, i+1+firstCookie) {
			return 0
		}
	}
	return 0
}

// genLink is a Symlink or MagicLink.
type genLink struct {
	text   func(*Caller) string
	target func(*Caller) (Path, abi.Errno)
}

func (l *genLink) open(*Caller, Path, int) (File, abi.Errno) { return nil, abi.ELOOP }
func (l *genLink) readlink(c *Caller) (string, abi.Errno)    { return l.text(c), 0 }
func (l *genLink) follow(c *Caller) (Path, abi.Errno)        { return l.target(c) }
func (l *genLink) extent() (size, stored int64)              { return 0, 0 }

// placeLink is a PlaceLink.
type placeLink func() (Path, bool)

func (l placeLink) open(*Caller, Path, int) (File, abi.Errno) { return nil, abi.ELOOP }

// readlink names the place. Preconditions: tree is held, as in every walk.
func (l placeLink) readlink(c *Caller) (string, abi.Errno) {
	p, ok := l()
	if !ok {
		return "", 0
	}
	s, _ := c.FS.ns.pathString(p, c.FS.Root())
	return s, 0
}

func (l placeLink) follow(*Caller) (Path, abi.Errno) {
	p, ok := l()
	if !ok {
		return p, abi.ENOENT
	}
	return p, 0
}

// textBody is a Text node.
type textBody struct {
	inode *Inode
	text  func() []byte
	store func([]byte) abi.Errno
}

func (t *textBody) open(_ *Caller, _ Path, flags int) (File, abi.Errno) {
	if flags&abi.O_ACCMODE != abi.O_RDONLY && t.store == nil {
		return nil, abi.EACCES
	}
	return &textFile{t: t}, 0
}

// textFile is one opening: it keeps the text that it gave at offset 0, so that
// reads of its parts fit together.
type textFile struct {
	Base
	t    *textBody
	text []byte
}

// Read is called under Description.pos, except by pread, which sees the text
// as of the last read from 0.
func (f *textFile) Read(p []byte, off int64) (int, abi.Errno) {
	if off == 0 || f.text == nil {
		f.text = f.t.text()
	}
	if off >= int64(len(f.text)) {
		return 0, 0
	}
	return copy(p, f.text[off:]), 0
}

func (f *textFile) Write(p []byte, _ int64) (int, abi.Errno) {
	if e := f.t.store(append([]byte(nil), p...)); e != 0 {
		return 0, e
	}
	return len(p), 0
}

// Size is 0, as proc(5) files have it, whatever the text's length.
func (f *textFile) Size() int64 { return 0 }

// streamBody is a Stream node.
type streamBody struct{ start func() func([]byte) []byte }

func (s *streamBody) open(_ *Caller, _ Path, flags int) (File, abi.Errno) {
	if flags&abi.O_ACCMODE != abi.O_RDONLY {
		return nil, abi.EACCES
	}
	return &streamFile{s: s}, 0
}

// streamFile is one opening.
type streamFile struct {
	Base
	s *streamBody

	mu   sync.Mutex
	next func([]byte) []byte // nil before the first read
	at   int64               // where rest is in the file
	rest []byte              // of the last piece
	room []byte
}

func (f *streamFile) Read(p []byte, off int64) (n int, e abi.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.next == nil || off < f.at || off == 0 {
		f.next, f.at, f.rest = f.s.start(), 0, nil
	}
	for n < len(p) {
		if len(f.rest) == 0 {
			f.room = f.next(f.room[:0])
			if f.rest = f.room; len(f.rest) == 0 {
				break
			}
		}
		took := 0
		if skip := off - f.at; skip > 0 {
			took = int(min(skip, int64(len(f.rest))))
		} else {
			took = copy(p[n:], f.rest)
			n += took
			off += int64(took)
		}
		f.at += int64(took)
		f.rest = f.rest[took:]
	}
	return n, 0
}

// Size is 0, as for a textFile.
func (f *streamFile) Size() int64 { return 0 }

// openFunc is a Special node.
type openFunc struct {
	f    func(c *Caller, p Path, flags int) (File, abi.Errno)
	size int64
}

func (o *openFunc) open(c *Caller, p Path, flags int) (File, abi.Errno) { return o.f(c, p, flags) }

func (o *openFunc) extent() (size, stored int64) { return o.size, 0 }
