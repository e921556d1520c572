package vfs

import (
	"fmt"
	"math/rand"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"rv86/kernel/abi"
	"rv86/tests/lab"
)

// The model test performs the same random operations on our tmpfs and, through
// real system calls, on the host's, and compares every result: error numbers,
// contents, attributes. The host's tmpfs is the specification.

// ops is what both sides can do. Results are printable.
type ops interface {
	open(path string, flags int, mode uint32) (fd int, e abi.Errno)
	close(fd int) abi.Errno
	read(fd, n int) (string, abi.Errno)
	write(fd int, s string) (int, abi.Errno)
	pwrite(fd int, s string, off int64) (int, abi.Errno)
	lseek(fd int, off int64, whence int) (int64, abi.Errno)
	ftruncate(fd int, size int64) abi.Errno
	punch(fd int, off, n int64) abi.Errno
	mkdir(path string, mode uint32) abi.Errno
	rmdir(path string) abi.Errno
	unlink(path string) abi.Errno
	rename(from, to string, flags uint32) abi.Errno
	link(from, to string, follow bool) abi.Errno
	symlink(text, path string) abi.Errno
	readlink(path string) (string, abi.Errno)
	stat(path string, follow bool) (string, abi.Errno)
	chmod(path string, mode uint32) abi.Errno
	truncate(path string, size int64) abi.Errno
	access(path string, mode uint32) abi.Errno
	mkfifo(path string) abi.Errno
	list(path string) (string, abi.Errno)
}

// ours is this package, seen from the directory /top.
type ours struct {
	c   *Caller
	top Path
	fds *FDTable
}

func (o *ours) open(p string, flags int, mode uint32) (int, abi.Errno) {
	d, e := o.c.Open(o.top, p, flags, mode)
	if e != 0 {
		return -1, e
	}
	fd, e := o.fds.Install(d, 0, false)
	return fd, e
}

func (o *ours) close(fd int) abi.Errno { return o.fds.Close(nil, fd) }

func (o *ours) with(fd int, f func(d *Description) abi.Errno) abi.Errno {
	d, e := o.fds.Get(fd)
	if e != 0 {
		return e
	}
	defer d.Put()
	return f(d)
}

func (o *ours) read(fd, n int) (s string, e abi.Errno) {
	e = o.with(fd, func(d *Description) abi.Errno {
		b := make([]byte, n)
		n, e := d.Read(o.c, b)
		s = string(b[:n])
		return e
	})
	return s, e
}

func (o *ours) write(fd int, s string) (n int, e abi.Errno) {
	e = o.with(fd, func(d *Description) (e abi.Errno) {
		n, e = d.Write(o.c, []byte(s))
		return e
	})
	return n, e
}

func (o *ours) pwrite(fd int, s string, off int64) (n int, e abi.Errno) {
	e = o.with(fd, func(d *Description) (e abi.Errno) {
		n, e = d.WriteAt(o.c, []byte(s), off)
		return e
	})
	return n, e
}

func (o *ours) lseek(fd int, off int64, whence int) (n int64, e abi.Errno) {
	e = o.with(fd, func(d *Description) (e abi.Errno) {
		n, e = d.Lseek(off, whence)
		return e
	})
	return n, e
}

func (o *ours) ftruncate(fd int, size int64) abi.Errno {
	return o.with(fd, func(d *Description) abi.Errno { return d.Truncate(size) })
}

func (o *ours) punch(fd int, off, n int64) abi.Errno {
	return o.with(fd, func(d *Description) abi.Errno {
		return d.Allocate(off, n, abi.FALLOC_FL_PUNCH_HOLE|abi.FALLOC_FL_KEEP_SIZE)
	})
}

func (o *ours) mkdir(p string, mode uint32) abi.Errno { return o.c.Mkdir(o.top, p, mode) }
func (o *ours) rmdir(p string) abi.Errno              { return o.c.Rmdir(o.top, p) }
func (o *ours) unlink(p string) abi.Errno             { return o.c.Unlink(o.top, p) }
func (o *ours) rename(from, to string, flags uint32) abi.Errno {
	return o.c.Rename(o.top, from, o.top, to, flags)
}

