/* random.h - random numbers, from the board's seed. */
#ifndef _LINUX_RANDOM_H
#define _LINUX_RANDOM_H

#include <linux/types.h>

void get_random_bytes(void *buf, size_t len);
u32 get_random_u32(void);
u64 get_random_u64(void);
static inline u8 get_random_u8(void) { return get_random_u32(); }
static inline u16 get_random_u16(void) { return get_random_u32(); }
static inline unsigned int get_random_int(void) { return get_random_u32(); }
static inline unsigned long get_random_long(void) { return get_random_u64(); }
static inline u32 get_random_u32_below(u32 ceil) { return ((u64)get_random_u32() * ceil) >> 32; }
static inline u32 get_random_u32_inclusive(u32 floor, u32 ceil) { return floor + get_random_u32_below(ceil - floor + 1); }
static inline int wait_for_random_bytes(void) { return 0; }
#define prandom_u32()		get_random_u32()
#define prandom_u32_max(n)	get_random_u32_below(n)

#endif
