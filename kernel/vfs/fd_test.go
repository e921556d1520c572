package vfs

import (
	"fmt"
	"testing"

	"rv86/kernel/abi"
)

// probe is a file that tells of its release.
type probe struct {
	Base
	released *int
}

func (p probe) Release() { *p.released++ }

func newProbe(ns *Namespace, c *Caller) (*Description, *int) {
	n := new(int)
	return NewDescription(probe{released: n}, ns.Anonymous("probe", abi.S_IFCHR, c), abi.O_RDWR), n
}

func TestFDTable(t *testing.T) {
	ns, c := newTree(t)
	f := NewFDTable()
	f.SetLimit(5)
	d, released := newProbe(ns, c)
	check := func(what string, got any, want string) {
		t.Helper()
		if s := fmt.Sprint(got); s != want {
			t.Errorf("%s: %s, want %s", what, s, want)
		}
	}
	two := func(n int, e abi.Errno) string { return fmt.Sprint(n, " ", uintptr(e)) }
	check("install", two(f.Install(d, 0, false)), "0 0")
	check("dup", two(f.Dup(0, 0, true)), "1 0")
	check("dup from 3", two(f.Dup(0, 3, false)), "3 0")
	check("lowest free", two(f.Dup(0, 0, false)), "2 0")
	check("dup beyond the limit", two(f.Dup(0, 5, false)), fmt.Sprint("0 ", uintptr(abi.EINVAL)))
	check("dup3", uintptr(f.Dup3(nil, 0, 4, false)), "0")
	check("full", two(f.Dup(0, 0, false)), fmt.Sprint("0 ", uintptr(abi.EMFILE)))
	check("dup3 onto itself", uintptr(f.Dup3(nil, 0, 0, false)), fmt.Sprint(uintptr(abi.EINVAL)))
	check("dup3 beyond the limit", uintptr(f.Dup3(nil, 0, 9, false)), fmt.Sprint(uintptr(abi.EBADF)))
	check("dup3 of nothing", uintptr(f.Dup3(nil, 7, 0, false)), fmt.Sprint(uintptr(abi.EBADF)))
	check("numbers", f.Numbers(), "[0 1 2 3 4]")

	child := f.Fork()
	f.CloseOnExec(nil)
	check("after exec", f.Numbers(), "[0 2 3 4]")
	check("child keeps its own", child.Numbers(), "[0 1 2 3 4]")
	check("close", uintptr(f.Close(nil, 0)), "0")
	check("close again", uintptr(f.Close(nil, 0)), fmt.Sprint(uintptr(abi.EBADF)))
	f.CloseRange(nil, 3, 100, false)
	check("close_range", f.Numbers(), "[2]")
	child.CloseRange(nil, 2, 3, true)
	child.CloseOnExec(nil)
	check("close_range cloexec", child.Numbers(), "[0 4]")

	shared := f.Share()
	f.Drop(nil)
	check("shared table outlives one user", shared.Numbers(), "[2]")
	shared.Drop(nil)
	if *released != 0 {
		t.Error("released while the child has it open")
	}
	child.Drop(nil)
	if *released != 1 {
		t.Errorf("released %d times", *released)
	}
}

// dup shares the offset, open does not; O_APPEND moves it to the end.
func TestOffsets(t *testing.T) {
	_, c := newTree(t)
	writeFile(t, c, "/f", "0123456789")
	a := mustOpen(t, c, "/f", abi.O_RDWR)
	dup := a.Get()
	b := mustOpen(t, c, "/f", abi.O_RDWR|abi.O_APPEND)
	buf := make([]byte, 3)
	a.Read(c, buf)
	if dup.Read(c, buf); string(buf) != "345" {
		t.Errorf("dup read %q", buf)
	}
	if b.Read(c, buf); string(buf) != "012" {
		t.Errorf("open read %q", buf)
	}
	b.Write(c, []byte("X"))
	if off, _ := b.Lseek(0, abi.SEEK_CUR); off != 11 {
		t.Errorf("offset after append %d", off)
	}
	b.SetFlags(0)
	b.Lseek(1, abi.SEEK_SET)
	b.Write(c, []byte("Y"))
	if got := readFile(t, c, "/f"); got != "0Y23456789X" {
		t.Errorf("%q", got)
	}
	b.SetFlags(abi.O_APPEND | abi.O_WRONLY)
	if f := b.Flags(); f != abi.O_APPEND|abi.O_RDWR {
		t.Errorf("F_SETFL changed the access mode: %#o", f)
	}
}

