/* netdevice.h - network interfaces.
 *
 * A driver allocates a device (alloc_netdev, alloc_etherdev), gives it operations,
 * registers it and in the end unregisters and frees it. Opened, it gets packets to
 * send through ndo_start_xmit, which takes over each buffer, and gives those that
 * come in to netif_rx or, polled, to netif_receive_skb.
 */
#ifndef _LINUX_NETDEVICE_H
#define _LINUX_NETDEVICE_H

#include <linux/types.h>
#include <linux/kernel.h>
#include <linux/bitops.h>
#include <linux/timer.h>
#include <linux/jiffies.h>
#include <linux/device.h>
#include <linux/percpu.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/rcupdate.h>
#include <linux/notifier.h>
#include <linux/module.h>
#include <linux/socket.h>
#include <linux/if.h>
#include <linux/if_ether.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <linux/ratelimit.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/netdev_features.h>
#include <net/net_namespace.h>

#define MAX_ADDR_LEN		32
#define NAPI_POLL_WEIGHT	64
#define LL_MAX_HEADER		32
#define HH_DATA_MOD		16

#define NET_NAME_UNKNOWN	0
#define NET_NAME_ENUM		1
#define NET_NAME_PREDICTABLE	2
#define NET_NAME_USER		3
#define NET_NAME_RENAMED	4

#define NET_ADDR_PERM		0
#define NET_ADDR_RANDOM		1
#define NET_ADDR_STOLEN		2
#define NET_ADDR_SET		3

#define NET_XMIT_SUCCESS	0x00
#define NET_XMIT_DROP		0x01
#define NET_RX_SUCCESS		0
#define NET_RX_DROP		1

/* What ndo_start_xmit returns: the buffer was taken, or is given back. */
enum netdev_tx {
	__NETDEV_TX_MIN = (-__INT_MAX__ - 1),
	NETDEV_TX_OK = 0x00,
	NETDEV_TX_BUSY = 0x10,
};
typedef enum netdev_tx netdev_tx_t;

struct net_device_stats {
	unsigned long rx_packets;
	unsigned long tx_packets;
	unsigned long rx_bytes;
	unsigned long tx_bytes;
	unsigned long rx_errors;
	unsigned long tx_errors;
	unsigned long rx_dropped;
	unsigned long tx_dropped;
	unsigned long multicast;
	unsigned long collisions;
	unsigned long rx_length_errors;
	unsigned long rx_over_errors;
	unsigned long rx_crc_errors;
	unsigned long rx_frame_errors;
	unsigned long rx_fifo_errors;
	unsigned long rx_missed_errors;
	unsigned long tx_aborted_errors;
	unsigned long tx_carrier_errors;
	unsigned long tx_fifo_errors;
	unsigned long tx_heartbeat_errors;
	unsigned long tx_window_errors;
	unsigned long rx_compressed;
	unsigned long tx_compressed;
};

struct net_device;
struct neighbour;
struct ethtool_ops;
struct in_device;
struct netlink_ext_ack;

/* create puts the frame's header before the packet, and returns its size. */
struct header_ops {
	int (*create)(struct sk_buff *skb, struct net_device *dev, unsigned short type,
		      const void *daddr, const void *saddr, unsigned int len);
	int (*parse)(const struct sk_buff *skb, unsigned char *haddr);
	int (*cache)(const struct neighbour *neigh, void *hh, __be16 type);
	void (*cache_update)(void *hh, const struct net_device *dev, const unsigned char *haddr);
	bool (*validate)(const char *ll_header, unsigned int len);
	__be16 (*parse_protocol)(const struct sk_buff *skb);
};

/* The kernel calls those that are set. ndo_open, ndo_stop and what configures are
 * called with the RTNL held and may sleep; ndo_start_xmit must not.
 */
