//go:build linux

// Command files exercises the file system calls of the machine it runs on and
// prints what they do. It prints the same on Linux and on our kernel: the
// test beside it compares a run on the host with the text that a golden
// script expects of the guest.
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) > 1 {
		child(os.Args[1])
		return
	}
	dir, err := os.MkdirTemp(os.Getenv("FILES_DIR"), "files") // else /tmp
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	defer os.RemoveAll(dir)
	must(os.Chdir(dir))
	syscall.Umask(0o022)
	for _, s := range []struct {
		name string
		run  func()
	}{
		{"contents", contents},
		{"names", names},
		{"attributes", attributes},
		{"links", links},
		{"directories", directories},
		{"descriptors", descriptors},
		{"pipes", pipes},
		{"deadlines", deadlines},
		{"fifo", fifo},
		{"copies", copies},
		{"locks", locks},
		{"poll", poll},
		{"epoll", epoll},
		{"timers", timers},
		{"sockets", sockets},
		{"children", children},
	} {
		fmt.Printf("== %s\n", s.name)
		s.run()
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// show prints a call's name, its results, and its error as the errno's text.
func show(what string, results ...any) {
	fmt.Printf("%s:", what)
	for _, r := range results {
		var no syscall.Errno
		if err, ok := r.(error); ok && errors.As(err, &no) {
			r = no.Error()
		}
		fmt.Printf(" %v", r)
	}
	fmt.Println()
}

func contents() {
	f, err := os.OpenFile("f", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	must(err)
	defer f.Close()
	n, err := f.WriteString("hello, world")
	show("write", n, err)
	off, err := f.Seek(-5, io.SeekEnd)
	show("seek", off, err)
	b := make([]byte, 20)
	n, err = f.Read(b)
	show("read", string(b[:n]), err)
	n, err = f.Read(b)
	show("read at the end", n, err)
	_, err = f.WriteAt([]byte("J"), 0)
	show("pwrite", err)
	_, err = f.WriteAt([]byte("far"), 1_000_000)
	show("sparse", err)
	st, _ := f.Stat()
	var sys unix.Stat_t
	must(unix.Fstat(int(f.Fd()), &sys))
	show("size", st.Size(), "few blocks:", sys.Blocks < 100)
	n, err = f.ReadAt(b, 999_995)
	show("hole", fmt.Sprintf("%q", b[:n]), err)
	show("truncate", f.Truncate(3))
	show("extend", f.Truncate(8))
	text, err := os.ReadFile("f")
	show("contents", fmt.Sprintf("%q", text), err)
	_, err = f.Seek(-1, io.SeekStart)
	show("seek before the start", err)
	_, err = f.ReadAt(b, -1)
	show("pread at -1", err != nil)
	_, err = os.OpenFile("f", os.O_CREATE|os.O_EXCL, 0)
	show("O_EXCL", err)
	a, err := os.OpenFile("f", os.O_APPEND|os.O_WRONLY, 0)
	must(err)
	a.WriteString("++")
	_, err = a.Read(b)
	show("read of a write-only file", err)
	a.Close()
	text, _ = os.ReadFile("f")
	show("appended", fmt.Sprintf("%q", text))
	show("closed", f.Close())
	_, err = f.Write(b)
	show("write after close", err)
}

func names() {
	show("mkdir", os.Mkdir("d", 0o755))
	show("mkdir again", os.Mkdir("d", 0o755))
	show("mkdir in nothing", os.Mkdir("nope/d", 0o755))
	show("mkdirall", os.MkdirAll("d/e/f", 0o755))
	show("rmdir full", syscall.Rmdir("d"))
	show("unlink a directory", syscall.Unlink("d"))
	show("rename into itself", os.Rename("d", "d/e/x"))
	show("file on directory", syscall.Rename("f", "d"))
	show("directory on file", syscall.Rename("d", "f"))
	show("rename", os.Rename("d/e", "e2"))
	_, err := os.Stat("e2/f")
	show("moved", err)
	show("noreplace", unix.Renameat2(unix.AT_FDCWD, "f", unix.AT_FDCWD, "e2", unix.RENAME_NOREPLACE))
	show("exchange", unix.Renameat2(unix.AT_FDCWD, "f", unix.AT_FDCWD, "e2", unix.RENAME_EXCHANGE))
	st, err := os.Stat("f")
	show("now a directory", st.IsDir(), err)
	must(unix.Renameat2(unix.AT_FDCWD, "f", unix.AT_FDCWD, "e2", unix.RENAME_EXCHANGE))
	_, err = os.Stat("f/x")
	show("file as a directory", err)
	_, err = os.Stat(strings.Repeat("n", 256))
	show("long name", err)
	_, err = os.Stat(strings.Repeat("n/", 2100))
	show("long path", err)
	show("remove", os.Remove("nothing"))
	show("removeall", os.RemoveAll("d"), os.RemoveAll("e2"))
}

func attributes() {
	must(os.WriteFile("a", nil, 0o666))
	st, _ := os.Stat("a")
	show("mode under umask", st.Mode())
	show("chmod", os.Chmod("a", 0o4751))
	st, _ = os.Stat("a")
	show("mode", st.Mode())
	when := time.Unix(1_000_000_000, 123_456_789)
	show("chtimes", os.Chtimes("a", when, when.Add(time.Hour)))
	st, _ = os.Stat("a")
	show("mtime", st.ModTime().UTC())
	sys := st.Sys().(*syscall.Stat_t)
	show("atime", sys.Atim.Sec, sys.Atim.Nsec, "nlink", sys.Nlink)
	show("access", unix.Access("a", unix.R_OK|unix.X_OK), unix.Access("nothing", unix.F_OK))
	var x unix.Statx_t
	show("statx", unix.Statx(unix.AT_FDCWD, "a", 0, unix.STATX_ALL, &x), x.Size, fmt.Sprintf("%o", x.Mode), x.Nlink)
	var d1, d2 unix.Stat_t
	must(unix.Stat(".", &d1))
	must(os.Mkdir("sub", 0o777))
	must(unix.Stat(".", &d2))
	show("links of a directory", d2.Nlink-d1.Nlink)
	must(os.Remove("sub"))
	var s unix.Stat_t
	must(unix.Stat("/dev/null", &s))
	show("null", unix.Major(s.Rdev), unix.Minor(s.Rdev), s.Mode&unix.S_IFMT == unix.S_IFCHR)
}

func links() {
	must(os.WriteFile("t", []byte("target"), 0o644))
	show("symlink", os.Symlink("t", "s"))
	text, err := os.Readlink("s")
	show("readlink", text, err)
	b, err := os.ReadFile("s")
	show("through it", string(b), err)
	_, err = os.OpenFile("s", os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	show("nofollow", err)
	show("link", os.Link("t", "h"))
	show("link again", os.Link("t", "h"))
	var st unix.Stat_t
	must(unix.Stat("h", &st))
	show("nlink", st.Nlink)
	must(os.Symlink("loop2", "loop1"))
	must(os.Symlink("loop1", "loop2"))
	_, err = os.Stat("loop1")
	show("loop", err)
	must(os.Symlink("made", "dangling"))
	_, err = os.Stat("dangling")
	show("dangling", err)
	show("create through it", os.WriteFile("dangling", []byte("x"), 0o600))
	_, err = os.Stat("made")
	show("made", err)
	f, err := os.Open("t")
	must(err)
	must(os.Remove("t"))
	must(os.Remove("h"))
	b, err = io.ReadAll(f)
	show("unlinked while open", string(b), err)
	path, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
	show("its name", strings.HasSuffix(path, "/t (deleted)"), err)
	f.Close()
}

func directories() {
	must(os.Mkdir("dir", 0o755))
	for i := range 300 {
		must(os.WriteFile(fmt.Sprintf("dir/file-with-a-long-name-%03d", i), nil, 0o644))
	}
	must(os.Mkdir("dir/sub", 0o755))
	must(os.Symlink("x", "dir/link"))
	l, err := os.ReadDir("dir")
	kinds := map[fs.FileMode]int{}
	for _, e := range l {
		kinds[e.Type()]++
	}
	show("entries", len(l), kinds[0], kinds[fs.ModeDir], kinds[fs.ModeSymlink], err)
	d, err := os.Open("dir")
	must(err)
	count := 0
	for {
		names, err := d.Readdirnames(7)
		count += len(names)
		if err != nil {
			show("in pieces", count, err)
			break
		}
		if count == 70 { // removal in between must not lose others
			must(os.Remove("dir/file-with-a-long-name-299"))
			must(os.WriteFile("dir/file-with-a-long-name-299", nil, 0o644))
		}
	}
	_, err = d.Read(make([]byte, 1))
	show("read a directory", err)
	d.Close()
	var found []string
	filepath.WalkDir("dir", func(p string, e fs.DirEntry, err error) error {
		if strings.HasSuffix(p, "7") && e.Type().IsRegular() {
			found = append(found, filepath.Base(p)[len("file-with-a-long-name-"):])
		}
		return err
	})
	sort.Strings(found)
	show("walk", len(found), found[0], found[len(found)-1])
	wd, err := os.Getwd()
	show("chdir", os.Chdir("dir"), err)
	now, _ := unix.Getcwd(make([]byte, 4096))
	show("getcwd", now > 0)
	must(os.Chdir(wd))
	dirfd, err := unix.Open("dir", unix.O_PATH|unix.O_DIRECTORY, 0)
	must(err)
	fd, err := unix.Openat(dirfd, "sub/../file-with-a-long-name-001", unix.O_RDONLY, 0)
	show("openat", fd >= 0, err)
	_, err = unix.Read(dirfd, make([]byte, 1))
	show("read O_PATH", err)
	unix.Close(fd)
	unix.Close(dirfd)
	show("removeall", os.RemoveAll("dir"))
	_, err = os.Stat("dir")
	show("gone", err)
}

func descriptors() {
	f, err := os.Create("dup")
	must(err)
	defer f.Close()
	d, err := unix.Dup(int(f.Fd()))
	must(err)
	f.WriteString("abc")
	unix.Write(d, []byte("def"))
	b, _ := os.ReadFile("dup")
	show("shared offset", string(b))
	fl, err := unix.FcntlInt(uintptr(d), unix.F_GETFD, 0)
	show("getfd", fl, err)
	n, err := unix.FcntlInt(uintptr(d), unix.F_DUPFD_CLOEXEC, 100)
	show("dupfd", n, err)
	fl, _ = unix.FcntlInt(uintptr(n), unix.F_GETFD, 0)
	show("cloexec", fl)
	fl, _ = unix.FcntlInt(uintptr(d), unix.F_GETFL, 0)
	show("getfl", fl&unix.O_ACCMODE == unix.O_RDWR)
	show("dup3", unix.Dup3(d, 50, 0), unix.Dup3(d, d, 0))
	show("close", unix.Close(50), unix.Close(50))
	show("close_range", unix.CloseRange(100, 100, 0), unix.Close(n))
	unix.Close(d)
	var lim unix.Rlimit
	must(unix.Getrlimit(unix.RLIMIT_NOFILE, &lim))
	must(unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 64, Max: lim.Max}))
	var open []int
	for {
		fd, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			show("limit", err, "last", open[len(open)-1])
			break
		}
		open = append(open, fd)
	}
	for _, fd := range open {
		unix.Close(fd)
	}
	must(unix.Setrlimit(unix.RLIMIT_NOFILE, &lim))
}

