package vfs

import (
	"fmt"
	"strings"
	"testing"

	"rv86/kernel/abi"
)

// sample makes the tree that the walk tests go through.
func sample(t *testing.T) (*Namespace, *Caller) {
	t.Helper()
	ns, c := newTree(t)
	do := func(e abi.Errno) {
		t.Helper()
		if e != 0 {
			t.Fatal(e)
		}
	}
	for _, d := range []string{"/bin", "/usr", "/usr/lib", "/mnt", "/proc", "/secret"} {
		do(c.Mkdir(Path{}, d, 0o755))
	}
	writeFile(t, c, "/bin/sh", "shell")
	writeFile(t, c, "/usr/lib/x", "lib")
	for _, l := range [][2]string{
		{"usr/lib", "/lib"},
		{"/usr/lib/x", "/usr/abs"},
		{"../bin/sh", "/usr/rel"},
		{"loop2", "/loop1"},
		{"loop1", "/loop2"},
		{"nowhere", "/dangling"},
		{".", "/dot"},
		{"/lib/", "/usr/slash"},
	} {
		do(c.Symlink(l[0], Path{}, l[1]))
	}
	do(c.Mount("tmpfs", "/mnt", "tmpfs", 0, ""))
	do(c.Mkdir(Path{}, "/mnt/in", 0o755))
	writeFile(t, c, "/mnt/f", "mounted")
	do(c.Mount("proc", "/proc", "proc", 0, ""))
	ns.Proc().Add("version", Text(0o444, func() []byte { return []byte("rv86\n") }))
	p, e := c.Lookup(Path{}, "/secret", true, false)
	do(e)
	do(c.Chmod(p, 0o700))
	return ns, c
}

func TestWalk(t *testing.T) {
	ns, c := sample(t)
	user := *c
	user.Cred = Cred{UID: 1000, GID: 1000}
	for _, k := range []struct {
		path, want string // the path found, or the error
		follow     bool
	}{
		{"/", "/", true},
		{"/..", "/", true},
		{"/../../bin", "/bin", true},
		{"bin", "/bin", true},
		{"/bin/", "/bin", true},
		{"/bin/.", "/bin", true},
		{"//bin//sh", "/bin/sh", true},
		{"/bin/sh/", "ENOTDIR", true},
		{"/bin/sh/x", "ENOTDIR", true},
		{"/bin/sh/..", "ENOTDIR", true},
		{"/nope", "ENOENT", true},
		{"/nope/..", "ENOENT", true},
		{"", "ENOENT", true},
		{"/lib", "/usr/lib", true},
		{"/lib", "/lib", false},
		{"/lib/", "/usr/lib", false},
		{"/lib/x", "/usr/lib/x", true},
		{"/lib/..", "/usr", true},
		{"/usr/abs", "/usr/lib/x", true},
		{"/usr/rel", "/bin/sh", true},
		{"/usr/slash", "/usr/lib", true},
		{"/usr/slash/x", "/usr/lib/x", true},
		{"/loop1", "ELOOP", true},
		{"/loop1", "/loop1", false},
		{"/loop1/x", "ELOOP", false},
		{"/dangling", "ENOENT", true},
		{"/dangling", "/dangling", false},
		{strings.Repeat("/dot", 40) + "/bin", "/bin", true},
		{strings.Repeat("/dot", 41) + "/bin", "ELOOP", true},
		{"/" + strings.Repeat("n", 255), "ENOENT", true},
		{"/" + strings.Repeat("n", 256), "ENAMETOOLONG", true},
		{strings.Repeat("/", 4095), "/", true},
		{strings.Repeat("/", 4096), "ENAMETOOLONG", true},
		{"/mnt", "/mnt", true},
		{"/mnt/in/../..", "/", true},
		{"/mnt/in/..", "/mnt", true},
		{"/mnt/f", "/mnt/f", true},
		{"/proc/version", "/proc/version", true},
		{"/proc/..", "/", true},
		{"/secret", "/secret", true},
		{"/secret/x", "ENOENT", true},
	} {
		p, e := c.Lookup(Path{}, k.path, k.follow, false)
		got := ""
		if e != 0 {
			got = errName(e)
		} else {
			got, _ = ns.PathString(p, c.FS.Root())
		}
		if got != k.want {
			t.Errorf("%.60q follow=%v: %s, want %s", k.path, k.follow, got, k.want)
		}
	}
	if _, e := user.Lookup(Path{}, "/secret/x", true, false); e != abi.EACCES {
		t.Errorf("search in a forbidden directory: %v", e)
	}
}