struct net_device_ops {
	int (*ndo_init)(struct net_device *dev);
	void (*ndo_uninit)(struct net_device *dev);
	int (*ndo_open)(struct net_device *dev);
	int (*ndo_stop)(struct net_device *dev);
	netdev_tx_t (*ndo_start_xmit)(struct sk_buff *skb, struct net_device *dev);
	netdev_features_t (*ndo_features_check)(struct sk_buff *skb, struct net_device *dev, netdev_features_t features);
	u16 (*ndo_select_queue)(struct net_device *dev, struct sk_buff *skb, struct net_device *sb_dev);
	void (*ndo_change_rx_flags)(struct net_device *dev, int flags);
	void (*ndo_set_rx_mode)(struct net_device *dev);
	int (*ndo_set_mac_address)(struct net_device *dev, void *addr);
	int (*ndo_validate_addr)(struct net_device *dev);
	int (*ndo_do_ioctl)(struct net_device *dev, struct ifreq *ifr, int cmd);
	int (*ndo_eth_ioctl)(struct net_device *dev, struct ifreq *ifr, int cmd);
	int (*ndo_siocdevprivate)(struct net_device *dev, struct ifreq *ifr, void __user *data, int cmd);
	int (*ndo_set_config)(struct net_device *dev, struct ifmap *map);
	int (*ndo_change_mtu)(struct net_device *dev, int new_mtu);
	int (*ndo_neigh_setup)(struct net_device *dev, void *parms);
	void (*ndo_tx_timeout)(struct net_device *dev, unsigned int txqueue);
	void (*ndo_get_stats64)(struct net_device *dev, struct rtnl_link_stats64 *storage);
	struct net_device_stats *(*ndo_get_stats)(struct net_device *dev);
	netdev_features_t (*ndo_fix_features)(struct net_device *dev, netdev_features_t features);
	int (*ndo_set_features)(struct net_device *dev, netdev_features_t features);
	int (*ndo_change_carrier)(struct net_device *dev, bool new_carrier);
	int (*ndo_get_iflink)(const struct net_device *dev);
};

/* There is one queue. Bit 0 of its state says that the driver stopped it. */
struct netdev_queue {
	struct net_device *dev;
	unsigned long trans_start;
	unsigned long state;
	spinlock_t _xmit_lock;
	int xmit_lock_owner;
};
#define __QUEUE_STATE_DRV_XOFF	0

enum netdev_state_t {
	__LINK_STATE_START,
	__LINK_STATE_PRESENT,
	__LINK_STATE_NOCARRIER,
	__LINK_STATE_LINKWATCH_PENDING,
	__LINK_STATE_DORMANT,
};

enum { NETREG_UNINITIALIZED, NETREG_REGISTERED, NETREG_UNREGISTERING, NETREG_UNREGISTERED, NETREG_RELEASED, NETREG_DUMMY };

struct pcpu_sw_netstats {
	u64 rx_packets;
	u64 rx_bytes;
	u64 tx_packets;
	u64 tx_bytes;
};

/* The kernel knows the layout. What lies behind it is the driver's (netdev_priv).
 * dev_addr is changed with eth_hw_addr_set or dev_addr_set.
 */
struct net_device {
	char name[IFNAMSIZ];
	unsigned long mem_end;
	unsigned long mem_start;
	unsigned long base_addr;
	unsigned long state;
	struct list_head dev_list;
	struct list_head napi_list;
	unsigned int flags;
	u64 priv_flags;
	const struct net_device_ops *netdev_ops;
	const struct header_ops *header_ops;
	const struct ethtool_ops *ethtool_ops;
	int ifindex;
	unsigned int mtu;
	unsigned int min_mtu;
	unsigned int max_mtu;
	unsigned short gflags;
	unsigned short hard_header_len;
	unsigned short needed_headroom;
	unsigned short needed_tailroom;
	netdev_features_t features;
	netdev_features_t hw_features;
	netdev_features_t wanted_features;
	netdev_features_t vlan_features;
	netdev_features_t hw_enc_features;
	unsigned short type;
	unsigned char min_header_len;
	unsigned char name_assign_type;
	struct net_device_stats stats;
	unsigned char operstate;
	unsigned char link_mode;
	unsigned char if_port;
	unsigned char dma;
	unsigned char addr_assign_type;
	unsigned char addr_len;
	unsigned short dev_id;
	unsigned short dev_port;
	int irq;
	unsigned int promiscuity;
	unsigned int allmulti;
	void *ip_ptr;
	const unsigned char *dev_addr;
	unsigned char perm_addr[MAX_ADDR_LEN];
	unsigned char broadcast[MAX_ADDR_LEN];
	unsigned char __addr[MAX_ADDR_LEN];
	struct netdev_queue *_tx;
	struct netdev_queue __queue;
	unsigned int num_tx_queues;
	unsigned int real_num_tx_queues;
	unsigned int num_rx_queues;
	unsigned int real_num_rx_queues;
	unsigned int tx_queue_len;
	int watchdog_timeo;
	int group;
	unsigned char reg_state;
	bool dismantle;
	bool needs_free_netdev;
	bool proto_down;
	void (*priv_destructor)(struct net_device *dev);
	void *ml_priv;
	struct pcpu_sw_netstats *tstats;
	const struct attribute_group *sysfs_groups[4];
	struct device dev;
};
#define to_net_dev(d)		container_of(d, struct net_device, dev)

