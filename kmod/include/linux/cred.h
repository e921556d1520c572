/* cred.h - who runs. */
#ifndef _LINUX_CRED_H
#define _LINUX_CRED_H

#include <linux/uidgid.h>

/* A task's; the saved numbers and those for files are the effective ones. Nothing
 * becomes of what a module writes there.
 */
struct cred {
	unsigned long usage;
	kuid_t uid;
	kgid_t gid;
	kuid_t suid;
	kgid_t sgid;
	kuid_t euid;
	kgid_t egid;
	kuid_t fsuid;
	kgid_t fsgid;
};

#define current_cred()		(current->cred)
#define get_current_cred()	current_cred()
#define __task_cred(task)	((const struct cred *)(task)->real_cred)
#define get_task_cred(task)	__task_cred(task)
#define task_uid(task)		(__task_cred(task)->uid)
#define task_euid(task)		(__task_cred(task)->euid)
static inline const struct cred *get_cred(const struct cred *cred) { return cred; }
static inline void put_cred(const struct cred *cred) { }

uid_t __current_uid(void);
gid_t __current_gid(void);
uid_t __current_euid(void);
gid_t __current_egid(void);

#define current_uid()	KUIDT_INIT(__current_uid())
#define current_gid()	KGIDT_INIT(__current_gid())
#define current_euid()	KUIDT_INIT(__current_euid())
#define current_egid()	KGIDT_INIT(__current_egid())
#define current_fsuid()	current_euid()
#define current_fsgid()	current_egid()

#endif
