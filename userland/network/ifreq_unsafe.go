package network

import (
	"syscall"
	"unsafe"
)

// ioctl performs a request whose argument is a structure in memory.
func ioctl(fd int, request uintptr, arg []byte) error {
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), request, uintptr(unsafe.Pointer(&arg[0]))); errno != 0 {
		return errno
	}
	return nil
}

// address is where a slice lies, for a structure that points to it. The caller
// keeps it alive.
func address(b []byte) uintptr { return uintptr(unsafe.Pointer(&b[0])) }
