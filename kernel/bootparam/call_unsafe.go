package bootparam

import (
	"unsafe"

	"rv86/kernel/abi"
	"rv86/kmod/vmlinux"
)

// A Row has the size that the image builder expects.
var (
	_ [vmlinux.GoRowWords*unsafe.Sizeof(uintptr(0)) - unsafe.Sizeof(Row{})]struct{}
	_ [unsafe.Sizeof(Row{}) - vmlinux.GoRowWords*unsafe.Sizeof(uintptr(0))]struct{}
)

// Set calls the function of the row at an address. A Go function value is a
// pointer to a word with the code's address, and that is a row's first word.
func Set(row uint64, value string) abi.Errno {
	p := uintptr(row)
	return (*(*func(string) abi.Errno)(unsafe.Pointer(&p)))(value)
}
