/* wait.h - wait queues.
 *
 * wait_event and its kin look at the condition after they are on the queue, so
 * that a wake_up between the look and the sleep is not lost.
 */
#ifndef _LINUX_WAIT_H
#define _LINUX_WAIT_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/sched.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/errno.h>

typedef struct wait_queue_entry wait_queue_entry_t;
typedef int (*wait_queue_func_t)(struct wait_queue_entry *wq_entry, unsigned int mode, int flags, void *key);

#define WQ_FLAG_EXCLUSIVE	0x01

/* private is the task that waits. func is NULL for waking it up. */
struct wait_queue_entry {
	unsigned int flags;
	void *private;
	wait_queue_func_t func;
	struct list_head entry;
};

struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
};
typedef struct wait_queue_head wait_queue_head_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name)	\
	{ .lock = __SPIN_LOCK_UNLOCKED(name.lock), .head = LIST_HEAD_INIT((name).head) }
#define DECLARE_WAIT_QUEUE_HEAD(name)	\
	struct wait_queue_head name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name)	DECLARE_WAIT_QUEUE_HEAD(name)

static inline void __init_waitqueue_head(struct wait_queue_head *wq_head)
{
	spin_lock_init(&wq_head->lock);
	INIT_LIST_HEAD(&wq_head->head);
}
#define init_waitqueue_head(wq_head)	__init_waitqueue_head(wq_head)

#define __WAITQUEUE_INITIALIZER(name, tsk)	{ .private = tsk }
#define DECLARE_WAITQUEUE(name, tsk)	struct wait_queue_entry name = __WAITQUEUE_INITIALIZER(name, tsk)
#define DEFINE_WAIT_FUNC(name, function)	\
	struct wait_queue_entry name = { .private = current, .func = function, .entry = LIST_HEAD_INIT((name).entry) }
#define DEFINE_WAIT(name)	DEFINE_WAIT_FUNC(name, NULL)

static inline void init_wait_entry(struct wait_queue_entry *wq_entry, int flags)
{
	wq_entry->flags = flags;
	wq_entry->private = current;
	wq_entry->func = NULL;
	INIT_LIST_HEAD(&wq_entry->entry);
}
#define init_wait(wait)		init_wait_entry(wait, 0)

static inline void init_waitqueue_entry(struct wait_queue_entry *wq_entry, struct task_struct *p)
{
	wq_entry->flags = 0;
	wq_entry->private = p;
	wq_entry->func = NULL;
}

static inline void init_waitqueue_func_entry(struct wait_queue_entry *wq_entry, wait_queue_func_t func)
{
	wq_entry->flags = 0;
	wq_entry->private = NULL;
	wq_entry->func = func;
}

void add_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
void add_wait_queue_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
void remove_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
void prepare_to_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state);
void prepare_to_wait_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state);
long prepare_to_wait_event(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state);
void finish_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
int waitqueue_active(struct wait_queue_head *wq_head);
static inline bool wq_has_sleeper(struct wait_queue_head *wq_head) { return waitqueue_active(wq_head); }
int default_wake_function(struct wait_queue_entry *wq_entry, unsigned int mode, int flags, void *key);

/* Wakes all that are not exclusive, and nr that are; 0 is all. */
void __wake_up(struct wait_queue_head *wq_head, unsigned int mode, int nr, void *key);

#define wake_up(x)			__wake_up(x, TASK_NORMAL, 1, NULL)
#define wake_up_nr(x, nr)		__wake_up(x, TASK_NORMAL, nr, NULL)
#define wake_up_all(x)			__wake_up(x, TASK_NORMAL, 0, NULL)
#define wake_up_locked(x)		__wake_up(x, TASK_NORMAL, 1, NULL)
#define wake_up_interruptible(x)	__wake_up(x, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_nr(x, nr)	__wake_up(x, TASK_INTERRUPTIBLE, nr, NULL)
#define wake_up_interruptible_all(x)	__wake_up(x, TASK_INTERRUPTIBLE, 0, NULL)
#define wake_up_interruptible_sync(x)	__wake_up(x, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_poll(x, m)		__wake_up(x, TASK_NORMAL, 1, (void *)(unsigned long)(m))
#define wake_up_interruptible_poll(x, m)	__wake_up(x, TASK_INTERRUPTIBLE, 1, (void *)(unsigned long)(m))

/* The loop of all forms below. `step` sleeps once; it may set __ret and leave
 * the loop by `break`. The value is __ret: `first` unless a signal or step
 * changed it.
 */
