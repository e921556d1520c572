/* netfilter.h - functions that see each IP packet on its way.
 *
 * A hook is called in softirq context, or with softirqs off. It accepts a packet,
 * which it may have changed, drops it, or keeps the buffer (NF_STOLEN).
 */
#ifndef _LINUX_NETFILTER_H
#define _LINUX_NETFILTER_H

#include <linux/types.h>
#include <linux/skbuff.h>
#include <linux/netdevice.h>
#include <linux/in.h>
#include <net/net_namespace.h>

#define NF_DROP			0
#define NF_ACCEPT		1
#define NF_STOLEN		2
#define NF_QUEUE		3
#define NF_REPEAT		4
#define NF_STOP			5
#define NF_VERDICT_MASK		0x000000ff

enum nf_inet_hooks {
	NF_INET_PRE_ROUTING,
	NF_INET_LOCAL_IN,
	NF_INET_FORWARD,
	NF_INET_LOCAL_OUT,
	NF_INET_POST_ROUTING,
	NF_INET_NUMHOOKS,
};

enum {
	NFPROTO_UNSPEC = 0,
	NFPROTO_INET = 1,
	NFPROTO_IPV4 = 2,
	NFPROTO_ARP = 3,
	NFPROTO_IPV6 = 10,
};

/* The kernel knows the layouts. */
struct nf_hook_state {
	u8 hook;
	u8 pf;
	struct net_device *in;
	struct net_device *out;
	struct sock *sk;
	struct net *net;
	int (*okfn)(struct net *, struct sock *, struct sk_buff *);
};

typedef unsigned int nf_hookfn(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);

struct nf_hook_ops {
	nf_hookfn *hook;
	struct net_device *dev;
	void *priv;
	u8 pf;
	u8 hook_ops_type;
	unsigned int hooknum;
	int priority;
};

int nf_register_net_hook(struct net *net, const struct nf_hook_ops *ops);
void nf_unregister_net_hook(struct net *net, const struct nf_hook_ops *ops);
static inline void nf_unregister_net_hooks(struct net *net, const struct nf_hook_ops *reg, unsigned int n)
{
	while (n--)
		nf_unregister_net_hook(net, &reg[n]);
}
static inline int nf_register_net_hooks(struct net *net, const struct nf_hook_ops *reg, unsigned int n)
{
	unsigned int i;
	int err;

	for (i = 0; i < n; i++) {
		err = nf_register_net_hook(net, &reg[i]);
		if (err) {
			nf_unregister_net_hooks(net, reg, i);
			return err;
		}
	}
	return 0;
}

#endif