// errName is the name of the errors that the tests expect.
func errName(e abi.Errno) string {
	for n, v := range map[string]abi.Errno{
		"ENOENT": abi.ENOENT, "ENOTDIR": abi.ENOTDIR, "ELOOP": abi.ELOOP, "ENAMETOOLONG": abi.ENAMETOOLONG,
		"EACCES": abi.EACCES, "EBUSY": abi.EBUSY, "EEXIST": abi.EEXIST, "EINVAL": abi.EINVAL, "EPERM": abi.EPERM,
		"EROFS": abi.EROFS, "EXDEV": abi.EXDEV, "ENXIO": abi.ENXIO, "EISDIR": abi.EISDIR,
	} {
		if v == e {
			return n
		}
	}
	return fmt.Sprintf("errno %d", e)
}

func TestChrootAndCwd(t *testing.T) {
	_, c := sample(t)
	at := func(p string) Path {
		t.Helper()
		r, e := c.Lookup(Path{}, p, true, false)
		if e != 0 {
			t.Fatalf("%s: %v", p, e)
		}
		return r
	}
	cwd := func(want string) {
		t.Helper()
		if got, e := c.Getcwd(); e != 0 || got != want {
			t.Errorf("cwd %q, %v; want %q", got, e, want)
		}
	}
	cwd("/")
	c.Chdir(at("/mnt/in"))
	cwd("/mnt/in")
	if p, e := c.Lookup(Path{}, "../f", true, false); e != 0 || p != at("/mnt/f") {
		t.Error("relative path from the working directory")
	}
	c.Rename(Path{}, "/mnt/in", Path{}, "/mnt/moved", 0)
	cwd("/mnt/moved")
	if e := c.Chdir(at("/bin/sh")); e != abi.ENOTDIR {
		t.Errorf("chdir to a file: %v", e)
	}
	usr := at("/usr")
	c.FS = c.FS.Fork()
	if e := c.Chroot(usr); e != 0 {
		t.Fatal(e)
	}
	if got, _ := c.Getcwd(); got != "(unreachable)/mnt/moved" {
		t.Errorf("cwd outside the root: %q", got)
	}
	c.Chdir(at("/"))
	cwd("/")
	if _, e := c.Lookup(Path{}, "/../bin", true, false); e != abi.ENOENT {
		t.Errorf("left the root: %v", e)
	}
	if _, e := c.Lookup(Path{}, "/abs", true, false); e != abi.ENOENT {
		t.Errorf("an absolute link left the root: %v", e)
	}
	// A root that is a mount's root: ".." must not leave through the mount.
	_, c = sample(t)
	if e := c.Chroot(at("/mnt")); e != 0 {
		t.Fatal(e)
	}
	if p, _ := c.Lookup(Path{}, "/..", true, false); p != c.FS.Root() {
		t.Error("left the root through a mount")
	}
	_, c = sample(t)
	// A removed working directory.
	c.Mkdir(Path{}, "gone", 0o755)
	c.Chdir(at("/gone"))
	c.Rmdir(Path{}, "/gone")
	if _, e := c.Getcwd(); e != abi.ENOENT {
		t.Errorf("getcwd in a removed directory: %v", e)
	}
	if e := c.Mkdir(Path{}, "x", 0o755); e != abi.ENOENT {
		t.Errorf("mkdir in a removed directory: %v", e)
	}
}