#define NETDEV_ALIGN		32
static inline void *netdev_priv(const struct net_device *dev)
{
	return (char *)dev + ALIGN(sizeof(struct net_device), NETDEV_ALIGN);
}
#define SET_NETDEV_DEV(net, pdev)	((net)->dev.parent = (pdev))
#define SET_NETDEV_DEVTYPE(net, devtype) ((net)->dev.type = (devtype))
static inline struct net *dev_net(const struct net_device *dev) { return &init_net; }
static inline void dev_net_set(struct net_device *dev, struct net *net) { }

struct net_device *alloc_netdev_mqs(int sizeof_priv, const char *name, unsigned char name_assign_type,
				    void (*setup)(struct net_device *), unsigned int txqs, unsigned int rxqs);
#define alloc_netdev(sizeof_priv, name, name_assign_type, setup) \
	alloc_netdev_mqs(sizeof_priv, name, name_assign_type, setup, 1, 1)
#define alloc_netdev_mq(sizeof_priv, name, name_assign_type, setup, count) \
	alloc_netdev_mqs(sizeof_priv, name, name_assign_type, setup, count, count)
void free_netdev(struct net_device *dev);
int register_netdev(struct net_device *dev);
void unregister_netdev(struct net_device *dev);
int register_netdevice(struct net_device *dev);
void unregister_netdevice_queue(struct net_device *dev, struct list_head *head);
static inline void unregister_netdevice(struct net_device *dev) { unregister_netdevice_queue(dev, NULL); }
void ether_setup(struct net_device *dev);
extern const struct header_ops eth_header_ops;

/* dev_get_by_* hold the device until dev_put; __dev_get_by_* need the RTNL. */
struct net_device *dev_get_by_name(struct net *net, const char *name);
struct net_device *dev_get_by_index(struct net *net, int ifindex);
struct net_device *__dev_get_by_name(struct net *net, const char *name);
struct net_device *__dev_get_by_index(struct net *net, int ifindex);
struct net_device *dev_get_by_name_rcu(struct net *net, const char *name);
struct net_device *dev_get_by_index_rcu(struct net *net, int ifindex);
void __dev_hold(struct net_device *dev, int by);
static inline void dev_hold(struct net_device *dev) { if (dev) __dev_hold(dev, 1); }
static inline void dev_put(struct net_device *dev) { if (dev) __dev_hold(dev, -1); }
struct net_device *__next_net_device(struct net_device *dev);
static inline struct net_device *first_net_device(struct net *net) { return __next_net_device(NULL); }
static inline struct net_device *next_net_device(struct net_device *dev) { return __next_net_device(dev); }
#define for_each_netdev(net, d) \
	for (d = first_net_device(net); d; d = next_net_device(d))
#define for_each_netdev_rcu(net, d)	for_each_netdev(net, d)

