/* spinlock_types.h - what a spinlock is. The kernel has the same layouts. */
#ifndef _LINUX_SPINLOCK_TYPES_H
#define _LINUX_SPINLOCK_TYPES_H

#include <linux/types.h>

#define SPINLOCK_MAGIC		0xdead4ead
#define RWLOCK_MAGIC		0xdeaf1eed

/* owner is the task_struct that holds it. magic tells a lock that was
 * initialized from memory that never was.
 */
typedef struct spinlock {
	unsigned int locked;
	unsigned int magic;
	unsigned int owner_cpu;
	void *owner;
} spinlock_t;
typedef spinlock_t raw_spinlock_t;

typedef struct {
	unsigned int cnt;
	unsigned int magic;
	unsigned int owner_cpu;
	void *owner;
} rwlock_t;

#define __SPIN_LOCK_UNLOCKED(name)	{ .magic = SPINLOCK_MAGIC, .owner_cpu = -1 }
#define __RW_LOCK_UNLOCKED(name)	{ .magic = RWLOCK_MAGIC, .owner_cpu = -1 }
#define __RAW_SPIN_LOCK_UNLOCKED(name)	__SPIN_LOCK_UNLOCKED(name)

#define DEFINE_SPINLOCK(x)	spinlock_t x = __SPIN_LOCK_UNLOCKED(x)
#define DEFINE_RAW_SPINLOCK(x)	DEFINE_SPINLOCK(x)
#define DEFINE_RWLOCK(x)	rwlock_t x = __RW_LOCK_UNLOCKED(x)

struct lock_class_key { char unused; };

#endif
