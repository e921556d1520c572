/* rwlock.h - spinlocks that readers share. */
#ifndef _LINUX_RWLOCK_H
#define _LINUX_RWLOCK_H

#include <linux/spinlock.h>

#define rwlock_init(lock)	do { *(lock) = (rwlock_t)__RW_LOCK_UNLOCKED(*(lock)); } while (0)

void read_lock(rwlock_t *lock);
void read_lock_bh(rwlock_t *lock);
void read_lock_irq(rwlock_t *lock);
unsigned long __read_lock_irqsave(rwlock_t *lock);
void read_unlock(rwlock_t *lock);
void read_unlock_bh(rwlock_t *lock);
void read_unlock_irq(rwlock_t *lock);
void read_unlock_irqrestore(rwlock_t *lock, unsigned long flags);
int read_trylock(rwlock_t *lock);

void write_lock(rwlock_t *lock);
void write_lock_bh(rwlock_t *lock);
void write_lock_irq(rwlock_t *lock);
unsigned long __write_lock_irqsave(rwlock_t *lock);
void write_unlock(rwlock_t *lock);
void write_unlock_bh(rwlock_t *lock);
void write_unlock_irq(rwlock_t *lock);
void write_unlock_irqrestore(rwlock_t *lock, unsigned long flags);
int write_trylock(rwlock_t *lock);

#define read_lock_irqsave(lock, flags)	do { (flags) = __read_lock_irqsave(lock); } while (0)
#define write_lock_irqsave(lock, flags)	do { (flags) = __write_lock_irqsave(lock); } while (0)

#endif
