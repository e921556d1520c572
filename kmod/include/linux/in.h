/* in.h - IPv4's protocols and addresses. */
#ifndef _LINUX_IN_H
#define _LINUX_IN_H

#include <linux/types.h>
#include <linux/socket.h>
#include <asm/byteorder.h>

enum {
	IPPROTO_IP = 0,
	IPPROTO_ICMP = 1,
	IPPROTO_IGMP = 2,
	IPPROTO_TCP = 6,
	IPPROTO_UDP = 17,
	IPPROTO_IPV6 = 41,
	IPPROTO_RAW = 255,
};

struct in_addr {
	__be32 s_addr;
};
struct sockaddr_in {
	sa_family_t sin_family;
	__be16 sin_port;
	struct in_addr sin_addr;
	unsigned char __pad[8];
};

#define INADDR_ANY		((unsigned long)0x00000000)
#define INADDR_BROADCAST	((unsigned long)0xffffffff)
#define INADDR_LOOPBACK		0x7f000001

static inline bool ipv4_is_loopback(__be32 addr) { return (addr & htonl(0xff000000)) == htonl(0x7f000000); }
static inline bool ipv4_is_multicast(__be32 addr) { return (addr & htonl(0xf0000000)) == htonl(0xe0000000); }
static inline bool ipv4_is_lbcast(__be32 addr) { return addr == htonl(INADDR_BROADCAST); }
static inline bool ipv4_is_zeronet(__be32 addr) { return addr == 0; }

#endif
