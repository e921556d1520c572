/* semaphore.h - counting semaphores. */
#ifndef _LINUX_SEMAPHORE_H
#define _LINUX_SEMAPHORE_H

#include <linux/types.h>
#include <linux/sched.h>

/* The kernel has the same layout. */
struct semaphore {
	unsigned int count;
	void *magic;
};

#define __SEMAPHORE_INITIALIZER(name, n)	{ .count = n, .magic = &(name) }
#define DEFINE_SEMAPHORE(name, n)		struct semaphore name = __SEMAPHORE_INITIALIZER(name, n)

static inline void sema_init(struct semaphore *sem, int val)
{
	sem->count = val;
	sem->magic = sem;
}

void down(struct semaphore *sem);
int __must_check down_interruptible(struct semaphore *sem);
int __must_check down_killable(struct semaphore *sem);
int __must_check down_trylock(struct semaphore *sem);
int __must_check down_timeout(struct semaphore *sem, long timeout);
void up(struct semaphore *sem);

#define down(sem)		(might_sleep(), (down)(sem))
#define down_interruptible(sem)	(might_sleep(), (down_interruptible)(sem))
#define down_killable(sem)	(might_sleep(), (down_killable)(sem))

#endif
