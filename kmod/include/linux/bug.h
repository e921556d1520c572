/* bug.h - assertions. */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/types.h>

/* Reports the place with registers and a call trace and ends the process. */
void __noreturn __cold __bug(const char *file, int line);
/* Reports the place and goes on. fmt may be NULL. */
__printf(4, 5) void __cold warn_slowpath_fmt(const char *file, int line, unsigned int taint, const char *fmt, ...);

#define BUG()		__bug(__FILE__, __LINE__)
#define BUG_ON(cond)	do { if (unlikely(cond)) BUG(); } while (0)

#define __WARN_TAINT	9
#define WARN(cond, fmt...)						\
	({								\
		bool __c = !!(cond);					\
		if (unlikely(__c))					\
			warn_slowpath_fmt(__FILE__, __LINE__, __WARN_TAINT, fmt);	\
		unlikely(__c);						\
	})
#define WARN_ON(cond)							\
	({								\
		bool __c = !!(cond);					\
		if (unlikely(__c))					\
			warn_slowpath_fmt(__FILE__, __LINE__, __WARN_TAINT, (const char *)NULL);	\
		unlikely(__c);						\
	})
#define WARN_ONCE(cond, fmt...)						\
	({								\
		static bool __warned;					\
		bool __o = !!(cond);					\
		if (unlikely(__o) && !__warned) {			\
			__warned = true;				\
			WARN(1, fmt);					\
		}							\
		unlikely(__o);						\
	})
#define WARN_ON_ONCE(cond)						\
	({								\
		static bool __warned;					\
		bool __o = !!(cond);					\
		if (unlikely(__o) && !__warned) {			\
			__warned = true;				\
			WARN_ON(1);					\
		}							\
		unlikely(__o);						\
	})

#endif
