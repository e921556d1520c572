//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
)

var ioctlCalls = []row{
	{abi.SYS_IOCTL, "ioctl", sysIoctl},
}

// sysIoctl performs the requests that every file understands (fs/ioctl.c,
// do_vfs_ioctl) and leaves the rest to the file.
func sysIoctl(t *task.Thread, a *args) (uintptr, abi.Errno) {
	fd, cmd, arg := int(int32(a[0])), uintptr(uint32(a[1])), a[2]
	d, e := t.Files.Get(fd)
	if e != 0 {
		return 0, e
	}
	defer d.Put()
	if d.Flags()&abi.O_PATH != 0 {
		return 0, abi.EBADF
	}
	switch cmd {
	case abi.FIOCLEX, abi.FIONCLEX:
		return 0, t.Files.SetCloExec(fd, cmd == abi.FIOCLEX)
	case abi.FIONBIO:
		return 0, setNonblock(t, d, arg)
	case abi.FIONREAD:
		if n, ok := unreadBytes(d); ok {
			l := abi.Layout{}
			l.U32(uint32(n))
			return 0, t.CopyOut(arg, l.B)
		}
	}
	return d.File().Ioctl(t.Caller(), cmd, arg)
}

func setNonblock(t *task.Thread, d *vfs.Description, arg uintptr) abi.Errno {
	var b [4]byte
	if e := t.CopyIn(arg, b[:]); e != 0 {
		return e
	}
	flags := d.Flags() &^ abi.O_NONBLOCK
	if b != [4]byte{} {
		flags |= abi.O_NONBLOCK
	}
	d.SetFlags(flags)
	return 0
}

// unreadBytes answers FIONREAD for pipes, sockets and regular files.
func unreadBytes(d *vfs.Description) (int64, bool) {
	if p, ok := d.File().(interface{ Pending() int }); ok {
		return int64(p.Pending()), true
	}
	s, ok := d.File().(vfs.Sized)
	if !ok || d.Inode().Mode()&abi.S_IFMT != abi.S_IFREG {
		return 0, false
	}
	off, e := d.Lseek(0, abi.SEEK_CUR)
	return s.Size() - off, e == 0
}