func (o *ours) link(from, to string, follow bool) abi.Errno {
	return o.c.Link(o.top, from, o.top, to, follow, false)
}
func (o *ours) symlink(text, p string) abi.Errno              { return o.c.Symlink(text, o.top, p) }
func (o *ours) readlink(p string) (string, abi.Errno)         { return o.c.Readlink(o.top, p) }
func (o *ours) mkfifo(p string) abi.Errno                     { return o.c.Mknod(o.top, p, abi.S_IFIFO|0o644, 0) }
func (o *ours) at(p string, f func(Path) abi.Errno) abi.Errno { return o.lookup(p, true, f) }

func (o *ours) lookup(p string, follow bool, f func(Path) abi.Errno) abi.Errno {
	at, e := o.c.Lookup(o.top, p, follow, false)
	if e != 0 {
		return e
	}
	return f(at)
}

func (o *ours) stat(p string, follow bool) (s string, e abi.Errno) {
	e = o.lookup(p, follow, func(at Path) abi.Errno {
		var st abi.Stat
		at.Inode().Stat(&st)
		s = describe(st.Mode, st.Nlink, st.UID, st.GID, st.Size)
		return 0
	})
	return s, e
}

func describe(mode, nlink, uid, gid uint32, size int64) string {
	if mode&abi.S_IFMT == abi.S_IFDIR {
		size = 0 // not specified
	}
	return fmt.Sprintf("%o %d %d:%d %d", mode, nlink, uid, gid, size)
}

func (o *ours) chmod(p string, mode uint32) abi.Errno {
	return o.at(p, func(at Path) abi.Errno { return o.c.Chmod(at, mode) })
}

func (o *ours) truncate(p string, size int64) abi.Errno {
	return o.at(p, func(at Path) abi.Errno { return o.c.Truncate(at, size) })
}

func (o *ours) access(p string, mode uint32) abi.Errno {
	return o.at(p, func(at Path) abi.Errno { return o.c.Access(at, mode) })
}

func (o *ours) list(p string) (string, abi.Errno) {
	fd, e := o.open(p, abi.O_RDONLY|abi.O_DIRECTORY, 0)
	if e != 0 {
		return "", e
	}
	defer o.close(fd)
	var l []string
	e = o.with(fd, func(d *Description) abi.Errno {
		return d.ReadDir(func(e DirEntry, _ int64) bool {
			if e.Name != "." && e.Name != ".." {
				l = append(l, fmt.Sprintf("%s:%d", e.Name, e.Type))
			}
			return true
		})
	})
	sort.Strings(l)
	return strings.Join(l, " "), e
}

// theirs is the host, seen from a directory in its tmpfs. Its descriptor
// numbers are translated to ours.
type theirs struct {
	top int
	fds map[int]int
}

func errno(err error) abi.Errno {
	if err == nil {
		return 0
	}
	return abi.Errno(err.(unix.Errno))
}

func (h *theirs) open(p string, flags int, mode uint32) (int, abi.Errno) {
	fd, err := unix.Openat(h.top, p, hostFlags(flags), mode)
	if err != nil {
		return -1, errno(err)
	}
	n := 0
	for h.fds[n] != 0 {
		n++
	}
	h.fds[n] = fd
	return n, 0
}

// hostFlags translates the open flags whose numbers depend on the machine.
func hostFlags(f int) int {
	out := f & (abi.O_ACCMODE | abi.O_CREAT | abi.O_EXCL | abi.O_TRUNC | abi.O_APPEND | abi.O_NONBLOCK)
	for _, x := range [][2]int{
		{abi.O_DIRECTORY, unix.O_DIRECTORY},
		{abi.O_NOFOLLOW, unix.O_NOFOLLOW},
		{abi.O_PATH, unix.O_PATH},
	} {
		if f&x[0] != 0 {
			out |= x[1]
		}
	}
	return out
}

func (h *theirs) fd(n int) int {
	if fd, ok := h.fds[n]; ok {
		return fd
	}
	return -1
}

func (h *theirs) close(n int) abi.Errno {
	fd := h.fd(n)
	delete(h.fds, n)
	return errno(unix.Close(fd))
}

