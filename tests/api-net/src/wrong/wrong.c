/* wrong.c - what must not be done with buffers and devices; how says what. */
#include <linux/module.h>
#include <linux/etherdevice.h>

static char *how = "";
module_param(how, charp, 0);

static struct net_device *dev;

static netdev_tx_t wrong_xmit(struct sk_buff *skb, struct net_device *dev)
{
	if (!strcmp(how, "xmit"))
		*(int *)8 = 1;
	if (!strcmp(how, "keep"))
		return NETDEV_TX_OK;
	dev_kfree_skb(skb);
	if (!strcmp(how, "twice"))
		dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops ops = { .ndo_start_xmit = wrong_xmit };

static void buffers(void)
{
	struct sk_buff *skb = dev_alloc_skb(100), *clone;

	skb->dev = dev;
	if (!strcmp(how, "over")) {
		skb_put(skb, 4000);
	} else if (!strcmp(how, "under")) {
		skb_push(skb, 4000);
	} else if (!strcmp(how, "length")) {
		skb->len = 0x7fffffff;
		netif_rx(skb);
	} else if (!strcmp(how, "data")) {
		skb->data = (unsigned char *)16;
		netif_rx(skb);
	} else if (!strcmp(how, "header")) {
		skb_put(skb, 60);
		skb->mac_header = 0x7000;
		skb->network_header = 0xfff0;
		netif_rx(skb);
	} else if (!strcmp(how, "nodev")) {
		skb->dev = (struct net_device *)skb;
		netif_rx(skb);
	} else if (!strcmp(how, "freed")) {
		clone = skb_clone(skb, GFP_KERNEL);
		pr_info("wrong: cloned %d shared %d\n", skb_cloned(skb), skb_shared(skb));
		kfree_skb(clone);
		kfree_skb(skb);
		netif_rx(skb);
	} else if (!strcmp(how, "null")) {
		skb_put(NULL, 1);
	} else if (!strcmp(how, "forget")) {
		return;
	} else {
		kfree_skb(skb);
	}
}

static int __init wrong_init(void)
{
	dev = alloc_etherdev(0);
	if (!dev)
		return -ENOMEM;
	if (strcmp(how, "noops"))
		dev->netdev_ops = &ops;
	if (!strcmp(how, "name"))
		strscpy(dev->name, "a/b%d", IFNAMSIZ);
	if (!strcmp(how, "addr"))
		dev->dev_addr = (u8 *)32;
	else
		eth_hw_addr_random(dev);
	if (register_netdev(dev))
		goto refused;
	if (!strcmp(how, "live"))
		free_netdev(dev);
	if (!strcmp(how, "again"))
		pr_info("wrong: again %d\n", register_netdev(dev));
	buffers();
	return 0;
refused:
	free_netdev(dev);
	return -EINVAL;
}

static void __exit wrong_exit(void)
{
	unregister_netdev(dev);
	free_netdev(dev);
	if (!strcmp(how, "freedev"))
		free_netdev(dev);
}

module_init(wrong_init);
module_exit(wrong_exit);
MODULE_LICENSE("GPL");
