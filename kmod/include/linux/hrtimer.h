/* hrtimer.h - functions that are called at a nanosecond, in interrupt context. */
#ifndef _LINUX_HRTIMER_H
#define _LINUX_HRTIMER_H

#include <linux/types.h>
#include <linux/ktime.h>
#include <linux/container_of.h>
#include <uapi/linux/time.h>

enum hrtimer_mode {
	HRTIMER_MODE_ABS	= 0x00,
	HRTIMER_MODE_REL	= 0x01,
	HRTIMER_MODE_PINNED	= 0x02,
	HRTIMER_MODE_SOFT	= 0x04,
	HRTIMER_MODE_ABS_PINNED	= HRTIMER_MODE_ABS | HRTIMER_MODE_PINNED,
	HRTIMER_MODE_REL_PINNED	= HRTIMER_MODE_REL | HRTIMER_MODE_PINNED,
	HRTIMER_MODE_ABS_SOFT	= HRTIMER_MODE_ABS | HRTIMER_MODE_SOFT,
	HRTIMER_MODE_REL_SOFT	= HRTIMER_MODE_REL | HRTIMER_MODE_SOFT,
};

enum hrtimer_restart {
	HRTIMER_NORESTART,
	HRTIMER_RESTART,
};

/* The kernel has the same layout. */
struct hrtimer {
	ktime_t expires;
	enum hrtimer_restart (*function)(struct hrtimer *);
	unsigned int clock;
	unsigned int state;
};

static inline void hrtimer_init(struct hrtimer *timer, int clock, enum hrtimer_mode mode)
{
	*timer = (struct hrtimer){ .clock = clock };
}
static inline void hrtimer_setup(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *),
				 int clock, enum hrtimer_mode mode)
{
	*timer = (struct hrtimer){ .clock = clock, .function = function };
}

void hrtimer_start_range_ns(struct hrtimer *timer, ktime_t tim, u64 range_ns, int mode);
int hrtimer_cancel(struct hrtimer *timer);
int hrtimer_try_to_cancel(struct hrtimer *timer);
u64 hrtimer_forward(struct hrtimer *timer, ktime_t now, ktime_t interval);
ktime_t __hrtimer_now(const struct hrtimer *timer);

static inline void hrtimer_start(struct hrtimer *timer, ktime_t tim, enum hrtimer_mode mode)
{
	hrtimer_start_range_ns(timer, tim, 0, mode);
}
static inline void hrtimer_restart(struct hrtimer *timer)
{
	hrtimer_start_range_ns(timer, timer->expires, 0, HRTIMER_MODE_ABS);
}
static inline u64 hrtimer_forward_now(struct hrtimer *timer, ktime_t interval)
{
	return hrtimer_forward(timer, __hrtimer_now(timer), interval);
}
static inline ktime_t hrtimer_cb_get_time(struct hrtimer *timer) { return __hrtimer_now(timer); }
static inline ktime_t hrtimer_get_expires(const struct hrtimer *timer) { return timer->expires; }
static inline s64 hrtimer_get_expires_ns(const struct hrtimer *timer) { return timer->expires; }
static inline void hrtimer_set_expires(struct hrtimer *timer, ktime_t time) { timer->expires = time; }
static inline void hrtimer_add_expires(struct hrtimer *timer, ktime_t time) { timer->expires += time; }
static inline void hrtimer_add_expires_ns(struct hrtimer *timer, u64 ns) { timer->expires += ns; }
static inline ktime_t hrtimer_get_remaining(const struct hrtimer *timer) { return timer->expires - __hrtimer_now(timer); }
static inline bool hrtimer_is_queued(struct hrtimer *timer) { return READ_ONCE(timer->state) != 0; }
static inline bool hrtimer_active(const struct hrtimer *timer) { return READ_ONCE(timer->state) != 0; }

#endif
