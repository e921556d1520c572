package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
)

// sysAccept is accept4 without flags; i386 has it only within socketcall.
func sysAccept(t *task.Thread, a *args) (uintptr, abi.Errno) {
	b := *a
	b[3] = 0
	return sysAccept4(t, &b)
}
