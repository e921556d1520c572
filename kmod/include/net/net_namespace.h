/* net_namespace.h - there is one network. */
#ifndef _NET_NET_NAMESPACE_H
#define _NET_NET_NAMESPACE_H

#include <linux/types.h>

struct net_device;
struct net {
	struct net_device *loopback_dev;
};
extern struct net init_net;
typedef struct { struct net *net; } possible_net_t;

static inline struct net *read_pnet(const possible_net_t *pnet) { return &init_net; }
static inline struct net *get_net(struct net *net) { return net; }
static inline void put_net(struct net *net) { }
static inline int net_eq(const struct net *net1, const struct net *net2) { return net1 == net2; }

#endif
