/* ip.h - the header of IPv4. */
#ifndef _LINUX_IP_H
#define _LINUX_IP_H

#include <linux/skbuff.h>

#define IPVERSION		4
#define MAXTTL			255
#define IPDEFTTL		64
#define IP_CE			0x8000
#define IP_DF			0x4000
#define IP_MF			0x2000
#define IP_OFFSET		0x1FFF

struct iphdr {
	__u8 ihl : 4, version : 4;
	__u8 tos;
	__be16 tot_len;
	__be16 id;
	__be16 frag_off;
	__u8 ttl;
	__u8 protocol;
	__sum16 check;
	__be32 saddr;
	__be32 daddr;
};

static inline struct iphdr *ip_hdr(const struct sk_buff *skb) { return (struct iphdr *)skb_network_header(skb); }
static inline unsigned int ip_hdrlen(const struct sk_buff *skb) { return ip_hdr(skb)->ihl * 4; }
static inline struct iphdr *ipip_hdr(const struct sk_buff *skb) { return (struct iphdr *)skb_transport_header(skb); }
static inline void ip_send_check(struct iphdr *iph);

#include <asm/checksum.h>
static inline void ip_send_check(struct iphdr *iph)
{
	iph->check = 0;
	iph->check = ip_fast_csum(iph, iph->ihl);
}

#endif
