/* sched.h - tasks: who runs, and who sleeps. */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/types.h>
#include <asm/special_insns.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/kernel.h>
#include <linux/signal.h>
#include <linux/cred.h>
#include <linux/processor.h>
#include <asm/param.h>

#define TASK_RUNNING		0x0000
#define TASK_INTERRUPTIBLE	0x0001
#define TASK_UNINTERRUPTIBLE	0x0002
#define __TASK_STOPPED		0x0004
#define __TASK_TRACED		0x0008
#define TASK_WAKEKILL		0x0100
#define TASK_NOLOAD		0x0400
#define TASK_KILLABLE		(TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_IDLE		(TASK_UNINTERRUPTIBLE | TASK_NOLOAD)
#define TASK_NORMAL		(TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)

#define TASK_COMM_LEN		16
#define MAX_SCHEDULE_TIMEOUT	LONG_MAX
#define PF_KTHREAD		0x00200000
#define SCHED_NORMAL		0
#define SCHED_FIFO		1
#define SCHED_RR		2

struct mm_struct;
struct tty_struct;

/* What a process' threads share; only what modules look at. */
struct signal_struct {
	struct tty_struct *tty;
};

struct sigpending {
	struct list_head list;
	sigset_t signal;
};

/* The kernel has the same layout, and fills it in when `current` is read. mm is
 * NULL in a kernel thread; there is nothing to see at its address.
 */
struct task_struct {
	unsigned int __state;
	unsigned int flags;
	pid_t pid;
	pid_t tgid;
	int prio, static_prio, normal_prio;
	unsigned int rt_priority;
	int exit_state, exit_code;
	int on_cpu;
	unsigned int policy;
	struct mm_struct *mm, *active_mm;
	struct task_struct *real_parent, *parent, *group_leader;
	const struct cred *real_cred, *cred;
	struct signal_struct *signal;
	void *stack;
	struct sigpending pending;
	sigset_t blocked;
	u64 start_time;
	char comm[TASK_COMM_LEN];
	unsigned long usage;
	struct tty_struct *__tty;	/* what signal points to */
	struct cred __cred;		/* what cred and real_cred point to */
};

struct task_struct *get_current(void);
#define current get_current()

/* A full barrier follows the store: what is looked at next is looked at after. */
#define __set_current_state(s)	do { WRITE_ONCE(current->__state, (s)); } while (0)
#define set_current_state(s)	do { WRITE_ONCE(current->__state, (s)); __atomic_thread_fence(__ATOMIC_SEQ_CST); } while (0)
#define get_current_state()	READ_ONCE(current->__state)
#define task_is_running(t)	(READ_ONCE((t)->__state) == TASK_RUNNING)

void schedule(void);
void yield(void);
int __cond_resched(void);
#define cond_resched()		({ might_sleep(); __cond_resched(); })
#define need_resched()		0
long schedule_timeout(long timeout);
long schedule_timeout_interruptible(long timeout);
long schedule_timeout_uninterruptible(long timeout);
long schedule_timeout_killable(long timeout);
#define io_schedule()		schedule()
#define io_schedule_timeout(t)	schedule_timeout(t)

int wake_up_process(struct task_struct *p);
int wake_up_state(struct task_struct *p, unsigned int state);

int signal_pending(struct task_struct *p);
int fatal_signal_pending(struct task_struct *p);

struct task_struct *get_task_struct(struct task_struct *t);
void put_task_struct(struct task_struct *t);

static inline pid_t task_pid_nr(struct task_struct *t) { return t->pid; }
static inline pid_t task_tgid_nr(struct task_struct *t) { return t->tgid; }
static inline pid_t task_pid_vnr(struct task_struct *t) { return t->pid; }
static inline pid_t task_ppid_nr(struct task_struct *t) { return t->real_parent->tgid; }
static inline bool is_global_init(struct task_struct *t) { return t->tgid == 1; }
static inline unsigned int task_state_index(struct task_struct *t) { return __builtin_ffs(t->__state); }
static inline char task_state_to_char(struct task_struct *t)
{
	return t->__state == TASK_RUNNING ? 'R' : t->__state & TASK_INTERRUPTIBLE ? 'S' :
	       (t->__state & TASK_IDLE) == TASK_IDLE ? 'I' : 'D';
}
#define get_task_comm(buf, t)	({ strscpy(buf, (t)->comm, sizeof(buf)); buf; })
static inline void set_user_nice(struct task_struct *p, long nice) { p->static_prio = p->prio = 120 + nice; }
static inline int task_nice(const struct task_struct *p) { return p->static_prio - 120; }
static inline int task_cpu(const struct task_struct *p) { return 0; }
void sched_set_fifo(struct task_struct *p);

/* All processes, in the order of their numbers. The structures are those of the
 * moment: hold rcu_read_lock(), and get_task_struct() what is kept.
 */
struct task_struct *__find_task(int pid);
struct task_struct *__next_task(struct task_struct *p);
#define init_task		(*__next_task(NULL))
/* Walks end where they began, at the idle task, as on Linux: p and t are tasks also
 * after the loop.
 */
static inline struct task_struct *next_task(struct task_struct *p)
{
	struct task_struct *next = __next_task(p);

	return next ? next : &init_task;
}
#define for_each_process(p)	for (p = &init_task; (p = next_task(p)) != &init_task; )
/* The threads of a process, its first one before the others. */
struct task_struct *__next_thread(struct task_struct *t);
int get_nr_threads(struct task_struct *t);
static inline bool thread_group_empty(struct task_struct *t) { return get_nr_threads(t) == 1; }
static inline bool thread_group_leader(struct task_struct *t) { return t->pid == t->tgid; }
static inline struct task_struct *__thread_or_idle(struct task_struct *t) { return t ? t : &init_task; }
#define for_each_thread(p, t)	\
	for (t = (p)->group_leader; t != &init_task; t = __thread_or_idle(__next_thread(t)))
#define for_each_process_thread(p, t)	for_each_process(p) for_each_thread(p, t)
/* The pair that Linux had until 6.5: do_each_thread(p, t) { } while_each_thread(p, t); */
#define do_each_thread(p, t)	for (p = t = &init_task; (p = t = next_task(p)) != &init_task; ) do
#define while_each_thread(p, t)	while ((t = __next_thread(t)) != NULL)
#define find_task_by_vpid(nr)	__find_task(nr)

void __might_sleep(const char *file, int line);
#define might_sleep()		__might_sleep(__FILE__, __LINE__)
#define might_sleep_if(cond)	do { if (cond) might_sleep(); } while (0)

#include <linux/string.h>
#include <linux/preempt.h>


#endif