func pipes() {
	r, w, err := os.Pipe()
	must(err)
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 1000 {
			fmt.Fprintf(w, "%04d%s\n", i, strings.Repeat(".", 995))
		}
		w.Close()
	})
	b, err := io.ReadAll(r)
	wg.Wait()
	show("through a pipe", len(b), strings.Count(string(b), "\n"), err)
	r.Close()
	r, w, _ = os.Pipe()
	r.Close()
	_, err = w.Write([]byte("x"))
	show("no reader", err)
	w.Close()
	var p [2]int
	must(unix.Pipe2(p[:], unix.O_NONBLOCK|unix.O_CLOEXEC))
	_, err = unix.Read(p[0], make([]byte, 1))
	show("empty", err)
	total := 0
	for {
		n, err := unix.Write(p[1], make([]byte, 4096))
		if err != nil {
			show("full", total, err)
			break
		}
		total += n
	}
	n, err := unix.IoctlGetInt(p[0], unix.TIOCINQ)
	show("waiting", n, err)
	unix.Close(p[0])
	unix.Close(p[1])
}

func deadlines() {
	r, w, err := os.Pipe()
	must(err)
	defer r.Close()
	defer w.Close()
	must(r.SetReadDeadline(time.Now().Add(20 * time.Millisecond)))
	_, err = r.Read(make([]byte, 1))
	show("deadline", errors.Is(err, os.ErrDeadlineExceeded))
	must(r.SetReadDeadline(time.Time{}))
	go func() {
		time.Sleep(5 * time.Millisecond)
		w.Write([]byte("!"))
	}()
	b := make([]byte, 1)
	n, err := r.Read(b)
	show("woken", n, string(b), err)
	done := make(chan error)
	go func() {
		_, err := r.Read(b)
		done <- err
	}()
	time.Sleep(5 * time.Millisecond)
	r.Close()
	show("closed under a reader", errors.Is(<-done, os.ErrClosed))
}

