/* pid.h - processes by number. A struct pid stands for the task that has it. */
#ifndef _LINUX_PID_H
#define _LINUX_PID_H

#include <linux/sched.h>
#include <linux/sched/signal.h>

enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID, PIDTYPE_MAX };

/* A pointer that is never followed: the task. */
struct pid;

static inline struct pid *find_vpid(int nr) { return (struct pid *)find_task_by_vpid(nr); }
static inline struct task_struct *pid_task(struct pid *pid, enum pid_type type)
{
	return type <= PIDTYPE_TGID ? (struct task_struct *)pid : NULL;
}
static inline struct pid *task_pid(struct task_struct *task) { return (struct pid *)task; }
static inline pid_t pid_nr(struct pid *pid) { return pid ? ((struct task_struct *)pid)->pid : 0; }
static inline pid_t pid_vnr(struct pid *pid) { return pid_nr(pid); }

/* These hold the task, until put_pid and put_task_struct. */
static inline struct pid *get_pid(struct pid *pid)
{
	return pid ? (struct pid *)get_task_struct((struct task_struct *)pid) : NULL;
}
static inline struct pid *find_get_pid(int nr) { return get_pid(find_vpid(nr)); }
static inline void put_pid(struct pid *pid)
{
	if (pid)
		put_task_struct((struct task_struct *)pid);
}
static inline struct task_struct *get_pid_task(struct pid *pid, enum pid_type type)
{
	return pid ? get_task_struct(pid_task(pid, type)) : NULL;
}
static inline int kill_pid(struct pid *pid, int sig, int priv) { return pid ? __kill(pid_nr(pid), sig, SI_KERNEL) : -ESRCH; }

#endif
