/* cred.h - who runs. */
#ifndef _LINUX_CRED_H
#define _LINUX_CRED_H

#include <linux/uidgid.h>

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
