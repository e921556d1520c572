//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

var fileCalls = []row{
	{abi.SYS_OPENAT, "openat", sysOpenat},
	{abi.SYS_CLOSE, "close", sysClose},
	{abi.SYS_CLOSE_RANGE, "close_range", sysCloseRange},
	{abi.SYS_DUP, "dup", sysDup},
	{abi.SYS_DUP3, "dup3", sysDup3},
	{abi.SYS_FCNTL, "fcntl", sysFcntl},
	{abi.SYS_LSEEK, "lseek", sysLseek},
	{abi.SYS_FTRUNCATE, "ftruncate", sysFtruncate},
	{abi.SYS_TRUNCATE, "truncate", sysTruncate},
	{abi.SYS_FALLOCATE, "fallocate", sysFallocate},
	{abi.SYS_FLOCK, "flock", sysFlock},
	{abi.SYS_FSYNC, "fsync", sysFsync},
	{abi.SYS_FDATASYNC, "fdatasync", sysFsync},
	{abi.SYS_SYNCFS, "syncfs", sysFsync},
	{abi.SYS_SYNC, "sync", sysSync},
	{abi.SYS_FADVISE64, "fadvise64", sysFsync},
	{abi.SYS_MEMFD_CREATE, "memfd_create", sysMemfdCreate},
}

// openFlags are the flags that openat(2) knows; others are ignored, as Linux
// does.
const openFlags = abi.O_ACCMODE | abi.O_CREAT | abi.O_EXCL | abi.O_NOCTTY | abi.O_TRUNC | abi.O_APPEND |
	abi.O_NONBLOCK | abi.O_SYNC | abi.FASYNC | abi.O_DIRECT | abi.O_LARGEFILE | abi.O_NOFOLLOW | abi.O_NOATIME |
	abi.O_CLOEXEC | abi.O_PATH | abi.O_TMPFILE

func sysOpenat(t *task.Thread, a *args) (uintptr, abi.Errno) {
	flags := int(a[2]) & openFlags
	var d *vfs.Description
	e := withPath(t, a[0], a[1], func(at vfs.Path, name string) (e abi.Errno) {
		d, e = t.Caller().Open(at, name, flags, uint32(a[3]))
		return e
	})
	if e != 0 {
		return 0, e
	}
	if w, ok := d.File().(vfs.OpenWaiter); ok && !d.NonBlocking() {
		e := t.Block(d.Queue(), wait.Readable|wait.Writable, task.Never, func() (bool, abi.Errno) {
			return w.Opened(), 0
		})
		if e != 0 {
			d.Put()
			return 0, e
		}
	}
	return install(t, d, flags)
}

// install gives d a descriptor number; only O_CLOEXEC of flags matters.
func install(t *task.Thread, d *vfs.Description, flags int) (uintptr, abi.Errno) {
	fd, e := t.Files.Install(d, 0, flags&abi.O_CLOEXEC != 0)
	if e != 0 {
		d.Put()
	}
	return uintptr(fd), e
}

func sysClose(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, t.Files.Close(t.Caller(), int(int32(a[0])))
}

func sysCloseRange(t *task.Thread, a *args) (uintptr, abi.Errno) {
	first, last, flags := uint32(a[0]), uint32(a[1]), a[2]
	if first > last || flags&^(abi.CLOSE_RANGE_UNSHARE|abi.CLOSE_RANGE_CLOEXEC) != 0 {
		return 0, abi.EINVAL
	}
	if flags&abi.CLOSE_RANGE_UNSHARE != 0 {
		t.Files = t.Files.Unshare(t.Caller())
	}
	t.Files.CloseRange(t.Caller(), int(first), int(last), flags&abi.CLOSE_RANGE_CLOEXEC != 0)
	return 0, 0
}

func sysDup(t *task.Thread, a *args) (uintptr, abi.Errno) {
	fd, e := t.Files.Dup(int(int32(a[0])), 0, false)
	return uintptr(fd), e
}

func sysDup3(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[2]&^abi.O_CLOEXEC != 0 {
		return 0, abi.EINVAL
	}
	to := int(int32(a[1]))
	return uintptr(to), t.Files.Dup3(t.Caller(), int(int32(a[0])), to, a[2] != 0)
}

