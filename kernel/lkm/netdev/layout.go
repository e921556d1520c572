package netdev

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/device"
	"rv86/kernel/lkm/kobj"
)

const (
	skbuffH = "linux/skbuff.h"
	netdevH = "linux/netdevice.h"
	linkH   = "linux/if_link.h"

	addrMax  = 32 // MAX_ADDR_LEN
	cbSize   = 48
	maxFrags = 17 // MAX_SKB_FRAGS
)

func fields(t cstruct.Type, names ...string) []cstruct.Field {
	var f []cstruct.Field
	for _, n := range names {
		f = append(f, cstruct.Field{Name: n, Type: t})
	}
	return f
}

func join(lists ...[]cstruct.Field) []cstruct.Field {
	var f []cstruct.Field
	for _, l := range lists {
		f = append(f, l...)
	}
	return f
}

func one(name string, t cstruct.Type) []cstruct.Field { return fields(t, name) }

// counters are the members that both structures of statistics begin with.
var counters = []string{
	"rx_packets", "tx_packets", "rx_bytes", "tx_bytes", "rx_errors", "tx_errors", "rx_dropped", "tx_dropped", "multicast",
	"collisions", "rx_length_errors", "rx_over_errors", "rx_crc_errors", "rx_frame_errors", "rx_fifo_errors",
	"rx_missed_errors", "tx_aborted_errors", "tx_carrier_errors", "tx_fifo_errors", "tx_heartbeat_errors",
	"tx_window_errors", "rx_compressed", "tx_compressed",
}