int dev_alloc_name(struct net_device *dev, const char *name);
int dev_open(struct net_device *dev, struct netlink_ext_ack *extack);
void dev_close(struct net_device *dev);
int dev_set_mtu(struct net_device *dev, int new_mtu);
int dev_set_mac_address(struct net_device *dev, struct sockaddr *sa, struct netlink_ext_ack *extack);
void dev_addr_mod(struct net_device *dev, unsigned int offset, const void *addr, size_t len);
static inline void __dev_addr_set(struct net_device *dev, const void *addr, size_t len) { dev_addr_mod(dev, 0, addr, len); }
static inline void dev_addr_set(struct net_device *dev, const u8 *addr) { __dev_addr_set(dev, addr, dev->addr_len); }
struct rtnl_link_stats64 *dev_get_stats(struct net_device *dev, struct rtnl_link_stats64 *storage);
void netdev_stats_to_stats64(struct rtnl_link_stats64 *stats64, const struct net_device_stats *netdev_stats);
static inline int dev_set_promiscuity(struct net_device *dev, int inc) { dev->promiscuity += inc; return 0; }

/* Sending. */
int dev_queue_xmit(struct sk_buff *skb);
void netif_tx_wake_queue(struct netdev_queue *txq);
static inline struct netdev_queue *netdev_get_tx_queue(const struct net_device *dev, unsigned int index)
{
	return (struct netdev_queue *)&dev->__queue;
}
static inline void netif_tx_start_queue(struct netdev_queue *txq) { clear_bit(__QUEUE_STATE_DRV_XOFF, &txq->state); }
static inline void netif_tx_stop_queue(struct netdev_queue *txq) { set_bit(__QUEUE_STATE_DRV_XOFF, &txq->state); }
static inline bool netif_tx_queue_stopped(const struct netdev_queue *txq) { return test_bit(__QUEUE_STATE_DRV_XOFF, &txq->state); }
static inline void netif_start_queue(struct net_device *dev) { netif_tx_start_queue(netdev_get_tx_queue(dev, 0)); }
static inline void netif_stop_queue(struct net_device *dev) { netif_tx_stop_queue(netdev_get_tx_queue(dev, 0)); }
static inline void netif_wake_queue(struct net_device *dev) { netif_tx_wake_queue(netdev_get_tx_queue(dev, 0)); }
static inline bool netif_queue_stopped(const struct net_device *dev) { return netif_tx_queue_stopped(netdev_get_tx_queue(dev, 0)); }
#define netif_tx_start_all_queues(dev)	netif_start_queue(dev)
#define netif_tx_stop_all_queues(dev)	netif_stop_queue(dev)
#define netif_tx_wake_all_queues(dev)	netif_wake_queue(dev)
#define netif_tx_disable(dev)		netif_stop_queue(dev)
#define netif_start_subqueue(dev, i)	netif_start_queue(dev)
#define netif_stop_subqueue(dev, i)	netif_stop_queue(dev)
#define netif_wake_subqueue(dev, i)	netif_wake_queue(dev)
static inline void txq_trans_cond_update(struct netdev_queue *txq) { txq->trans_start = jiffies; }
static inline void netif_trans_update(struct net_device *dev) { txq_trans_cond_update(netdev_get_tx_queue(dev, 0)); }
static inline void netdev_sent_queue(struct net_device *dev, unsigned int bytes) { }
static inline void netdev_completed_queue(struct net_device *dev, unsigned int pkts, unsigned int bytes) { }
static inline void netdev_reset_queue(struct net_device *dev) { }
static inline bool dev_xmit_complete(int rc) { return rc < NETDEV_TX_BUSY; }
static inline bool netdev_xmit_more(void) { return false; }

static inline unsigned int LL_RESERVED_SPACE(const struct net_device *dev)
{
	return ((dev->hard_header_len + dev->needed_headroom) & ~(HH_DATA_MOD - 1)) + HH_DATA_MOD;
}
static inline int dev_hard_header(struct sk_buff *skb, struct net_device *dev, unsigned short type,
				  const void *daddr, const void *saddr, unsigned int len)
{
	if (!dev->header_ops || !dev->header_ops->create)
		return 0;
	return dev->header_ops->create(skb, dev, type, daddr, saddr, len);
}