func fifo() {
	show("mkfifo", unix.Mkfifo("fifo", 0o600))
	_, err := unix.Open("fifo", unix.O_WRONLY|unix.O_NONBLOCK, 0)
	show("no reader", err)
	go func() {
		f, err := os.OpenFile("fifo", os.O_WRONLY, 0)
		must(err)
		f.WriteString("by name")
		f.Close()
	}()
	b, err := os.ReadFile("fifo")
	show("read", string(b), err)
}

func copies() {
	must(os.WriteFile("src", []byte(strings.Repeat("0123456789", 20_000)), 0o644))
	src, err := os.Open("src")
	must(err)
	defer src.Close()
	dst, err := os.Create("dst")
	must(err)
	defer dst.Close()
	n, err := io.Copy(dst, src) // copy_file_range or splice, or read and write
	show("io.Copy", n, err)
	var off int64 = 5
	m, err := unix.Sendfile(int(dst.Fd()), int(src.Fd()), &off, 10)
	show("sendfile", m, off, err)
	st, _ := dst.Stat()
	show("size", st.Size())
	iov := [][]byte{make([]byte, 3), make([]byte, 4)}
	m, err = unix.Preadv(int(dst.Fd()), iov, 200_001)
	show("preadv", m, string(iov[0]), string(iov[1]), err)
	m, err = unix.Pwritev(int(dst.Fd()), [][]byte{[]byte("ab"), []byte("cde")}, 0)
	show("pwritev", m, err)
	b := make([]byte, 8)
	dst.ReadAt(b, 0)
	show("result", string(b))
	fd, err := unix.MemfdCreate("m", 0)
	must(err)
	k, err := unix.Pwrite(fd, []byte("in memory"), 3)
	show("memfd", k, err)
	unix.Close(fd)
	show("fallocate", unix.Fallocate(int(dst.Fd()), 0, 0, 300_000))
	st, _ = dst.Stat()
	show("size", st.Size())
	show("punch", unix.Fallocate(int(dst.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, 2, 4))
	dst.ReadAt(b, 0)
	show("result", fmt.Sprintf("%q", b))
}

func locks() {
	a, err := os.Create("lock")
	must(err)
	b, err := os.Open("lock")
	must(err)
	fa, fb := int(a.Fd()), int(b.Fd())
	show("exclusive", unix.Flock(fa, unix.LOCK_EX))
	show("second", unix.Flock(fb, unix.LOCK_SH|unix.LOCK_NB))
	done := make(chan error)
	go func() { done <- unix.Flock(fb, unix.LOCK_SH) }()
	time.Sleep(5 * time.Millisecond)
	show("unlock", unix.Flock(fa, unix.LOCK_UN))
	show("then", <-done)
	a.Close()
	b.Close()

	f, err := os.Create("record")
	must(err)
	defer f.Close()
	lock := func(typ int16, start, n int64) error {
		return unix.FcntlFlock(f.Fd(), unix.F_SETLK, &unix.Flock_t{Type: typ, Start: start, Len: n})
	}
	show("record locks", lock(unix.F_WRLCK, 10, 10), lock(unix.F_RDLCK, 30, 0))
	out, err := exec.Command("/proc/self/exe", "locks").Output()
	fmt.Print(string(out))
	show("asked", err)
	show("unlock", lock(unix.F_UNLCK, 0, 0))
	out, err = exec.Command("/proc/self/exe", "locks").Output()
	fmt.Print(string(out))
	show("asked again", err)
}

// tryLocks tells, in another process, what the locks on "record" are.
func tryLocks() {
	f, err := os.OpenFile("record", os.O_RDWR, 0)
	must(err)
	q := unix.Flock_t{Type: unix.F_WRLCK}
	err = unix.FcntlFlock(f.Fd(), unix.F_GETLK, &q)
	show("in the way", q.Type, q.Start, q.Len, q.Pid == int32(os.Getppid()), err)
	for _, r := range []unix.Flock_t{
		{Type: unix.F_RDLCK, Start: 15, Len: 1},
		{Type: unix.F_RDLCK, Start: 40, Len: 1},
		{Type: unix.F_WRLCK, Start: 40, Len: 1},
		{Type: unix.F_WRLCK, Start: 9, Len: 1},
	} {
		show("try", r.Type, r.Start, unix.FcntlFlock(f.Fd(), unix.F_SETLK, &r))
	}
}

func poll() {
	var p, q [2]int
	must(unix.Pipe(p[:]))
	must(unix.Pipe(q[:]))
	fds := []unix.PollFd{
		{Fd: int32(p[0]), Events: unix.POLLIN},
		{Fd: int32(q[0]), Events: unix.POLLIN},
		{Fd: int32(p[1]), Events: unix.POLLOUT},
		{Fd: 99, Events: unix.POLLIN},
		{Fd: -1, Events: unix.POLLIN},
	}
	events := func() (s string) {
		for _, f := range fds {
			s += fmt.Sprintf("%#x ", f.Revents)
		}
		return s
	}
	n, err := unix.Poll(fds, 0)
	show("poll", n, events(), err)
	n, err = unix.Poll(fds[:2], 10)
	show("timeout", n, err)
	go func() {
		time.Sleep(5 * time.Millisecond)
		unix.Write(q[1], []byte("x"))
	}()
	n, err = unix.Poll(fds[:2], -1)
	show("woken", n, events(), err)
	unix.Close(p[1])
	n, err = unix.Poll(fds[:1], -1)
	show("hung up", n, events(), err)
	var r unix.FdSet
	r.Set(p[0])
	r.Set(q[0])
	unix.Read(q[0], make([]byte, 1))
	n, err = unix.Select(64, &r, nil, nil, &unix.Timeval{})
	show("select", n, r.IsSet(p[0]), r.IsSet(q[0]), err)
	for _, fd := range []int{p[0], q[0], q[1]} {
		unix.Close(fd)
	}
}

func epoll() {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	must(err)
	var p [2]int
	must(unix.Pipe(p[:]))
	ev, err := unix.Eventfd(0, 0)
	must(err)
	add := func(fd int, events uint32) error {
		return unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
	}
	show("add", add(p[0], unix.EPOLLIN|unix.EPOLLET), add(ev, unix.EPOLLIN), add(ev, unix.EPOLLIN))
	f, err := os.Create("regular")
	must(err)
	show("add a regular file", add(int(f.Fd()), unix.EPOLLIN))
	f.Close()
	wait := func(ms int) string {
		var out [4]unix.EpollEvent
		n, err := unix.EpollWait(ep, out[:], ms)
		s := fmt.Sprint(n, err)
		for _, e := range out[:max(n, 0)] {
			s += fmt.Sprintf(" pipe=%v %#x", e.Fd == int32(p[0]), e.Events)
		}
		return s
	}
	show("nothing", wait(0))
	unix.Write(p[1], []byte("x"))
	show("edge", wait(-1))
	show("edge again", wait(0))
	unix.Write(ev, []byte{2, 0, 0, 0, 0, 0, 0, 0})
	show("level", wait(-1))
	show("level again", wait(0))
	b := make([]byte, 8)
	n, err := unix.Read(ev, b)
	show("eventfd", n, b[0], err)
	unix.Close(p[1])
	show("hung up", wait(-1))
	show("delete", unix.EpollCtl(ep, unix.EPOLL_CTL_DEL, p[0], nil), unix.EpollCtl(ep, unix.EPOLL_CTL_DEL, p[0], nil))
	for _, fd := range []int{ep, p[0], ev} {
		unix.Close(fd)
	}
}

func timers() {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC)
	must(err)
	ms := func(n int64) unix.Timespec { return unix.NsecToTimespec(n * int64(time.Millisecond)) }
	must(unix.TimerfdSettime(fd, 0, &unix.ItimerSpec{Value: ms(10)}, nil))
	b := make([]byte, 8)
	n, err := unix.Read(fd, b)
	show("one shot", n, b[0], err)
	must(unix.TimerfdSettime(fd, 0, &unix.ItimerSpec{Value: ms(5), Interval: ms(5)}, nil))
	time.Sleep(28 * time.Millisecond)
	n, err = unix.Read(fd, b)
	show("several", n, b[0] >= 5, err)
	var cur unix.ItimerSpec
	must(unix.TimerfdGettime(fd, &cur))
	show("interval", cur.Interval.Nsec)
	unix.Close(fd)
}

