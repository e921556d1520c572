/* uaccess.h - the calling program's memory.
 *
 * A bad user pointer is an error: copies return how many bytes are missing, the
 * others -EFAULT. Using one directly is an oops.
 */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <linux/types.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/sched.h>

unsigned long __must_check copy_to_user(void __user *to, const void *from, unsigned long n);
unsigned long __must_check copy_from_user(void *to, const void __user *from, unsigned long n);
unsigned long __must_check clear_user(void __user *to, unsigned long n);
bool access_ok(const void __user *addr, unsigned long size);
long __must_check strncpy_from_user(char *dst, const char __user *src, long count);
long __must_check strnlen_user(const char __user *str, long n);
int copy_struct_from_user(void *dst, size_t ksize, const void __user *src, size_t usize);

#define __copy_to_user		copy_to_user
#define __copy_from_user	copy_from_user
#define __copy_to_user_inatomic		copy_to_user
#define __copy_from_user_inatomic	copy_from_user
#define raw_copy_to_user	copy_to_user
#define raw_copy_from_user	copy_from_user

/* An integer that holds what ptr points to, whatever its type. */
#define __inttype(x)	__typeof__(__builtin_choose_expr(sizeof(x) > sizeof(0UL), 0ULL, 0UL))

#define put_user(x, ptr)							\
	({									\
		__typeof__(*(ptr)) __pu_val = (x);				\
		copy_to_user((ptr), (const void *)&__pu_val, sizeof(*(ptr))) ? -EFAULT : 0;	\
	})

#define get_user(x, ptr)							\
	({									\
		__inttype(*(ptr)) __gu_val = 0;					\
		int __gu_err = copy_from_user(&__gu_val, (ptr), sizeof(*(ptr))) ? -EFAULT : 0;	\
		(x) = (__typeof__(*(ptr)))(__gu_err ? 0 : __gu_val);		\
		__gu_err;							\
	})

/* A number that a program wrote as text (kstrtox.h). */
#define __KSTRTOX_FROM_USER(name, type)							\
static inline int __must_check name##_from_user(const char __user *s, size_t count, unsigned int base, type *res) \
{											\
	char buf[1 + sizeof(type) * 8 + 1 + 1];	/* sign, bits, newline, NUL */		\
											\
	count = count < sizeof(buf) - 1 ? count : sizeof(buf) - 1;			\
	if (copy_from_user(buf, s, count))						\
		return -EFAULT;								\
	buf[count] = '\0';								\
	return name(buf, base, res);							\
}
__KSTRTOX_FROM_USER(kstrtoull, unsigned long long)
__KSTRTOX_FROM_USER(kstrtoll, long long)
__KSTRTOX_FROM_USER(kstrtoul, unsigned long)
__KSTRTOX_FROM_USER(kstrtol, long)
__KSTRTOX_FROM_USER(kstrtouint, unsigned int)
__KSTRTOX_FROM_USER(kstrtoint, int)
__KSTRTOX_FROM_USER(kstrtou16, u16)
__KSTRTOX_FROM_USER(kstrtos16, s16)
__KSTRTOX_FROM_USER(kstrtou8, u8)
__KSTRTOX_FROM_USER(kstrtos8, s8)
static inline int __must_check kstrtobool_from_user(const char __user *s, size_t count, bool *res)
{
	char buf[4];

	count = count < sizeof(buf) - 1 ? count : sizeof(buf) - 1;
	if (copy_from_user(buf, s, count))
		return -EFAULT;
	buf[count] = '\0';
	return kstrtobool(buf, res);
}

#define __put_user	put_user
#define __get_user	get_user

static inline void pagefault_disable(void) { }
static inline void pagefault_enable(void) { }

#endif
