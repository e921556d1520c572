/* signal.h - signals, by number. */
#ifndef _LINUX_SIGNAL_H
#define _LINUX_SIGNAL_H

#include <linux/types.h>

#define _NSIG		64
#define _NSIG_BPW	(__SIZEOF_LONG__ * 8)
#define _NSIG_WORDS	(_NSIG / _NSIG_BPW)

typedef struct {
	unsigned long sig[_NSIG_WORDS];
} sigset_t;

#define SIGHUP		1
#define SIGINT		2
#define SIGQUIT		3
#define SIGILL		4
#define SIGTRAP		5
#define SIGABRT		6
#define SIGBUS		7
#define SIGFPE		8
#define SIGKILL		9
#define SIGUSR1		10
#define SIGSEGV		11
#define SIGUSR2		12
#define SIGPIPE		13
#define SIGALRM		14
#define SIGTERM		15
#define SIGSTKFLT	16
#define SIGCHLD		17
#define SIGCONT		18
#define SIGSTOP		19
#define SIGTSTP		20
#define SIGTTIN		21
#define SIGTTOU		22
#define SIGURG		23
#define SIGXCPU		24
#define SIGXFSZ		25
#define SIGVTALRM	26
#define SIGPROF		27
#define SIGWINCH	28
#define SIGIO		29
#define SIGPOLL		SIGIO
#define SIGPWR		30
#define SIGSYS		31
#define SIGRTMIN	32

/* What comes with a signal; the program finds it in its siginfo_t. */
#define SI_USER		0
#define SI_KERNEL	0x80
#define SI_QUEUE	(-1)
#define SI_TIMER	(-2)

typedef union sigval {
	int sival_int;
	void __user *sival_ptr;
} sigval_t;

struct kernel_siginfo {
	int si_signo, si_errno, si_code;
	int __pad;
	pid_t si_pid;
	uid_t si_uid;
	sigval_t si_value;
};
typedef struct kernel_siginfo kernel_siginfo_t;
#define si_int	si_value.sival_int
#define si_ptr	si_value.sival_ptr
/* The program's structure has the same members; modules fill it in and hand it on. */
#define siginfo	kernel_siginfo
static inline void clear_siginfo(kernel_siginfo_t *info) { *info = (struct kernel_siginfo){}; }

static inline int sigismember(sigset_t *set, int sig)
{
	return set->sig[(sig - 1) / _NSIG_BPW] >> ((sig - 1) % _NSIG_BPW) & 1;
}

#endif
