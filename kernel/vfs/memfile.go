package vfs

import (
	"math"
	"sync/atomic"

	"rv86/kernel/abi"
)

// memFile is the contents of a regular file in memory. Bytes come from the
// first of these that covers them: a written page; base, which belongs to
// somebody else (the initramfs image) and is never written; zero. So files of
// the initramfs cost nothing until they are changed, and holes nothing at all.
//
// Inode.mu guards it.
type memFile struct {
	inode *Inode
	size  int64
	pages map[int64]*[pageSize]byte
	base  []byte
	gen   atomic.Uint64 // counts changes, see Mappable
}

func newRegular(in *Inode) body { return &memFile{inode: in} }

// newInPlace makes a file whose contents are data, which must not change.
func newInPlace(data []byte) newBody {
	return func(in *Inode) body { return &memFile{inode: in, base: data, size: int64(len(data))} }
}

func (m *memFile) extent() (size, stored int64) {
	m.inode.mu.Lock()
	defer m.inode.mu.Unlock()
	return m.size, int64(len(m.pages))*pageSize + (int64(len(m.base))+pageSize-1)&^(pageSize-1)
}

// free gives the storage back. Preconditions: inode.mu is held.
func (m *memFile) free() {
	m.inode.fs.space.give(int64(len(m.pages)) * pageSize)
	m.pages, m.base, m.size = nil, nil, 0
	m.inode.freeInode()
}

func (m *memFile) open(c *Caller, _ Path, flags int) (File, abi.Errno) {
	return &memOpen{m: m, cred: c.Cred, noatime: flags&abi.O_NOATIME != 0}, 0
}

// read copies what there is at off into p.
func (m *memFile) read(p []byte, off int64) int {
	if off >= m.size {
		return 0
	}
	p = p[:min(int64(len(p)), m.size-off)]
	for n := 0; n < len(p); {
		at := off + int64(n)
		in := int(at % pageSize)
		part := p[n:min(len(p), n+pageSize-in)]
		if pg := m.pages[at/pageSize]; pg != nil {
			copy(part, pg[in:])
		} else {
			got := 0
			if at < int64(len(m.base)) {
				got = copy(part, m.base[at:])
			}
			clear(part[got:])
		}
		n += len(part)
	}
	return len(p)
}

// page returns page i for writing; nil when the file system is full.
func (m *memFile) page(i int64) *[pageSize]byte {
	if pg := m.pages[i]; pg != nil {
		return pg
	}
	if !m.inode.fs.space.take(pageSize) {
		return nil
	}
	pg := new([pageSize]byte)
	if at := i * pageSize; at < int64(len(m.base)) {
		copy(pg[:], m.base[at:])
	}
	if m.pages == nil {
		m.pages = map[int64]*[pageSize]byte{}
	}
	m.pages[i] = pg
	return pg
}

// write stores p at off, extending the file; a full file system makes it
// short, or ENOSPC.
func (m *memFile) write(p []byte, off int64) (int, abi.Errno) {
	if len(p) == 0 {
		return 0, 0
	}
	if off > math.MaxInt64-int64(len(p)) {
		return 0, abi.EFBIG
	}
	n := 0
	for n < len(p) {
		at := off + int64(n)
		pg := m.page(at / pageSize)
		if pg == nil {
			break
		}
		n += copy(pg[at%pageSize:], p[n:])
	}
	if n == 0 {
		return 0, abi.ENOSPC
	}
	m.size = max(m.size, off+int64(n))
	m.changed()
	return n, 0
}

// groupExec together with the set-group-ID bit makes that bit meaningful.
const groupExec = 0o010

// changed stamps a change of contents.
func (m *memFile) changed() {
	m.gen.Add(1)
	m.inode.modified()
}

// dropSetID takes the set-ID bits away from a file that somebody else than
// root (CAP_FSETID) changes: new contents must not inherit the trust in the
// old. Preconditions: in.mu is held.
func (in *Inode) dropSetID(c *Cred) {
	if c.UID == 0 {
		return
	}
	in.mode &^= abi.S_ISUID
	if in.mode&groupExec != 0 {
		in.mode &^= abi.S_ISGID
	}
}

// resize cuts or extends. What is beyond the end reads as zero if the file
// grows again, so the rest of the last page is cleared.
func (m *memFile) resize(size int64) abi.Errno {
	if size < 0 {
		return abi.EINVAL
	}
	if size < m.size {
		if int64(len(m.base)) > size {
			m.base = m.base[:size]
		}
		for i := range m.pages {
			if i*pageSize >= size {
				delete(m.pages, i)
				m.inode.fs.space.give(pageSize)
			}
		}
		if pg := m.pages[size/pageSize]; pg != nil {
			clear(pg[size%pageSize:])
		}
	}
	m.size = size
	m.changed()
	return 0
}

