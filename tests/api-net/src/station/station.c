/* station.c - an Ethernet link with a host at its other end, who has every address of
 * the network but ours: it answers ARP, pings, and datagrams to any port.
 *
 * busy=N gives every Nth packet back once; stop=1 stops the queue at each packet until
 * a timer wakes it; forget=1 leaves the device behind.
 */
#include <linux/module.h>
#include <linux/etherdevice.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/icmp.h>
#include <linux/udp.h>
#include <linux/timer.h>

static int busy, stop, forget;
module_param(busy, int, 0);
module_param(stop, int, 0);
module_param(forget, int, 0);

struct station {
	struct net_device *dev;
	struct timer_list wake;
	int count;
	bool given_back;
};

static struct net_device *station;
static const u8 far[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 0x99 };

struct arp_body {
	struct arphdr head;
	u8 sender[ETH_ALEN];
	__be32 sender_ip;
	u8 target[ETH_ALEN];
	__be32 target_ip;
} __packed;

/* Turns a frame into its answer; false if there is none. */
static bool answer(struct sk_buff *skb, struct net_device *dev)
{
	struct ethhdr *eth = (struct ethhdr *)skb->data;
	struct iphdr *ip;

	if (skb->len < ETH_HLEN + sizeof(struct iphdr))
		return false;
	skb_set_network_header(skb, ETH_HLEN);
	if (eth->h_proto == htons(ETH_P_ARP)) {
		struct arp_body *arp = (struct arp_body *)skb_network_header(skb);
		__be32 asked = arp->target_ip;

		if (arp->head.ar_op != htons(ARPOP_REQUEST) || asked == inet_select_addr(dev, 0, 0))
			return false;
		arp->head.ar_op = htons(ARPOP_REPLY);
		ether_addr_copy(arp->target, arp->sender);
		arp->target_ip = arp->sender_ip;
		ether_addr_copy(arp->sender, far);
		arp->sender_ip = asked;
	} else if (eth->h_proto == htons(ETH_P_IP)) {
		__be32 from;

		ip = ip_hdr(skb);
		if (ip_fast_csum(ip, ip->ihl))
			netdev_err(dev, "bad header checksum\n");
		skb_set_transport_header(skb, ETH_HLEN + ip_hdrlen(skb));
		from = ip->saddr;
		ip->saddr = ip->daddr;
		ip->daddr = from;
		ip->ttl = 33;
		ip_send_check(ip);
		if (ip->frag_off & htons(IP_OFFSET)) {
			/* The first fragment has what is to be changed. */
		} else if (ip->protocol == IPPROTO_ICMP && icmp_hdr(skb)->type == ICMP_ECHO) {
			icmp_hdr(skb)->type = ICMP_ECHOREPLY;
			csum_replace2(&icmp_hdr(skb)->checksum, htons(ICMP_ECHO << 8), htons(ICMP_ECHOREPLY << 8));
		} else if (ip->protocol == IPPROTO_UDP) {
			struct udphdr *udp = udp_hdr(skb);
			int len = ntohs(ip->tot_len) - ip_hdrlen(skb);
			__be16 port = udp->source;

			if (csum_tcpudp_magic(ip->saddr, ip->daddr, len, IPPROTO_UDP, csum_partial(udp, len, 0)))
				netdev_err(dev, "bad checksum\n");
			udp->source = udp->dest;
			udp->dest = port;
		} else {
			return false;
		}
	} else {
		return false;
	}
	ether_addr_copy(eth->h_dest, dev->dev_addr);
	ether_addr_copy(eth->h_source, far);
	return true;
}

static netdev_tx_t station_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct station *s = netdev_priv(dev);
	struct sk_buff *back;

	if (busy && !s->given_back && ++s->count % busy == 0) {
		s->given_back = true;
		return NETDEV_TX_BUSY;
	}
	s->given_back = false;
	dev->stats.tx_packets++;
	dev->stats.tx_bytes += skb->len;
	if (stop) {
		netif_stop_queue(dev);
		mod_timer(&s->wake, jiffies + 2);
	}
	back = skb_copy(skb, GFP_ATOMIC);
	consume_skb(skb);
	if (!back)
		return NETDEV_TX_OK;
	if (!answer(back, dev)) {
		kfree_skb(back);
		return NETDEV_TX_OK;
	}
	dev->stats.rx_packets++;
	dev->stats.rx_bytes += back->len;
	back->protocol = eth_type_trans(back, dev);
	netif_rx(back);
	return NETDEV_TX_OK;
}

static void station_wake(struct timer_list *t)
{
	struct station *s = from_timer(s, t, wake);

	netif_wake_queue(s->dev);
}

static int station_open(struct net_device *dev)
{
	netdev_info(dev, "open, %pM\n", dev->dev_addr);
	netif_start_queue(dev);
	return 0;
}

static int station_stop(struct net_device *dev)
{
	struct station *s = netdev_priv(dev);

	netif_stop_queue(dev);
	del_timer_sync(&s->wake);
	netdev_info(dev, "stop\n");
	return 0;
}

static int station_private(struct net_device *dev, struct ifreq *ifr, void __user *data, int cmd)
{
	ifr->ifr_ifindex = cmd - SIOCDEVPRIVATE + 100;
	return cmd == SIOCDEVPRIVATE + 1 ? -ENXIO : 0;
}

static const struct net_device_ops station_ops = {
	.ndo_open = station_open,
	.ndo_stop = station_stop,
	.ndo_start_xmit = station_xmit,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_siocdevprivate = station_private,
};

static int station_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	pr_info("station: event %lu of %s\n", event, netdev_name(netdev_notifier_info_to_dev(ptr)));
	return NOTIFY_OK;
}

static struct notifier_block station_notifier = { .notifier_call = station_event };

static int __init station_init(void)
{
	static const u8 near[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 0x01 };
	struct station *s;
	int err;

	station = alloc_etherdev(sizeof(struct station));
	if (!station)
		return -ENOMEM;
	s = netdev_priv(station);
	s->dev = station;
	timer_setup(&s->wake, station_wake, 0);
	station->netdev_ops = &station_ops;
	eth_hw_addr_set(station, near);
	register_netdevice_notifier(&station_notifier);
	err = register_netdev(station);
	if (err) {
		unregister_netdevice_notifier(&station_notifier);
		free_netdev(station);
	}
	return err;
}

static void __exit station_exit(void)
{
	if (forget)
		return;
	unregister_netdev(station);
	unregister_netdevice_notifier(&station_notifier);
	free_netdev(station);
}

module_init(station_init);
module_exit(station_exit);
MODULE_LICENSE("GPL");