func TestPermissions(t *testing.T) {
	_, c := newTree(t)
	for _, k := range []struct {
		mode     uint32
		uid, gid uint32
		groups   []uint32
		want     string // of rwx
	}{
		{0o700, 1, 1, nil, "rwx"},
		{0o070, 1, 1, nil, "---"}, // the owner's bits alone count
		{0o070, 2, 1, nil, "rwx"},
		{0o070, 2, 2, []uint32{5, 1}, "rwx"},
		{0o007, 2, 1, nil, "---"},
		{0o004, 2, 2, nil, "r--"},
		{0o000, 0, 0, nil, "rw-"},
		{0o100, 0, 0, nil, "rwx"},
	} {
		writeFile(t, c, "/f", "")
		p, _ := c.Lookup(Path{}, "/f", true, false)
		c.Chown(p, 1, 1)
		c.Chmod(p, k.mode)
		user := *c
		user.Cred = Cred{k.uid, k.gid, k.groups}
		got := []byte("---")
		for i, bit := range []uint32{abi.R_OK, abi.W_OK, abi.X_OK} {
			if user.Access(p, bit) == 0 {
				got[i] = "rwx"[i]
			}
		}
		if string(got) != k.want {
			t.Errorf("mode %#o, user %d:%d: %s, want %s", k.mode, k.uid, k.gid, got, k.want)
		}
		if _, e := user.Open(Path{}, "/f", abi.O_RDONLY, 0); (e == 0) != (k.want[0] == 'r') {
			t.Errorf("mode %#o, user %d:%d: open %v", k.mode, k.uid, k.gid, e)
		}
	}
}

// The sticky bit, and who may change attributes.
func TestOwnership(t *testing.T) {
	_, c := newTree(t)
	c.Mkdir(Path{}, "/tmp", 0)
	p, _ := c.Lookup(Path{}, "/tmp", true, false)
	c.Chmod(p, 0o1777)
	a, b := *c, *c
	a.Cred, b.Cred = Cred{UID: 1, GID: 1}, Cred{UID: 2, GID: 2}
	writeFile(t, &a, "/tmp/f", "")
	f, _ := c.Lookup(Path{}, "/tmp/f", true, false)
	for _, k := range []struct {
		what string
		got  abi.Errno
		want abi.Errno
	}{
		{"unlink in a sticky directory", b.Unlink(Path{}, "/tmp/f"), abi.EPERM},
		{"rename in a sticky directory", b.Rename(Path{}, "/tmp/f", Path{}, "/tmp/g", 0), abi.EPERM},
		{"chmod by another", b.Chmod(f, 0o777), abi.EPERM},
		{"chown by the owner", a.Chown(f, 2, keepID), abi.EPERM},
		{"chgrp to a foreign group", a.Chown(f, keepID, 2), abi.EPERM},
		{"chgrp by another", b.Chown(f, keepID, 2), abi.EPERM},
		{"times by another", b.Utimens(f, abi.Timespec{}, abi.Timespec{}), abi.EPERM},
		{"touch by another", b.Utimens(f, abi.Timespec{Nsec: abi.UTIME_NOW}, abi.Timespec{Nsec: abi.UTIME_NOW}), abi.EACCES},
		{"mknod by a user", a.Mknod(Path{}, "/tmp/n", abi.S_IFCHR, 0), abi.EPERM},
		{"chroot by a user", a.Chroot(p), abi.EPERM},
		{"unlink by the owner", a.Unlink(Path{}, "/tmp/f"), 0},
	} {
		if k.got != k.want {
			t.Errorf("%s: %v, want %v", k.what, k.got, k.want)
		}
	}
	// Somebody else's write takes the set-ID bits away.
	writeFile(t, c, "/tmp/s", "")
	s, _ := c.Lookup(Path{}, "/tmp/s", true, false)
	c.Chmod(s, 0o6777)
	d, _ := b.Open(Path{}, "/tmp/s", abi.O_WRONLY, 0)
	d.Write(&b, []byte("x"))
	if m := s.Inode().Mode() & abi.S_IALLUGO; m != 0o777 {
		t.Errorf("mode after a foreign write: %#o", m)
	}
}

