//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
)

var dirCalls = []row{
	{abi.SYS_MKDIRAT, "mkdirat", sysMkdirat},
	{abi.SYS_MKNODAT, "mknodat", sysMknodat},
	{abi.SYS_SYMLINKAT, "symlinkat", sysSymlinkat},
	{abi.SYS_LINKAT, "linkat", sysLinkat},
	{abi.SYS_UNLINKAT, "unlinkat", sysUnlinkat},
	{abi.SYS_RENAMEAT2, "renameat2", sysRenameat2},
	{abi.SYS_READLINKAT, "readlinkat", sysReadlinkat},
	{abi.SYS_GETDENTS64, "getdents64", sysGetdents64},
	{abi.SYS_GETCWD, "getcwd", sysGetcwd},
	{abi.SYS_CHDIR, "chdir", sysChdir},
	{abi.SYS_FCHDIR, "fchdir", sysFchdir},
	{abi.SYS_CHROOT, "chroot", sysChroot},
}

func sysMkdirat(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, withPath(t, a[0], a[1], func(at vfs.Path, name string) abi.Errno {
		return t.Caller().Mkdir(at, name, uint32(a[2]))
	})
}

func sysMknodat(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, withPath(t, a[0], a[1], func(at vfs.Path, name string) abi.Errno {
		return t.Caller().Mknod(at, name, uint32(a[2]), uint64(uint32(a[3])))
	})
}

func sysSymlinkat(t *task.Thread, a *args) (uintptr, abi.Errno) {
	target, e := t.CopyInString(a[0], abi.PATH_MAX)
	if e != 0 {
		return 0, e
	}
	return 0, withPath(t, a[1], a[2], func(at vfs.Path, name string) abi.Errno {
		return t.Caller().Symlink(target, at, name)
	})
}

func sysLinkat(t *task.Thread, a *args) (uintptr, abi.Errno) {
	flags := a[4]
	if flags&^(abi.AT_SYMLINK_FOLLOW|abi.AT_EMPTY_PATH) != 0 {
		return 0, abi.EINVAL
	}
	follow, empty := flags&abi.AT_SYMLINK_FOLLOW != 0, flags&abi.AT_EMPTY_PATH != 0
	return 0, withTwoPaths(t, a[0], a[1], a[2], a[3], func(fromAt vfs.Path, from string, toAt vfs.Path, to string) abi.Errno {
		return t.Caller().Link(fromAt, from, toAt, to, follow, empty)
	})
}

func sysUnlinkat(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[2]&^abi.AT_REMOVEDIR != 0 {
		return 0, abi.EINVAL
	}
	return 0, withPath(t, a[0], a[1], func(at vfs.Path, name string) abi.Errno {
		if a[2] != 0 {
			return t.Caller().Rmdir(at, name)
		}
		return t.Caller().Unlink(at, name)
	})
}

func sysRenameat2(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, withTwoPaths(t, a[0], a[1], a[2], a[3], func(fromAt vfs.Path, from string, toAt vfs.Path, to string) abi.Errno {
		return t.Caller().Rename(fromAt, from, toAt, to, uint32(a[4]))
	})
}

func sysReadlinkat(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if int32(a[3]) <= 0 {
		return 0, abi.EINVAL
	}
	text := ""
	e := withPath(t, a[0], a[1], func(at vfs.Path, name string) (e abi.Errno) {
		text, e = t.Caller().Readlink(at, name)
		return e
	})
	if e != 0 {
		return 0, e
	}
	b := []byte(text)
	b = b[:min(len(b), int(int32(a[3])))]
	return uintptr(len(b)), t.CopyOut(a[2], b)
}

// A struct linux_dirent64 is inode number (8 bytes), position after the entry
// (8), length of the record (2), type (1) and the name with its NUL, padded
// to 8 bytes.
const (
	direntHeader = 8 + 8 + 2 + 1
	direntAlign  = 8
)

func sysGetdents64(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return readDirectory(t, a, func(l *abi.Layout, e vfs.DirEntry, next int64) (end int) {
		size := (direntHeader + len(e.Name) + 1 + direntAlign - 1) &^ (direntAlign - 1)
		end = len(l.B) + size
		l.U64(e.Ino, uint64(next))
		l.U16(uint16(size))
		l.Raw([]byte{e.Type})
		l.Raw([]byte(e.Name))
		l.Pad(end)
		return end
	})
}

// readDirectory fills a buffer with as many records as fit. record appends one
// and says where it ends.
func readDirectory(t *task.Thread, a *args, record func(l *abi.Layout, e vfs.DirEntry, next int64) (end int)) (uintptr, abi.Errno) {
	d, e := file(t, a[0])
	if e != 0 {
		return 0, e
	}
	defer d.Put()
	room := int(min(a[2], chunkSize))
	l, fits := abi.Layout{}, true
	e = d.ReadDir(func(e vfs.DirEntry, next int64) bool {
		before := len(l.B)
		if fits = record(&l, e, next) <= room; !fits {
			l.B = l.B[:before]
		}
		return fits
	})
	if e != 0 {
		return 0, e
	}
	if len(l.B) == 0 && !fits {
		return 0, abi.EINVAL // not even one
	}
	return uintptr(len(l.B)), t.CopyOut(a[1], l.B)
}

func sysGetcwd(t *task.Thread, a *args) (uintptr, abi.Errno) {
	cwd, e := t.Caller().Getcwd()
	if e != 0 {
		return 0, e
	}
	b := append([]byte(cwd), 0)
	if uintptr(len(b)) > a[1] {
		return 0, abi.ERANGE
	}
	return uintptr(len(b)), t.CopyOut(a[0], b)
}

func sysChdir(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, fromCwd(t, a[0], t.Caller().Chdir)
}

// fromCwd hands the file that a path from the working directory leads to to fn.
func fromCwd(t *task.Thread, nameVA uintptr, fn func(vfs.Path) abi.Errno) abi.Errno {
	cwd := int32(abi.AT_FDCWD)
	return lookup(t, uintptr(cwd), nameVA, 0, fn)
}

func sysFchdir(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, withFile(t, a[0], func(d *vfs.Description) abi.Errno {
		if d.Path().Mnt == nil {
			return abi.ENOTDIR // an anonymous file
		}
		return t.Caller().Chdir(d.Path())
	})
}

func sysChroot(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, fromCwd(t, a[0], t.Caller().Chroot)
}