// The structures shared with C code.
var (
	Buff = cstruct.New("sk_buff", skbuffH, join(
		fields(cstruct.Long, "next", "prev", "sk", "dev"),
		one("tstamp", cstruct.Quad),
		one("cb", cstruct.Array(cbSize, cstruct.Char)),
		one("destructor", cstruct.Long),
		fields(cstruct.Int, "len", "data_len"),
		fields(cstruct.Short, "mac_len", "hdr_len", "queue_mapping"),
		fields(cstruct.Char, "cloned", "pkt_type", "ip_summed", "ignore_df", "peeked", "csum_level"),
		fields(cstruct.Int, "csum", "priority", "skb_iif", "hash", "mark"),
		fields(cstruct.Short, "vlan_proto", "vlan_tci", "protocol", "transport_header", "network_header", "mac_header"),
		fields(cstruct.Int, "tail", "end"),
		fields(cstruct.Long, "head", "data"),
		fields(cstruct.Int, "truesize", "users"),
	)...)

	Shared = cstruct.New("skb_shared_info", skbuffH, join(
		fields(cstruct.Char, "flags", "meta_len", "nr_frags", "tx_flags"),
		fields(cstruct.Short, "gso_size", "gso_segs"),
		one("frag_list", cstruct.Long),
		fields(cstruct.Int, "gso_type", "tskey", "dataref", "xdp_frags_size"),
		one("destructor_arg", cstruct.Long),
		one("frags", cstruct.Array(maxFrags, frag.Type())),
	)...)

	frag = cstruct.New("skb_frag_t", skbuffH, join(
		one("bv_page", cstruct.Long),
		fields(cstruct.Int, "bv_len", "bv_offset"),
	)...)

	spin = cstruct.New("spinlock", "linux/spinlock_types.h", join(
		fields(cstruct.Int, "locked", "magic", "owner_cpu"),
		one("owner", cstruct.Long),
	)...)

	Stats   = cstruct.New("net_device_stats", netdevH, fields(cstruct.Long, counters...)...)
	Stats64 = cstruct.New("rtnl_link_stats64", linkH, fields(cstruct.Quad, append(counters[:len(counters):len(counters)], "rx_nohandler", "rx_otherhost_dropped")...)...)

	Header = cstruct.New("header_ops", netdevH, fields(cstruct.Long, "create", "parse", "cache", "cache_update", "validate", "parse_protocol")...)

	Ops = cstruct.New("net_device_ops", netdevH, fields(cstruct.Long,
		"ndo_init", "ndo_uninit", "ndo_open", "ndo_stop", "ndo_start_xmit", "ndo_features_check", "ndo_select_queue",
		"ndo_change_rx_flags", "ndo_set_rx_mode", "ndo_set_mac_address", "ndo_validate_addr", "ndo_do_ioctl", "ndo_eth_ioctl",
		"ndo_siocdevprivate", "ndo_set_config", "ndo_change_mtu", "ndo_neigh_setup", "ndo_tx_timeout", "ndo_get_stats64",
		"ndo_get_stats", "ndo_fix_features", "ndo_set_features", "ndo_change_carrier", "ndo_get_iflink")...)

	Queue = cstruct.New("netdev_queue", netdevH, join(
		fields(cstruct.Long, "dev", "trans_start", "state"),
		one("_xmit_lock", spin.Type()),
		one("xmit_lock_owner", cstruct.Int),
	)...)

	Device = cstruct.New("net_device", netdevH, join(
		one("name", cstruct.Array(abi.IFNAMSIZ, cstruct.Char)),
		fields(cstruct.Long, "mem_end", "mem_start", "base_addr", "state"),
		fields(kobj.ListHead, "dev_list", "napi_list"),
		one("flags", cstruct.Int),
		one("priv_flags", cstruct.Quad),
		fields(cstruct.Long, "netdev_ops", "header_ops", "ethtool_ops"),
		fields(cstruct.Int, "ifindex", "mtu", "min_mtu", "max_mtu"),
		fields(cstruct.Short, "gflags", "hard_header_len", "needed_headroom", "needed_tailroom"),
		fields(cstruct.Quad, "features", "hw_features", "wanted_features", "vlan_features", "hw_enc_features"),
		one("type", cstruct.Short),
		fields(cstruct.Char, "min_header_len", "name_assign_type"),
		one("stats", Stats.Type()),
		fields(cstruct.Char, "operstate", "link_mode", "if_port", "dma", "addr_assign_type", "addr_len"),
		fields(cstruct.Short, "dev_id", "dev_port"),
		fields(cstruct.Int, "irq", "promiscuity", "allmulti"),
		fields(cstruct.Long, "ip_ptr", "dev_addr"),
		fields(cstruct.Array(addrMax, cstruct.Char), "perm_addr", "broadcast", "__addr"),
		one("_tx", cstruct.Long),
		one("__queue", Queue.Type()),
		fields(cstruct.Int, "num_tx_queues", "real_num_tx_queues", "num_rx_queues", "real_num_rx_queues", "tx_queue_len", "watchdog_timeo", "group"),
		fields(cstruct.Char, "reg_state", "dismantle", "needs_free_netdev", "proto_down"),
		fields(cstruct.Long, "priv_destructor", "ml_priv", "tstats"),
		one("sysfs_groups", cstruct.Array(4, cstruct.Long)),
		one("dev", device.Device.Type()),
	)...)

	NAPI = cstruct.New("napi_struct", netdevH, join(
		one("poll_list", kobj.ListHead),
		one("state", cstruct.Long),
		one("weight", cstruct.Int),
		fields(cstruct.Long, "poll", "dev"),
		one("dev_list", kobj.ListHead),
	)...)

	Event = cstruct.New("netdev_notifier_info", netdevH, fields(cstruct.Long, "dev", "extack")...)

	// Net is struct net; there is one, the export init_net.
	Net = cstruct.New("net", "net/net_namespace.h", one("loopback_dev", cstruct.Long)...)
)

// Layouts are the structures, for the test that compares them with the headers.
var Layouts = []*cstruct.Struct{Buff, Shared, Stats, Stats64, Header, Ops, Queue, Device, NAPI, Event, Net, HookState, HookOps, PackType}
