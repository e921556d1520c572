/* umh.h - programs that the kernel runs, as root and without open files. */
#ifndef _LINUX_UMH_H
#define _LINUX_UMH_H

#define UMH_NO_WAIT	0x00	/* not even for its beginning */
#define UMH_WAIT_EXEC	0x01
#define UMH_WAIT_PROC	0x02	/* the result is the program's status, as wait4 has it */
#define UMH_KILLABLE	0x04

int call_usermodehelper(const char *path, char **argv, char **envp, int wait);

#endif
