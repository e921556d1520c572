/* notifier.h - lists of functions that want to know. */
#ifndef _LINUX_NOTIFIER_H
#define _LINUX_NOTIFIER_H

#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

struct notifier_block;
typedef int (*notifier_fn_t)(struct notifier_block *nb, unsigned long action, void *data);

struct notifier_block {
	notifier_fn_t notifier_call;
	struct notifier_block *next;
	int priority;
};

#define NOTIFY_DONE		0x0000
#define NOTIFY_OK		0x0001
#define NOTIFY_STOP_MASK	0x8000
#define NOTIFY_BAD		(NOTIFY_STOP_MASK | 0x0002)
#define NOTIFY_STOP		(NOTIFY_OK | NOTIFY_STOP_MASK)

static inline int notifier_from_errno(int err) { return err ? NOTIFY_STOP_MASK | (NOTIFY_OK - err) : NOTIFY_OK; }
static inline int notifier_to_errno(int ret)
{
	ret &= ~NOTIFY_STOP_MASK;
	return ret > NOTIFY_OK ? NOTIFY_OK - ret : 0;
}

/* A chain is sorted: higher priority first, and first come, first called. */
static inline int __notifier_add(struct notifier_block **nl, struct notifier_block *n)
{
	for (; *nl && (*nl)->priority >= n->priority; nl = &(*nl)->next)
		if (*nl == n)
			return -EEXIST;
	n->next = *nl;
	rcu_assign_pointer(*nl, n);
	return 0;
}
static inline int __notifier_del(struct notifier_block **nl, struct notifier_block *n)
{
	for (; *nl; nl = &(*nl)->next)
		if (*nl == n) {
			rcu_assign_pointer(*nl, n->next);
			return 0;
		}
	return -ENOENT;
}
static inline int __notifier_call(struct notifier_block *nb, unsigned long val, void *v)
{
	int ret = NOTIFY_DONE;

	while (nb) {
		struct notifier_block *next = READ_ONCE(nb->next);

		ret = nb->notifier_call(nb, val, v);
		if (ret & NOTIFY_STOP_MASK)
			break;
		nb = next;
	}
	return ret;
}

struct atomic_notifier_head { spinlock_t lock; struct notifier_block *head; };
struct blocking_notifier_head { struct rw_semaphore rwsem; struct notifier_block *head; };
struct raw_notifier_head { struct notifier_block *head; };

#define ATOMIC_NOTIFIER_INIT(name)	{ .lock = __SPIN_LOCK_UNLOCKED(name.lock) }
#define BLOCKING_NOTIFIER_INIT(name)	{ .rwsem = __RWSEM_INITIALIZER((name).rwsem) }
#define RAW_NOTIFIER_INIT(name)		{ .head = NULL }
#define ATOMIC_NOTIFIER_HEAD(name)	struct atomic_notifier_head name = ATOMIC_NOTIFIER_INIT(name)
#define BLOCKING_NOTIFIER_HEAD(name)	struct blocking_notifier_head name = BLOCKING_NOTIFIER_INIT(name)
#define RAW_NOTIFIER_HEAD(name)		struct raw_notifier_head name = RAW_NOTIFIER_INIT(name)
#define ATOMIC_INIT_NOTIFIER_HEAD(name)		do { spin_lock_init(&(name)->lock); (name)->head = NULL; } while (0)
#define BLOCKING_INIT_NOTIFIER_HEAD(name)	do { init_rwsem(&(name)->rwsem); (name)->head = NULL; } while (0)
#define RAW_INIT_NOTIFIER_HEAD(name)		do { (name)->head = NULL; } while (0)

static inline int atomic_notifier_chain_register(struct atomic_notifier_head *nh, struct notifier_block *nb)
{
	unsigned long flags;
	int r;

	spin_lock_irqsave(&nh->lock, flags);
	r = __notifier_add(&nh->head, nb);
	spin_unlock_irqrestore(&nh->lock, flags);
	return r;
}
static inline int atomic_notifier_chain_unregister(struct atomic_notifier_head *nh, struct notifier_block *nb)
{
	unsigned long flags;
	int r;

	spin_lock_irqsave(&nh->lock, flags);
	r = __notifier_del(&nh->head, nb);
	spin_unlock_irqrestore(&nh->lock, flags);
	synchronize_rcu();
	return r;
}
static inline int atomic_notifier_call_chain(struct atomic_notifier_head *nh, unsigned long val, void *v)
{
	int r;

	rcu_read_lock();
	r = __notifier_call(rcu_dereference(nh->head), val, v);
	rcu_read_unlock();
	return r;
}

static inline int blocking_notifier_chain_register(struct blocking_notifier_head *nh, struct notifier_block *nb)
{
	int r;

	down_write(&nh->rwsem);
	r = __notifier_add(&nh->head, nb);
	up_write(&nh->rwsem);
	return r;
}
static inline int blocking_notifier_chain_unregister(struct blocking_notifier_head *nh, struct notifier_block *nb)
{
	int r;

	down_write(&nh->rwsem);
	r = __notifier_del(&nh->head, nb);
	up_write(&nh->rwsem);
	return r;
}
static inline int blocking_notifier_call_chain(struct blocking_notifier_head *nh, unsigned long val, void *v)
{
	int r;

	down_read(&nh->rwsem);
	r = __notifier_call(nh->head, val, v);
	up_read(&nh->rwsem);
	return r;
}

static inline int raw_notifier_chain_register(struct raw_notifier_head *nh, struct notifier_block *nb)
{
	return __notifier_add(&nh->head, nb);
}
static inline int raw_notifier_chain_unregister(struct raw_notifier_head *nh, struct notifier_block *nb)
{
	return __notifier_del(&nh->head, nb);
}
static inline int raw_notifier_call_chain(struct raw_notifier_head *nh, unsigned long val, void *v)
{
	return __notifier_call(nh->head, val, v);
}

/* What is told to those registered with register_reboot_notifier. */
#define SYS_DOWN	0x0001
#define SYS_RESTART	SYS_DOWN
#define SYS_HALT	0x0002
#define SYS_POWER_OFF	0x0003

#endif
