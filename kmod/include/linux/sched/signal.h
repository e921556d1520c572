/* sched/signal.h - signals to kernel threads. */
#ifndef _LINUX_SCHED_SIGNAL_H
#define _LINUX_SCHED_SIGNAL_H

#include <linux/sched.h>

/* A kernel thread ignores every signal but those it allows. */
void allow_signal(int sig);
void disallow_signal(int sig);
void flush_signals(struct task_struct *t);
int send_sig(int sig, struct task_struct *p, int priv);
int kernel_dequeue_signal(void);
int __kill(pid_t pid, int sig, int code);
int __send_sig_info(int sig, int code, unsigned long value, struct task_struct *p);
static inline int send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *p)
{
	return __send_sig_info(sig, info->si_code, (unsigned long)info->si_ptr, p);
}

#endif