func TestMounts(t *testing.T) {
	ns, c := sample(t)
	want := "rootfs / rootfs rw,relatime 0 0\ntmpfs /mnt tmpfs rw,relatime 0 0\nproc /proc proc rw,relatime 0 0\n"
	if got := string(ns.Mounts(c.FS.Root())); got != want {
		t.Errorf("mounts:\n%swant:\n%s", got, want)
	}
	check := func(what string, e, want abi.Errno) {
		t.Helper()
		if e != want {
			t.Errorf("%s: %v, want %v", what, e, want)
		}
	}
	d := mustOpen(t, c, "/mnt/f", abi.O_RDONLY)
	check("umount with an open file", c.Umount("/mnt", 0), abi.EBUSY)
	d.Put()
	p, _ := c.Lookup(Path{}, "/mnt/in", true, false)
	c.Chdir(p)
	check("umount of the working directory", c.Umount("/mnt", 0), abi.EBUSY)
	p, _ = c.Lookup(Path{}, "/", true, false)
	c.Chdir(p)
	check("mount inside", c.Mount("none", "/mnt/in", "tmpfs", 0, "size=1m,mode=700"), 0)
	check("umount with a mount inside", c.Umount("/mnt", 0), abi.EBUSY)
	check("umount of no mount point", c.Umount("/usr", 0), abi.EINVAL)
	check("umount of the root", c.Umount("/", 0), abi.EBUSY)
	check("rmdir of a mount point", c.Rmdir(Path{}, "/mnt"), abi.EBUSY)
	check("rename between mounts", c.Rename(Path{}, "/mnt/f", Path{}, "/f", 0), abi.EXDEV)
	check("link between mounts", c.Link(Path{}, "/mnt/f", Path{}, "/f", false, false), abi.EXDEV)
	check("unknown type", c.Mount("x", "/usr", "ext4", 0, ""), abi.ENODEV)
	check("the same again", c.Mount("proc", "/proc", "proc", 0, ""), abi.EBUSY)
	check("unknown option", c.Mount("x", "/usr", "tmpfs", 0, "colour=red"), abi.EINVAL)
	check("remount ro", c.Mount("", "/mnt", "", abi.MS_REMOUNT|abi.MS_RDONLY, ""), 0)
	check("create on ro", c.Mkdir(Path{}, "/mnt/new", 0o755), abi.EROFS)
	if _, e := c.Open(Path{}, "/mnt/f", abi.O_WRONLY, 0); e != abi.EROFS {
		t.Errorf("write open on ro: %v", e)
	}
	if got := readFile(t, c, "/mnt/f"); got != "mounted" {
		t.Errorf("read on ro: %q", got)
	}
	check("bind", c.Mount("/bin", "/usr/lib", "", abi.MS_BIND, ""), 0)
	if got := readFile(t, c, "/usr/lib/sh"); got != "shell" {
		t.Errorf("through the bind mount: %q", got)
	}
	check("bind of a file on a directory", c.Mount("/bin/sh", "/usr", "", abi.MS_BIND, ""), abi.ENOTDIR)
	check("detach", c.Umount("/mnt", abi.MNT_DETACH), 0)
	if _, e := c.Lookup(Path{}, "/mnt/f", true, false); e != abi.ENOENT {
		t.Errorf("after detach: %v", e)
	}
	user := *c
	user.Cred.UID = 1
	check("mount by a user", user.Mount("x", "/usr", "tmpfs", 0, ""), abi.EPERM)
}