/* Receiving. The buffer is given away; skb->dev and skb->protocol are set. */
int netif_rx(struct sk_buff *skb);
int netif_receive_skb(struct sk_buff *skb);
#define netif_receive_skb_core(skb)	netif_receive_skb(skb)

enum { NAPI_STATE_SCHED, NAPI_STATE_MISSED, NAPI_STATE_DISABLE, NAPI_STATE_LISTED = 4 };

/* The kernel knows the layout. poll takes at most budget packets, and calls
 * napi_complete_done when those were all.
 */
struct napi_struct {
	struct list_head poll_list;
	unsigned long state;
	int weight;
	int (*poll)(struct napi_struct *napi, int budget);
	struct net_device *dev;
	struct list_head dev_list;
};
void netif_napi_add_weight(struct net_device *dev, struct napi_struct *napi, int (*poll)(struct napi_struct *, int), int weight);
static inline void netif_napi_add(struct net_device *dev, struct napi_struct *napi, int (*poll)(struct napi_struct *, int))
{
	netif_napi_add_weight(dev, napi, poll, NAPI_POLL_WEIGHT);
}
#define netif_napi_add_tx(dev, napi, poll)	netif_napi_add(dev, napi, poll)
void __netif_napi_del(struct napi_struct *napi);
static inline void netif_napi_del(struct napi_struct *napi) { __netif_napi_del(napi); }
void napi_enable(struct napi_struct *n);
void napi_disable(struct napi_struct *n);
bool napi_schedule_prep(struct napi_struct *n);
void __napi_schedule(struct napi_struct *n);
#define __napi_schedule_irqoff(n)	__napi_schedule(n)
static inline bool napi_schedule(struct napi_struct *n)
{
	if (!napi_schedule_prep(n))
		return false;
	__napi_schedule(n);
	return true;
}
#define napi_schedule_irqoff(n)		napi_schedule(n)
bool napi_complete_done(struct napi_struct *n, int work_done);
static inline bool napi_complete(struct napi_struct *n) { return napi_complete_done(n, 0); }
static inline int napi_gro_receive(struct napi_struct *napi, struct sk_buff *skb) { return netif_receive_skb(skb); }
static inline struct sk_buff *napi_alloc_skb(struct napi_struct *napi, unsigned int length) { return dev_alloc_skb(length); }
static inline void napi_consume_skb(struct sk_buff *skb, int budget) { consume_skb(skb); }

/* State. */
void netif_carrier_on(struct net_device *dev);
void netif_carrier_off(struct net_device *dev);
void netif_device_detach(struct net_device *dev);
void netif_device_attach(struct net_device *dev);
static inline bool netif_carrier_ok(const struct net_device *dev) { return !test_bit(__LINK_STATE_NOCARRIER, &dev->state); }
static inline bool netif_running(const struct net_device *dev) { return test_bit(__LINK_STATE_START, &dev->state); }
static inline bool netif_device_present(const struct net_device *dev) { return test_bit(__LINK_STATE_PRESENT, &dev->state); }
static inline bool netif_oper_up(const struct net_device *dev) { return netif_carrier_ok(dev); }
static inline void netif_dormant_on(struct net_device *dev) { set_bit(__LINK_STATE_DORMANT, &dev->state); }
static inline void netif_dormant_off(struct net_device *dev) { clear_bit(__LINK_STATE_DORMANT, &dev->state); }
static inline void netif_tx_lock(struct net_device *dev) { local_bh_disable(); }
static inline void netif_tx_unlock(struct net_device *dev) { local_bh_enable(); }
#define netif_tx_lock_bh(dev)		netif_tx_lock(dev)
#define netif_tx_unlock_bh(dev)		netif_tx_unlock(dev)
static inline bool netif_is_multiqueue(const struct net_device *dev) { return false; }
static inline int netif_set_real_num_tx_queues(struct net_device *dev, unsigned int n) { return 0; }

