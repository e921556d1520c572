package vfs

import (
	"fmt"
	"math/rand"
	"sync"
	"testing"

	"rv86/kernel/abi"
)

// TestConcurrent lets several callers loose on one tree, for the race detector
// and for the lock order; whatever they do, the books must balance in the end.
func TestConcurrent(t *testing.T) {
	ns, c := newTree(t)
	var mu sync.Mutex
	sec := int64(0)
	ns.cfg.Now = func() abi.Timespec {
		mu.Lock()
		defer mu.Unlock()
		sec++
		return abi.Timespec{Sec: sec}
	}
	if e := c.Mkdir(Path{}, "/m", 0o777); e != 0 {
		t.Fatal(e)
	}
	var wg sync.WaitGroup
	for w := range 6 {
		wg.Go(func() {
			r := rand.New(rand.NewSource(int64(w)))
			own := &Caller{FS: c.FS.Fork(), PID: w}
			defer own.FS.Drop()
			fds := NewFDTable()
			defer fds.Drop(nil)
			for range 1000 {
				work(ns, own, fds, r)
			}
		})
	}
	wg.Wait()
	for c.Umount("/m", abi.MNT_DETACH) == 0 { // mounts may lie on each other
	}
	empty(t, c, "/")
	fs := ns.Root().Mnt.fs
	if used, inodes := fs.space.used.Load(), fs.space.inodes.Load(); used != inodeCost || inodes != 1 {
		t.Errorf("an empty tree uses %d bytes and %d inodes", used, inodes)
	}
	if n := ns.Root().Mnt.users.Load(); n != 2 { // root and cwd of c
		t.Errorf("the root mount has %d users", n)
	}
}

// work does one random thing.
func work(ns *Namespace, c *Caller, fds *FDTable, r *rand.Rand) {
	name := func() string { return fmt.Sprintf("/%c/%c", "abm"[r.Intn(3)], 'a'+r.Intn(3)) }
	top := func() string { return fmt.Sprintf("/%c", 'a'+r.Intn(2)) }
	buf := make([]byte, r.Intn(9000))
	switch r.Intn(16) {
	case 0, 1:
		if d, e := c.Open(Path{}, name(), abi.O_RDWR|abi.O_CREAT|abi.O_NONBLOCK|abi.O_TRUNC*r.Intn(2), 0o644); e == 0 {
			if _, e := fds.Install(d, 0, false); e != 0 {
				d.Put()
			}
		}
	case 2, 3, 4:
		if d, e := fds.Get(r.Intn(8)); e == 0 {
			d.Write(c, buf)
			d.Lseek(0, abi.SEEK_SET)
			d.Read(c, buf)
			d.Poll()
			d.Put()
		}
	case 5:
		fds.Close(nil, r.Intn(8))
	case 6:
		c.Mkdir(Path{}, top(), 0o755)
	case 7:
		c.Unlink(Path{}, name())
	case 8:
		c.Rename(Path{}, name(), Path{}, name(), uint32(r.Intn(3)))
	case 9:
		c.Link(Path{}, name(), Path{}, name(), true, false)
	case 10:
		if r.Intn(2) == 0 {
			c.Mount("none", "/m", "tmpfs", 0, "")
		} else {
			c.Umount("/m", 0)
		}
	case 11:
		if d, e := c.Open(Path{}, top(), abi.O_RDONLY|abi.O_DIRECTORY, 0); e == 0 {
			d.ReadDir(func(DirEntry, int64) bool { return true })
			d.Put()
		}
	case 12:
		if p, e := c.Lookup(Path{}, name(), true, false); e == 0 {
			var st abi.Stat
			p.Inode().Stat(&st)
			ns.PathString(p, c.FS.Root())
			c.Chmod(p, 0o755)
		}
	case 13:
		if p, e := c.Lookup(Path{}, top(), true, false); e == 0 {
			c.Chdir(p)
			c.Getcwd()
			c.Chdir(ns.Root())
		}
	case 14:
		ns.Mounts(c.FS.Root())
	case 15:
		rd, wr := ns.Pipe(c, 0)
		if _, e := fds.Install(rd, 0, false); e != 0 {
			rd.Put()
		}
		wr.Put()
	}
}

// empty removes everything below a directory.
func empty(t *testing.T, c *Caller, dir string) {
	d := mustOpen(t, c, dir, abi.O_RDONLY|abi.O_DIRECTORY)
	defer d.Put()
	var names []DirEntry
	d.ReadDir(func(e DirEntry, _ int64) bool { names = append(names, e); return true })
	for _, e := range names {
		p := dir + "/" + e.Name
		switch {
		case e.Name == "." || e.Name == "..":
		case e.Type == abi.DT_DIR:
			empty(t, c, p)
			if e := c.Rmdir(Path{}, p); e != 0 {
				t.Errorf("rmdir %s: %v", p, e)
			}
		default:
			if e := c.Unlink(Path{}, p); e != 0 {
				t.Errorf("unlink %s: %v", p, e)
			}
		}
	}
}
