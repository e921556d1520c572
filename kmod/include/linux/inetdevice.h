/* inetdevice.h - the IPv4 address of an interface. */
#ifndef _LINUX_INETDEVICE_H
#define _LINUX_INETDEVICE_H

#include <linux/netdevice.h>
#include <linux/in.h>

__be32 inet_select_addr(const struct net_device *dev, __be32 dst, int scope);
static inline __be32 inet_make_mask(int logmask) { return logmask ? htonl(~((1U << (32 - logmask)) - 1)) : 0; }

#endif
