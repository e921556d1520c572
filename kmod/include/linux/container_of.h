/* container_of.h - from a member to the structure it is in. */
#ifndef _LINUX_CONTAINER_OF_H
#define _LINUX_CONTAINER_OF_H

#include <linux/compiler.h>

#define container_of(ptr, type, member)					\
	({								\
		void *__mptr = (void *)(ptr);				\
		_Static_assert(__same_type(*(ptr), ((type *)0)->member) ||	\
			       __same_type(*(ptr), void),		\
			       "pointer type mismatch in container_of()");	\
		(type *)((char *)__mptr - __builtin_offsetof(type, member));	\
	})

#endif
