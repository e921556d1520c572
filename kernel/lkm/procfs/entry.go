package procfs

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// Proc is all entries of modules.
type Proc struct {
	core   lkm.Core
	files  *cfile.Files
	export func(name string) uint64
	root   *entry

	mu      sync.Mutex
	entries map[uint64]*entry // by struct proc_dir_entry
	made    map[uint64]*entry // by operations that the kernel made for one
}

// entry is a name in /proc.
type entry struct {
	addr   uint64
	name   string
	parent *entry
	node   *vfs.Node
	dir    *vfs.Dir // of a directory
	subs   []*entry
	mode   uint32
	ops    uint64
	data   uint64
	gate   cfile.Gate

	ownOps    bool   // ops is the kernel's memory
	seqOps    uint64 // of proc_create_seq
	stateSize uint64
	show      uint64 // of proc_create_single
}

// New makes it. /proc/driver is there for drivers to use.
func New(files *cfile.Files, ns *vfs.Namespace, export func(name string) uint64) *Proc {
	p := &Proc{
		core: files.Core, files: files, export: export,
		root:    &entry{dir: ns.Proc()},
		entries: map[uint64]*entry{}, made: map[uint64]*entry{},
	}
	for _, name := range []string{"driver", "fs", "bus"} {
		p.root.subs = append(p.root.subs, &entry{name: name, parent: p.root, dir: ns.Proc().Sub(name)})
	}
	return p
}

// warn is a WARN of the row in progress.
func warn(c *kapi.Call, format string, args ...any) {
	const taintWarn = 9
	c.Warn("proc_fs", fmt.Sprintf(format, args...), taintWarn)
}

// under finds the directory for a name that may have slashes, and its last part.
func (p *Proc) under(c *kapi.Call, name string, parent uint64) (*entry, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	dir := p.root
	if parent != 0 {
		dir = p.entries[parent]
	}
	for dir != nil {
		first, rest, more := strings.Cut(name, "/")
		if !more {
			break
		}
		dir, name = dir.sub(first), rest
	}
	if dir == nil || dir.dir == nil || name == "" || name == "." || name == ".." || len(name) > abi.NAME_MAX {
		return nil, name
	}
	return dir, name
}

func (e *entry) sub(name string) *entry {
	for _, s := range e.subs {
		if s.name == name {
			return s
		}
	}
	return nil
}

// add makes an entry; nil, with a warning, if that cannot be.
func (p *Proc) add(c *kapi.Call, name string, mode uint32, parent uint64, fill func(e *entry)) *entry {
	dir, last := p.under(c, name, parent)
	if dir == nil {
		warn(c, "name '%s'\n", name)
		return nil
	}
	const opaque = 16
	addr := c.Alloc(opaque)
	if addr == 0 {
		return nil
	}
	e := &entry{addr: addr, name: last, parent: dir, mode: mode}
	fill(e)
	p.mu.Lock()
	if dir.dir.Has(last) {
		p.mu.Unlock()
		p.free(e)
		up := dir.name
		if dir == p.root {
			up = "/proc"
		}
		warn(c, "proc_dir_entry '%s/%s' already registered\n", up, last)
		return nil
	}
	p.entries[addr] = e
	if e.ownOps {
		p.made[e.ops] = e
	}
	dir.subs = append(dir.subs, e)
	dir.dir.Add(last, e.node)
	p.mu.Unlock()
	return e
}

func (p *Proc) free(e *entry) {
	if e.ownOps && e.ops != 0 {
		p.core.Free(e.ops)
	}
	if e.addr != 0 {
		p.core.Free(e.addr)
	}
}

// file fills in a regular file.
func (p *Proc) file(e *entry) {
	const anyRead, perms = 0o444, 0o777
	if e.mode&perms == 0 {
		e.mode |= anyRead
	}
	e.mode = abi.S_IFREG | e.mode&abi.S_IALLUGO
	e.node = vfs.SpecialAt(e.mode, func(c *vfs.Caller, path vfs.Path, flags int) (vfs.File, abi.Errno) {
		f, err := p.files.Open(c, cfile.Spec{
			Ops: e.ops, Kind: cfile.ProcOps, Path: path, Flags: flags, Key: e,
			Mode: e.mode, Size: e.node.Size, Private: e.data, Gate: &e.gate,
		})
		if err != 0 {
			return nil, err
		}
		return f, 0
	})
}

// remove takes an entry, and all below it, away.
func (p *Proc) remove(who *lkm.Caller, e *entry) {
	p.mu.Lock()
	if e.parent == nil || e.parent.sub(e.name) != e {
		p.mu.Unlock()
		return
	}
	e.parent.dir.Remove(e.name)
	e.parent.subs = slices.DeleteFunc(slices.Clone(e.parent.subs), func(s *entry) bool { return s == e })
	subs := slices.Clone(e.subs)
	p.mu.Unlock()
	for _, s := range subs {
		p.remove(who, s)
	}
	files, self := e.gate.Shut(who)
	if self {
		p.core.Log("\x014proc: '" + e.name + "' is removed by one of its own operations\n")
	}
	for _, f := range files {
		f.CallRelease(who)
	}
	p.mu.Lock()
	delete(p.entries, e.addr)
	delete(p.made, e.ops)
	p.mu.Unlock()
	p.free(e)
}
