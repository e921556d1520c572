/* asm/byteorder.h - numbers in memory: both machines are little-endian. */
#ifndef _ASM_BYTEORDER_H
#define _ASM_BYTEORDER_H

#include <linux/types.h>

#define __LITTLE_ENDIAN			1234
#define __LITTLE_ENDIAN_BITFIELD

#define swab16(x)	((u16)__builtin_bswap16(x))
#define swab32(x)	((u32)((((u32)(x) & 0xffu) << 24) | (((u32)(x) & 0xff00u) << 8) |	\
				(((u32)(x) & 0xff0000u) >> 8) | ((u32)(x) >> 24)))
#define swab64(x)	(((u64)swab32((u64)(x)) << 32) | swab32((u64)(x) >> 32))

#define cpu_to_le16(x)	((__le16)(u16)(x))
#define cpu_to_le32(x)	((__le32)(u32)(x))
#define cpu_to_le64(x)	((__le64)(u64)(x))
#define le16_to_cpu(x)	((u16)(__le16)(x))
#define le32_to_cpu(x)	((u32)(__le32)(x))
#define le64_to_cpu(x)	((u64)(__le64)(x))
#define cpu_to_be16(x)	((__be16)swab16(x))
#define cpu_to_be32(x)	((__be32)swab32(x))
#define cpu_to_be64(x)	((__be64)swab64(x))
#define be16_to_cpu(x)	swab16(x)
#define be32_to_cpu(x)	swab32(x)
#define be64_to_cpu(x)	swab64(x)

#define htons(x)	cpu_to_be16(x)
#define htonl(x)	cpu_to_be32(x)
#define ntohs(x)	be16_to_cpu(x)
#define ntohl(x)	be32_to_cpu(x)
#define __constant_htons(x)	cpu_to_be16(x)
#define __constant_htonl(x)	cpu_to_be32(x)

static inline u16 le16_to_cpup(const __le16 *p) { return le16_to_cpu(*p); }
static inline u32 le32_to_cpup(const __le32 *p) { return le32_to_cpu(*p); }
static inline u16 be16_to_cpup(const __be16 *p) { return be16_to_cpu(*p); }
static inline u32 be32_to_cpup(const __be32 *p) { return be32_to_cpu(*p); }

#endif
