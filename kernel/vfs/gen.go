package vfs

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"rv86/kernel/abi"
)

// Node is something that kernel code shows in proc, sysfs or another generated
// directory. The constructors below make it; Dir.Add gives it a name.
type Node struct {
	mode uint32
	// UID and GID own it; a process directory sets them.
	UID, GID uint32
	// Size is what stat shows, for a Special.
	Size int64
	body func(*Inode) body
	ino  atomic.Uint64 // given at the first look, kept for static nodes
}

// Text is a read-only file whose contents text makes when a reader starts at
// offset 0.
func Text(perm uint32, text func() []byte) *Node {
	return TextRW(perm, text, nil)
}

// Stream is a read-only file whose contents are made as they are read: start
// begins at offset 0, next adds the next piece to b, nothing at the end. Reading
// on is cheap, going back begins anew.
func Stream(perm uint32, start func() (next func(b []byte) []byte)) *Node {
	return &Node{mode: abi.S_IFREG | perm, body: func(*Inode) body { return &streamBody{start} }}
}

// TextRW is a text file that can be written: each write(2) hands its bytes to
// store as one piece. store may be nil.
func TextRW(perm uint32, text func() []byte, store func([]byte) abi.Errno) *Node {
	return &Node{mode: abi.S_IFREG | perm, body: func(in *Inode) body {
		return &textBody{inode: in, text: text, store: store}
	}}
}

// Symlink is a link whose text may depend on who reads it.
func Symlink(text func(c *Caller) string) *Node {
	return MagicLink(0o777, text, func(*Caller) (Path, abi.Errno) { return Path{}, 0 })
}

// MagicLink is a link that leads straight to a place, whatever its text says
// (/proc/PID/fd/N, exe, cwd).
func MagicLink(perm uint32, text func(c *Caller) string, target func(c *Caller) (Path, abi.Errno)) *Node {
	return &Node{mode: abi.S_IFLNK | perm, body: func(*Inode) body {
		return &genLink{text, target}
	}}
}

// PlaceLink is a magic link whose text is the path of its target, "" if place
// has none to tell.
func PlaceLink(place func() (Path, bool)) *Node {
	return &Node{mode: abi.S_IFLNK | 0o777, body: func(*Inode) body { return placeLink(place) }}
}

// Special is a file of the given mode whose operations open supplies.
func Special(mode uint32, open func(c *Caller, flags int) (File, abi.Errno)) *Node {
	return SpecialAt(mode, func(c *Caller, _ Path, flags int) (File, abi.Errno) { return open(c, flags) })
}

// SpecialAt is a Special that wants to know the name it is opened by.
func SpecialAt(mode uint32, open func(c *Caller, p Path, flags int) (File, abi.Errno)) *Node {
	n := &Node{mode: mode}
	n.body = func(*Inode) body { return &openFunc{open, n.Size} }
	return n
}

// DirNode shows a Dir.
func DirNode(perm uint32, d *Dir) *Node {
	return &Node{mode: abi.S_IFDIR | perm, body: func(in *Inode) body { return &genDir{in, d} }}
}

// Dir is a directory of Nodes: named ones, and such as a function finds.
type Dir struct {
	mu     sync.RWMutex
	nodes  map[string]*Node
	names  []string // of nodes, sorted; nil: to be made when somebody lists them
	lookup func(name string) *Node
	list   func() []string
}

// NewDir returns an empty directory.
func NewDir() *Dir { return &Dir{} }

// Add names a node, replacing one of the same name.
func (d *Dir) Add(name string, n *Node) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.nodes == nil {
		d.nodes = map[string]*Node{}
	}
	if _, ok := d.nodes[name]; !ok {
		d.names = nil
	}
	d.nodes[name] = n
}

// Has reports whether a name is taken, by whomever.
func (d *Dir) Has(name string) bool {
	n, _ := d.find(name)
	return n != nil
}

// Remove takes a name away; open files stay usable.
func (d *Dir) Remove(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.nodes[name]; !ok {
		return
	}
	delete(d.nodes, name)
	d.names = nil
}

// Sub returns the directory of that name, which it makes if need be
// (d.Sub("fs").Add(...)).
func (d *Dir) Sub(name string) *Dir {
	d.mu.RLock()
	n := d.nodes[name]
	d.mu.RUnlock()
	if n != nil {
		if g, ok := n.body(nil).(*genDir); ok {
			return g.dir
		}
	}
	s := NewDir()
	d.Add(name, DirNode(0o555, s))
	return s
}

// Dynamic adds names that are not known beforehand: lookup finds one (nil if
// there is none), list gives them all, in a fixed order.
func (d *Dir) Dynamic(lookup func(name string) *Node, list func() []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lookup, d.list = lookup, list
}

func (d *Dir) find(name string) (n *Node, dynamic bool) {
	d.mu.RLock()
	n, lookup := d.nodes[name], d.lookup
	d.mu.RUnlock()
	if n != nil || lookup == nil {
		return n, false
	}
	return lookup(name), true
}

func (d *Dir) all() []string {
	d.mu.Lock()
	if d.names == nil {
		d.names = slices.Sorted(maps.Keys(d.nodes))
	}
	names, list := slices.Clone(d.names), d.list
	d.mu.Unlock()
	if list != nil {
		names = append(names, list()...)
	}
	return names
}