func TestFlock(t *testing.T) {
	_, c := newTree(t)
	writeFile(t, c, "/f", "")
	a, b := mustOpen(t, c, "/f", abi.O_RDONLY), mustOpen(t, c, "/f", abi.O_RDONLY)
	for i, k := range []struct {
		d    *Description
		op   int
		want abi.Errno
	}{
		{a, abi.LOCK_SH, 0},
		{b, abi.LOCK_SH, 0},
		{a, abi.LOCK_EX, abi.EAGAIN},
		{b, abi.LOCK_UN, 0},
		{a, abi.LOCK_EX, 0},
		{b, abi.LOCK_SH | abi.LOCK_NB, abi.EAGAIN},
		{a, abi.LOCK_SH, 0},
		{b, abi.LOCK_SH, 0},
		{a, 99, abi.EINVAL},
		{a, abi.LOCK_UN, 0},
		{b, abi.LOCK_EX, 0},
	} {
		if e := k.d.Flock(k.op); e != k.want {
			t.Errorf("step %d: %v, want %v", i, e, k.want)
		}
	}
	b.Put() // closing gives the lock up
	if e := a.Flock(abi.LOCK_EX); e != 0 {
		t.Error(e)
	}
}

// A file without a name can be given one if it never had one.
func TestTmpfile(t *testing.T) {
	ns, c := newTree(t)
	c.Mkdir(Path{}, "/d", 0o755)
	for _, k := range []struct {
		name string
		open func() *Description
		want abi.Errno
	}{
		{"O_TMPFILE", func() *Description { return mustOpen(t, c, "/d", abi.O_TMPFILE|abi.O_RDWR) }, 0},
		{"O_EXCL", func() *Description { return mustOpen(t, c, "/d", abi.O_TMPFILE|abi.O_RDWR|abi.O_EXCL) }, abi.ENOENT},
		{"unlinked", func() *Description {
			writeFile(t, c, "/d/f", "")
			d := mustOpen(t, c, "/d/f", abi.O_RDWR)
			c.Unlink(Path{}, "/d/f")
			return d
		}, abi.ENOENT},
	} {
		d := k.open()
		d.Write(c, []byte("text"))
		if n := d.Inode().Nlink(); n != 0 {
			t.Errorf("%s: %d names", k.name, n)
		}
		e := c.Link(d.Path(), "", Path{}, "/d/named", false, true)
		if e != k.want {
			t.Errorf("%s: link %v, want %v", k.name, e, k.want)
		}
		d.Put()
		if e == 0 {
			if got := readFile(t, c, "/d/named"); got != "text" {
				t.Errorf("%s: %q", k.name, got)
			}
			c.Unlink(Path{}, "/d/named")
		}
	}
	if e := c.Rmdir(Path{}, "/d"); e != 0 {
		t.Errorf("something is left: %v", e)
	}
	if n := ns.Root().Mnt.fs.space.inodes.Load(); n != 1 {
		t.Errorf("%d inodes left", n)
	}
	if _, e := c.Open(Path{}, "/", abi.O_TMPFILE, 0o600); e != abi.EINVAL {
		t.Errorf("O_TMPFILE for reading: %v", e)
	}
}

