// Package sys is the system call table: one row for each call, split by topic
// over the files, and the few lines that lead from a trap to a row. A row's
// function gets the thread and a copy of the six argument registers.
//
// Numbers and layouts are riscv64 Linux's (asm-generic). A call without a row
// is ENOSYS and is logged once.
package sys
