/* rwlock.h - spinlocks that readers share. */
#ifndef _LINUX_RWLOCK_H
#define _LINUX_RWLOCK_H

#include <linux/spinlock.h>

#define rwlock_init(lock)	do { *(lock) = (rwlock_t)__RW_LOCK_UNLOCKED(*(lock)); } while (0)

/* The names are macros, as Linux's: a module may have a read_lock of its own. */
void _raw_read_lock(rwlock_t *lock);
void _raw_read_lock_bh(rwlock_t *lock);
void _raw_read_lock_irq(rwlock_t *lock);
unsigned long __read_lock_irqsave(rwlock_t *lock);
void _raw_read_unlock(rwlock_t *lock);
void _raw_read_unlock_bh(rwlock_t *lock);
void _raw_read_unlock_irq(rwlock_t *lock);
void _raw_read_unlock_irqrestore(rwlock_t *lock, unsigned long flags);
int _raw_read_trylock(rwlock_t *lock);

void _raw_write_lock(rwlock_t *lock);
void _raw_write_lock_bh(rwlock_t *lock);
void _raw_write_lock_irq(rwlock_t *lock);
unsigned long __write_lock_irqsave(rwlock_t *lock);
void _raw_write_unlock(rwlock_t *lock);
void _raw_write_unlock_bh(rwlock_t *lock);
void _raw_write_unlock_irq(rwlock_t *lock);
void _raw_write_unlock_irqrestore(rwlock_t *lock, unsigned long flags);
int _raw_write_trylock(rwlock_t *lock);

#define read_lock(lock)		_raw_read_lock(lock)
#define read_lock_bh(lock)		_raw_read_lock_bh(lock)
#define read_lock_irq(lock)		_raw_read_lock_irq(lock)
#define read_lock_irqsave(lock, flags)	do { (flags) = __read_lock_irqsave(lock); } while (0)
#define read_unlock(lock)	_raw_read_unlock(lock)
#define read_unlock_bh(lock)	_raw_read_unlock_bh(lock)
#define read_unlock_irq(lock)	_raw_read_unlock_irq(lock)
#define read_unlock_irqrestore(lock, flags)	_raw_read_unlock_irqrestore(lock, flags)
#define read_trylock(lock)		_raw_read_trylock(lock)
#define write_lock(lock)		_raw_write_lock(lock)
#define write_lock_bh(lock)		_raw_write_lock_bh(lock)
#define write_lock_irq(lock)		_raw_write_lock_irq(lock)
#define write_lock_irqsave(lock, flags)	do { (flags) = __write_lock_irqsave(lock); } while (0)
#define write_unlock(lock)	_raw_write_unlock(lock)
#define write_unlock_bh(lock)	_raw_write_unlock_bh(lock)
#define write_unlock_irq(lock)	_raw_write_unlock_irq(lock)
#define write_unlock_irqrestore(lock, flags)	_raw_write_unlock_irqrestore(lock, flags)
#define write_trylock(lock)		_raw_write_trylock(lock)

#endif
