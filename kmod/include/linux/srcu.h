/* srcu.h - readers that may sleep. Here every reader may be preempted, and a
 * domain's readers are counted in two banks: a grace period turns to the other.
 */
#ifndef _LINUX_SRCU_H
#define _LINUX_SRCU_H

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/mutex.h>

struct srcu_struct {
	struct mutex mutex;
	int idx;
	atomic_t readers[2];
};

#define DEFINE_SRCU(name)		struct srcu_struct name = { .mutex = __MUTEX_INITIALIZER(name.mutex) }
#define DEFINE_STATIC_SRCU(name)	static DEFINE_SRCU(name)
static inline int init_srcu_struct(struct srcu_struct *s)
{
	*s = (struct srcu_struct){ .idx = 0 };
	mutex_init(&s->mutex);
	return 0;
}
static inline void cleanup_srcu_struct(struct srcu_struct *s) { mutex_destroy(&s->mutex); }
static inline int srcu_read_lock(struct srcu_struct *s)
{
	int idx = READ_ONCE(s->idx);

	atomic_inc(&s->readers[idx]);
	return idx;
}
static inline void srcu_read_unlock(struct srcu_struct *s, int idx) { atomic_dec(&s->readers[idx]); }
#define srcu_dereference(p, s)	READ_ONCE(p)
static inline void synchronize_srcu(struct srcu_struct *s)
{
	int bank;

	mutex_lock(&s->mutex);
	for (bank = 0; bank < 2; bank++) {
		int old = s->idx;

		WRITE_ONCE(s->idx, !old);
		while (atomic_read(&s->readers[old]))
			msleep(1);
	}
	mutex_unlock(&s->mutex);
}

#endif
