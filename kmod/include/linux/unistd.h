/* unistd.h - numbers of system calls, those that modules look for. */
#ifndef _LINUX_UNISTD_H
#define _LINUX_UNISTD_H

#if defined(__i386__)
#define __NR_exit	1
#define __NR_fork	2
#define __NR_read	3
#define __NR_write	4
#define __NR_open	5
#define __NR_close	6
#define __NR_execve	11
#define __NR_getpid	20
#define __NR_kill	37
#define __NR_mkdir	39
#define __NR_ioctl	54
#define __NR_clone	120
#define __NR_openat	295
#else
#define __NR_ioctl	29
#define __NR_mkdirat	34
#define __NR_openat	56
#define __NR_close	57
#define __NR_read	63
#define __NR_write	64
#define __NR_exit	93
#define __NR_kill	129
#define __NR_getpid	172
#define __NR_clone	220
#define __NR_execve	221
#endif

#endif
