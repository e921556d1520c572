package kobj

import (
	"strings"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/vfs"
)

// Kobjects is all of /sys that modules have to do with.
type Kobjects struct {
	core  lkm.Core
	files *cfile.Files
	// export gives the address of an export.
	export func(name string) uint64
	root   *Object

	mu   sync.Mutex
	objs map[uint64]*Object // by address of the kobject
}

// New makes it. export gives the address of an export; it is asked only once
// modules run.
func New(files *cfile.Files, sys *vfs.Dir, export func(name string) uint64) *Kobjects {
	return &Kobjects{
		core: files.Core, files: files, export: export, objs: map[uint64]*Object{},
		root: &Object{dir: sys, names: map[string]*entry{}},
	}
}

// Files is what makes the files of attributes.
func (k *Kobjects) Files() *cfile.Files { return k.files }

// Export gives the address of an export.
func (k *Kobjects) Export(name string) uint64 { return k.export(name) }

// Object is a directory in /sys.
type Object struct {
	Addr   uint64 // the kobject; 0 if there is none
	name   string
	parent *Object // nil for /sys itself
	dir    *vfs.Dir
	names  map[string]*entry
	gone   bool
}

// entry is a name in a directory; both are nil for a link.
type entry struct {
	attr *attribute
	sub  *Object
}

// Root is /sys.
func (k *Kobjects) Root() *Object { return k.root }

// Adopt gives the Object of a directory of /sys that the kernel made itself, or
// makes one.
func (k *Kobjects) Adopt(parent *Object, name string) *Object {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e := parent.names[name]; e != nil && e.sub != nil {
		return e.sub
	}
	o := &Object{name: name, parent: parent, dir: parent.dir.Sub(name), names: map[string]*entry{}}
	parent.names[name] = &entry{sub: o}
	return o
}

// NewDir adds a directory; EEXIST if the name is taken.
func (k *Kobjects) NewDir(parent *Object, name string, addr uint64) (*Object, abi.Errno) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case parent.gone:
		return nil, abi.ENOENT
	case parent.names[name] != nil:
		return nil, abi.EEXIST
	}
	o := &Object{Addr: addr, name: name, parent: parent, dir: vfs.NewDir(), names: map[string]*entry{}}
	parent.names[name] = &entry{sub: o}
	const perm = 0o755
	parent.dir.Add(name, vfs.DirNode(perm, o.dir))
	if addr != 0 {
		k.objs[addr] = o
	}
	return o, 0
}

// Remove takes a directory out of /sys, with all that is in it: it waits for
// those who use the files.
func (k *Kobjects) Remove(who *lkm.Caller, o *Object) {
	k.mu.Lock()
	if o.gone {
		k.mu.Unlock()
		return
	}
	if o.parent != nil && o.parent.names[o.name] != nil && o.parent.names[o.name].sub == o {
		delete(o.parent.names, o.name)
		o.parent.dir.Remove(o.name)
	}
	attrs := k.strip(o)
	k.mu.Unlock()
	for _, a := range attrs {
		a.shut(who)
	}
}

// strip marks o and what is in it as gone and gives the attributes to shut.
func (k *Kobjects) strip(o *Object) []*attribute {
	var attrs []*attribute
	o.gone = true
	if k.objs[o.Addr] == o {
		delete(k.objs, o.Addr)
	}
	for name, e := range o.names {
		switch {
		case e.attr != nil:
			attrs = append(attrs, e.attr)
		case e.sub != nil:
			attrs = append(attrs, k.strip(e.sub)...)
		}
		o.dir.Remove(name)
	}
	o.names = map[string]*entry{}
	return attrs
}

// Empty reports a directory without entries.
func (k *Kobjects) Empty(o *Object) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(o.names) == 0
}

// Find gives the Object of a kobject, nil if it is not in /sys.
func (k *Kobjects) Find(addr uint64) *Object {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.objs[addr]
}

// Path is where o is, without /sys: "/class/x".
func (k *Kobjects) Path(o *Object) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return o.path()
}

func (o *Object) path() string {
	if o.parent == nil {
		return ""
	}
	return o.parent.path() + "/" + o.name
}

// Link adds a symbolic link to another directory.
func (k *Kobjects) Link(dir *Object, name string, to *Object) abi.Errno {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case dir.gone || to.gone:
		return abi.ENOENT
	case dir.names[name] != nil:
		return abi.EEXIST
	}
	dir.names[name] = &entry{}
	dir.dir.Add(name, vfs.Symlink(func(*vfs.Caller) string {
		k.mu.Lock()
		defer k.mu.Unlock()
		return relative(dir, to)
	}))
	return 0
}

// LinkText adds a symbolic link to a place that the kernel made itself.
func (k *Kobjects) LinkText(dir *Object, name, text string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if dir.names[name] == nil {
		dir.names[name] = &entry{}
		dir.dir.Add(name, vfs.Symlink(func(*vfs.Caller) string { return text }))
	}
}

// relative is the text of a link in dir: up to where the ways part, and down.
func relative(dir, to *Object) string {
	from, target := strings.Split(dir.path(), "/"), strings.Split(to.path(), "/")
	n := 0
	for n < len(from) && n < len(target) && from[n] == target[n] {
		n++
	}
	return strings.TrimSuffix(strings.Repeat("../", len(from)-n)+strings.Join(target[n:], "/"), "/")
}

// Unlink removes a link or a file.
func (k *Kobjects) Unlink(who *lkm.Caller, dir *Object, name string) {
	k.mu.Lock()
	e := dir.names[name]
	if e == nil || e.sub != nil {
		k.mu.Unlock()
		return
	}
	delete(dir.names, name)
	dir.dir.Remove(name)
	k.mu.Unlock()
	if e.attr != nil {
		e.attr.shut(who)
	}
}
