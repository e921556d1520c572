// Package task models processes and threads as Linux shows them to programs:
// clone, execve, exit and wait, signals, process groups and sessions, futexes,
// timers. A thread is a goroutine around nucleus.Run; a process is what its
// threads share.
//
// A system call that has to wait sleeps in Thread.Block (one queue) or
// Thread.Sleep (several); both end early when a signal or the end of the
// process is waiting for the thread.
//
// Lock order: the tasks lock (tree of processes, groups, sessions, signals),
// then a futex bucket, then vm.Space's own lock; wait.Queue's is innermost.
// Nothing sleeps with one of them held.
//
// Sources: Linux's man pages section 2 and signal(7), credentials(7); the
// RISC-V Linux signal frame (arch/riscv/include/uapi/asm). Omitted: ptrace,
// namespaces, cgroups, capabilities beyond "user 0 may", core files,
// real-time scheduling.
package task
