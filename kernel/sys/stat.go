//go:build riscv64

package sys

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
)

var statCalls = []row{
	{abi.SYS_FSTAT, "fstat", sysFstat},
	{abi.SYS_NEWFSTATAT, "newfstatat", sysNewfstatat},
	{abi.SYS_STATX, "statx", sysStatx},
	{abi.SYS_STATFS, "statfs", sysStatfs},
	{abi.SYS_FSTATFS, "fstatfs", sysFstatfs},
	{abi.SYS_FACCESSAT, "faccessat", sysFaccessat},
	{abi.SYS_FACCESSAT2, "faccessat2", sysFaccessat2},
	{abi.SYS_FCHMOD, "fchmod", sysFchmod},
	{abi.SYS_FCHMODAT, "fchmodat", sysFchmodat},
	{abi.SYS_FCHMODAT2, "fchmodat2", sysFchmodat2},
	{abi.SYS_FCHOWN, "fchown", sysFchown},
	{abi.SYS_FCHOWNAT, "fchownat", sysFchownat},
	{abi.SYS_UTIMENSAT, "utimensat", sysUtimensat},
}

func statOf(p vfs.Path) *abi.Stat {
	var st abi.Stat
	p.Inode().Stat(&st)
	return &st
}

func sysFstat(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, withFile(t, a[0], func(d *vfs.Description) abi.Errno {
		return t.CopyOut(a[1], statOf(d.Path()).LP64())
	})
}

func sysNewfstatat(t *task.Thread, a *args) (uintptr, abi.Errno) {
	flags := a[3]
	if flags&^(abi.AT_SYMLINK_NOFOLLOW|abi.AT_EMPTY_PATH|abi.AT_NO_AUTOMOUNT) != 0 {
		return 0, abi.EINVAL
	}
	return 0, lookup(t, a[0], a[1], flags, func(p vfs.Path) abi.Errno {
		return t.CopyOut(a[2], statOf(p).LP64())
	})
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

func sysStatfs(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, fromCwd(t, a[0], func(p vfs.Path) abi.Errno { return putStatfs(t, a[1], p) })
}

func sysFstatfs(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, withFile(t, a[0], func(d *vfs.Description) abi.Errno { return putStatfs(t, a[1], d.Path()) })
}

func putStatfs(t *task.Thread, va uintptr, p vfs.Path) abi.Errno {
	var st abi.Statfs
	p.Statfs(&st)
	return t.CopyOut(va, st.LP64())
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

// timespecSize is two 64-bit words.
const timespecSize = 16

func userTimespecs(t *task.Thread, va uintptr, ts ...*abi.Timespec) abi.Errno {
	b := make([]byte, timespecSize*len(ts))
	if e := t.CopyIn(va, b); e != 0 {
		return e
	}
	for i, s := range ts {
		s.Sec = int64(binary.LittleEndian.Uint64(b[i*timespecSize:]))
		s.Nsec = int64(binary.LittleEndian.Uint64(b[i*timespecSize+8:]))
	}
	return 0
}

func sysUtimensat(t *task.Thread, a *args) (uintptr, abi.Errno) {
	atime, mtime := abi.Timespec{Nsec: abi.UTIME_NOW}, abi.Timespec{Nsec: abi.UTIME_NOW}
	if a[2] != 0 {
		if e := userTimespecs(t, a[2], &atime, &mtime); e != 0 {
			return 0, e
		}
	}
	set := func(p vfs.Path) abi.Errno { return t.Caller().Utimens(p, atime, mtime) }
	if a[3]&^(abi.AT_SYMLINK_NOFOLLOW|abi.AT_EMPTY_PATH) != 0 {
		return 0, abi.EINVAL
	}
	if a[1] == 0 { // futimens
		return 0, withFile(t, a[0], func(d *vfs.Description) abi.Errno { return set(d.Path()) })
	}
	return 0, lookup(t, a[0], a[1], a[3], set)
}