func (h *theirs) read(fd, n int) (string, abi.Errno) {
	b := make([]byte, n)
	n, err := unix.Read(h.fd(fd), b)
	return string(b[:max(n, 0)]), errno(err)
}

func (h *theirs) write(fd int, s string) (int, abi.Errno) {
	n, err := unix.Write(h.fd(fd), []byte(s))
	return max(n, 0), errno(err)
}

func (h *theirs) pwrite(fd int, s string, off int64) (int, abi.Errno) {
	n, err := unix.Pwrite(h.fd(fd), []byte(s), off)
	return max(n, 0), errno(err)
}

func (h *theirs) lseek(fd int, off int64, whence int) (int64, abi.Errno) {
	n, err := unix.Seek(h.fd(fd), off, whence)
	return max(n, 0), errno(err)
}

func (h *theirs) ftruncate(fd int, size int64) abi.Errno {
	return errno(unix.Ftruncate(h.fd(fd), size))
}

func (h *theirs) punch(fd int, off, n int64) abi.Errno {
	return errno(unix.Fallocate(h.fd(fd), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, off, n))
}

func (h *theirs) mkdir(p string, mode uint32) abi.Errno { return errno(unix.Mkdirat(h.top, p, mode)) }

func (h *theirs) rmdir(p string) abi.Errno  { return errno(unix.Unlinkat(h.top, p, unix.AT_REMOVEDIR)) }
func (h *theirs) unlink(p string) abi.Errno { return errno(unix.Unlinkat(h.top, p, 0)) }
func (h *theirs) rename(from, to string, flags uint32) abi.Errno {
	return errno(unix.Renameat2(h.top, from, h.top, to, uint(flags)))
}

func (h *theirs) link(from, to string, follow bool) abi.Errno {
	flags := 0
	if follow {
		flags = unix.AT_SYMLINK_FOLLOW
	}
	return errno(unix.Linkat(h.top, from, h.top, to, flags))
}
func (h *theirs) symlink(text, p string) abi.Errno { return errno(unix.Symlinkat(text, h.top, p)) }
func (h *theirs) mkfifo(p string) abi.Errno        { return errno(unix.Mkfifoat(h.top, p, 0o644)) }

func (h *theirs) readlink(p string) (string, abi.Errno) {
	b := make([]byte, abi.PATH_MAX)
	n, err := unix.Readlinkat(h.top, p, b)
	return string(b[:max(n, 0)]), errno(err)
}

func (h *theirs) stat(p string, follow bool) (string, abi.Errno) {
	flags := unix.AT_SYMLINK_NOFOLLOW
	if follow {
		flags = 0
	}
	var st unix.Stat_t
	if err := unix.Fstatat(h.top, p, &st, flags); err != nil {
		return "", errno(err)
	}
	return describe(st.Mode, uint32(st.Nlink), st.Uid, st.Gid, st.Size), 0
}

func (h *theirs) chmod(p string, mode uint32) abi.Errno {
	return errno(unix.Fchmodat(h.top, p, mode, 0))
}

// truncate goes through the directory's /proc entry: there is no truncateat.
func (h *theirs) truncate(p string, size int64) abi.Errno {
	return errno(unix.Truncate(fmt.Sprintf("/proc/self/fd/%d/%s", h.top, p), size))
}

func (h *theirs) access(p string, mode uint32) abi.Errno {
	return errno(unix.Faccessat(h.top, p, mode, 0))
}

func (h *theirs) list(p string) (string, abi.Errno) {
	fd, err := unix.Openat(h.top, p, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return "", errno(err)
	}
	defer unix.Close(fd)
	var l []string
	b := make([]byte, 65536)
	for {
		n, err := unix.Getdents(fd, b)
		if err != nil || n == 0 {
			sort.Strings(l)
			return strings.Join(l, " "), errno(err)
		}
		for d := b[:n]; len(d) > 0; {
			size := int(d[16]) | int(d[17])<<8
			name, _, _ := strings.Cut(string(d[19:size]), "\x00")
			if name != "." && name != ".." {
				l = append(l, fmt.Sprintf("%s:%d", name, d[18]))
			}
			d = d[size:]
		}
	}
}

