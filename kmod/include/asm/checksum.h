/* checksum.h - the Internet checksum (RFC 1071). */
#ifndef _ASM_CHECKSUM_H
#define _ASM_CHECKSUM_H

#include <linux/types.h>
#include <asm/byteorder.h>
#include <asm/unaligned.h>

/* Adds up bytes in the machine's order of 16-bit words. */
__wsum csum_partial(const void *buff, int len, __wsum sum);

static inline __sum16 csum_fold(__wsum sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__sum16)~sum;
}
static inline __wsum csum_add(__wsum csum, __wsum addend)
{
	csum += addend;
	return csum + (csum < addend);
}
static inline __wsum csum_sub(__wsum csum, __wsum addend) { return csum_add(csum, ~addend); }
static inline __wsum csum_unfold(__sum16 n) { return n; }

/* ihl is the header's length in words of 32 bits. */
static inline __sum16 ip_fast_csum(const void *iph, unsigned int ihl) { return csum_fold(csum_partial(iph, ihl * 4, 0)); }
static inline __sum16 ip_compute_csum(const void *buff, int len) { return csum_fold(csum_partial(buff, len, 0)); }

static inline __wsum csum_tcpudp_nofold(__be32 saddr, __be32 daddr, u32 len, u8 proto, __wsum sum)
{
	sum = csum_add(sum, saddr);
	sum = csum_add(sum, daddr);
	return csum_add(sum, htonl(proto + len));
}
static inline __sum16 csum_tcpudp_magic(__be32 saddr, __be32 daddr, u32 len, u8 proto, __wsum sum)
{
	return csum_fold(csum_tcpudp_nofold(saddr, daddr, len, proto, sum));
}

#endif
