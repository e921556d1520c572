package main

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// bad are addresses that no program has.
var bad = []uintptr{0, 1, 8, ^uintptr(0), ^uintptr(0) - 100, 1 << (8*unsafe.Sizeof(uintptr(0)) - 1)}

// hostile makes each call with pointers to nothing and sizes of all kinds: the kernel
// must answer each.
func hostile() {
	fd := uintptr(socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK, 0))
	unix.Bind(int(fd), at(4004))
	sizes := []uintptr{0, 1, 15, 16, 17, 128, 129, 1 << 20, ^uintptr(0) >> 1, ^uintptr(0)}
	word := unsafe.Sizeof(uintptr(0))
	msg := make([]uintptr, 8)
	for _, p := range bad {
		for _, n := range sizes {
			call(unix.SYS_BIND, fd, p, n, 0, 0, 0)
			call(unix.SYS_CONNECT, fd, p, n, 0, 0, 0)
			call(unix.SYS_GETSOCKNAME, fd, p, p, 0, 0, 0)
			call(unix.SYS_GETPEERNAME, fd, p, p, 0, 0, 0)
			call(unix.SYS_SENDTO, fd, p, n, 0, p, n)
			call(unix.SYS_RECVFROM, fd, p, n, 0, p, p)
			call(unix.SYS_SENDMSG, fd, p, 0, 0, 0, 0)
			call(unix.SYS_RECVMSG, fd, p, 0, 0, 0, 0)
			call(unix.SYS_SETSOCKOPT, fd, n&0xff, p&0x3f, p, n, 0)
			call(unix.SYS_GETSOCKOPT, fd, n&0xff, n&0x3f, p, p, 0)
			for i := range 7 {
				clear(msg)
				msg[i] = p
				msg[(i+1)%7] = n
				call(unix.SYS_SENDMSG, fd, uintptr(unsafe.Pointer(&msg[0])), 0, 0, 0, 0)
				call(unix.SYS_RECVMSG, fd, uintptr(unsafe.Pointer(&msg[0])), n, 0, 0, 0)
			}
		}
		for cmd := uintptr(0x8900); cmd < 0x8a00; cmd++ {
			call(unix.SYS_IOCTL, fd, cmd, p, 0, 0, 0)
		}
	}
	// Random names and numbers in struct ifreq and struct rtentry; nothing that
	// closes lo.
	seed := uint32(1)
	b := make([]byte, 16*word)
	for range 3000 {
		for i := range b {
			seed = seed*1664525 + 1013904223
			b[i] = byte(seed >> 24)
		}
		if seed&1 == 0 {
			copy(b, "lo\x00")
		}
		cmd := uintptr(0x8900 + seed>>8&0xff)
		if cmd != unix.SIOCSIFFLAGS && cmd != unix.SIOCSIFADDR && cmd != unix.SIOCSIFMTU && cmd != unix.SIOCSIFNETMASK {
			call(unix.SYS_IOCTL, fd, cmd, uintptr(unsafe.Pointer(&b[0])), 0, 0, 0)
		}
	}
	want("and lives", unix.Sendto(int(fd), []byte("x"), 0, at(4004)), nil)
}

// call makes a call whose result does not matter.
func call(n, a, b, c, d, e, f uintptr) { unix.Syscall6(n, a, b, c, d, e, f) }