// punch makes a hole: whole pages go, parts are cleared.
func (m *memFile) punch(off, n int64) abi.Errno {
	for end := min(off+n, m.size); off < end; {
		i, in := off/pageSize, off%pageSize
		part := min(pageSize-in, end-off)
		switch {
		case part == pageSize && off >= int64(len(m.base)):
			if m.pages[i] != nil {
				delete(m.pages, i)
				m.inode.fs.space.give(pageSize)
			}
		case m.pages[i] != nil || off < int64(len(m.base)):
			pg := m.page(i)
			if pg == nil {
				return abi.ENOSPC
			}
			clear(pg[in : in+part])
		}
		off += part
	}
	m.changed()
	return 0
}

// memOpen is one opening of a memFile.
type memOpen struct {
	Base
	m       *memFile
	cred    Cred // the opener's
	noatime bool
}

func (f *memOpen) Read(p []byte, off int64) (int, abi.Errno) {
	m := f.m
	m.inode.mu.Lock()
	defer m.inode.mu.Unlock()
	n := m.read(p, off)
	if !f.noatime && len(p) > 0 {
		m.inode.accessed()
	}
	return n, 0
}

// ReadAt serves mappings: it leaves the access time alone.
func (f *memOpen) ReadAt(p []byte, off int64) (int, abi.Errno) {
	f.m.inode.mu.Lock()
	defer f.m.inode.mu.Unlock()
	return f.m.read(p, off), 0
}

func (f *memOpen) Generation() uint64 { return f.m.gen.Load() }

// InPlace gives a page of base that was not written to and is wholly in the file.
func (f *memOpen) InPlace(off int64) []byte {
	m := f.m
	m.inode.mu.Lock()
	defer m.inode.mu.Unlock()
	end := off + pageSize
	if off < 0 || end > min(m.size, int64(len(m.base))) || m.pages[off/pageSize] != nil {
		return nil
	}
	return m.base[off:end:end]
}

func (f *memOpen) Write(p []byte, off int64) (int, abi.Errno) {
	f.m.inode.mu.Lock()
	defer f.m.inode.mu.Unlock()
	f.m.inode.dropSetID(&f.cred)
	return f.m.write(p, off)
}

func (f *memOpen) Append(p []byte) (int, int64, abi.Errno) {
	f.m.inode.mu.Lock()
	defer f.m.inode.mu.Unlock()
	f.m.inode.dropSetID(&f.cred)
	n, e := f.m.write(p, f.m.size)
	return n, f.m.size, e
}

func (f *memOpen) Size() int64 {
	f.m.inode.mu.Lock()
	defer f.m.inode.mu.Unlock()
	return f.m.size
}

func (f *memOpen) Truncate(size int64) abi.Errno {
	f.m.inode.mu.Lock()
	defer f.m.inode.mu.Unlock()
	f.m.inode.dropSetID(&f.cred)
	return f.m.resize(size)
}

// Allocate performs fallocate(2): room for the range is taken at once, so that
// later writes there cannot meet ENOSPC; or, with PUNCH_HOLE, given back.
func (f *memOpen) Allocate(off, n int64, flags int) abi.Errno {
	if off < 0 || n <= 0 {
		return abi.EINVAL
	}
	if off > math.MaxInt64-n {
		return abi.EFBIG
	}
	m := f.m
	m.inode.mu.Lock()
	defer m.inode.mu.Unlock()
	m.inode.dropSetID(&f.cred)
	switch flags {
	case abi.FALLOC_FL_PUNCH_HOLE | abi.FALLOC_FL_KEEP_SIZE:
		return m.punch(off, n)
	case 0, abi.FALLOC_FL_KEEP_SIZE:
	default:
		return abi.EOPNOTSUPP
	}
	first, last := off/pageSize, (off+n-1)/pageSize
	// Ask for the whole first: a request that cannot be met must not fill
	// the file system on its way to failing.
	if limit := m.inode.fs.space.limit; limit != 0 && last-first >= limit/pageSize {
		return abi.ENOSPC
	}
	for i := first; i <= last; i++ {
		if m.page(i) == nil {
			return abi.ENOSPC
		}
	}
	if flags&abi.FALLOC_FL_KEEP_SIZE == 0 {
		m.size = max(m.size, off+n)
	}
	m.changed()
	return 0
}

// symlinkBody is a symbolic link of a memory file system.
type symlinkBody struct {
	inode *Inode
	text  string
}

func newSymlink(text string) newBody {
	return func(in *Inode) body { return &symlinkBody{in, text} }
}

func (s *symlinkBody) readlink(*Caller) (string, abi.Errno) { return s.text, 0 }
func (s *symlinkBody) follow(*Caller) (Path, abi.Errno)     { return Path{}, 0 }
func (s *symlinkBody) extent() (size, stored int64)         { return int64(len(s.text)), 0 }
func (s *symlinkBody) free()                                { s.inode.freeInode() }

func (s *symlinkBody) open(*Caller, Path, int) (File, abi.Errno) { return nil, abi.ELOOP }
