//go:build riscv64

package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
)

// args are the six argument registers of a call.
type args = [6]uintptr

// row is one system call.
type row struct {
	num  uintptr
	name string
	fn   func(t *task.Thread, a *args) (uintptr, abi.Errno)
}
