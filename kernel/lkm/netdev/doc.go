// Package netdev is network interfaces of modules and the buffers that packets
// travel in (Linux 6.6 net/core/dev.c, skbuff.c, net/ethernet/eth.c;
// linux/netdevice.h, skbuff.h, etherdevice.h), and
// netfilter's hooks (net/netfilter/core.c).
//
// A registered device is a Link of package kernel/net. What the network sends
// becomes a socket buffer with the header that the device's header_ops make, and
// goes to ndo_start_xmit with softirqs off; a stopped queue keeps it. What a driver
// gives to netif_rx or netif_receive_skb is copied into the network's backlog, which
// a softirq takes up: start_xmit may therefore call netif_rx, as drivers that loop
// packets do. NAPI's polls are softirqs, too.
//
// The kernel keeps its own list of buffers: one that is freed twice, was never
// allocated, or whose pointers lead out of its memory is reported and dropped, and
// nothing is read or written there.
//
// A buffer's bytes are always in one piece. Omitted: several queues, fragments,
// offloads, ethtool, queueing disciplines.
package netdev
