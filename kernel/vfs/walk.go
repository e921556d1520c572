package vfs

import (
	"strings"

	"rv86/kernel/abi"
)

// lastKind says what the last component of a path was.
type lastKind uint8

const (
	lastName   lastKind = iota // an ordinary name, existing or not
	lastDot                    // "."
	lastDotDot                 // ".."
	lastRoot                   // "/" alone
)

// walkResult is where a path led: the directory of the last component and, if
// it exists, the thing itself.
type walkResult struct {
	kind     lastKind
	parent   Path
	name     string
	child    Path // zero if there is no such entry
	trailing bool // the path ended in a slash: only a directory will do
	// late is an error that shows when the last component is looked at, which
	// for rename comes after other checks.
	late abi.Errno
}

// walkFlags modify a walk.
type walkFlags uint8

const (
	followLast walkFlags = 1 << iota // the last component may be a symlink to follow
	allowEmpty                       // "" is the start itself (AT_EMPTY_PATH)
	// lastAsIs is for calls that make or remove the last component: a link there
	// is not followed even if a slash comes after it, and what the slash means
	// is the call's business.
	lastAsIs
	// creating is for open with O_CREAT, which can make no "name/".
	creating
)

// walk follows path from at (the working directory if at is zero), as
// path_resolution(7) has it. An entry that is missing at the end is no error.
//
// Preconditions: Namespace.tree is held, at least for reading.
func (c *Caller) walk(at Path, path string, flags walkFlags) (walkResult, abi.Errno) {
	ns := c.FS.ns
	root := c.FS.Root()
	cur := at
	if cur.Dent == nil {
		cur = c.FS.Cwd()
	}
	if path == "" {
		if flags&allowEmpty == 0 {
			return walkResult{}, abi.ENOENT
		}
		return walkResult{kind: lastDot, parent: cur, child: cur}, 0
	}
	if len(path) >= abi.PATH_MAX {
		return walkResult{}, abi.ENAMETOOLONG
	}
	if path[0] == '/' {
		cur = root
	}
	res := walkResult{kind: lastRoot, parent: cur, child: cur}
	links := 0
	for rest := strings.TrimLeft(path, "/"); rest != ""; {
		name, after, slash := strings.Cut(rest, "/")
		rest = strings.TrimLeft(after, "/")
		last := rest == ""
		if !cur.Dent.inode.isDir() {
			return walkResult{}, abi.ENOTDIR
		}
		if e := cur.Dent.inode.permit(&c.Cred, mayExec); e != 0 {
			return walkResult{}, e
		}
		switch {
		case name == ".":
			res = walkResult{kind: lastDot, parent: cur, child: cur, trailing: slash}
			continue
		case name == "..":
			cur = ns.up(cur, root)
			res = walkResult{kind: lastDotDot, parent: cur, child: cur, trailing: slash}
			continue
		case len(name) > abi.NAME_MAX:
			if last && flags&lastAsIs != 0 {
				return walkResult{parent: cur, late: abi.ENAMETOOLONG}, 0
			}
			return walkResult{}, abi.ENAMETOOLONG
		}
		if last && slash && flags&creating != 0 {
			return walkResult{}, abi.EISDIR
		}
		res = walkResult{parent: cur, name: name, trailing: slash}
		d := cur.Dent.lookup(name)
		if d == nil {
			if last {
				return res, 0
			}
			return walkResult{}, abi.ENOENT
		}
		next := ns.follow(Path{cur.Mnt, d})
		link, isLink := next.Dent.inode.body.(linkBody)
		if !isLink || last && (flags&lastAsIs != 0 || flags&followLast == 0 && !slash) {
			cur, res.child = next, next
			continue
		}
		if links++; links > abi.SYMLINKS_MAX {
			return walkResult{}, abi.ELOOP
		}
		jump, e := link.follow(c)
		if e != 0 {
			return walkResult{}, e
		}
		if jump.Dent != nil {
			// A magic link: what follows is looked up from its target. As a
			// last component it is a thing without a name to create.
			cur = jump
			res = walkResult{kind: lastDot, parent: jump, child: jump, trailing: slash}
			continue
		}
		text, e := link.readlink(c)
		if e != 0 {
			return walkResult{}, e
		}
		if text == "" {
			return walkResult{}, abi.ENOENT
		}
		if len(text)+len(rest) >= abi.PATH_MAX {
			return walkResult{}, abi.ENAMETOOLONG
		}
		if text[0] == '/' {
			cur = root
			res = walkResult{kind: lastRoot, parent: cur, child: cur}
		}
		switch {
		case !last:
			rest = text + "/" + rest
		case slash:
			rest = text + "/"
		default:
			rest = text
		}
		rest = strings.TrimLeft(rest, "/")
	}
	if flags&lastAsIs == 0 && res.trailing && res.child.Dent != nil && !res.child.Dent.inode.isDir() {
		return walkResult{}, abi.ENOTDIR
	}
	return res, 0
}

