// Package power is the reboot(2) system call with rv86's extension: for a
// power-off, the fourth argument, which Linux ignores, is the status with
// which the emulator exits.
package power

import (
	"fmt"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Reboot asks the kernel for one of LINUX_REBOOT_CMD_*. It returns only with
// an error.
func Reboot(cmd uint32, status int) error {
	_, _, errno := syscall.Syscall6(syscall.SYS_REBOOT, unix.LINUX_REBOOT_MAGIC1, unix.LINUX_REBOOT_MAGIC2,
		uintptr(cmd), uintptr(status), 0, 0)
	return errno
}

// ParseStatus reads an exit status, 0 to 255.
func ParseStatus(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 8)
	if err != nil {
		return 0, fmt.Errorf("%s: not a status between 0 and 255", text)
	}
	return int(n), nil
}
