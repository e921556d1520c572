package vfs

import (
	"rv86/kernel/abi"
	"rv86/kernel/wait"
)

// UserIO files are those of drivers in modules, and others that know who calls:
// they move the data from and to the caller's memory (Caller.Mem) themselves,
// at an offset of their own keeping, and may block, for ever if need be. What
// they return is final: EAGAIN means that the file is non-blocking. Their File
// methods Read, Write and Poll are not used.
type UserIO interface {
	File
	// ReadUser reads up to n bytes to va. pos is the offset, which it moves; nil
	// is the file's own offset.
	ReadUser(c *Caller, va, n uintptr, pos *int64) (uintptr, abi.Errno)
	// WriteUser writes up to n bytes from va.
	WriteUser(c *Caller, va, n uintptr, pos *int64) (uintptr, abi.Errno)
	// Seek performs lseek(2).
	Seek(c *Caller, off int64, whence int) (int64, abi.Errno)
	// PollUser returns the events that hold now; c is nil where nobody in
	// particular asks (epoll).
	PollUser(c *Caller) wait.Events
	// ReleaseUser is Release; c is nil where nobody in particular closes.
	ReleaseUser(c *Caller)
}

// Flusher files are told of each close of a descriptor, also while others are
// open on the same description.
type Flusher interface{ Flush(c *Caller) }

// UserIO gives the file's own transfers; nil if it has none. The caller checks
// the access mode (Readable, Writable).
func (d *Description) UserIO() UserIO { return d.user }

// kernelBuffer is where a transfer to the kernel's own memory seems to happen,
// for files that know only user memory: an address that programs can have.
const kernelBuffer = 1 << 20

// bounce is the memory of a caller whose data is in p, at kernelBuffer.
type bounce struct {
	UserMem
	p []byte
}

func (b bounce) part(va uintptr, n int) ([]byte, bool) {
	off := va - kernelBuffer
	return b.p[min(off, uintptr(len(b.p))):], va >= kernelBuffer && off+uintptr(n) <= uintptr(len(b.p))
}

// CopyIn implements UserMem.
func (b bounce) CopyIn(va uintptr, to []byte) abi.Errno {
	if part, ok := b.part(va, len(to)); ok {
		copy(to, part)
		return 0
	}
	return abi.EFAULT
}

// CopyOut implements UserMem.
func (b bounce) CopyOut(va uintptr, from []byte) abi.Errno {
	if part, ok := b.part(va, len(from)); ok {
		copy(part, from)
		return 0
	}
	return abi.EFAULT
}

// bounced runs f for a caller whose memory is p.
func bounced(c *Caller, p []byte, f func(c *Caller, va, n uintptr, pos *int64) (uintptr, abi.Errno), pos *int64) (int, abi.Errno) {
	other := Caller{}
	if c != nil {
		other = *c
	}
	other.Mem = bounce{p: p}
	n, e := f(&other, kernelBuffer, uintptr(len(p)), pos)
	return int(n), e
}
