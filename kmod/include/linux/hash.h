/* hash.h - spreading numbers, by multiplication (Knuth, vol. 3, 6.4). */
#ifndef _LINUX_HASH_H
#define _LINUX_HASH_H

#include <linux/types.h>

#define GOLDEN_RATIO_32	0x61C88647
#define GOLDEN_RATIO_64	0x61C8864680B583EBull

static inline u32 hash_32(u32 val, unsigned int bits) { return (val * GOLDEN_RATIO_32) >> (32 - bits); }
static inline u32 hash_64(u64 val, unsigned int bits) { return (val * GOLDEN_RATIO_64) >> (64 - bits); }
#if __SIZEOF_LONG__ == 8
#define hash_long(val, bits)	hash_64(val, bits)
#else
#define hash_long(val, bits)	hash_32(val, bits)
#endif
static inline u32 hash_ptr(const void *ptr, unsigned int bits) { return hash_long((unsigned long)ptr, bits); }
static inline u32 hash32_ptr(const void *ptr) { return hash_ptr(ptr, 32); }

#endif