// A tmpfs is full at its size; what is removed can be used again; an open file
// that has been removed still counts.
func TestTmpfsLimit(t *testing.T) {
	_, c := sample(t)
	if e := c.Mount("none", "/usr", "tmpfs", 0, "size=64k"); e != 0 {
		t.Fatal(e)
	}
	free := func() uint64 {
		p, _ := c.Lookup(Path{}, "/usr", true, false)
		var st abi.Statfs
		p.Statfs(&st)
		return st.Bfree
	}
	before := free()
	d := mustOpen(t, c, "/usr/f", abi.O_RDWR|abi.O_CREAT)
	big := make([]byte, 100_000)
	n, e := d.Write(c, big)
	if e != 0 || n < 8*pageSize || n >= 64<<10 {
		t.Errorf("write to a small tmpfs: %d, %v", n, e)
	}
	if _, e := d.Write(c, big); e != abi.ENOSPC {
		t.Errorf("write to a full tmpfs: %v", e)
	}
	c.Unlink(Path{}, "/usr/f")
	if free() == before {
		t.Error("the room of an open file was given back")
	}
	d.Put()
	if free() != before {
		t.Errorf("free %d, was %d", free(), before)
	}
	for i := range 1000 {
		if e := c.Mkdir(Path{}, fmt.Sprint("/usr/", i), 0o755); e == abi.ENOSPC {
			return
		}
	}
	t.Error("a thousand directories in 64 KiB")
}

