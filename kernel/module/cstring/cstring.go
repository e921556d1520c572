//go:build riscv64 || 386

package cstring

func entries() (memmove, memset, memcmp, strlen, strcmp, strncmp, strcpy uintptr)

// call calls one of the functions from Go; for the tests.
func call(fn, a0, a1, a2 uintptr) uintptr

// Funcs gives the address of each function by its C name.
func Funcs() map[string]uintptr {
	memmove, memset, memcmp, strlen, strcmp, strncmp, strcpy := entries()
	return map[string]uintptr{
		"memcpy": memmove, "memmove": memmove, "memset": memset, "memcmp": memcmp,
		"strlen": strlen, "strcmp": strcmp, "strncmp": strncmp, "strcpy": strcpy,
	}
}
