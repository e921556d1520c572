/* delay.h - waiting for time to pass. mdelay, udelay and ndelay may be called
 * anywhere; the others sleep.
 */
#ifndef _LINUX_DELAY_H
#define _LINUX_DELAY_H

#include <linux/types.h>
#include <linux/sched.h>
#include <linux/jiffies.h>

void __udelay(unsigned long usecs);
void __ndelay(unsigned long nsecs);
static inline void udelay(unsigned long usecs) { __udelay(usecs); }
static inline void ndelay(unsigned long nsecs) { __ndelay(nsecs); }
static inline void mdelay(unsigned long msecs) { __udelay(msecs * 1000); }

void msleep(unsigned int msecs);
unsigned long msleep_interruptible(unsigned int msecs);
void usleep_range(unsigned long min, unsigned long max);

#define msleep(msecs)			(might_sleep(), (msleep)(msecs))
#define msleep_interruptible(msecs)	(might_sleep(), (msleep_interruptible)(msecs))
#define usleep_range(min, max)		(might_sleep(), (usleep_range)(min, max))
#define ssleep(secs)			msleep((secs) * 1000)
#define fsleep(usecs)			usleep_range(usecs, 2 * (usecs))

#endif
