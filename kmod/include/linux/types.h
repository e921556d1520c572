/* types.h - the kernel's integer types. */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

#include <linux/compiler.h>

typedef signed char		s8;
typedef unsigned char		u8;
typedef short			s16;
typedef unsigned short		u16;
typedef int			s32;
typedef unsigned int		u32;
typedef long long		s64;
typedef unsigned long long	u64;

typedef s8 __s8;
typedef u8 __u8;
typedef s16 __s16;
typedef u16 __u16;
typedef s32 __s32;
typedef u32 __u32;
typedef s64 __s64;
typedef u64 __u64;

/* The byte order is in the name; see asm/byteorder.h. */
typedef u16 __le16;
typedef u32 __le32;
typedef u64 __le64;
typedef u16 __be16;
typedef u32 __be32;
typedef u64 __be64;
typedef u16 __sum16;
typedef u32 __wsum;

typedef u8 uint8_t;
typedef u16 uint16_t;
typedef u32 uint32_t;
typedef u64 uint64_t;
typedef s8 int8_t;
typedef s16 int16_t;
typedef s32 int32_t;
typedef s64 int64_t;

typedef u8 u_int8_t;
typedef u16 u_int16_t;
typedef u32 u_int32_t;
typedef u64 u_int64_t;
typedef unsigned char		u_char;
typedef unsigned short		u_short;
typedef unsigned int		u_int;
typedef unsigned long		u_long;
typedef unsigned char		unchar;
typedef unsigned short		ushort;
typedef unsigned int		uint;
typedef unsigned long		ulong;

typedef __SIZE_TYPE__		size_t;
typedef __PTRDIFF_TYPE__	ptrdiff_t;
#if __SIZEOF_LONG__ == 8
typedef long			ssize_t;
#else
typedef int			ssize_t;
#endif
typedef unsigned long		uintptr_t;
typedef long long		loff_t;
typedef long			off_t;
typedef int			pid_t;
typedef unsigned int		uid_t;
typedef unsigned int		gid_t;
typedef unsigned short		umode_t;
typedef unsigned int		dev_t;
typedef unsigned int		gfp_t;
typedef unsigned int		fmode_t;
typedef unsigned int		__poll_t;
typedef u64			phys_addr_t;
typedef u64			dma_addr_t;
typedef u64			sector_t;

typedef _Bool			bool;
enum { false = 0, true = 1 };

#define NULL			((void *)0)
#define offsetof(type, member)	__builtin_offsetof(type, member)
#define sizeof_field(type, m)	sizeof(((type *)0)->m)

typedef struct { int counter; } atomic_t;
#define ATOMIC_INIT(i)		{ (i) }
#if __SIZEOF_LONG__ == 8
typedef struct { s64 counter; } atomic64_t;
#else
/* The psABI aligns a 64-bit member to 4 bytes; an atomic one needs 8. */
typedef struct { s64 __aligned(8) counter; } atomic64_t;
#endif
typedef struct { long counter; } atomic_long_t;
#define ATOMIC_LONG_INIT(i)	{ (i) }
#define ATOMIC64_INIT(i)	{ (i) }

struct list_head { struct list_head *next, *prev; };
struct hlist_head { struct hlist_node *first; };
struct hlist_node { struct hlist_node *next, **pprev; };

#endif