// step performs one random operation on o and describes it and its result. It
// draws the same numbers from r whatever the results.
func step(o ops, r *rand.Rand) string {
	name := func() string {
		n := []string{"a", "b", "c", "d"}[r.Intn(4)]
		switch r.Intn(24) {
		case 0:
			return n + "/"
		case 1:
			return n + "/."
		case 2:
			return n + "/.."
		case 3:
			return "./" + n
		case 4:
			return n + "//" + []string{"a", "b"}[r.Intn(2)] + "/"
		case 5:
			return n + "/../" + []string{"a", "b"}[r.Intn(2)]
		case 6:
			return []string{"", ".", "..", strings.Repeat("n", 256), strings.Repeat("./", 2048) + "a"}[1+r.Intn(4)]
		case 7, 8, 9, 10, 11:
			return n + "/" + []string{"a", "b", "c"}[r.Intn(3)]
		case 12, 13:
			return n + "/" + []string{"a", "b"}[r.Intn(2)] + "/" + []string{"a", "b"}[r.Intn(2)]
		}
		return n
	}
	mode := []uint32{0o644, 0o755, 0o600, 0o777, 0o2755}[r.Intn(5)]
	fd, big, off := r.Intn(4), r.Intn(3) == 0, int64(r.Intn(10000))
	data := strings.Repeat(string(rune('A'+r.Intn(26))), 1+r.Intn(200))
	if big {
		data = strings.Repeat(data, 40)
	}
	p, q := name(), name()
	show := func(call string, args ...any) string { return call + " " + fmt.Sprint(args...) }
	switch r.Intn(26) {
	case 0, 1, 2, 3:
		flags := []int{abi.O_RDONLY, abi.O_WRONLY, abi.O_RDWR}[r.Intn(3)] | abi.O_NONBLOCK
		for _, f := range []int{abi.O_CREAT, abi.O_CREAT, abi.O_EXCL, abi.O_TRUNC, abi.O_APPEND, abi.O_NOFOLLOW, abi.O_DIRECTORY} {
			if r.Intn(4) == 0 {
				flags |= f
			}
		}
		if flags&(abi.O_CREAT|abi.O_DIRECTORY) == abi.O_CREAT|abi.O_DIRECTORY {
			flags &^= abi.O_CREAT // differs between versions of Linux
		}
		fd, e := o.open(p, flags, mode)
		if fd > 3 {
			o.close(fd)
		}
		return show("open", p, fmt.Sprintf(" %#o ", flags), fd, e)
	case 4:
		return show("close", fd, o.close(fd))
	case 5, 6:
		s, e := o.read(fd, len(data))
		return show("read", fd, s, e)
	case 7, 8:
		n, e := o.write(fd, data)
		return show("write", fd, n, e)
	case 9:
		n, e := o.pwrite(fd, data, off)
		return show("pwrite", fd, off, n, e)
	case 10:
		w := r.Intn(3)
		n, e := o.lseek(fd, off-5000, w)
		return show("lseek", fd, off-5000, w, n, e)
	case 11:
		return show("ftruncate", fd, off, o.ftruncate(fd, off))
	case 12, 13:
		return show("mkdir", p, mode, o.mkdir(p, mode))
	case 14:
		return show("rmdir", p, o.rmdir(p))
	case 15:
		return show("unlink", p, o.unlink(p))
	case 16, 17, 18:
		f := []uint32{0, 0, abi.RENAME_NOREPLACE, abi.RENAME_EXCHANGE}[r.Intn(4)]
		return show("rename", p, q, f, o.rename(p, q, f))
	case 19:
		f := r.Intn(2) == 0
		return show("link", p, q, f, o.link(p, q, f))
	case 20:
		text := []string{"a", "b", "../a", "a/b", ".", "c", "nowhere", "b/"}[r.Intn(8)]
		return show("symlink", text, p, o.symlink(text, p))
	case 21:
		s, e := o.readlink(p)
		return show("readlink", p, s, e)
	case 22:
		f := r.Intn(2) == 0
		s, e := o.stat(p, f)
		return show("stat", p, f, s, e)
	case 23:
		if r.Intn(2) == 0 {
			return show("chmod", p, mode, o.chmod(p, mode))
		}
		return show("access", p, o.access(p, uint32(r.Intn(8))))
	case 24:
		if r.Intn(4) == 0 {
			return show("mkfifo", p, o.mkfifo(p))
		}
		return show("truncate", p, off, o.truncate(p, off))
	case 25:
		if r.Intn(2) == 0 {
			return show("punch", fd, off, o.punch(fd, off, int64(len(data))))
		}
		s, e := o.list(p)
		return show("list", p, s, e)
	}
	return ""
}

