//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
)

var statCalls = []row{
	{abi.SYS_STATX, "statx", sysStatx},
	{abi.SYS_FACCESSAT, "faccessat", sysFaccessat},
	{abi.SYS_FACCESSAT2, "faccessat2", sysFaccessat2},
	{abi.SYS_FCHMOD, "fchmod", sysFchmod},
	{abi.SYS_FCHMODAT, "fchmodat", sysFchmodat},
	{abi.SYS_FCHMODAT2, "fchmodat2", sysFchmodat2},
	{abi.SYS_FCHOWN, "fchown", sysFchown},
	{abi.SYS_FCHOWNAT, "fchownat", sysFchownat},
	{abi.SYS_UTIMENSAT, "utimensat", utimensat(wordSize)},
}

func statOf(p vfs.Path) *abi.Stat {
	var st abi.Stat
	p.Inode().Stat(&st)
	return &st
}

// statLayout makes one of the structures that stat(2) has had.
type statLayout func(*abi.Stat) ([]byte, abi.Errno)

func (l statLayout) put(t *task.Thread, va uintptr, p vfs.Path) abi.Errno {
	b, e := l(statOf(p))
	if e != 0 {
		return e
	}
	return t.CopyOut(va, b)
}

func fstat(l statLayout) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, withFile(t, a[0], func(d *vfs.Description) abi.Errno { return l.put(t, a[1], d.Path()) })
	}
}

func fstatat(l statLayout) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		flags := a[3]
		if flags&^(abi.AT_SYMLINK_NOFOLLOW|abi.AT_EMPTY_PATH|abi.AT_NO_AUTOMOUNT) != 0 {
			return 0, abi.EINVAL
		}
		return 0, lookup(t, a[0], a[1], flags, func(p vfs.Path) abi.Errno { return l.put(t, a[2], p) })
	}
}

// statxReserved is the bit of the mask that must not be set.
const statxReserved = 1 << 31

func sysStatx(t *task.Thread, a *args) (uintptr, abi.Errno) {
	flags := a[2]
	const known = abi.AT_SYMLINK_NOFOLLOW | abi.AT_EMPTY_PATH | abi.AT_NO_AUTOMOUNT | abi.AT_STATX_SYNC_TYPE
	if flags&^known != 0 || a[3]&statxReserved != 0 {
		return 0, abi.EINVAL
	}
	return 0, lookup(t, a[0], a[1], flags, func(p vfs.Path) abi.Errno {
		return t.CopyOut(a[4], statOf(p).Statx())
	})
}

// statfsLayout makes one of the structures that statfs(2) has had.
type statfsLayout func(*abi.Statfs) []byte

func (l statfsLayout) put(t *task.Thread, va uintptr, p vfs.Path) abi.Errno {
	var st abi.Statfs
	p.Statfs(&st)
	return t.CopyOut(va, l(&st))
}

func statfs(l statfsLayout) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, fromCwd(t, a[0], func(p vfs.Path) abi.Errno { return l.put(t, a[1], p) })
	}
}

func fstatfs(l statfsLayout) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, withFile(t, a[0], func(d *vfs.Description) abi.Errno { return l.put(t, a[1], d.Path()) })
	}
}

func access(t *task.Thread, a *args, flags uintptr) (uintptr, abi.Errno) {
	if flags&^(abi.AT_EACCESS|abi.AT_SYMLINK_NOFOLLOW|abi.AT_EMPTY_PATH) != 0 {
		return 0, abi.EINVAL
	}
	return 0, lookup(t, a[0], a[1], flags, func(p vfs.Path) abi.Errno {
		return t.Caller().Access(p, uint32(a[2]))
	})
}

// faccessat has no flags; what libc calls by that name uses faccessat2.
func sysFaccessat(t *task.Thread, a *args) (uintptr, abi.Errno)  { return access(t, a, 0) }
func sysFaccessat2(t *task.Thread, a *args) (uintptr, abi.Errno) { return access(t, a, a[3]) }

func sysFchmod(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, withFile(t, a[0], func(d *vfs.Description) abi.Errno {
		return t.Caller().Chmod(d.Path(), uint32(a[1]))
	})
}

func chmodAt(t *task.Thread, a *args, flags uintptr) (uintptr, abi.Errno) {
	if flags&^(abi.AT_SYMLINK_NOFOLLOW|abi.AT_EMPTY_PATH) != 0 {
		return 0, abi.EINVAL
	}
	return 0, lookup(t, a[0], a[1], flags, func(p vfs.Path) abi.Errno {
		return t.Caller().Chmod(p, uint32(a[2]))
	})
}

func sysFchmodat(t *task.Thread, a *args) (uintptr, abi.Errno)  { return chmodAt(t, a, 0) }
func sysFchmodat2(t *task.Thread, a *args) (uintptr, abi.Errno) { return chmodAt(t, a, a[3]) }

func sysFchown(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, withFile(t, a[0], func(d *vfs.Description) abi.Errno {
		return t.Caller().Chown(d.Path(), uint32(a[1]), uint32(a[2]))
	})
}

func sysFchownat(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[4]&^(abi.AT_SYMLINK_NOFOLLOW|abi.AT_EMPTY_PATH) != 0 {
		return 0, abi.EINVAL
	}
	return 0, lookup(t, a[0], a[1], a[4], func(p vfs.Path) abi.Errno {
		return t.Caller().Chown(p, uint32(a[2]), uint32(a[3]))
	})
}

func utimensat(size timeSize) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		atime, mtime := abi.Timespec{Nsec: abi.UTIME_NOW}, abi.Timespec{Nsec: abi.UTIME_NOW}
		if a[2] != 0 {
			if e := size.read(t, a[2], &atime, &mtime); e != 0 {
				return 0, e
			}
		}
		return setTimes(t, a, atime, mtime)
	}
}

// setTimes is utimensat(2) without its third argument.
func setTimes(t *task.Thread, a *args, atime, mtime abi.Timespec) (uintptr, abi.Errno) {
	set := func(p vfs.Path) abi.Errno { return t.Caller().Utimens(p, atime, mtime) }
	if a[3]&^(abi.AT_SYMLINK_NOFOLLOW|abi.AT_EMPTY_PATH) != 0 {
		return 0, abi.EINVAL
	}
	if a[1] == 0 { // futimens
		return 0, withFile(t, a[0], func(d *vfs.Description) abi.Errno { return set(d.Path()) })
	}
	return 0, lookup(t, a[0], a[1], a[3], set)
}
