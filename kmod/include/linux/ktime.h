/* ktime.h - time in nanoseconds. */
#ifndef _LINUX_KTIME_H
#define _LINUX_KTIME_H

#include <linux/types.h>
#include <linux/time64.h>
#include <linux/math64.h>

typedef s64 ktime_t;
#define KTIME_MAX	((s64)~((u64)1 << 63))

ktime_t ktime_get(void);
ktime_t ktime_get_real(void);

static inline ktime_t ktime_set(s64 secs, unsigned long nsecs) { return secs * NSEC_PER_SEC + (s64)nsecs; }
static inline s64 ktime_to_ns(ktime_t kt) { return kt; }
static inline ktime_t ns_to_ktime(u64 ns) { return ns; }
static inline ktime_t ms_to_ktime(u64 ms) { return ms * NSEC_PER_MSEC; }
static inline ktime_t us_to_ktime(u64 us) { return us * NSEC_PER_USEC; }
static inline s64 ktime_to_us(ktime_t kt) { return div_s64(kt, NSEC_PER_USEC); }
static inline s64 ktime_to_ms(ktime_t kt) { return div_s64(kt, NSEC_PER_MSEC); }
#define ktime_add(a, b)		((a) + (b))
#define ktime_sub(a, b)		((a) - (b))
#define ktime_add_ns(kt, ns)	((kt) + (ns))
#define ktime_sub_ns(kt, ns)	((kt) - (ns))
static inline ktime_t ktime_add_us(ktime_t kt, u64 us) { return kt + us * NSEC_PER_USEC; }
static inline ktime_t ktime_add_ms(ktime_t kt, u64 ms) { return kt + ms * NSEC_PER_MSEC; }
static inline int ktime_compare(ktime_t a, ktime_t b) { return a < b ? -1 : a > b; }
static inline bool ktime_after(ktime_t a, ktime_t b) { return a > b; }
static inline bool ktime_before(ktime_t a, ktime_t b) { return a < b; }
static inline s64 ktime_us_delta(ktime_t later, ktime_t earlier) { return ktime_to_us(later - earlier); }
static inline s64 ktime_ms_delta(ktime_t later, ktime_t earlier) { return ktime_to_ms(later - earlier); }

static inline struct timespec64 ns_to_timespec64(s64 ns)
{
	s32 rem;
	struct timespec64 ts;

	ts.tv_sec = div_s64_rem(ns, NSEC_PER_SEC, &rem);
	if (rem < 0) {
		ts.tv_sec--;
		rem += NSEC_PER_SEC;
	}
	ts.tv_nsec = rem;
	return ts;
}
#define ktime_to_timespec64(kt)	ns_to_timespec64(kt)
static inline ktime_t timespec64_to_ktime(struct timespec64 ts) { return ktime_set(ts.tv_sec, ts.tv_nsec); }
static inline s64 timespec64_to_ns(const struct timespec64 *ts) { return ktime_set(ts->tv_sec, ts->tv_nsec); }

#include <linux/timekeeping.h>

#endif