// tree lists everything below a directory.
func tree(o ops, dir string) []string {
	l, e := o.list(dir)
	if e != 0 {
		return []string{dir + " " + e.Error()}
	}
	var out []string
	for _, n := range strings.Fields(l) {
		name, typ, _ := strings.Cut(n, ":")
		p := dir + "/" + name
		st, _ := o.stat(p, false)
		line := p + " " + st
		switch typ {
		case fmt.Sprint(abi.DT_REG):
			fd, _ := o.open(p, abi.O_RDONLY, 0)
			text, _ := o.read(fd, 100000)
			o.close(fd)
			line += " " + text
		case fmt.Sprint(abi.DT_LNK):
			text, _ := o.readlink(p)
			line += " -> " + text
		}
		out = append(out, line)
		if typ == fmt.Sprint(abi.DT_DIR) {
			out = append(out, tree(o, p)...)
		}
	}
	return out
}

func TestModel(t *testing.T) {
	dir, err := os.MkdirTemp("/dev/shm", "rv86-model")
	if err != nil {
		lab.Skip(t, "no tmpfs of the host to compare with: %v", err)
	}
	defer os.RemoveAll(dir)
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil || fs.Type != abi.TMPFS_MAGIC {
		lab.Skip(t, "/dev/shm of the host is no tmpfs")
	}
	defer unix.Umask(unix.Umask(0o022))
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	for seed := range rounds {
		compareRun(t, fmt.Sprintf("%s/%d", dir, seed), int64(seed))
		if t.Failed() {
			return
		}
	}
}

func compareRun(t *testing.T, dir string, seed int64) {
	// The working directory of both lies two levels down, so that ".." stays
	// in known ground.
	if err := os.MkdirAll(dir+"/top", 0o755); err != nil {
		t.Fatal(err)
	}
	top, err := unix.Open(dir+"/top", unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		t.Fatal(err)
	}
	h := &theirs{top, map[int]int{}}
	defer func() {
		for _, fd := range h.fds {
			unix.Close(fd)
		}
		unix.Close(top)
	}()
	ns, c := newTree(t)
	ns.cfg.MemLimit = 0
	c.Cred = Cred{UID: uint32(os.Getuid()), GID: uint32(os.Getgid())}
	root := &Caller{FS: c.FS}
	if e := root.Mkdir(Path{}, "/top", 0o755); e != 0 {
		t.Fatal(e)
	}
	p, _ := root.Lookup(Path{}, "/top", true, false)
	root.Chown(p, c.Cred.UID, c.Cred.GID)
	up, _ := root.Lookup(Path{}, "/", true, false)
	root.Chown(up, c.Cred.UID, c.Cred.GID)
	o := &ours{c, p, NewFDTable()}

	ro, rh := rand.New(rand.NewSource(seed)), rand.New(rand.NewSource(seed))
	var history []string
	for i := range 400 {
		got, want := step(o, ro), step(h, rh)
		history = append(history, want)
		if got != want {
			tail := history[max(0, len(history)-25):]
			t.Fatalf("seed %d, step %d: ours  %.300s\nhost: %.300s\nbefore:\n%s", seed, i, got, want, cutLines(tail))
		}
		if i%50 == 49 {
			if d := cmp.Diff(tree(h, "."), tree(o, ".")); d != "" {
				t.Fatalf("seed %d, step %d: trees differ (-host +ours):\n%.2000s\nbefore:\n%s", seed, i, d, cutLines(history[max(0, len(history)-50):]))
			}
		}
	}
	o.fds.Drop(nil)
}

func cutLines(l []string) string {
	s := ""
	for _, x := range l {
		s += fmt.Sprintf("%.100s\n", x)
	}
	return s
}