func TestGenerated(t *testing.T) {
	ns, c := sample(t)
	r, _ := ns.Pipe(c, 0)
	ns.Proc().Add("pipe", PlaceLink(func() (Path, bool) { return r.Path(), true }))
	ns.Proc().Add("place", PlaceLink(func() (Path, bool) {
		p, e := c.find(Path{}, "/usr/lib", 0)
		return p, e == 0
	}))
	for path, want := range map[string]string{"/proc/pipe": r.Path().Dent.name, "/proc/place": "/usr/lib"} {
		if got, e := c.Readlink(Path{}, path); got != want || e != 0 {
			t.Errorf("%s: %q, %v", path, got, e)
		}
	}
	if got := readFile(t, c, "/proc/place/x"); got != "lib" {
		t.Error(got)
	}
	if d := mustOpen(t, c, "/proc/pipe", abi.O_WRONLY); d.Inode() != r.Inode() {
		t.Error("opening the link does not open the pipe")
	}
	starts := 0
	ns.Proc().Add("lines", Stream(0o444, func() func([]byte) []byte {
		starts++
		i := 0
		return func(b []byte) []byte {
			if i == 1000 {
				return b
			}
			i++
			return fmt.Appendf(b, "line %d\n", i)
		}
	}))
	testStream(t, c, &starts)
	n := 0
	ns.Proc().Add("count", Text(0o444, func() []byte { n++; return fmt.Appendf(nil, "%d\n", n) }))
	var stored string
	ns.Proc().Sub("sys").Sub("kernel").Add("hostname", TextRW(0o644,
		func() []byte { return []byte(stored) },
		func(b []byte) abi.Errno {
			if string(b) == "bad" {
				return abi.EINVAL
			}
			stored = string(b)
			return 0
		}))
	pids := map[string]bool{"1": true, "7": true}
	ns.Proc().Dynamic(func(name string) *Node {
		if !pids[name] {
			return nil
		}
		d := NewDir()
		d.Add("comm", Text(0o444, func() []byte { return []byte("p" + name) }))
		d.Add("exe", MagicLink(0o777, func(*Caller) string { return "/bin/sh (deleted)" },
			func(c *Caller) (Path, abi.Errno) { return c.find(Path{}, "/bin/sh", followLast) }))
		return DirNode(0o555, d)
	}, func() []string { return []string{"1", "7"} })
	ns.Proc().Add("self", Symlink(func(c *Caller) string { return fmt.Sprint(c.PID) }))

	if got := readFile(t, c, "/proc/7/comm"); got != "p7" {
		t.Error(got)
	}
	if got := readFile(t, c, "/proc/self/comm"); got != "p1" {
		t.Error(got)
	}
	if got := readFile(t, c, "/proc/self/exe"); got != "shell" {
		t.Error(got)
	}
	if s, _ := c.Readlink(Path{}, "/proc/self/exe"); s != "/bin/sh (deleted)" {
		t.Error(s)
	}
	if _, e := c.Lookup(Path{}, "/proc/8", true, false); e != abi.ENOENT {
		t.Error(e)
	}
	// The text is made once for each reading from the start.
	d := mustOpen(t, c, "/proc/count", abi.O_RDONLY)
	if a, b := readAll(t, c, d), readAll(t, c, d); a != "1\n" || b != "" {
		t.Errorf("%q %q", a, b)
	}
	d.Lseek(0, abi.SEEK_SET)
	if s := readAll(t, c, d); s != "2\n" {
		t.Errorf("after rewinding: %q", s)
	}
	d.Put()
	writeFile2 := func(s string) abi.Errno {
		d := mustOpen(t, c, "/proc/sys/kernel/hostname", abi.O_WRONLY|abi.O_TRUNC)
		defer d.Put()
		_, e := d.Write(c, []byte(s))
		return e
	}
	if e := writeFile2("host"); e != 0 || stored != "host" {
		t.Error(e, stored)
	}
	if e := writeFile2("bad"); e != abi.EINVAL {
		t.Error(e)
	}
	if _, e := c.Open(Path{}, "/proc/count", abi.O_WRONLY, 0); e != abi.EACCES {
		t.Error(e)
	}
	if e := c.Mkdir(Path{}, "/proc/x", 0o755); e != abi.EPERM {
		t.Error(e)
	}
	if e := c.Unlink(Path{}, "/proc/count"); e != abi.EPERM {
		t.Error(e)
	}
	// Inode numbers stay from look to look.
	for _, p := range []string{"/proc/version", "/proc/7", "/proc/7/comm", "/proc/sys/kernel"} {
		a, _ := c.Lookup(Path{}, p, true, false)
		b, _ := c.Lookup(Path{}, p, true, false)
		if a.Inode().Ino() != b.Inode().Ino() || a.Inode().Ino() == 0 {
			t.Errorf("%s: inode %d, then %d", p, a.Inode().Ino(), b.Inode().Ino())
		}
	}
	var names []string
	d = mustOpen(t, c, "/proc", abi.O_RDONLY)
	d.ReadDir(func(e DirEntry, _ int64) bool { names = append(names, e.Name); return true })
	d.Put()
	if got := strings.Join(names, " "); got != ". .. count filesystems lines mounts pipe place self sys version 1 7" {
		t.Errorf("listing: %s", got)
	}
	// A listing in pieces is of one moment.
	d = mustOpen(t, c, "/proc", abi.O_RDONLY)
	names = nil
	for i := range 50 {
		if i == 3 {
			ns.Proc().Add("aaa", Text(0o444, nil))
		}
		before := len(names)
		d.ReadDir(func(e DirEntry, _ int64) bool {
			if len(names) > before {
				return false
			}
			names = append(names, e.Name)
			return true
		})
	}
	d.Put()
	if got := strings.Join(names, " "); got != ". .. count filesystems lines mounts pipe place self sys version 1 7" {
		t.Errorf("listing in pieces: %s", got)
	}
	// A mount on a generated directory is found again.
	if e := c.Mount("none", "/proc/sys/kernel", "tmpfs", 0, ""); e != 0 {
		t.Error(e)
	}
	writeFile(t, c, "/proc/sys/kernel/new", "n")
	if got := readFile(t, c, "/proc/sys/kernel/new"); got != "n" {
		t.Error(got)
	}
}