func sysFcntl(t *task.Thread, a *args) (uintptr, abi.Errno) {
	fd, arg := int(int32(a[0])), a[2]
	d, e := t.Files.Get(fd)
	if e != 0 {
		return 0, e
	}
	defer d.Put()
	switch a[1] {
	case abi.F_DUPFD, abi.F_DUPFD_CLOEXEC:
		n, e := t.Files.Dup(fd, int(int32(arg)), a[1] == abi.F_DUPFD_CLOEXEC)
		return uintptr(n), e
	case abi.F_GETFD:
		on, e := t.Files.CloExec(fd)
		if on {
			return abi.FD_CLOEXEC, e
		}
		return 0, e
	case abi.F_SETFD:
		return 0, t.Files.SetCloExec(fd, arg&abi.FD_CLOEXEC != 0)
	case abi.F_GETFL:
		return uintptr(d.Flags()), 0
	}
	if d.Flags()&abi.O_PATH != 0 {
		return 0, abi.EBADF
	}
	switch a[1] {
	case abi.F_SETFL:
		return 0, d.SetFlagsFor(t.Caller(), fd, int(arg))
	case abi.F_GETOWN, abi.F_SETOWN:
		return owner(d, a[1] == abi.F_SETOWN, int(int32(arg)))
	case abi.F_GETPIPE_SZ, abi.F_SETPIPE_SZ:
		if d.Inode().Mode()&abi.S_IFMT != abi.S_IFIFO {
			return 0, abi.EBADF
		}
		if a[1] == abi.F_SETPIPE_SZ && arg > vfs.PipeSize {
			return 0, abi.EPERM
		}
		return vfs.PipeSize, 0 // fcntl(2): "at least" what was asked for
	case abi.F_GETLK, abi.F_SETLK, abi.F_SETLKW, abi.F_OFD_GETLK, abi.F_OFD_SETLK, abi.F_OFD_SETLKW:
		return 0, recordLock(t, d, a[1], arg, nativeFlock(a[1]))
	}
	return 0, abi.EINVAL
}

// owner performs F_GETOWN and F_SETOWN. Only files of modules send SIGIO.
func owner(d *vfs.Description, set bool, pid int) (uintptr, abi.Errno) {
	f, ok := d.File().(vfs.AsyncFile)
	switch {
	case !ok:
		return 0, 0
	case !set:
		return uintptr(f.Owner()), 0
	case pid > 0 && task.Find(pid) == nil:
		return 0, abi.ESRCH
	}
	f.SetOwner(pid)
	return 0, 0
}

func sysLseek(t *task.Thread, a *args) (uintptr, abi.Errno) {
	d, e := file(t, a[0])
	if e != 0 {
		return 0, e
	}
	defer d.Put()
	off, e := d.LseekFor(t.Caller(), signed(a[1]), int(int32(a[2])))
	if e == 0 && off != signed(uintptr(off)) {
		return 0, abi.EOVERFLOW
	}
	return uintptr(off), e
}

func sysFtruncate(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, withFile(t, a[0], func(d *vfs.Description) abi.Errno {
		return d.Truncate(signed(a[1]))
	})
}

func sysTruncate(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, fromCwd(t, a[0], func(p vfs.Path) abi.Errno {
		return t.Caller().Truncate(p, signed(a[1]))
	})
}

func sysFallocate(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, withFile(t, a[0], func(d *vfs.Description) abi.Errno {
		return d.Allocate(offset(a, 2), offset(a, 2+offsetWords), int(int32(a[1])))
	})
}

func sysFlock(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, withFile(t, a[0], func(d *vfs.Description) abi.Errno {
		op := int(int32(a[1]))
		try := func() (bool, abi.Errno) {
			e := d.Flock(op)
			return e != abi.EAGAIN || op&abi.LOCK_NB != 0, e
		}
		return t.Block(d.FlockQueue(), wait.POLLIN, task.Never, try)
	})
}

// sysFsync has nothing to do: all files are in memory.
func sysFsync(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, withFile(t, a[0], func(*vfs.Description) abi.Errno { return 0 })
}

func sysSync(*task.Thread, *args) (uintptr, abi.Errno) { return 0, 0 }

// Flags of memfd_create(2), and its limit on names.
const (
	mfdCloexec      = 1
	mfdAllowSealing = 2
	mfdNoexecSeal   = 8
	mfdExec         = 16
	mfdNameMax      = 249
)

// sysMemfdCreate accepts that sealing be allowed, but knows no seals.
func sysMemfdCreate(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[1]&^(mfdCloexec|mfdAllowSealing|mfdNoexecSeal|mfdExec) != 0 {
		return 0, abi.EINVAL
	}
	name, e := t.CopyInString(a[0], mfdNameMax+1)
	if e == abi.ENAMETOOLONG {
		e = abi.EINVAL
	}
	if e != 0 {
		return 0, e
	}
	d, e := t.FS.Namespace().Memfd(name, t.Caller())
	if e != 0 {
		return 0, e
	}
	flags := 0
	if a[1]&mfdCloexec != 0 {
		flags = abi.O_CLOEXEC
	}
	return install(t, d, flags)
}
