package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
)

const (
	statfs64Size = abi.Statfs64Size32
)

// statCalls386 are the calls about a file's attributes in i386's layouts: the
// old ones of 32 bits, and the 64-bit ones.
var statCalls386 = []row{
	{abi.SYS_STAT, "stat", statAt(fstatat((*abi.Stat).OldStat32), 0)},
	{abi.SYS_LSTAT, "lstat", statAt(fstatat((*abi.Stat).OldStat32), abi.AT_SYMLINK_NOFOLLOW)},
	{abi.SYS_FSTAT, "fstat", fstat((*abi.Stat).OldStat32)},
	{abi.SYS_STAT64, "stat64", statAt(fstatat((*abi.Stat).Stat64), 0)},
	{abi.SYS_LSTAT64, "lstat64", statAt(fstatat((*abi.Stat).Stat64), abi.AT_SYMLINK_NOFOLLOW)},
	{abi.SYS_FSTAT64, "fstat64", fstat((*abi.Stat).Stat64)},
	{abi.SYS_FSTATAT64, "fstatat64", fstatat((*abi.Stat).Stat64)},
	{abi.SYS_STATFS, "statfs", statfs((*abi.Statfs).OldStatfs32)},
	{abi.SYS_FSTATFS, "fstatfs", fstatfs((*abi.Statfs).OldStatfs32)},
	{abi.SYS_STATFS64, "statfs64", sized(statfs((*abi.Statfs).Statfs64))},
	{abi.SYS_FSTATFS64, "fstatfs64", sized(fstatfs((*abi.Statfs).Statfs64))},
	{abi.SYS_UTIME, "utime", utime},
	{abi.SYS_UTIMES, "utimes", at(setTimesOf)},
	{abi.SYS_FUTIMESAT, "futimesat", setTimesOf},
}

// statAt is stat(2) or lstat(2), by its flags.
func statAt(fn handler, flags uintptr) handler {
	return with(fn, func(a *args) args { return args{cwdArg, a[0], a[1], flags} })
}

// sized checks the second argument, the structure's size, and takes it out.
func sized(fn handler) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		if a[1] != statfs64Size {
			return 0, abi.EINVAL
		}
		return fn(t, &args{a[0], a[2]})
	}
}

// utime reads struct utimbuf: two times in seconds.
func utime(t *task.Thread, a *args) (uintptr, abi.Errno) {
	atime, mtime := abi.Timespec{Nsec: abi.UTIME_NOW}, abi.Timespec{Nsec: abi.UTIME_NOW}
	if a[1] != 0 {
		w, e := argsInMemory(t, a[1], 2)
		if e != 0 {
			return 0, e
		}
		atime, mtime = abi.Timespec{Sec: signed(w[0])}, abi.Timespec{Sec: signed(w[1])}
	}
	return setTimes(t, &args{cwdArg, a[0]}, atime, mtime)
}

// setTimesOf is futimesat(2): two structs timeval, or none for now.
func setTimesOf(t *task.Thread, a *args) (uintptr, abi.Errno) {
	atime, mtime := abi.Timespec{Nsec: abi.UTIME_NOW}, abi.Timespec{Nsec: abi.UTIME_NOW}
	if a[2] != 0 {
		if e := timeSize(wordSize).read(t, a[2], &atime, &mtime); e != 0 {
			return 0, e
		}
		for _, v := range []*abi.Timespec{&atime, &mtime} {
			if v.Nsec < 0 || v.Nsec >= nsPerSecond/nsPerMicro {
				return 0, abi.EINVAL
			}
			v.Nsec *= nsPerMicro
		}
	}
	return setTimes(t, &args{a[0], a[1]}, atime, mtime)
}
