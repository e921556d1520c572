//go:build riscv64 || 386

package sys

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

var copyCalls = []row{
	{abi.SYS_SENDFILE, "sendfile", sendfile(wordSize)},
	{abi.SYS_COPY_FILE_RANGE, "copy_file_range", sysCopyFileRange},
}

// userOffset reads the offset that a pointer leads to; a null pointer is the
// file's own offset. put stores it back.
func userOffset(t *task.Thread, va uintptr, size int) (k cursor, put func() abi.Errno, e abi.Errno) {
	if va == 0 {
		return cursor{}, func() abi.Errno { return 0 }, 0
	}
	var b [wideSize]byte
	if e := t.CopyIn(va, b[:size]); e != 0 {
		return cursor{}, nil, e
	}
	off := integer(b[:size])
	return cursor{&off}, func() abi.Errno {
		binary.LittleEndian.PutUint64(b[:], uint64(off))
		return t.CopyOut(va, b[:size])
	}, 0
}

// copyBetween moves up to n bytes from one file to another.
func copyBetween(t *task.Thread, in *vfs.Description, from cursor, out *vfs.Description, to cursor, n uintptr) (uintptr, abi.Errno) {
	buf := chunks.Get().(*[chunkSize]byte)
	defer chunks.Put(buf)
	total := uintptr(0)
	for total < n {
		p := buf[:min(n-total, chunkSize)]
		got := 0
		e := transfer(t, in, wait.Readable, func() (e abi.Errno) {
			got, e = from.read(t.Caller(), in, p)
			return e
		})
		if e != 0 {
			return partial(total, e)
		}
		if got == 0 {
			break
		}
		put, e := writeAll(t, out, to, p[:got])
		total += uintptr(put)
		if e != 0 {
			unread(in, from, got-put)
			return partial(total, e)
		}
	}
	return total, 0
}

// unread steps back over bytes that could not be written.
func unread(d *vfs.Description, k cursor, n int) {
	if k.off != nil {
		*k.off -= int64(n)
		return
	}
	d.Lseek(int64(-n), abi.SEEK_CUR)
}

// sendfile takes an offset of size bytes.
func sendfile(size int) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) { return sysSendfile(t, a, size) }
}

func sysSendfile(t *task.Thread, a *args, size int) (uintptr, abi.Errno) {
	out, e := file(t, a[0])
	if e != 0 {
		return 0, e
	}
	defer out.Put()
	in, e := file(t, a[1])
	if e != 0 {
		return 0, e
	}
	defer in.Put()
	if in.Stream() {
		return 0, abi.EINVAL // sendfile(2): in_fd must be such as can be mapped
	}
	if !in.Readable() || !out.Writable() {
		return 0, abi.EBADF
	}
	if out.Flags()&abi.O_APPEND != 0 {
		return 0, abi.EINVAL
	}
	from, put, e := userOffset(t, a[2], size)
	if e != 0 {
		return 0, e
	}
	n, e := copyBetween(t, in, from, out, cursor{}, min(a[3], abi.MAX_RW_COUNT))
	if e != 0 {
		return 0, e
	}
	return n, put()
}

func sysCopyFileRange(t *task.Thread, a *args) (uintptr, abi.Errno) {
	in, e := file(t, a[0])
	if e != 0 {
		return 0, e
	}
	defer in.Put()
	out, e := file(t, a[2])
	if e != 0 {
		return 0, e
	}
	defer out.Put()
	for _, d := range []*vfs.Description{in, out} {
		switch d.Inode().Mode() & abi.S_IFMT {
		case abi.S_IFREG:
		case abi.S_IFDIR:
			return 0, abi.EISDIR
		default:
			return 0, abi.EINVAL
		}
	}
	switch {
	case a[5] != 0:
		return 0, abi.EINVAL
	case !in.Readable() || !out.Writable() || out.Flags()&abi.O_APPEND != 0:
		return 0, abi.EBADF
	case in.Inode() == out.Inode():
		return 0, abi.EINVAL // ranges could overlap
	}
	from, putFrom, e := userOffset(t, a[1], wideSize)
	if e != 0 {
		return 0, e
	}
	to, putTo, e := userOffset(t, a[3], wideSize)
	if e != 0 {
		return 0, e
	}
	n, e := copyBetween(t, in, from, out, to, min(a[4], abi.MAX_RW_COUNT))
	if e == 0 {
		e = putFrom()
	}
	if e == 0 {
		e = putTo()
	}
	return n, e
}
