/* jiffies.h - time in ticks. */
#ifndef _LINUX_JIFFIES_H
#define _LINUX_JIFFIES_H

#include <linux/types.h>
#include <linux/limits.h>
#include <linux/time64.h>
#include <asm/param.h>

#define INITIAL_JIFFIES		((unsigned long)(unsigned int)(-300 * HZ))
#define MAX_JIFFY_OFFSET	((LONG_MAX >> 1) - 1)
#define TICK_NSEC		(NSEC_PER_SEC / HZ)

/* Not a variable here: it is read from the clock. */
unsigned long __jiffies(void);
u64 get_jiffies_64(void);
#define jiffies		(__jiffies())
#define jiffies_64	(get_jiffies_64())

#define time_after(a, b)	((long)((b) - (a)) < 0)
#define time_before(a, b)	time_after(b, a)
#define time_after_eq(a, b)	((long)((a) - (b)) >= 0)
#define time_before_eq(a, b)	time_after_eq(b, a)
#define time_in_range(a, b, c)	(time_after_eq(a, b) && time_before_eq(a, c))
#define time_after64(a, b)	((s64)((b) - (a)) < 0)
#define time_before64(a, b)	time_after64(b, a)
#define time_is_before_jiffies(a)	time_after(jiffies, a)
#define time_is_after_jiffies(a)	time_before(jiffies, a)
#define time_is_before_eq_jiffies(a)	time_after_eq(jiffies, a)
#define time_is_after_eq_jiffies(a)	time_before_eq(jiffies, a)

/* Rounded up, so that a wait is not too short; a negative time is for ever. */
static inline unsigned long msecs_to_jiffies(unsigned int m)
{
	if ((int)m < 0)
		return MAX_JIFFY_OFFSET;
	return m / (1000 / HZ) + (m % (1000 / HZ) != 0);
}
static inline unsigned long usecs_to_jiffies(unsigned int u)
{
	return u / (1000000 / HZ) + (u % (1000000 / HZ) != 0);
}
static inline unsigned int jiffies_to_msecs(unsigned long j) { return j * (1000 / HZ); }
static inline unsigned int jiffies_to_usecs(unsigned long j) { return j * (1000000 / HZ); }
static inline u64 jiffies_to_nsecs(unsigned long j) { return (u64)j * TICK_NSEC; }
static inline u64 jiffies64_to_msecs(u64 j) { return j * (1000 / HZ); }
unsigned long nsecs_to_jiffies(u64 n);
static inline unsigned long round_jiffies(unsigned long j)
{
	unsigned long up = j + HZ - 1;

	return up - up % HZ;
}
static inline unsigned long round_jiffies_relative(unsigned long j) { return round_jiffies(j + jiffies) - jiffies; }

#endif
