//go:build riscv64 || 386

package sys

import (
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

var rwCalls = []row{
	{abi.SYS_READ, "read", sysRead},
	{abi.SYS_WRITE, "write", sysWrite},
	{abi.SYS_READV, "readv", sysReadv},
	{abi.SYS_WRITEV, "writev", sysWritev},
	{abi.SYS_PREAD64, "pread64", sysPread64},
	{abi.SYS_PWRITE64, "pwrite64", sysPwrite64},
	{abi.SYS_PREADV, "preadv", sysPreadv},
	{abi.SYS_PWRITEV, "pwritev", sysPwritev},
	{abi.SYS_PREADV2, "preadv2", sysPreadv2},
	{abi.SYS_PWRITEV2, "pwritev2", sysPwritev2},
}

// chunkSize is how much is moved between user memory and a file at a time.
// It is a pipe's capacity, and above PIPE_BUF, so that the chunks do not show
// in a pipe's atomicity.
const chunkSize = vfs.PipeSize

var chunks = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// file is the open file of descriptor number n.
func file(t *task.Thread, n uintptr) (*vfs.Description, abi.Errno) {
	return t.Files.Get(int(int32(n)))
}

// transfer runs try until it would not have to wait, or returns EAGAIN at once
// for a non-blocking file.
func transfer(t *task.Thread, d *vfs.Description, ready wait.Events, try func() abi.Errno) abi.Errno {
	e := try()
	if e != abi.EAGAIN || d.NonBlocking() {
		return e
	}
	return t.Block(d.Queue(), ready, task.Never, func() (bool, abi.Errno) {
		e := try()
		return e != abi.EAGAIN, e
	})
}

// cursor is where a transfer happens: at the file's own offset, or at *off,
// which moves along.
type cursor struct{ off *int64 }

func (k cursor) read(c *vfs.Caller, d *vfs.Description, p []byte) (n int, e abi.Errno) {
	if k.off == nil {
		return d.Read(c, p)
	}
	n, e = d.ReadAt(c, p, *k.off)
	*k.off += int64(n)
	return n, e
}

func (k cursor) write(c *vfs.Caller, d *vfs.Description, p []byte) (n int, e abi.Errno) {
	if k.off == nil {
		return d.Write(c, p)
	}
	n, e = d.WriteAt(c, p, *k.off)
	*k.off += int64(n)
	return n, e
}

// readUser reads up to n bytes into user memory. wantMore says that a stream
// has given something already: it must not wait for more.
func readUser(t *task.Thread, d *vfs.Description, k cursor, va, n uintptr, wantMore bool) (uintptr, abi.Errno) {
	if u := d.UserIO(); u != nil {
		return ownTransfer(t, u.ReadUser, k, d.Readable(), va, n)
	}
	buf := chunks.Get().(*[chunkSize]byte)
	defer chunks.Put(buf)
	n = min(n, abi.MAX_RW_COUNT)
	total := uintptr(0)
	for {
		p := buf[:min(n-total, chunkSize)]
		got := 0
		try := func() (e abi.Errno) {
			got, e = k.read(t.Caller(), d, p)
			return e
		}
		var e abi.Errno
		if wantMore {
			e = try()
		} else {
			e = transfer(t, d, wait.Readable, try)
		}
		if e == 0 && got > 0 {
			e = t.CopyOut(va+total, p[:got])
		}
		if e != 0 {
			return partial(total, e)
		}
		total += uintptr(got)
		if got < len(p) || total == n || d.Stream() {
			return total, 0
		}
	}
}

// ownTransfer is one call of a file that moves data itself. A program is at its
// system call, so the address it gives is checked here, once (Linux
// rw_verify_area and access_ok).
func ownTransfer(
	t *task.Thread, f func(*vfs.Caller, uintptr, uintptr, *int64) (uintptr, abi.Errno), k cursor, allowed bool, va, n uintptr,
) (uintptr, abi.Errno) {
	switch {
	case !allowed:
		return 0, abi.EBADF
	case k.off != nil && *k.off < 0, int(n) < 0:
		return 0, abi.EINVAL
	case va+n < va:
		return 0, abi.EFAULT
	}
	return f(t.Caller(), va, min(n, abi.MAX_RW_COUNT), k.off)
}

// partial is the result of a transfer that met an error on its way: what was
// moved before counts more.
func partial(total uintptr, e abi.Errno) (uintptr, abi.Errno) {
	if total > 0 {
		return total, 0
	}
	return 0, e
}

// writeUser writes n bytes from user memory; it waits until all is written,
// unless the file is non-blocking.
func writeUser(t *task.Thread, d *vfs.Description, k cursor, va, n uintptr) (uintptr, abi.Errno) {
	if u := d.UserIO(); u != nil {
		return ownTransfer(t, u.WriteUser, k, d.Writable(), va, n)
	}
	buf := chunks.Get().(*[chunkSize]byte)
	defer chunks.Put(buf)
	n = min(n, abi.MAX_RW_COUNT)
	total := uintptr(0)
	for {
		p := buf[:min(n-total, chunkSize)]
		if e := t.CopyIn(va+total, p); e != 0 {
			return partial(total, e)
		}
		put, e := writeAll(t, d, k, p)
		total += uintptr(put)
		if e != 0 {
			return partial(total, e)
		}
		if total == n {
			return total, 0
		}
	}
}

// writeAll writes p, waiting as need be. EPIPE comes with its signal.
func writeAll(t *task.Thread, d *vfs.Description, k cursor, p []byte) (int, abi.Errno) {
	done := 0
	for {
		e := transfer(t, d, wait.Writable, func() abi.Errno {
			n, e := k.write(t.Caller(), d, p[done:])
			done += n
			return e
		})
		if e == abi.EPIPE {
			t.SignalSelf(abi.SIGPIPE)
		}
		if e != 0 || done == len(p) {
			return done, e
		}
	}
}

func sysRead(t *task.Thread, a *args) (uintptr, abi.Errno) {
	d, e := file(t, a[0])
	if e != 0 {
		return 0, e
	}
	defer d.Put()
	return readUser(t, d, cursor{}, a[1], a[2], false)
}

func sysWrite(t *task.Thread, a *args) (uintptr, abi.Errno) {
	d, e := file(t, a[0])
	if e != 0 {
		return 0, e
	}
	defer d.Put()
	return writeUser(t, d, cursor{}, a[1], a[2])
}

func sysPread64(t *task.Thread, a *args) (uintptr, abi.Errno) {
	d, e := file(t, a[0])
	if e != 0 {
		return 0, e
	}
	defer d.Put()
	off := offset(a, 3)
	return readUser(t, d, cursor{&off}, a[1], a[2], false)
}

func sysPwrite64(t *task.Thread, a *args) (uintptr, abi.Errno) {
	d, e := file(t, a[0])
	if e != 0 {
		return 0, e
	}
	defer d.Put()
	off := offset(a, 3)
	return writeUser(t, d, cursor{&off}, a[1], a[2])
}

// iovec is a piece of user memory.
type iovec struct{ base, n uintptr }

const iovecSize = 2 * wordSize

// userIovecs reads an array of struct iovec.
func userIovecs(t *task.Thread, va, count uintptr) ([]iovec, abi.Errno) {
	if count > abi.IOV_MAX {
		return nil, abi.EINVAL
	}
	b := make([]byte, count*iovecSize)
	if e := t.CopyIn(va, b); e != 0 {
		return nil, e
	}
	iov := make([]iovec, count)
	total := uintptr(0)
	for i := range iov {
		iov[i].base = word(b[i*iovecSize:])
		iov[i].n = word(b[i*iovecSize+wordSize:])
		if int(iov[i].n) < 0 {
			return nil, abi.EINVAL
		}
		iov[i].n = min(iov[i].n, abi.MAX_RW_COUNT-total) // readv(2): the sum is cut, too
		total += iov[i].n
	}
	return iov, 0
}

func readIovecs(t *task.Thread, a *args, k cursor) (uintptr, abi.Errno) {
	d, e := file(t, a[0])
	if e != 0 {
		return 0, e
	}
	defer d.Put()
	iov, e := userIovecs(t, a[1], a[2])
	if e != 0 {
		return 0, e
	}
	total := uintptr(0)
	for i, v := range iov {
		if v.n == 0 && i < len(iov)-1 {
			continue
		}
		n, e := readUser(t, d, k, v.base, v.n, total > 0)
		total += n
		if e != 0 {
			return partial(total, e)
		}
		if n < v.n {
			break
		}
	}
	return total, 0
}

// writeIovecs gathers small pieces, so that one writev to a pipe or terminal
// is one write.
func writeIovecs(t *task.Thread, a *args, k cursor) (uintptr, abi.Errno) {
	d, e := file(t, a[0])
	if e != 0 {
		return 0, e
	}
	defer d.Put()
	iov, e := userIovecs(t, a[1], a[2])
	if e != 0 {
		return 0, e
	}
	sum := uintptr(0)
	for _, v := range iov {
		sum += v.n
	}
	if sum <= chunkSize && d.UserIO() == nil {
		buf := chunks.Get().(*[chunkSize]byte)
		defer chunks.Put(buf)
		p := buf[:0]
		for _, v := range iov {
			n := len(p)
			p = p[:n+int(v.n)]
			if e := t.CopyIn(v.base, p[n:]); e != 0 {
				return 0, e
			}
		}
		n, e := writeAll(t, d, k, p)
		if e != 0 {
			return partial(uintptr(n), e)
		}
		return uintptr(n), 0
	}
	total := uintptr(0)
	for _, v := range iov {
		n, e := writeUser(t, d, k, v.base, v.n)
		total += n
		if e != 0 || n < v.n {
			return partial(total, e)
		}
	}
	return total, 0
}

func sysReadv(t *task.Thread, a *args) (uintptr, abi.Errno)  { return readIovecs(t, a, cursor{}) }
func sysWritev(t *task.Thread, a *args) (uintptr, abi.Errno) { return writeIovecs(t, a, cursor{}) }

func sysPreadv(t *task.Thread, a *args) (uintptr, abi.Errno) {
	off := halves(a, 3)
	return readIovecs(t, a, cursor{&off})
}

func sysPwritev(t *task.Thread, a *args) (uintptr, abi.Errno) {
	off := halves(a, 3)
	return writeIovecs(t, a, cursor{&off})
}

// cursorV2 is for preadv2 and pwritev2, where offset -1 is the file's own. No
// RWF_ flag is known.
func cursorV2(a *args) (cursor, abi.Errno) {
	if a[5] != 0 {
		return cursor{}, abi.EOPNOTSUPP
	}
	off := halves(a, 3)
	if off == -1 {
		return cursor{}, 0
	}
	return cursor{&off}, 0
}

func sysPreadv2(t *task.Thread, a *args) (uintptr, abi.Errno) {
	k, e := cursorV2(a)
	if e != 0 {
		return 0, e
	}
	return readIovecs(t, a, k)
}

func sysPwritev2(t *task.Thread, a *args) (uintptr, abi.Errno) {
	k, e := cursorV2(a)
	if e != 0 {
		return 0, e
	}
	return writeIovecs(t, a, k)
}
