/* sched/task.h */
#ifndef _LINUX_SCHED_TASK_H
#define _LINUX_SCHED_TASK_H
#include <linux/sched.h>

/* Holds a task's members still: here nobody else runs meanwhile. */
static inline void task_lock(struct task_struct *p) { preempt_disable(); }
static inline void task_unlock(struct task_struct *p) { preempt_enable(); }

#endif
