package vfs

import "rv86/kernel/abi"

// anonBody is an inode without a place in the tree. open serves those who come
// to it again through /proc/PID/fd.
type anonBody struct {
	inode  *Inode
	reopen func(c *Caller, flags int) (File, abi.Errno)
}

func (a *anonBody) open(c *Caller, _ Path, flags int) (File, abi.Errno) {
	if a.reopen == nil {
		return nil, abi.ENXIO
	}
	return a.reopen(c, flags)
}

// Anonymous makes a place outside the tree for an object that is known by its
// descriptors only. prefix is its kind, as in "pipe" for "pipe:[12]"; one that
// contains ":" is the whole name ("anon_inode:[eventpoll]").
func (ns *Namespace) Anonymous(prefix string, mode uint32, c *Caller) Path {
	return ns.anonymous(prefix, mode, c, func(in *Inode) body { return &anonBody{inode: in} })
}

func (ns *Namespace) anonymous(prefix string, mode uint32, c *Caller, mk newBody) Path {
	in, _ := ns.anon.newInode(mode, 0, c.Cred.UID, c.Cred.GID, mk)
	name := prefix
	for i := range prefix {
		if prefix[i] == ':' {
			return Path{Dent: &Dentry{name: name, inode: in}}
		}
	}
	return Path{Dent: &Dentry{name: name + ":[" + itoa(in.ino) + "]", inode: in}}
}

// Memfd makes the file of memfd_create(2).
func (ns *Namespace) Memfd(name string, c *Caller) (*Description, abi.Errno) {
	in, e := ns.memfs.newInode(abi.S_IFREG|0o777, 0, c.Cred.UID, c.Cred.GID, newRegular)
	if e != 0 {
		return nil, e
	}
	in.nlink = 0 // from its birth it lives by its descriptors alone
	p := Path{Dent: &Dentry{name: "/memfd:" + name + " (deleted)", inode: in}}
	p.hold()
	f, _ := in.body.open(c, p, abi.O_RDWR)
	return newHeld(f, p, abi.O_RDWR), 0
}
