/* compiler.h - what the compiler is asked for, by Linux's names. */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

#include <linux/kconfig.h>

#define __used			__attribute__((__used__))
#define __maybe_unused		__attribute__((__unused__))
#define __always_unused		__attribute__((__unused__))
#define __must_check		__attribute__((__warn_unused_result__))
#define __packed		__attribute__((__packed__))
#define __aligned(x)		__attribute__((__aligned__(x)))
#define __section(s)		__attribute__((__section__(s)))
#define __alias(f)		__attribute__((__alias__(#f)))
/* The attributes of another declaration: an alias in .init.text needs its
 * target's. clang has no such warning and no such attribute.
 */
#if __has_attribute(__copy__)
#define __copy(symbol)		__attribute__((__copy__(symbol)))
#else
#define __copy(symbol)
#endif
#define __weak			__attribute__((__weak__))
#define __pure			__attribute__((__pure__))
#define __attribute_const__	__attribute__((__const__))
#define __noreturn		__attribute__((__noreturn__))
#define __printf(a, b)		__attribute__((__format__(printf, a, b)))
#define __cold			__attribute__((__cold__))
#define noinline		__attribute__((__noinline__))
#define __always_inline		inline __attribute__((__always_inline__))
#define fallthrough		__attribute__((__fallthrough__))

/* Marks for sparse; they ask nothing of the compiler. */
#define __user
#define __kernel
#define __iomem
#define __force
#define __rcu

#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define unreachable()		__builtin_unreachable()

#define barrier()		__asm__ __volatile__("" : : : "memory")
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	do { *(volatile __typeof__(x) *)&(x) = (v); } while (0)

#define __same_type(a, b)	__builtin_types_compatible_p(__typeof__(a), __typeof__(b))
/* Fails to compile when the condition holds; its value is 0. */
#define BUILD_BUG_ON_ZERO(e)	((int)sizeof(struct { int : -!!(e); }))
#define BUILD_BUG_ON(e)		_Static_assert(!(e), "BUILD_BUG_ON: " #e)
#define __must_be_array(a)	BUILD_BUG_ON_ZERO(__same_type((a), &(a)[0]))

#define ___PASTE(a, b)		a##b
#define __PASTE(a, b)		___PASTE(a, b)
#define __UNIQUE_ID(prefix)	__PASTE(__PASTE(__UNIQUE_ID_, prefix), __COUNTER__)

/* name1(a), name2(a, b), name3(a, b, c): a macro by the number of its arguments. */
#define __FOURTH(a, b, c, d, ...)	d
#define __COUNTED(name, ...)	__PASTE(name, __FOURTH(__VA_ARGS__, 3, 2, 1))(__VA_ARGS__)

#define notrace

#endif
