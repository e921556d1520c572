/* netfilter_ipv4.h - the order of hooks on IPv4's packets. */
#ifndef _LINUX_NETFILTER_IPV4_H
#define _LINUX_NETFILTER_IPV4_H

#include <linux/netfilter.h>
#include <linux/ip.h>

#define NF_IP_PRE_ROUTING	0
#define NF_IP_LOCAL_IN		1
#define NF_IP_FORWARD		2
#define NF_IP_LOCAL_OUT		3
#define NF_IP_POST_ROUTING	4

enum nf_ip_hook_priorities {
	NF_IP_PRI_FIRST = (-__INT_MAX__ - 1),
	NF_IP_PRI_RAW = -300,
	NF_IP_PRI_CONNTRACK = -200,
	NF_IP_PRI_MANGLE = -150,
	NF_IP_PRI_NAT_DST = -100,
	NF_IP_PRI_FILTER = 0,
	NF_IP_PRI_NAT_SRC = 100,
	NF_IP_PRI_LAST = __INT_MAX__,
};

#endif
