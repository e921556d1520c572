// Package net is the network: interfaces, IPv4 with ICMP and UDP, ARP, and the
// sockets that programs have of them (Linux 6.6 net/core, net/ipv4, net/packet;
// RFC 768, 791, 792, 826, 1071, 1122).
//
// An interface is a Link. The Stack has one of its own, lo, which is up with
// 127.0.0.1/8 from the start; others come with modules (kernel/lkm/netdev). What a
// program sends goes down on its own thread to Link.Send. What comes in is put on
// the backlog (Receive), and the softirq that Config.Raise starts takes it up:
// nothing here is ever entered twice by one packet, however the links are joined.
//
// A Stack's mu guards its tables; a socket's own mu, taken under it, its queue.
// No Link is called with either.
//
// Pure Go. It has no goroutines and asks nobody for chance: ports, identifications
// and the order of everything are counted.
//
// Omitted: TCP (a stream socket of AF_INET is EPROTONOSUPPORT), IPv6, forwarding,
// multicast groups, IP options, path MTU discovery, netlink. RATIONALE.md says why
// the protocols are our own.
package net
