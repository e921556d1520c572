package kobj

import (
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// Attr is a file in /sys.
type Attr struct {
	Name string
	Mode uint32 // permissions
	Size int64  // what stat shows; 0 is a page
	// Show gives the contents; nil if the file cannot be read.
	Show func(who *lkm.Caller) ([]byte, abi.Errno)
	// Store takes what was written and returns how much of it it used; nil if
	// the file cannot be written.
	Store func(who *lkm.Caller, b []byte) (int, abi.Errno)
	// ReadAt and WriteAt take the place of both for a binary file.
	ReadAt  func(who *lkm.Caller, off int64, n int) ([]byte, abi.Errno)
	WriteAt func(who *lkm.Caller, off int64, b []byte) (int, abi.Errno)
	// Gone is what an open file answers once it is removed; 0 is ENODEV.
	Gone abi.Errno
}

// attribute is an Attr in place.
type attribute struct {
	Attr
	files *cfile.Files
	node  *vfs.Node
	gate  cfile.Gate
	queue wait.Queue

	mu    sync.Mutex
	event int // counts sysfs_notify
}

// page is PAGE_SIZE: the most a text attribute can show or be given.
const page = 4096

// AddAttr adds a file.
func (k *Kobjects) AddAttr(dir *Object, a Attr) abi.Errno {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case dir.gone:
		return abi.ENOENT
	case dir.names[a.Name] != nil:
		return abi.EEXIST
	}
	at := newAttribute(k.files, a)
	if a.Size == 0 {
		at.node.Size = page
	}
	dir.names[a.Name] = &entry{attr: at}
	dir.dir.Add(a.Name, at.node)
	return 0
}

func newAttribute(files *cfile.Files, a Attr) *attribute {
	if a.Gone == 0 {
		a.Gone = abi.ENODEV
	}
	at := &attribute{Attr: a, files: files}
	at.node = vfs.Special(abi.S_IFREG|a.Mode&0o777, at.open)
	at.node.Size = a.Size
	return at
}

// Node makes such a file for another place than /sys. shut ends it: it waits for
// those who use it.
func Node(files *cfile.Files, a Attr) (node *vfs.Node, shut func(who *lkm.Caller)) {
	at := newAttribute(files, a)
	return at.node, at.shut
}

// shut ends the file.
func (a *attribute) shut(who *lkm.Caller) {
	if _, self := a.gate.Shut(who); self {
		a.files.Core.Log("\x014sysfs: '" + a.Name + "' is removed by its own show or store\n")
	}
}

// Notify wakes those who poll a file (sysfs_notify).
func (k *Kobjects) Notify(dir *Object, name string) {
	k.mu.Lock()
	e := dir.names[name]
	k.mu.Unlock()
	if e == nil || e.attr == nil {
		return
	}
	e.attr.mu.Lock()
	e.attr.event++
	e.attr.mu.Unlock()
	e.attr.queue.Notify(wait.POLLPRI | wait.POLLERR)
}

const (
	anyRead  = 0o444
	anyWrite = 0o222
)

