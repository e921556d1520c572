/* rwsem.h - semaphores that readers share. */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H

#include <linux/types.h>
#include <linux/sched.h>

/* The kernel has the same layout. */
struct rw_semaphore {
	unsigned int count;
	void *owner;
	void *magic;
};

#define __RWSEM_INITIALIZER(name)	{ .magic = &(name) }
#define DECLARE_RWSEM(name)		struct rw_semaphore name = __RWSEM_INITIALIZER(name)
#define init_rwsem(sem)			do { *(sem) = (struct rw_semaphore){ .magic = (sem) }; } while (0)

void down_read(struct rw_semaphore *sem);
int __must_check down_read_interruptible(struct rw_semaphore *sem);
int __must_check down_read_killable(struct rw_semaphore *sem);
int down_read_trylock(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);
int __must_check down_write_killable(struct rw_semaphore *sem);
int down_write_trylock(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
void downgrade_write(struct rw_semaphore *sem);
int rwsem_is_locked(struct rw_semaphore *sem);

#define down_read(sem)	(might_sleep(), (down_read)(sem))
#define down_write(sem)	(might_sleep(), (down_write)(sem))

#endif
