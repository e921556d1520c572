package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
)

// cwdArg is the directory argument that stands for the working directory.
const cwdArg = ^uintptr(-abi.AT_FDCWD - 1)

// at makes the classic call of an *at call: the directory is the working one.
func at(fn handler) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return fn(t, &args{cwdArg, a[0], a[1], a[2]})
	}
}

// with makes a call that is another one with its arguments chosen by pick.
func with(fn handler, pick func(a *args) args) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		b := pick(a)
		return fn(t, &b)
	}
}

// classicCalls386 are the calls that newer machines replaced by more general
// ones.
var classicCalls386 = []row{
	{abi.SYS_OPEN, "open", at(sysOpenat)},
	{abi.SYS_CREAT, "creat", with(sysOpenat, func(a *args) args {
		return args{cwdArg, a[0], abi.O_CREAT | abi.O_WRONLY | abi.O_TRUNC, a[1]}
	})},
	{abi.SYS_LINK, "link", with(sysLinkat, func(a *args) args { return args{cwdArg, a[0], cwdArg, a[1]} })},
	{abi.SYS_UNLINK, "unlink", with(sysUnlinkat, func(a *args) args { return args{cwdArg, a[0]} })},
	{abi.SYS_RMDIR, "rmdir", with(sysUnlinkat, func(a *args) args { return args{cwdArg, a[0], abi.AT_REMOVEDIR} })},
	{abi.SYS_RENAME, "rename", with(sysRenameat2, func(a *args) args { return args{cwdArg, a[0], cwdArg, a[1]} })},
	{abi.SYS_RENAMEAT, "renameat", with(sysRenameat2, func(a *args) args { return args{a[0], a[1], a[2], a[3]} })},
	{abi.SYS_MKDIR, "mkdir", at(sysMkdirat)},
	{abi.SYS_MKNOD, "mknod", at(sysMknodat)},
	{abi.SYS_SYMLINK, "symlink", with(sysSymlinkat, func(a *args) args { return args{a[0], cwdArg, a[1]} })},
	{abi.SYS_READLINK, "readlink", at(sysReadlinkat)},
	{abi.SYS_ACCESS, "access", at(sysFaccessat)},
	{abi.SYS_CHMOD, "chmod", at(sysFchmodat)},
	{abi.SYS_DUP2, "dup2", dup2},
	{abi.SYS_PIPE, "pipe", with(sysPipe2, func(a *args) args { return args{a[0]} })},
	{abi.SYS_UMOUNT, "umount", with(sysUmount2, func(a *args) args { return args{a[0]} })},
	{abi.SYS_FORK, "fork", with(clone, func(*args) args { return args{abi.SIGCHLD} })},
	{abi.SYS_VFORK, "vfork", with(clone, func(*args) args {
		return args{abi.CLONE_VFORK | abi.CLONE_VM | abi.SIGCHLD}
	})},
	{abi.SYS_WAITPID, "waitpid", with(wait4, func(a *args) args { return args{a[0], a[1], a[2]} })},
	{abi.SYS_GETPGRP, "getpgrp", number(func(t *task.Thread) int { return t.PGID() })},
	{abi.SYS_NICE, "nice", nothing}, // as setpriority
	{abi.SYS_POLL, "poll", pollMillis},
	{abi.SYS__NEWSELECT, "_newselect", newSelect},
	{abi.SYS_SELECT, "select", oldSelect},
	{abi.SYS_GETDENTS, "getdents", getdents},
	{abi.SYS_EPOLL_CREATE, "epoll_create", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		if int32(a[0]) <= 0 {
			return 0, abi.EINVAL
		}
		return sysEpollCreate1(t, &args{})
	}},
	{abi.SYS_EPOLL_WAIT, "epoll_wait", with(sysEpollPwait, func(a *args) args { return args{a[0], a[1], a[2], a[3]} })},
	{abi.SYS_EVENTFD, "eventfd", with(sysEventfd2, func(a *args) args { return args{a[0]} })},
	{abi.SYS_UGETRLIMIT, "ugetrlimit", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return limits(t, t.Process, a[0], 0, a[1], wordSize)
	}},
	{abi.SYS_SET_THREAD_AREA, "set_thread_area", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, t.SetThreadArea(a[0])
	}},
	{abi.SYS_GET_THREAD_AREA, "get_thread_area", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, t.GetThreadArea(a[0])
	}},
}

func dup2(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[0] != a[1] {
		return sysDup3(t, &args{a[0], a[1]})
	}
	return a[0], withFile(t, a[0], func(*vfs.Description) abi.Errno { return 0 })
}

// wideCalls386 are the calls with 64-bit file offsets, which take two argument
// registers each, and those that had 32-bit ones before.
var wideCalls386 = []row{
	{abi.SYS__LLSEEK, "_llseek", llseek},
	{abi.SYS_TRUNCATE64, "truncate64", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, fromCwd(t, a[0], func(p vfs.Path) abi.Errno { return t.Caller().Truncate(p, offset(a, 1)) })
	}},
	{abi.SYS_FTRUNCATE64, "ftruncate64", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, withFile(t, a[0], func(d *vfs.Description) abi.Errno { return d.Truncate(offset(a, 1)) })
	}},
	{abi.SYS_FADVISE64_64, "fadvise64_64", sysFsync},
	{abi.SYS_SENDFILE64, "sendfile64", sendfile(wideSize)},
	{abi.SYS_FCNTL64, "fcntl64", fcntl64},
	{abi.SYS_MMAP2, "mmap2", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		const unit = 12 // the offset counts 4 KiB pages
		return mapMemory(t, a, int64(a[5])<<unit)
	}},
	// The first mmap takes its arguments in memory.
	{abi.SYS_MMAP, "mmap", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		m, e := argsInMemory(t, a[0], len(a))
		if e != 0 {
			return 0, e
		}
		return mapMemory(t, &m, int64(m[5]))
	}},
}

// argsInMemory reads n words in the place of a call's arguments.
func argsInMemory(t *task.Thread, va uintptr, n int) (a args, e abi.Errno) {
	var b [len(a) * wordSize]byte
	e = t.CopyIn(va, b[:n*wordSize])
	for i := range n {
		a[i] = word(b[i*wordSize:])
	}
	return a, e
}

// llseek takes the offset's high half first, and stores the result in memory.
func llseek(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return 0, withFile(t, a[0], func(d *vfs.Description) abi.Errno {
		off, e := d.LseekFor(t.Caller(), int64(uint64(a[1])<<32|uint64(a[2])), int(int32(a[4])))
		if e != 0 {
			return e
		}
		return t.CopyOutWord(a[3], uint64(off))
	})
}

// A struct linux_dirent is inode number, position after the entry, length of
// the record (2 bytes), the name with its NUL, padding to 4 bytes, whose last
// byte is the type.
const (
	oldDirentHeader = 2*wordSize + 2
	oldDirentAlign  = wordSize
)

func getdents(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return readDirectory(t, a, func(l *abi.Layout, e vfs.DirEntry, next int64) (end int) {
		size := (oldDirentHeader + len(e.Name) + 2 + oldDirentAlign - 1) &^ (oldDirentAlign - 1)
		end = len(l.B) + size
		l.U32(uint32(e.Ino), uint32(next))
		l.U16(uint16(size))
		l.Raw([]byte(e.Name))
		l.Pad(end - 1)
		l.Raw([]byte{e.Type})
		return end
	})
}
