/* spinlock.h - locks for code that must not sleep.
 *
 * The flags of the _irqsave forms are variables of the caller's, as on Linux.
 */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/spinlock_types.h>
#include <linux/preempt.h>
#include <linux/irqflags.h>
#include <linux/bottom_half.h>
#include <linux/atomic.h>

#define spin_lock_init(lock)	do { *(lock) = (spinlock_t)__SPIN_LOCK_UNLOCKED(*(lock)); } while (0)

void spin_lock(spinlock_t *lock);
void spin_lock_bh(spinlock_t *lock);
void spin_lock_irq(spinlock_t *lock);
unsigned long __spin_lock_irqsave(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);
void spin_unlock_bh(spinlock_t *lock);
void spin_unlock_irq(spinlock_t *lock);
void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags);
int spin_trylock(spinlock_t *lock);

#define spin_lock_irqsave(lock, flags)	do { (flags) = __spin_lock_irqsave(lock); } while (0)
#define spin_trylock_irqsave(lock, flags)					\
	({									\
		local_irq_save(flags);						\
		spin_trylock(lock) ? 1 : ({ local_irq_restore(flags); 0; });	\
	})
#define spin_lock_nested(lock, subclass)	spin_lock(lock)

static inline int spin_is_locked(spinlock_t *lock) { return READ_ONCE(lock->locked); }
static inline int spin_is_contended(spinlock_t *lock) { (void)lock; return 0; }
#define assert_spin_locked(lock)	do { if (!spin_is_locked(lock)) BUG(); } while (0)

#define raw_spin_lock_init(lock)		spin_lock_init(lock)
#define raw_spin_lock(lock)			spin_lock(lock)
#define raw_spin_unlock(lock)			spin_unlock(lock)
#define raw_spin_lock_irq(lock)			spin_lock_irq(lock)
#define raw_spin_unlock_irq(lock)		spin_unlock_irq(lock)
#define raw_spin_lock_irqsave(lock, flags)	spin_lock_irqsave(lock, flags)
#define raw_spin_unlock_irqrestore(lock, flags)	spin_unlock_irqrestore(lock, flags)
#define raw_spin_trylock(lock)			spin_trylock(lock)

#include <linux/rwlock.h>

#endif