func TestRecordLocks(t *testing.T) {
	_, c := newTree(t)
	writeFile(t, c, "/f", "")
	a, b := NewFDTable(), NewFDTable()
	d := mustOpen(t, c, "/f", abi.O_RDWR)
	ro := mustOpen(t, c, "/f", abi.O_RDONLY)
	a.Install(d.Get(), 0, false)
	b.Install(d.Get(), 0, false)
	held := func() string {
		s := ""
		for _, r := range d.Inode().locks.records {
			kind := "r"
			if r.Exclusive {
				kind = "w"
			}
			who := "b"
			if r.Owner == a {
				who = "a"
			}
			s += fmt.Sprintf("%s%s%d-%d ", who, kind, r.Start, r.End)
		}
		return s
	}
	lock := func(owner any, start, end int64, exclusive bool) abi.Errno {
		return d.SetLock(RecordLock{Start: start, End: end, Exclusive: exclusive, Owner: owner})
	}
	for i, k := range []struct{ e, want abi.Errno }{
		{lock(a, 10, 20, true), 0},
		{lock(b, 20, 30, false), abi.EAGAIN},
		{lock(b, 21, 30, false), 0},
		{lock(a, 25, 40, false), 0},
		{lock(a, 12, 14, false), 0},
		{ro.SetLock(RecordLock{Exclusive: true, Owner: a}), abi.EBADF},
	} {
		if k.e != k.want {
			t.Errorf("step %d: %v, want %v", i, k.e, k.want)
		}
	}
	const want = "aw10-11 aw15-20 br21-30 ar25-40 ar12-14 "
	if got := held(); got != want {
		t.Errorf("held %s, want %s", got, want)
	}
	if o := d.TestLock(RecordLock{Start: 0, End: LockEnd, Owner: b}); o == nil || o.Start != 10 {
		t.Errorf("in the way of b: %v", o)
	}
	if o := d.TestLock(RecordLock{Start: 30, End: 40, Owner: b}); o != nil {
		t.Errorf("in the way of a shared lock: %v", o)
	}
	d.Unlock(RecordLock{Start: 0, End: 16, Owner: a})
	if got := held(); got != "aw17-20 br21-30 ar25-40 " {
		t.Errorf("after unlock: %s", got)
	}
	// Any close of the file by the table ends its locks, and no one else's.
	a.Install(ro, 1, false)
	a.Close(nil, 1)
	if got := held(); got != "br21-30 " {
		t.Errorf("after close: %s", got)
	}
	b.Drop(nil)
	if got := held(); got != "" {
		t.Errorf("after the table's end: %s", got)
	}
}

// Times follow relatime and the operations that POSIX names.
func TestTimes(t *testing.T) {
	clock := abi.Timespec{Sec: 100}
	ns := NewNamespace(Config{Now: func() abi.Timespec { return clock }})
	c := &Caller{FS: ns.NewFSContext()}
	writeFile(t, c, "/f", "x")
	times := func(p string) string {
		var st abi.Stat
		at, _ := c.Lookup(Path{}, p, true, false)
		at.Inode().Stat(&st)
		return fmt.Sprint(st.Atime.Sec, st.Mtime.Sec, st.Ctime.Sec)
	}
	step := func(what string, f func(), path, want string) {
		t.Helper()
		clock.Sec += 10
		f()
		if got := times(path); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	step("first read", func() { readFile(t, c, "/f") }, "/f", "110 100 100")
	step("second read", func() { readFile(t, c, "/f") }, "/f", "110 100 100")
	step("write", func() { writeFile(t, c, "/f", "yy") }, "/f", "110 130 130")
	step("read after it", func() { readFile(t, c, "/f") }, "/f", "140 130 130")
	step("chmod", func() { p, _ := c.Lookup(Path{}, "/f", true, false); c.Chmod(p, 0o600) }, "/f", "140 130 150")
	step("link", func() { c.Link(Path{}, "/f", Path{}, "/g", false, false) }, "/f", "140 130 160")
	step("the directory", func() { c.Unlink(Path{}, "/g") }, "/", "100 170 170")
	clock.Sec += relatimeInterval
	step("read a day later", func() { readFile(t, c, "/f") }, "/f", fmt.Sprint(180+relatimeInterval, 130, 170))
}