#define ___wait_event(wq_head, condition, state, exclusive, first, step)		\
	({										\
		struct wait_queue_entry __wait;						\
		long __ret = (first);							\
											\
		init_wait_entry(&__wait, (exclusive) ? WQ_FLAG_EXCLUSIVE : 0);		\
		for (;;) {								\
			long __signal = prepare_to_wait_event(&(wq_head), &__wait, state);	\
											\
			if (condition)							\
				break;							\
			if (__signal) {							\
				__ret = __signal;					\
				break;							\
			}								\
			step;								\
		}									\
		finish_wait(&(wq_head), &__wait);					\
		__ret;									\
	})

#define __wait_unless(condition, wait)	({ int __r = 0; might_sleep(); if (!(condition)) __r = (wait); __r; })

#define wait_event(wq_head, condition)								\
	do {											\
		might_sleep();									\
		if (!(condition))								\
			(void)___wait_event(wq_head, condition, TASK_UNINTERRUPTIBLE, 0, 0, schedule());	\
	} while (0)
#define wait_event_interruptible(wq_head, condition)						\
	__wait_unless(condition, ___wait_event(wq_head, condition, TASK_INTERRUPTIBLE, 0, 0, schedule()))
#define wait_event_interruptible_exclusive(wq_head, condition)					\
	__wait_unless(condition, ___wait_event(wq_head, condition, TASK_INTERRUPTIBLE, 1, 0, schedule()))
#define wait_event_exclusive_cmd(wq_head, condition, cmd1, cmd2)				\
	do {											\
		if (!(condition))								\
			(void)___wait_event(wq_head, condition, TASK_UNINTERRUPTIBLE, 1, 0,	\
					    cmd1; schedule(); cmd2);				\
	} while (0)
#define wait_event_killable(wq_head, condition)							\
	__wait_unless(condition, ___wait_event(wq_head, condition, TASK_KILLABLE, 0, 0, schedule()))
#define wait_event_killable_exclusive(wq_head, condition)					\
	__wait_unless(condition, ___wait_event(wq_head, condition, TASK_KILLABLE, 1, 0, schedule()))
#define wait_event_idle(wq_head, condition)							\
	do {											\
		if (!(condition))								\
			(void)___wait_event(wq_head, condition, TASK_IDLE, 0, 0, schedule());	\
	} while (0)
#define wait_event_freezable(wq_head, condition)	wait_event_interruptible(wq_head, condition)

/* With a timeout: the jiffies that were left, at least 1, when the condition came
 * true; 0 when it did not in time.
 */
#define ___wait_timed(wq_head, condition, state, exclusive, timeout)				\
	({											\
		long __left = (timeout);							\
		might_sleep();									\
		if (!(condition)) {								\
			long __got = ___wait_event(wq_head, condition, state, exclusive, 0,	\
				if (!__left) break; __left = schedule_timeout(__left));		\
			if (__got)								\
				__left = __got;							\
			else if (!__left)							\
				__left = !!(condition);						\
		} else if (!__left)								\
			__left = 1;								\
		__left;										\
	})
#define wait_event_timeout(wq_head, condition, timeout)	\
	___wait_timed(wq_head, condition, TASK_UNINTERRUPTIBLE, 0, timeout)
#define wait_event_interruptible_timeout(wq_head, condition, timeout)	\
	___wait_timed(wq_head, condition, TASK_INTERRUPTIBLE, 0, timeout)
#define wait_event_killable_timeout(wq_head, condition, timeout)	\
	___wait_timed(wq_head, condition, TASK_KILLABLE, 0, timeout)
#define wait_event_idle_timeout(wq_head, condition, timeout)	\
	___wait_timed(wq_head, condition, TASK_IDLE, 0, timeout)
/* timeout is a ktime_t; 0, or -ETIME when it ran out. */
#define wait_event_interruptible_hrtimeout(wq_head, condition, timeout)			\
	({											\
		long __t = ___wait_timed(wq_head, condition, TASK_INTERRUPTIBLE, 0,		\
					 nsecs_to_jiffies(ktime_to_ns(timeout)) + 1);		\
		__t > 0 ? 0 : __t == 0 ? -ETIME : __t;						\
	})

/* With a spinlock that is held on entry and around every look. */
#define wait_event_lock_irq(wq_head, condition, lock)						\
	do {											\
		if (!(condition))								\
			(void)___wait_event(wq_head, condition, TASK_UNINTERRUPTIBLE, 0, 0,	\
				spin_unlock_irq(&(lock)); schedule(); spin_lock_irq(&(lock)));	\
	} while (0)
#define wait_event_interruptible_lock_irq(wq_head, condition, lock)				\
	({											\
		int __r = 0;									\
		if (!(condition))								\
			__r = ___wait_event(wq_head, condition, TASK_INTERRUPTIBLE, 0, 0,	\
				spin_unlock_irq(&(lock)); schedule(); spin_lock_irq(&(lock)));	\
		__r;										\
	})

#endif
