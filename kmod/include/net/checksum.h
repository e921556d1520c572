/* checksum.h - checksums of packets. */
#ifndef _NET_CHECKSUM_H
#define _NET_CHECKSUM_H

#include <asm/checksum.h>

#define CSUM_MANGLED_0		((__sum16)0xffff)

static inline void csum_replace_by_diff(__sum16 *sum, __wsum diff) { *sum = csum_fold(csum_add(diff, ~csum_unfold(*sum))); }
static inline void csum_replace4(__sum16 *sum, __be32 from, __be32 to)
{
	*sum = csum_fold(csum_add(csum_sub(~csum_unfold(*sum) & 0xffff, from), to));
}
static inline void csum_replace2(__sum16 *sum, __be16 from, __be16 to) { csum_replace4(sum, from, to); }

#endif
