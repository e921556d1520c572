/* timer.h - functions that are called at a jiffy, in softirq context. */
#ifndef _LINUX_TIMER_H
#define _LINUX_TIMER_H

#include <linux/types.h>
#include <linux/jiffies.h>
#include <linux/container_of.h>

/* The kernel has the same layout. entry.pprev is not NULL while the timer is
 * pending.
 */
struct timer_list {
	struct hlist_node entry;
	unsigned long expires;
	void (*function)(struct timer_list *);
	u32 flags;
};

#define TIMER_DEFERRABLE	0x00080000
#define TIMER_PINNED		0x00100000
#define TIMER_IRQSAFE		0x00200000

#define __TIMER_INITIALIZER(_function, _flags)	{ .function = (_function), .flags = (_flags) }
#define DEFINE_TIMER(_name, _function)		struct timer_list _name = __TIMER_INITIALIZER(_function, 0)

/* expires stays: it may have been set before. */
static inline void __timer_setup(struct timer_list *timer, void (*func)(struct timer_list *), unsigned int flags)
{
	timer->entry.pprev = NULL;
	timer->function = func;
	timer->flags = flags;
}
#define timer_setup(timer, callback, flags)		__timer_setup(timer, callback, flags)
#define timer_setup_on_stack(timer, callback, flags)	__timer_setup(timer, callback, flags)
static inline void destroy_timer_on_stack(struct timer_list *timer) { (void)timer; }

/* The object of which the timer is the member timer_fieldname. */
#define from_timer(var, callback_timer, timer_fieldname)	\
	container_of(callback_timer, __typeof__(*var), timer_fieldname)

static inline int timer_pending(const struct timer_list *timer) { return timer->entry.pprev != NULL; }

void add_timer(struct timer_list *timer);
int mod_timer(struct timer_list *timer, unsigned long expires);
int mod_timer_pending(struct timer_list *timer, unsigned long expires);
int timer_reduce(struct timer_list *timer, unsigned long expires);
int timer_delete(struct timer_list *timer);
int timer_delete_sync(struct timer_list *timer);
int try_to_del_timer_sync(struct timer_list *timer);
int timer_shutdown(struct timer_list *timer);
int timer_shutdown_sync(struct timer_list *timer);

static inline int del_timer(struct timer_list *timer) { return timer_delete(timer); }
static inline int del_timer_sync(struct timer_list *timer) { return timer_delete_sync(timer); }
static inline void add_timer_on(struct timer_list *timer, int cpu) { add_timer(timer); }

#endif
