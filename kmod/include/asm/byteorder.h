/* byteorder.h - both machines are little-endian. */
#ifndef _ASM_BYTEORDER_H
#define _ASM_BYTEORDER_H

#include <linux/types.h>

#ifndef __LITTLE_ENDIAN
#define __LITTLE_ENDIAN		1234
#endif
#define __LITTLE_ENDIAN_BITFIELD

#define ___swab16(x)		((u16)((((u16)(x) & 0x00ffU) << 8) | (((u16)(x) & 0xff00U) >> 8)))
#define ___swab32(x)		((u32)((((u32)(x) & 0x000000ffUL) << 24) | (((u32)(x) & 0x0000ff00UL) << 8) | \
				       (((u32)(x) & 0x00ff0000UL) >> 8) | (((u32)(x) & 0xff000000UL) >> 24)))
#define ___swab64(x)		(((u64)___swab32((u32)(x)) << 32) | ___swab32((u32)((u64)(x) >> 32)))

#define swab16(x)		___swab16(x)
#define swab32(x)		___swab32(x)
#define swab64(x)		___swab64(x)

#define cpu_to_le16(x)		((__le16)(u16)(x))
#define cpu_to_le32(x)		((__le32)(u32)(x))
#define cpu_to_le64(x)		((__le64)(u64)(x))
#define le16_to_cpu(x)		((u16)(__le16)(x))
#define le32_to_cpu(x)		((u32)(__le32)(x))
#define le64_to_cpu(x)		((u64)(__le64)(x))
#define cpu_to_be16(x)		((__be16)___swab16(x))
#define cpu_to_be32(x)		((__be32)___swab32(x))
#define cpu_to_be64(x)		((__be64)___swab64(x))
#define be16_to_cpu(x)		___swab16(x)
#define be32_to_cpu(x)		___swab32(x)
#define be64_to_cpu(x)		___swab64(x)

#define __cpu_to_be16		cpu_to_be16
#define __cpu_to_be32		cpu_to_be32
#define __be16_to_cpu		be16_to_cpu
#define __be32_to_cpu		be32_to_cpu
#define __constant_htons(x)	cpu_to_be16(x)
#define __constant_ntohs(x)	be16_to_cpu(x)
#define __constant_htonl(x)	cpu_to_be32(x)
#define __constant_ntohl(x)	be32_to_cpu(x)

#define htons(x)		cpu_to_be16(x)
#define ntohs(x)		be16_to_cpu(x)
#define htonl(x)		cpu_to_be32(x)
#define ntohl(x)		be32_to_cpu(x)

static inline u16 le16_to_cpup(const __le16 *p) { return *p; }
static inline u32 le32_to_cpup(const __le32 *p) { return *p; }
static inline u16 be16_to_cpup(const __be16 *p) { return be16_to_cpu(*p); }
static inline u32 be32_to_cpup(const __be32 *p) { return be32_to_cpu(*p); }

#endif
