/* mutex.h - mutual exclusion for code that may sleep. */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/types.h>
#include <linux/sched.h>
#include <linux/spinlock_types.h>

/* The kernel has the same layout. owner is the task that holds it; magic is the
 * mutex's own address, once it is initialized.
 */
struct mutex {
	void *owner;
	void *magic;
};

#define __MUTEX_INITIALIZER(name)	{ .magic = &(name) }
#define DEFINE_MUTEX(name)		struct mutex name = __MUTEX_INITIALIZER(name)

static inline void __mutex_init(struct mutex *lock, const char *name, struct lock_class_key *key)
{
	lock->owner = NULL;
	lock->magic = lock;
}
#define mutex_init(lock)	__mutex_init(lock, #lock, NULL)

void mutex_lock(struct mutex *lock);
int mutex_lock_interruptible(struct mutex *lock);
int mutex_lock_killable(struct mutex *lock);
int mutex_trylock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
bool mutex_is_locked(struct mutex *lock);
void mutex_destroy(struct mutex *lock);

#define mutex_lock(lock)		(might_sleep(), (mutex_lock)(lock))
#define mutex_lock_interruptible(lock)	(might_sleep(), (mutex_lock_interruptible)(lock))
#define mutex_lock_killable(lock)	(might_sleep(), (mutex_lock_killable)(lock))
#define mutex_lock_nested(lock, subclass)	mutex_lock(lock)

#endif