// find is walk for calls that need the thing to exist.
func (c *Caller) find(at Path, path string, flags walkFlags) (Path, abi.Errno) {
	r, e := c.walk(at, path, flags)
	if e != 0 {
		return Path{}, e
	}
	if r.child.Dent == nil {
		return Path{}, abi.ENOENT
	}
	return r.child, 0
}

// Lookup finds an existing file. follow says whether a symbolic link in the
// last place is followed; empty whether an empty path means at itself.
func (c *Caller) Lookup(at Path, path string, follow, empty bool) (Path, abi.Errno) {
	c.FS.ns.tree.RLock()
	defer c.FS.ns.tree.RUnlock()
	return c.find(at, path, walkFlagsOf(follow, empty))
}

func walkFlagsOf(follow, empty bool) walkFlags {
	var f walkFlags
	if follow {
		f |= followLast
	}
	if empty {
		f |= allowEmpty
	}
	return f
}

// lookup finds an entry. Preconditions: d is a directory; tree is held.
func (d *Dentry) lookup(name string) *Dentry {
	return d.inode.body.(dirBody).lookup(d, name)
}

// follow goes from a mount point to the root of what is mounted there.
func (ns *Namespace) follow(p Path) Path {
	for {
		in := p.Dent.inode
		if in.mounts == 0 && !in.generated() {
			return p
		}
		m := ns.byKey[mountKey{p.Mnt, in.ino}]
		if m == nil {
			return p
		}
		p = Path{m, m.root}
	}
}

// up is "..": it stays at the root, and leaves a mounted file system through
// the place where it is attached.
func (ns *Namespace) up(p, root Path) Path {
	for p != root && p.Dent == p.Mnt.root && p.Mnt.at.Mnt != nil {
		p = p.Mnt.at
	}
	if p == root || p.Dent.parent == nil || p.Dent == p.Mnt.root {
		return ns.follow(p)
	}
	return ns.follow(Path{p.Mnt, p.Dent.parent})
}

// PathString names p as seen from the root directory root: getcwd(2), the
// text of /proc/PID/fd/N, /proc/mounts. reachable is false where p lies outside
// root or in a directory that has been removed.
func (ns *Namespace) PathString(p, root Path) (text string, reachable bool) {
	ns.tree.RLock()
	defer ns.tree.RUnlock()
	return ns.pathString(p, root)
}

// pathString is PathString. Preconditions: tree is held.
func (ns *Namespace) pathString(p, root Path) (string, bool) {
	if p.Mnt == nil { // an anonymous file: "pipe:[7]"
		return p.Dent.name, true
	}
	gone := false
	var names []string
	for p != root {
		if p.Dent == p.Mnt.root {
			if p.Mnt.at.Mnt == nil {
				break
			}
			p = p.Mnt.at
			continue
		}
		gone = gone || p.Dent.gone
		names = append(names, p.Dent.name)
		p.Dent = p.Dent.parent
	}
	var b strings.Builder
	for i := len(names) - 1; i >= 0; i-- {
		b.WriteByte('/')
		b.WriteString(names[i])
	}
	if len(names) == 0 {
		b.WriteByte('/')
	}
	if gone {
		b.WriteString(" (deleted)")
	}
	return b.String(), p == root && !gone
}
