/* rcupdate.h - readers without locks, and freeing when they have left. */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/types.h>
#include <linux/atomic.h>

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};
#define callback_head rcu_head
typedef void (*rcu_callback_t)(struct rcu_head *head);

void rcu_read_lock(void);
void rcu_read_unlock(void);
int rcu_read_lock_held(void);
void synchronize_rcu(void);
void rcu_barrier(void);
void call_rcu(struct rcu_head *head, rcu_callback_t func);
void __kfree_rcu(void *p);

#define rcu_read_lock_bh()	rcu_read_lock()
#define rcu_read_unlock_bh()	rcu_read_unlock()
#define synchronize_net()	synchronize_rcu()
#define kfree_rcu(ptr, rhf...)	__kfree_rcu(ptr)
#define kvfree_rcu(ptr, rhf...)	__kfree_rcu(ptr)

#define RCU_INITIALIZER(v)		(v)
#define rcu_dereference(p)		({ __typeof__(p) __p = READ_ONCE(p); __p; })
#define rcu_dereference_raw(p)		rcu_dereference(p)
#define rcu_dereference_protected(p, c)	(p)
#define rcu_dereference_check(p, c)	rcu_dereference(p)
#define rcu_access_pointer(p)		READ_ONCE(p)
#define rcu_assign_pointer(p, v)	smp_store_release(&(p), v)
#define RCU_INIT_POINTER(p, v)		do { WRITE_ONCE(p, v); } while (0)
#define rcu_replace_pointer(p, v, c)	({ __typeof__(p) __old = (p); rcu_assign_pointer(p, v); __old; })

#endif
