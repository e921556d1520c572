// Package kthread is kernel threads of modules (Linux kernel/kthread.c;
// linux/kthread.h) and signals to them. A thread is a process without a
// program, which ps shows as [name], and a goroutine that runs its C function.
package kthread