func TestDevices(t *testing.T) {
	ns, c := sample(t)
	c.Mkdir(Path{}, "/dev", 0o755)
	if e := c.Mount("dev", "/dev", "devtmpfs", 0, ""); e != 0 {
		t.Fatal(e)
	}
	ns.AddRandom(func(p []byte) {
		for i := range p {
			p[i] = 7
		}
	})
	ns.AddDevice("input/mouse0", abi.S_IFCHR|0o600, 13, 32, func(*Caller, int) (File, abi.Errno) { return nullFile{}, 0 })
	buf := []byte("xxx")
	for _, k := range []struct {
		path         string
		major, minor uint32
		read         string
		readErr, we  abi.Errno
	}{
		{"/dev/null", 1, 3, "", 0, 0},
		{"/dev/zero", 1, 5, "\x00\x00\x00", 0, 0},
		{"/dev/full", 1, 7, "\x00\x00\x00", 0, abi.ENOSPC},
		{"/dev/random", 1, 8, "\x07\x07\x07", 0, 0},
		{"/dev/urandom", 1, 9, "\x07\x07\x07", 0, 0},
		{"/dev/input/mouse0", 13, 32, "", 0, 0},
	} {
		d := mustOpen(t, c, k.path, abi.O_RDWR)
		n, e := d.Read(c, buf)
		if string(buf[:n]) != k.read || e != k.readErr {
			t.Errorf("%s: read %q, %v", k.path, buf[:n], e)
		}
		if _, e := d.Write(c, buf); e != k.we {
			t.Errorf("%s: write %v", k.path, e)
		}
		var st abi.Stat
		d.Inode().Stat(&st)
		if st.Rdev != abi.MakeDev(k.major, k.minor) || st.Mode&abi.S_IFMT != abi.S_IFCHR {
			t.Errorf("%s: rdev %#x", k.path, st.Rdev)
		}
		d.Put()
	}
	if _, e := c.Open(Path{}, "/dev/nothing", abi.O_RDONLY, 0); e != abi.ENOENT {
		t.Error(e)
	}
	c.Mknod(Path{}, "/odd", abi.S_IFCHR|0o600, abi.MakeDev(99, 1))
	if _, e := c.Open(Path{}, "/odd", abi.O_RDONLY, 0); e != abi.ENXIO {
		t.Errorf("device without a driver: %v", e)
	}
	ns.RemoveDevice("null", abi.S_IFCHR, 1, 3)
	if _, e := c.Open(Path{}, "/dev/null", abi.O_RDONLY, 0); e != abi.ENOENT {
		t.Errorf("removed device: %v", e)
	}
	c.Mount("", "/dev", "", abi.MS_REMOUNT|abi.MS_NODEV, "")
	if _, e := c.Open(Path{}, "/dev/zero", abi.O_RDONLY, 0); e != abi.EACCES {
		t.Errorf("nodev: %v", e)
	}
}

func TestMakeDev(t *testing.T) {
	for _, k := range [][2]uint32{{1, 3}, {4, 64}, {0xfff, 0xfffff}, {8, 0x100}} {
		d := abi.MakeDev(k[0], k[1])
		if abi.Major(d) != k[0] || abi.Minor(d) != k[1] {
			t.Errorf("%v: %#x -> %d:%d", k, d, abi.Major(d), abi.Minor(d))
		}
	}
}

// testStream reads a Stream on, back and ahead.
func testStream(t *testing.T, c *Caller, starts *int) {
	t.Helper()
	var whole strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&whole, "line %d\n", i+1)
	}
	if got := readFile(t, c, "/proc/lines"); got != whole.String() || *starts != 1 {
		t.Errorf("%d bytes from %d starts, want %d", len(got), *starts, whole.Len())
	}
	d := mustOpen(t, c, "/proc/lines", abi.O_RDONLY)
	for _, r := range []struct{ off, n, starts int }{
		{0, 7, 2}, {7, 3, 2}, {5000, 100, 2}, {20, 10, 3}, {whole.Len() - 3, 10, 3}, {whole.Len(), 10, 3}, {whole.Len() + 99, 10, 3}, {1, 1, 4},
	} {
		b := make([]byte, r.n)
		n, e := d.ReadAt(c, b, int64(r.off))
		want := whole.String()[min(r.off, whole.Len()):min(r.off+r.n, whole.Len())]
		if e != 0 || string(b[:n]) != want || *starts != r.starts {
			t.Errorf("%d bytes at %d: %q %v after %d starts, want %q", r.n, r.off, b[:n], e, *starts, want)
		}
	}
	if _, e := c.Open(Path{}, "/proc/lines", abi.O_WRONLY, 0); e != abi.EACCES {
		t.Errorf("open for writing: %v", e)
	}
}
