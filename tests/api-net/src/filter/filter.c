/* filter.c - netfilter hooks: they say what they see, and drop or change some. */
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <linux/icmp.h>

static int drop, turn, forget;
module_param(drop, int, 0);
module_param(turn, int, 0);
module_param(forget, int, 0);

static unsigned int see(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct iphdr *ip = ip_hdr(skb);

	pr_info("filter: %s in=%s out=%s %pI4 -> %pI4 protocol %u, %u bytes\n", (char *)priv,
		state->in ? state->in->name : "-", state->out ? state->out->name : "-",
		&ip->saddr, &ip->daddr, ip->protocol, skb->len);
	return NF_ACCEPT;
}

/* Drops pings of drop bytes; keeps, and frees, those of one byte more. */
static unsigned int judge(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	unsigned int size = skb->len - ip_hdrlen(skb) - sizeof(struct icmphdr);

	if (ip_hdr(skb)->protocol != IPPROTO_ICMP || !drop || icmp_hdr(skb)->type != ICMP_ECHO)
		return NF_ACCEPT;
	if (size == drop)
		return NF_DROP;
	if (size == drop + 1) {
		kfree_skb(skb);
		return NF_STOLEN;
	}
	return NF_ACCEPT;
}

/* Sends what is for port 1000 to port 2000. */
static unsigned int change(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct udphdr *udp = udp_hdr(skb);

	if (turn && ip_hdr(skb)->protocol == IPPROTO_UDP && udp->dest == htons(1000)) {
		udp->dest = htons(2000);
		udp->check = 0;
	}
	return NF_ACCEPT;
}

static const struct nf_hook_ops ops[] = {
	{ .hook = see, .priv = "out", .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_OUT, .priority = NF_IP_PRI_FIRST },
	{ .hook = change, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_OUT, .priority = NF_IP_PRI_MANGLE },
	{ .hook = see, .priv = "in", .pf = NFPROTO_INET, .hooknum = NF_INET_LOCAL_IN, .priority = NF_IP_PRI_LAST },
	{ .hook = judge, .pf = NFPROTO_IPV4, .hooknum = NF_INET_PRE_ROUTING, .priority = NF_IP_PRI_FILTER },
};

/* Sees ARP, and takes what it sees. */
static int arp(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt, struct net_device *orig_dev)
{
	pr_info("filter: ARP on %s from %pM to %pM, %u bytes\n", dev->name, eth_hdr(skb)->h_source, eth_hdr(skb)->h_dest, skb->len);
	kfree_skb(skb);
	return NET_RX_SUCCESS;
}

static struct packet_type arp_type = { .type = htons(ETH_P_ARP), .func = arp };

static int __init filter_init(void)
{
	static const struct nf_hook_ops wrong = { .hook = see, .pf = NFPROTO_IPV6 };
	struct net_device *dev;

	pr_info("filter: IPv6 %d\n", nf_register_net_hook(&init_net, &wrong));
	for_each_netdev(&init_net, dev)
		pr_info("filter: %d %s mtu %u\n", dev->ifindex, dev->name, dev->mtu);
	dev_add_pack(&arp_type);
	return nf_register_net_hooks(&init_net, ops, ARRAY_SIZE(ops));
}

static void __exit filter_exit(void)
{
	if (forget)
		return;
	dev_remove_pack(&arp_type);
	nf_unregister_net_hooks(&init_net, ops, ARRAY_SIZE(ops));
}

module_init(filter_init);
module_exit(filter_exit);
MODULE_LICENSE("GPL");
