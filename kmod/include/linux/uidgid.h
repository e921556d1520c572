/* uidgid.h - numbers of users and groups, wrapped so that they are not mixed up. */
#ifndef _LINUX_UIDGID_H
#define _LINUX_UIDGID_H

#include <linux/types.h>

typedef struct { uid_t val; } kuid_t;
typedef struct { gid_t val; } kgid_t;

#define KUIDT_INIT(value)	((kuid_t){ value })
#define KGIDT_INIT(value)	((kgid_t){ value })
#define GLOBAL_ROOT_UID		KUIDT_INIT(0)
#define GLOBAL_ROOT_GID		KGIDT_INIT(0)
#define INVALID_UID		KUIDT_INIT(-1)
#define INVALID_GID		KGIDT_INIT(-1)

static inline uid_t __kuid_val(kuid_t uid) { return uid.val; }
static inline gid_t __kgid_val(kgid_t gid) { return gid.val; }
static inline bool uid_eq(kuid_t a, kuid_t b) { return a.val == b.val; }
static inline bool gid_eq(kgid_t a, kgid_t b) { return a.val == b.val; }
static inline bool uid_valid(kuid_t uid) { return uid.val != (uid_t)-1; }
static inline bool gid_valid(kgid_t gid) { return gid.val != (gid_t)-1; }

/* There is one user namespace, whose numbers are the kernel's. */
struct user_namespace;
#define make_kuid(ns, uid)	KUIDT_INIT(uid)
#define make_kgid(ns, gid)	KGIDT_INIT(gid)
#define from_kuid(ns, kuid)	__kuid_val(kuid)
#define from_kgid(ns, kgid)	__kgid_val(kgid)
#define from_kuid_munged(ns, kuid)	__kuid_val(kuid)
#define from_kgid_munged(ns, kgid)	__kgid_val(kgid)

#endif
