/* netdev_features.h - what a device does for the network, which does it all itself here. */
#ifndef _LINUX_NETDEV_FEATURES_H
#define _LINUX_NETDEV_FEATURES_H

#include <linux/types.h>

typedef u64 netdev_features_t;

#define NETIF_F_SG		(1ULL << 0)
#define NETIF_F_IP_CSUM		(1ULL << 1)
#define NETIF_F_HW_CSUM		(1ULL << 3)
#define NETIF_F_IPV6_CSUM	(1ULL << 4)
#define NETIF_F_HIGHDMA		(1ULL << 5)
#define NETIF_F_FRAGLIST	(1ULL << 6)
#define NETIF_F_LLTX		(1ULL << 12)
#define NETIF_F_NETNS_LOCAL	(1ULL << 13)
#define NETIF_F_GSO		(1ULL << 14)
#define NETIF_F_GRO		(1ULL << 15)
#define NETIF_F_TSO		(1ULL << 16)
#define NETIF_F_RXCSUM		(1ULL << 34)
#define NETIF_F_LOOPBACK	(1ULL << 37)
#define NETIF_F_CSUM_MASK	(NETIF_F_IP_CSUM | NETIF_F_IPV6_CSUM | NETIF_F_HW_CSUM)
#define NETIF_F_GSO_SOFTWARE	NETIF_F_TSO

#endif