func sockets() {
	p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	must(err)
	n, err := unix.Write(p[0], []byte("ping"))
	show("write", n, err)
	b := make([]byte, 10)
	n, err = unix.Read(p[1], b)
	show("read", string(b[:n]), err)
	show("shutdown", unix.Shutdown(p[0], unix.SHUT_WR))
	n, err = unix.Read(p[1], b)
	show("end", n, err)
	unix.Close(p[0])
	unix.Close(p[1])
}

func children() {
	cmd := exec.Command("/proc/self/exe", "upper")
	cmd.Stdin = strings.NewReader("into the child\n")
	out, err := cmd.CombinedOutput()
	show("child", strings.TrimSpace(string(out)), err)
	must(os.WriteFile("in", []byte("from a file\n"), 0o644))
	in, _ := os.Open("in")
	outf, _ := os.Create("out")
	cmd = exec.Command("/proc/self/exe", "upper")
	cmd.Stdin, cmd.Stdout, cmd.Dir = in, outf, "/"
	show("redirected", cmd.Run())
	b, _ := os.ReadFile("out")
	show("result", strings.TrimSpace(string(b)))
	err = exec.Command("/proc/self/exe", "exit").Run()
	show("status", err)
	_, err = exec.Command("./nothing").Output()
	show("no program", err)
	must(os.WriteFile("script", []byte("#!/nonexistent\n"), 0o755))
	_, err = exec.Command("./script").Output()
	show("no interpreter", err)
	must(os.Chmod("script", 0o644))
	err = exec.Command("./script").Run()
	show("not executable", err)
}

// child is what the program does when it is run by itself.
func child(what string) {
	switch what {
	case "upper":
		b, _ := io.ReadAll(os.Stdin)
		fmt.Print(strings.ToUpper(string(b)))
	case "locks":
		tryLocks()
	case "exit":
		os.Exit(3)
	}
}
