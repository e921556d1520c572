/* timekeeping.h - what time it is. */
#ifndef _LINUX_TIMEKEEPING_H
#define _LINUX_TIMEKEEPING_H

#include <linux/ktime.h>
#include <asm/param.h>

static inline u64 ktime_get_ns(void) { return ktime_get(); }
static inline u64 ktime_get_real_ns(void) { return ktime_get_real(); }
static inline u64 ktime_get_boottime_ns(void) { return ktime_get(); }
static inline ktime_t ktime_get_boottime(void) { return ktime_get(); }
static inline ktime_t ktime_get_raw(void) { return ktime_get(); }
static inline time64_t ktime_get_seconds(void) { return div_s64(ktime_get(), NSEC_PER_SEC); }
static inline time64_t ktime_get_real_seconds(void) { return div_s64(ktime_get_real(), NSEC_PER_SEC); }
static inline void ktime_get_ts64(struct timespec64 *ts) { *ts = ns_to_timespec64(ktime_get()); }
static inline void ktime_get_real_ts64(struct timespec64 *ts) { *ts = ns_to_timespec64(ktime_get_real()); }
/* As of the last tick. */
static inline ktime_t __ktime_coarse(ktime_t t) { return div_s64(t, NSEC_PER_SEC / HZ) * (NSEC_PER_SEC / HZ); }
static inline ktime_t ktime_get_coarse(void) { return __ktime_coarse(ktime_get()); }
static inline void ktime_get_coarse_ts64(struct timespec64 *ts) { *ts = ns_to_timespec64(ktime_get_coarse()); }
static inline void ktime_get_coarse_real_ts64(struct timespec64 *ts) { *ts = ns_to_timespec64(__ktime_coarse(ktime_get_real())); }
static inline void ktime_get_raw_ts64(struct timespec64 *ts) { ktime_get_ts64(ts); }
static inline void ktime_get_boottime_ts64(struct timespec64 *ts) { ktime_get_ts64(ts); }

struct tm {
	int tm_sec, tm_min, tm_hour, tm_mday, tm_mon;
	long tm_year;
	int tm_wday, tm_yday;
};
/* Gregorian; offset is added to the time. */
void time64_to_tm(time64_t totalsecs, int offset, struct tm *result);

#endif