// open asks for what neither the mode nor root's rights give: a way to do it
// (kernfs_fop_open).
func (a *attribute) open(_ *vfs.Caller, flags int) (vfs.File, abi.Errno) {
	how := flags & abi.O_ACCMODE
	switch {
	case how != abi.O_WRONLY && (a.Mode&anyRead == 0 || a.Show == nil && a.ReadAt == nil):
		return nil, abi.EACCES
	case how != abi.O_RDONLY && (a.Mode&anyWrite == 0 || a.Store == nil && a.WriteAt == nil):
		return nil, abi.EACCES
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return &attrFile{a: a, event: a.event}, 0
}

// attrFile is an open attribute. It implements vfs.UserIO.
type attrFile struct {
	vfs.Base
	a *attribute

	mu    sync.Mutex
	pos   int64
	text  []byte // as of the last read at 0
	event int
}

// at runs f with the offset to use, which f moves.
func (f *attrFile) at(c *vfs.Caller, pos *int64, do func(who *lkm.Caller, pos *int64) (uintptr, abi.Errno)) (n uintptr, e abi.Errno) {
	who := f.a.files.CallerOf(c)
	if !f.a.gate.Enter(who) {
		return 0, f.a.Gone
	}
	defer f.a.gate.Leave(who)
	f.mu.Lock()
	defer f.mu.Unlock()
	if pos == nil {
		pos = &f.pos
	}
	// What the kernel's own attributes show is in C memory, too.
	if bad := f.a.files.Guard(who, func() { n, e = do(who, pos) }); bad != 0 {
		return 0, bad
	}
	return n, e
}

// ReadUser implements vfs.UserIO: the text is made anew for a read at 0.
func (f *attrFile) ReadUser(c *vfs.Caller, va, n uintptr, pos *int64) (uintptr, abi.Errno) {
	return f.at(c, pos, func(who *lkm.Caller, pos *int64) (uintptr, abi.Errno) {
		part, e := f.part(who, int(n), *pos)
		if e != 0 || len(part) == 0 {
			return 0, e
		}
		if e := copyOut(who, va, part); e != 0 {
			return 0, e
		}
		*pos += int64(len(part))
		return uintptr(len(part)), 0
	})
}

// part gives up to n bytes at an offset.
func (f *attrFile) part(who *lkm.Caller, n int, pos int64) ([]byte, abi.Errno) {
	if f.a.ReadAt != nil {
		size := f.a.Size
		if size > 0 {
			if pos >= size {
				return nil, 0
			}
			n = int(min(int64(n), size-pos))
		}
		return f.a.ReadAt(who, pos, min(n, page))
	}
	if pos == 0 || f.text == nil {
		f.a.mu.Lock()
		f.event = f.a.event
		f.a.mu.Unlock()
		text, e := f.a.Show(who)
		if e != 0 {
			return nil, e
		}
		f.text = append([]byte{}, text...)
	}
	text := f.text[min(pos, int64(len(f.text))):]
	return text[:min(n, len(text))], 0
}

// WriteUser implements vfs.UserIO: each write is one store, of a page at most.
func (f *attrFile) WriteUser(c *vfs.Caller, va, n uintptr, pos *int64) (uintptr, abi.Errno) {
	return f.at(c, pos, func(who *lkm.Caller, pos *int64) (uintptr, abi.Errno) {
		if f.a.WriteAt != nil && f.a.Size > 0 {
			if *pos >= f.a.Size {
				return 0, abi.EFBIG
			}
			n = uintptr(min(int64(n), f.a.Size-*pos))
		}
		b := make([]byte, min(n, page))
		if who.Thread == nil {
			return 0, abi.EFAULT
		}
		if e := who.Thread.CopyIn(va, b); e != 0 {
			return 0, e
		}
		var used int
		var e abi.Errno
		if f.a.WriteAt != nil {
			used, e = f.a.WriteAt(who, *pos, b)
		} else {
			used, e = f.a.Store(who, b)
		}
		if e != 0 {
			return 0, e
		}
		*pos += int64(used)
		return uintptr(used), 0
	})
}

func copyOut(who *lkm.Caller, va uintptr, b []byte) abi.Errno {
	if who.Thread == nil {
		return abi.EFAULT
	}
	return who.Thread.CopyOut(va, b)
}

// Seek implements vfs.UserIO.
func (f *attrFile) Seek(_ *vfs.Caller, off int64, whence int) (int64, abi.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch whence {
	case abi.SEEK_SET:
	case abi.SEEK_CUR:
		off += f.pos
	default:
		return 0, abi.EINVAL
	}
	if off < 0 {
		return 0, abi.EINVAL
	}
	f.pos = off
	return off, 0
}

// PollUser implements vfs.UserIO: POLLPRI says that the contents changed since
// they were read.
func (f *attrFile) PollUser(*vfs.Caller) wait.Events {
	ev := wait.Readable | wait.Writable
	f.a.mu.Lock()
	defer f.a.mu.Unlock()
	if f.event != f.a.event {
		ev |= wait.POLLPRI | wait.POLLERR
	}
	return ev
}

// Queue implements vfs.File.
func (f *attrFile) Queue() *wait.Queue { return &f.a.queue }

// ReleaseUser implements vfs.UserIO.
func (f *attrFile) ReleaseUser(*vfs.Caller) {}
