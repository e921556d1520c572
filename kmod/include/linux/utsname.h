/* utsname.h - what uname(2) says. */
#ifndef _LINUX_UTSNAME_H
#define _LINUX_UTSNAME_H

#define __NEW_UTS_LEN	64

struct new_utsname {
	char sysname[__NEW_UTS_LEN + 1];
	char nodename[__NEW_UTS_LEN + 1];
	char release[__NEW_UTS_LEN + 1];
	char version[__NEW_UTS_LEN + 1];
	char machine[__NEW_UTS_LEN + 1];
	char domainname[__NEW_UTS_LEN + 1];
};

struct new_utsname *utsname(void);
#define init_utsname()	utsname()

struct uts_namespace {
	struct new_utsname name;
};
/* There is one. */
#define init_uts_ns	(*(struct uts_namespace *)utsname())

#endif
