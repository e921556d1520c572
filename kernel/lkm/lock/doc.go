// Package lock is the locks that sleep: mutexes, semaphores and readers-writer
// semaphores (Linux kernel/locking; linux/mutex.h, semaphore.h, rwsem.h).
//
// Mistakes are reported as by Linux with CONFIG_DEBUG_MUTEXES and lockdep: a
// lock that was never initialized, unlocking by another than the owner, a
// caller that takes what it has already. The last ends the caller, where Linux
// would let it sleep for ever.
package lock
