/* completion.h - waiting for something to be done, once. */
#ifndef _LINUX_COMPLETION_H
#define _LINUX_COMPLETION_H

#include <linux/spinlock.h>
#include <linux/sched.h>

/* The kernel has the same layout. lock only says that it was initialized. */
struct completion {
	spinlock_t lock;
	unsigned int done;
};

#define COMPLETION_INITIALIZER(work)		{ .lock = __SPIN_LOCK_UNLOCKED((work).lock) }
#define COMPLETION_INITIALIZER_ONSTACK(work)	((struct completion)COMPLETION_INITIALIZER(work))
#define DECLARE_COMPLETION(work)		struct completion work = COMPLETION_INITIALIZER(work)
#define DECLARE_COMPLETION_ONSTACK(work)	DECLARE_COMPLETION(work)

static inline void init_completion(struct completion *x)
{
	spin_lock_init(&x->lock);
	x->done = 0;
}
static inline void reinit_completion(struct completion *x) { x->done = 0; }

void wait_for_completion(struct completion *x);
int wait_for_completion_interruptible(struct completion *x);
int wait_for_completion_killable(struct completion *x);
unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout);
long wait_for_completion_interruptible_timeout(struct completion *x, unsigned long timeout);
long wait_for_completion_killable_timeout(struct completion *x, unsigned long timeout);
bool try_wait_for_completion(struct completion *x);
bool completion_done(struct completion *x);
void complete(struct completion *x);
void complete_all(struct completion *x);

#define wait_for_completion(x)				(might_sleep(), (wait_for_completion)(x))
#define wait_for_completion_interruptible(x)		(might_sleep(), (wait_for_completion_interruptible)(x))
#define wait_for_completion_killable(x)			(might_sleep(), (wait_for_completion_killable)(x))
#define wait_for_completion_timeout(x, t)		(might_sleep(), (wait_for_completion_timeout)(x, t))
#define wait_for_completion_interruptible_timeout(x, t)	(might_sleep(), (wait_for_completion_interruptible_timeout)(x, t))

#endif
