/* kthread.h - threads of the kernel's own. */
#ifndef _LINUX_KTHREAD_H
#define _LINUX_KTHREAD_H

struct completion;

#include <linux/err.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#define NUMA_NO_NODE	(-1)

/* The thread sleeps until it is woken up; kthread_run wakes it. */
__printf(4, 5) struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node,
							   const char *namefmt, ...);
#define kthread_create(threadfn, data, namefmt, arg...)	\
	kthread_create_on_node(threadfn, data, NUMA_NO_NODE, namefmt, ##arg)
#define kthread_create_on_cpu(threadfn, data, cpu, namefmt)	kthread_create(threadfn, data, namefmt, cpu)
#define kthread_run(threadfn, data, namefmt, ...)						\
	({											\
		struct task_struct *__k = kthread_create(threadfn, data, namefmt, ##__VA_ARGS__);	\
		if (!IS_ERR(__k))								\
			wake_up_process(__k);							\
		__k;										\
	})

/* Waits until the thread's function has returned, and gives its result. */
int kthread_stop(struct task_struct *k);
bool kthread_should_stop(void);
bool kthread_should_park(void);
void kthread_parkme(void);
int kthread_park(struct task_struct *k);
void kthread_unpark(struct task_struct *k);
void *kthread_data(struct task_struct *k);
void __noreturn kthread_exit(long result);
void __noreturn kthread_complete_and_exit(struct completion *comp, long code);

/* The name that modules had for it until Linux 5.16. */
#define do_exit(result)	kthread_exit(result)

/* There is one CPU. */
static inline void kthread_bind(struct task_struct *k, unsigned int cpu) { (void)k; (void)cpu; }
static inline bool kthread_freezable_should_stop(bool *was_frozen)
{
	if (was_frozen)
		*was_frozen = false;
	return kthread_should_stop();
}

#endif
