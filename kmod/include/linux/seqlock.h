/* seqlock.h - readers that look again if a writer came between. */
#ifndef _LINUX_SEQLOCK_H
#define _LINUX_SEQLOCK_H

#include <linux/spinlock.h>
#include <linux/atomic.h>

typedef struct seqcount {
	unsigned int sequence;
} seqcount_t;

#define SEQCNT_ZERO(name)	{ 0 }
#define seqcount_init(s)	do { (s)->sequence = 0; } while (0)

/* Odd while a writer is at work. A reader lets others run until it is not: the
 * writer may have been preempted.
 */
void yield(void);
static inline unsigned int read_seqcount_begin(const seqcount_t *s)
{
	unsigned int seq;

	while ((seq = __atomic_load_n(&s->sequence, __ATOMIC_ACQUIRE)) & 1)
		yield();
	return seq;
}
static inline int read_seqcount_retry(const seqcount_t *s, unsigned int start)
{
	smp_rmb();
	return READ_ONCE(s->sequence) != start;
}
static inline void raw_write_seqcount_begin(seqcount_t *s) { s->sequence++; smp_wmb(); }
static inline void raw_write_seqcount_end(seqcount_t *s) { smp_wmb(); s->sequence++; }
static inline void write_seqcount_begin(seqcount_t *s) { preempt_disable(); raw_write_seqcount_begin(s); }
static inline void write_seqcount_end(seqcount_t *s) { raw_write_seqcount_end(s); preempt_enable(); }

typedef struct {
	seqcount_t seqcount;
	spinlock_t lock;
} seqlock_t;

#define __SEQLOCK_UNLOCKED(x)	{ .lock = __SPIN_LOCK_UNLOCKED(x) }
#define DEFINE_SEQLOCK(x)	seqlock_t x = __SEQLOCK_UNLOCKED(x)
#define seqlock_init(sl)	do { seqcount_init(&(sl)->seqcount); spin_lock_init(&(sl)->lock); } while (0)

static inline unsigned int read_seqbegin(const seqlock_t *sl) { return read_seqcount_begin(&sl->seqcount); }
static inline unsigned int read_seqretry(const seqlock_t *sl, unsigned int start) { return read_seqcount_retry(&sl->seqcount, start); }
static inline void write_seqlock(seqlock_t *sl) { spin_lock(&sl->lock); raw_write_seqcount_begin(&sl->seqcount); }
static inline void write_sequnlock(seqlock_t *sl) { raw_write_seqcount_end(&sl->seqcount); spin_unlock(&sl->lock); }
static inline void write_seqlock_irq(seqlock_t *sl) { spin_lock_irq(&sl->lock); raw_write_seqcount_begin(&sl->seqcount); }
static inline void write_sequnlock_irq(seqlock_t *sl) { raw_write_seqcount_end(&sl->seqcount); spin_unlock_irq(&sl->lock); }
#define write_seqlock_irqsave(sl, flags)	\
	do { spin_lock_irqsave(&(sl)->lock, flags); raw_write_seqcount_begin(&(sl)->seqcount); } while (0)
#define write_sequnlock_irqrestore(sl, flags)	\
	do { raw_write_seqcount_end(&(sl)->seqcount); spin_unlock_irqrestore(&(sl)->lock, flags); } while (0)

#endif