static inline void dev_kfree_skb_any(struct sk_buff *skb) { kfree_skb(skb); }
static inline void dev_kfree_skb_irq(struct sk_buff *skb) { kfree_skb(skb); }
static inline void dev_consume_skb_any(struct sk_buff *skb) { consume_skb(skb); }
static inline void dev_consume_skb_irq(struct sk_buff *skb) { consume_skb(skb); }
#define dev_kfree_skb(a)		consume_skb(a)

#define netdev_alloc_pcpu_stats(type)	alloc_percpu(type)
static inline void dev_sw_netstats_rx_add(struct net_device *dev, unsigned int len)
{
	dev->stats.rx_packets++;
	dev->stats.rx_bytes += len;
}
static inline void dev_sw_netstats_tx_add(struct net_device *dev, unsigned int packets, unsigned int len)
{
	dev->stats.tx_packets += packets;
	dev->stats.tx_bytes += len;
}

/* Who wants each packet that comes in of a protocol (ETH_P_ALL: of all), of a device
 * or of all. func is called in softirq context and takes the buffer over. The kernel
 * knows the layout.
 */
struct packet_type {
	__be16 type;
	bool ignore_outgoing;
	struct net_device *dev;
	int (*func)(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt, struct net_device *orig_dev);
	void *af_packet_priv;
	struct list_head list;
};
void dev_add_pack(struct packet_type *pt);
void dev_remove_pack(struct packet_type *pt);
#define __dev_remove_pack(pt)		dev_remove_pack(pt)

/* Who wants to know of interfaces. */
enum netdev_cmd {
	NETDEV_UP = 1,
	NETDEV_DOWN,
	NETDEV_REBOOT,
	NETDEV_CHANGE,
	NETDEV_REGISTER,
	NETDEV_UNREGISTER,
	NETDEV_CHANGEMTU,
	NETDEV_CHANGEADDR,
	NETDEV_PRE_CHANGEADDR,
	NETDEV_GOING_DOWN,
	NETDEV_CHANGENAME,
	NETDEV_FEAT_CHANGE,
	NETDEV_BONDING_FAILOVER,
	NETDEV_PRE_UP,
};
struct netdev_notifier_info {
	struct net_device *dev;
	struct netlink_ext_ack *extack;
};
static inline struct net_device *netdev_notifier_info_to_dev(const struct netdev_notifier_info *info) { return info->dev; }
int register_netdevice_notifier(struct notifier_block *nb);
int unregister_netdevice_notifier(struct notifier_block *nb);

static inline const char *netdev_name(const struct net_device *dev) { return dev->name[0] ? dev->name : "(unnamed net_device)"; }
#define netdev_printk(level, dev, fmt, ...) printk(level "%s: " fmt, netdev_name(dev), ##__VA_ARGS__)
#define netdev_emerg(dev, fmt, ...)	netdev_printk(KERN_EMERG, dev, fmt, ##__VA_ARGS__)
#define netdev_alert(dev, fmt, ...)	netdev_printk(KERN_ALERT, dev, fmt, ##__VA_ARGS__)
#define netdev_crit(dev, fmt, ...)	netdev_printk(KERN_CRIT, dev, fmt, ##__VA_ARGS__)
#define netdev_err(dev, fmt, ...)	netdev_printk(KERN_ERR, dev, fmt, ##__VA_ARGS__)
#define netdev_warn(dev, fmt, ...)	netdev_printk(KERN_WARNING, dev, fmt, ##__VA_ARGS__)
#define netdev_notice(dev, fmt, ...)	netdev_printk(KERN_NOTICE, dev, fmt, ##__VA_ARGS__)
#define netdev_info(dev, fmt, ...)	netdev_printk(KERN_INFO, dev, fmt, ##__VA_ARGS__)
#define netdev_dbg(dev, fmt, ...)	do { if (0) netdev_printk(KERN_DEBUG, dev, fmt, ##__VA_ARGS__); } while (0)
#define netif_info(priv, type, dev, fmt, ...)	netdev_info(dev, fmt, ##__VA_ARGS__)
#define net_ratelimit()			1

#endif
