// Package abi holds the numbers and layouts on which the kernel, the userland
// and host tools agree: error numbers, system call numbers, flags, structure
// offsets. It follows Linux (include/uapi) except where a name says RV86. It
// is a leaf: pure Go, no imports outside the standard library.
package abi
