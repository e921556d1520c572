package debugfs

import (
	"fmt"
	"slices"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// Blob is struct debugfs_blob_wrapper.
var Blob = cstruct.New("debugfs_blob_wrapper", "linux/debugfs.h",
	cstruct.Field{Name: "data", Type: cstruct.Long},
	cstruct.Field{Name: "size", Type: cstruct.Long},
)

// Layouts is what a test compares with the headers.
var Layouts = []*cstruct.Struct{Blob}

// Debug is all entries.
type Debug struct {
	core  lkm.Core
	files *cfile.Files
	root  *entry

	mu      sync.Mutex
	entries map[uint64]*entry      // by struct dentry
	simple  map[uint64]*simpleAttr // by struct file
}

// entry is a name.
type entry struct {
	addr   uint64 // its struct dentry
	name   string
	parent *entry
	dir    *vfs.Dir
	subs   []*entry
	gate   cfile.Gate
	shut   func(who *lkm.Caller) // of a file of the kernel's own
}

// New makes it, below dir.
func New(files *cfile.Files, dir *vfs.Dir) *Debug {
	return &Debug{
		core: files.Core, files: files, root: &entry{name: "/", dir: dir},
		entries: map[uint64]*entry{}, simple: map[uint64]*simpleAttr{},
	}
}

// add makes an entry; node gives its node. The result is its struct dentry, or an
// error as C returns it.
func (d *Debug) add(c *kapi.Call, name string, parent uint64, kind string, node func(e *entry) *vfs.Node) uint64 {
	if _, e := cfile.Result(d.core.WordSize(), parent); e != 0 {
		return parent
	}
	size := cfile.Dentry.Size(d.core)
	addr := c.Alloc(size + uint64(len(name)) + 1)
	if addr == 0 {
		return lkm.Fail(abi.ENOMEM)
	}
	clear(d.core.Slice(addr, size))
	cstruct.PutString(d.core, addr+size, name)
	v := cfile.Dentry.At(d.core, addr)
	v.Set("d_parent", max(parent, addr))
	q := cfile.QStr.At(d.core, v.Ptr("d_name"))
	q.Set("len", uint64(len(name)))
	q.Set("name", addr+size)

	d.mu.Lock()
	up := d.root
	if parent != 0 {
		up = d.entries[parent]
	}
	var e abi.Errno
	switch {
	case up == nil || up.dir == nil:
		e = abi.ENOENT
	case name == "" || len(name) > abi.NAME_MAX:
		e = abi.EINVAL
	case up.dir.Has(name):
		e = abi.EEXIST
	}
	if e != 0 {
		d.mu.Unlock()
		d.core.Free(addr)
		if e == abi.EEXIST {
			d.core.Log(fmt.Sprintf("\x013debugfs: %s '%s' with parent '%s' already present!\n", kind, name, up.name))
		}
		return lkm.Fail(e)
	}
	n := &entry{addr: addr, name: name, parent: up}
	d.entries[addr] = n
	up.subs = append(up.subs, n)
	up.dir.Add(name, node(n))
	d.mu.Unlock()
	return addr
}

// remove takes an entry, and all below it, away.
func (d *Debug) remove(who *lkm.Caller, addr uint64) {
	d.mu.Lock()
	e := d.entries[addr]
	if e == nil {
		d.mu.Unlock()
		return
	}
	delete(d.entries, addr)
	e.parent.dir.Remove(e.name)
	e.parent.subs = slices.DeleteFunc(slices.Clone(e.parent.subs), func(s *entry) bool { return s == e })
	subs := slices.Clone(e.subs)
	d.mu.Unlock()
	for _, s := range subs {
		d.remove(who, s.addr)
	}
	if _, self := e.gate.Shut(who); self {
		d.core.Log("\x014debugfs: '" + e.name + "' is removed by one of its own operations\n")
	}
	if e.shut != nil {
		e.shut(who)
	}
	d.core.Free(addr)
}

func (d *Debug) lookup(name string, parent uint64) *entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	up := d.root
	if parent != 0 {
		up = d.entries[parent]
	}
	if up != nil {
		for _, s := range up.subs {
			if s.name == name {
				return s
			}
		}
	}
	return nil
}

// file gives the node of a file with operations in C.
func (d *Debug) file(e *entry, mode uint32, data, ops uint64) *vfs.Node {
	mode = abi.S_IFREG | mode&abi.S_IALLUGO
	return vfs.SpecialAt(mode, func(c *vfs.Caller, path vfs.Path, flags int) (vfs.File, abi.Errno) {
		who := d.files.CallerOf(c)
		if !e.gate.Enter(who) { // the operations may be gone: not even their owner can be asked
			return nil, abi.ENOENT
		}
		defer e.gate.Leave(who)
		var owner uint64
		if err := d.files.Guard(who, func() { owner = cfile.FileOps.At(d.core, ops).Get("owner") }); err != 0 {
			return nil, err
		}
		if !d.core.Hold(owner) {
			return nil, abi.ENXIO
		}
		f, err := d.files.Open(c, cfile.Spec{
			Ops: ops, Kind: cfile.FileOps, Owner: []uint64{owner}, Path: path, Flags: flags, Key: e,
			Mode: mode, Private: data, Gate: &e.gate, Late: true,
		})
		if err != 0 {
			return nil, err
		}
		return f, 0
	})
}
