// Package symvers holds the tables of the kernel's exports (kmod/symvers)
// against what the running kernels export, and against the headers.
package symvers
