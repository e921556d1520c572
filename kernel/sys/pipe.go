//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
)

var pipeCalls = []row{
	{abi.SYS_PIPE2, "pipe2", sysPipe2},
	{abi.SYS_SOCKETPAIR, "socketpair", sysSocketpair},
	{abi.SYS_SOCKET, "socket", sysSocket},
	{abi.SYS_SHUTDOWN, "shutdown", sysShutdown},
	{abi.SYS_SENDTO, "sendto", sysSendto},
	{abi.SYS_RECVFROM, "recvfrom", sysRecvfrom},
}

// installPair gives two files descriptors and stores the numbers at va.
func installPair(t *task.Thread, va uintptr, x, y *vfs.Description, flags int) abi.Errno {
	n, e := install(t, x, flags)
	if e != 0 {
		y.Put()
		return e
	}
	m, e := install(t, y, flags)
	if e != 0 {
		t.Files.Close(t.Caller(), int(n))
		return e
	}
	l := abi.Layout{}
	l.U32(uint32(n), uint32(m))
	if e := t.CopyOut(va, l.B); e != 0 {
		t.Files.Close(t.Caller(), int(n))
		t.Files.Close(t.Caller(), int(m))
		return e
	}
	return 0
}

func sysPipe2(t *task.Thread, a *args) (uintptr, abi.Errno) {
	flags := int(a[1])
	if flags&^(abi.O_CLOEXEC|abi.O_NONBLOCK|abi.O_DIRECT) != 0 {
		return 0, abi.EINVAL
	}
	if flags&abi.O_DIRECT != 0 {
		return 0, abi.EINVAL // no packet mode
	}
	r, w := t.FS.Namespace().Pipe(t.Caller(), flags)
	return 0, installPair(t, a[0], r, w, flags)
}

// Socket families and types (include/linux/net.h). SOCK_CLOEXEC and
// SOCK_NONBLOCK are O_CLOEXEC and O_NONBLOCK.
const (
	afUnix         = 1
	sockStream     = 1
	sockTypeMask   = 0xf
	msgDontwait    = 0x40
	msgNosignal    = 0x4000
	sockFlagsKnown = abi.O_CLOEXEC | abi.O_NONBLOCK
)

func sysSocketpair(t *task.Thread, a *args) (uintptr, abi.Errno) {
	typ, flags := int(a[1])&sockTypeMask, int(a[1])&^sockTypeMask
	switch {
	case a[0] != afUnix:
		return 0, abi.EAFNOSUPPORT
	case flags&^sockFlagsKnown != 0:
		return 0, abi.EINVAL
	case typ != sockStream:
		return 0, abi.ESOCKTNOSUPPORT
	case a[2] != 0 && a[2] != afUnix:
		return 0, abi.EPROTONOSUPPORT
	}
	x, y := t.FS.Namespace().SocketPair(t.Caller(), flags)
	return 0, installPair(t, a[3], x, y, flags)
}

// sysSocket: there are no networks, and nothing listens on a name.
func sysSocket(*task.Thread, *args) (uintptr, abi.Errno) { return 0, abi.EAFNOSUPPORT }

func withSocket(t *task.Thread, fd uintptr, fn func(d *vfs.Description, s *vfs.Socket) (uintptr, abi.Errno)) (uintptr, abi.Errno) {
	d, e := file(t, fd)
	if e != 0 {
		return 0, e
	}
	defer d.Put()
	s, ok := d.File().(*vfs.Socket)
	if !ok {
		return 0, abi.ENOTSOCK
	}
	return fn(d, s)
}

func sysShutdown(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return withSocket(t, a[0], func(_ *vfs.Description, s *vfs.Socket) (uintptr, abi.Errno) {
		return 0, s.Shutdown(int(int32(a[1])))
	})
}

// sysSendto is write(2) on a connected socket; an address has no place there.
func sysSendto(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return withSocket(t, a[0], func(d *vfs.Description, s *vfs.Socket) (uintptr, abi.Errno) {
		if a[4] != 0 {
			return 0, abi.EISCONN
		}
		if a[3]&^msgNosignal != 0 {
			return 0, abi.EOPNOTSUPP
		}
		if a[3]&msgNosignal != 0 && s.Broken() {
			return 0, abi.EPIPE
		}
		return writeUser(t, d, cursor{}, a[1], a[2])
	})
}

// sysRecvfrom is read(2), with MSG_DONTWAIT and without an address to tell.
func sysRecvfrom(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return withSocket(t, a[0], func(d *vfs.Description, _ *vfs.Socket) (uintptr, abi.Errno) {
		if a[3]&^msgDontwait != 0 {
			return 0, abi.EOPNOTSUPP
		}
		if a[5] != 0 { // the address length: a pair's ends have no names
			if e := t.CopyOut(a[5], make([]byte, 4)); e != 0 {
				return 0, e
			}
		}
		return readUser(t, d, cursor{}, a[1], a[2], a[3]&msgDontwait != 0)
	})
}
