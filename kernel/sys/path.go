//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
)

// dirPath is the place that a directory descriptor of an *at call stands for;
// zero is the working directory. done gives the file back.
func dirPath(t *task.Thread, dirfd uintptr) (at vfs.Path, done func(), e abi.Errno) {
	if int32(dirfd) == abi.AT_FDCWD {
		return vfs.Path{}, func() {}, 0
	}
	d, e := file(t, dirfd)
	if e != 0 {
		return vfs.Path{}, nil, e
	}
	return d.Path(), d.Put, 0
}

// withPath reads a path name and hands it to fn with the directory from which
// it starts. A bad dirfd does not matter to an absolute path.
func withPath(t *task.Thread, dirfd, nameVA uintptr, fn func(at vfs.Path, name string) abi.Errno) abi.Errno {
	name, e := t.CopyInString(nameVA, abi.PATH_MAX)
	if e != 0 {
		return e
	}
	if name != "" && name[0] == '/' {
		return fn(vfs.Path{}, name)
	}
	at, done, e := dirPath(t, dirfd)
	if e != 0 {
		return e
	}
	defer done()
	return fn(at, name)
}

// lookup finds the file that an *at call with flags AT_SYMLINK_NOFOLLOW and
// AT_EMPTY_PATH names, and hands it to fn.
func lookup(t *task.Thread, dirfd, nameVA uintptr, flags uintptr, fn func(p vfs.Path) abi.Errno) abi.Errno {
	empty := flags&abi.AT_EMPTY_PATH != 0
	if empty && nameVA == 0 { // statx(2) since Linux 6.11: NULL is "" then
		return withDir(t, dirfd, fn)
	}
	return withPath(t, dirfd, nameVA, func(at vfs.Path, name string) abi.Errno {
		p, e := t.Caller().Lookup(at, name, flags&abi.AT_SYMLINK_NOFOLLOW == 0, empty)
		if e != 0 {
			return e
		}
		return fn(p)
	})
}

// withDir hands dirfd's own place to fn.
func withDir(t *task.Thread, dirfd uintptr, fn func(p vfs.Path) abi.Errno) abi.Errno {
	at, done, e := dirPath(t, dirfd)
	if e != 0 {
		return e
	}
	defer done()
	if at == (vfs.Path{}) {
		at = t.FS.Cwd()
	}
	return fn(at)
}

// withFile hands an open file to fn.
func withFile(t *task.Thread, fd uintptr, fn func(d *vfs.Description) abi.Errno) abi.Errno {
	d, e := file(t, fd)
	if e != 0 {
		return e
	}
	defer d.Put()
	return fn(d)
}

// withTwoPaths is withPath for calls that name two files.
func withTwoPaths(t *task.Thread, fromFD, from, toFD, to uintptr, fn func(fromAt vfs.Path, from string, toAt vfs.Path, to string) abi.Errno) abi.Errno {
	return withPath(t, fromFD, from, func(fromAt vfs.Path, from string) abi.Errno {
		return withPath(t, toFD, to, func(toAt vfs.Path, to string) abi.Errno {
			return fn(fromAt, from, toAt, to)
		})
	})
}
