//go:build riscv64 || 386

package sys

import (
	"encoding/binary"
	"math"

	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// flockLayout is where the fields of a struct flock lie: type and whence, two
// bytes each, then start and length of word bytes each, and the process.
type flockLayout struct{ size, word, start, length, pid int }

const flockWhence = 2

func (l *flockLayout) number(b []byte, at int) int64 {
	if l.word == wideSize {
		return int64(binary.LittleEndian.Uint64(b[at:]))
	}
	return int64(int32(binary.LittleEndian.Uint32(b[at:])))
}

// recordLock performs the lock requests of fcntl(2).
func recordLock(t *task.Thread, d *vfs.Description, cmd, va uintptr, l *flockLayout) abi.Errno {
	b := make([]byte, l.size)
	if e := t.CopyIn(va, b); e != 0 {
		return e
	}
	r, e := parseFlock(d, b, l)
	if e != 0 {
		return e
	}
	r.Owner, r.PID = t.Files, t.PID
	switch cmd {
	case abi.F_OFD_GETLK, abi.F_OFD_SETLK, abi.F_OFD_SETLKW:
		if binary.LittleEndian.Uint32(b[l.pid:]) != 0 {
			return abi.EINVAL
		}
		r.Owner, r.PID = d, -1
	}
	kind := binary.LittleEndian.Uint16(b)
	if cmd == abi.F_GETLK || cmd == abi.F_OFD_GETLK {
		return testLock(t, d, r, kind, va, b, l)
	}
	switch kind {
	case abi.F_UNLCK:
		d.Unlock(r)
		return 0
	case abi.F_RDLCK, abi.F_WRLCK:
		r.Exclusive = kind == abi.F_WRLCK
	default:
		return abi.EINVAL
	}
	if cmd == abi.F_SETLK || cmd == abi.F_OFD_SETLK {
		return d.SetLock(r)
	}
	return t.Block(d.FlockQueue(), wait.POLLIN, task.Never, func() (bool, abi.Errno) {
		e := d.SetLock(r)
		return e != abi.EAGAIN, e
	})
}

// parseFlock finds the range. A length of 0 is "to the end", a negative one
// lies before the start (fcntl(2)).
func parseFlock(d *vfs.Description, b []byte, l *flockLayout) (r vfs.RecordLock, e abi.Errno) {
	start, n := l.number(b, l.start), l.number(b, l.length)
	base := int64(0)
	switch binary.LittleEndian.Uint16(b[flockWhence:]) {
	case abi.SEEK_SET:
	case abi.SEEK_CUR:
		base, e = d.Lseek(0, abi.SEEK_CUR)
	case abi.SEEK_END:
		if s, ok := d.File().(vfs.Sized); ok {
			base = s.Size()
		}
	default:
		e = abi.EINVAL
	}
	if e != 0 {
		return r, e
	}
	if start > math.MaxInt64-base {
		return r, abi.EOVERFLOW
	}
	start += base
	switch {
	case n == 0:
		r.Start, r.End = start, vfs.LockEnd
	case n < 0:
		r.Start, r.End = start+n, start-1
	case start > math.MaxInt64-n:
		return r, abi.EOVERFLOW
	default:
		r.Start, r.End = start, start+n-1
	}
	if r.Start < 0 || r.Start > start {
		return r, abi.EINVAL
	}
	return r, 0
}

// testLock tells of the lock in the way, or that there is none.
func testLock(t *task.Thread, d *vfs.Description, r vfs.RecordLock, kind uint16, va uintptr, b []byte, l *flockLayout) abi.Errno {
	if kind != abi.F_RDLCK && kind != abi.F_WRLCK {
		return abi.EINVAL
	}
	r.Exclusive = kind == abi.F_WRLCK
	o := d.TestLock(r)
	if o == nil {
		binary.LittleEndian.PutUint16(b, abi.F_UNLCK)
		return t.CopyOut(va, b)
	}
	kind = abi.F_RDLCK
	if o.Exclusive {
		kind = abi.F_WRLCK
	}
	length := uint64(0)
	if o.End != vfs.LockEnd {
		length = uint64(o.End - o.Start + 1)
	}
	if l.word != wideSize && (o.Start > math.MaxInt32 || length > math.MaxInt32) {
		return abi.EOVERFLOW
	}
	out := abi.Layout{}
	out.U16(kind, abi.SEEK_SET)
	for _, f := range []struct {
		at int
		v  uint64
	}{{l.start, uint64(o.Start)}, {l.length, length}} {
		out.Pad(f.at)
		if l.word == wideSize {
			out.U64(f.v)
		} else {
			out.U32(uint32(f.v))
		}
	}
	out.U32(uint32(o.PID))
	out.Pad(l.size)
	return t.CopyOut(va, out.B)
}
