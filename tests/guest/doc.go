// Package guest holds programs that run inside the machine and test the kernel
// from there, and the test that builds them with the stock toolchain, boots
// the shipped image with each and compares what it prints with testdata.
//
//	process  processes, signals, pipes and memory, from ordinary Go
//	hostile  random system calls, after which the kernel must live
//	memory   the free page count before and after a storm of processes
package guest
