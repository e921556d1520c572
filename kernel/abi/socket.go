package abi

// Sockets: families, types, protocols and flags (include/linux/socket.h,
// include/uapi/linux/in.h). SOCK_CLOEXEC and SOCK_NONBLOCK are O_CLOEXEC and
// O_NONBLOCK.
const (
	AF_UNSPEC = 0
	AF_UNIX   = 1
	AF_INET   = 2
	AF_PACKET = 17
	AF_MAX    = 46

	SOCK_STREAM    = 1
	SOCK_DGRAM     = 2
	SOCK_RAW       = 3
	SOCK_SEQPACKET = 5
	SOCK_TYPE_MASK = 0xf

	IPPROTO_IP   = 0
	IPPROTO_ICMP = 1
	IPPROTO_TCP  = 6
	IPPROTO_UDP  = 17
	IPPROTO_RAW  = 255

	MSG_PEEK     = 0x2
	MSG_TRUNC    = 0x20
	MSG_DONTWAIT = 0x40
	MSG_WAITALL  = 0x100
	MSG_CONFIRM  = 0x800
	MSG_ERRQUEUE = 0x2000
	MSG_NOSIGNAL = 0x4000
	MSG_MORE     = 0x8000
)

// Options of sockets: levels and names (include/uapi/asm-generic/socket.h,
// include/uapi/linux/in.h).
const (
	SOL_IP     = 0
	SOL_SOCKET = 1
	SOL_RAW    = 255

	SO_DEBUG          = 1
	SO_REUSEADDR      = 2
	SO_TYPE           = 3
	SO_ERROR          = 4
	SO_DONTROUTE      = 5
	SO_BROADCAST      = 6
	SO_SNDBUF         = 7
	SO_RCVBUF         = 8
	SO_KEEPALIVE      = 9
	SO_OOBINLINE      = 10
	SO_PRIORITY       = 12
	SO_LINGER         = 13
	SO_REUSEPORT      = 15
	SO_RCVLOWAT       = 18
	SO_SNDLOWAT       = 19
	SO_RCVTIMEO_OLD   = 20
	SO_SNDTIMEO_OLD   = 21
	SO_BINDTODEVICE   = 25
	SO_ACCEPTCONN     = 30
	SO_SNDBUFFORCE    = 32
	SO_RCVBUFFORCE    = 33
	SO_MARK           = 36
	SO_PROTOCOL       = 38
	SO_DOMAIN         = 39
	SO_BINDTOIFINDEX  = 62
	SO_RCVTIMEO_NEW   = 66
	SO_SNDTIMEO_NEW   = 67
	IP_TOS            = 1
	IP_TTL            = 2
	IP_HDRINCL        = 3
	IP_PKTINFO        = 8
	IP_MTU_DISCOVER   = 10
	IP_RECVERR        = 11
	IP_RECVTTL        = 12
	IP_MTU            = 14
	IP_MULTICAST_IF   = 32
	IP_MULTICAST_TTL  = 33
	IP_MULTICAST_LOOP = 34
	ICMP_FILTER       = 1 // of SOL_RAW
)

// Flags of interfaces (include/uapi/linux/if.h).
const (
	IFF_UP          = 0x1
	IFF_BROADCAST   = 0x2
	IFF_DEBUG       = 0x4
	IFF_LOOPBACK    = 0x8
	IFF_POINTOPOINT = 0x10
	IFF_NOTRAILERS  = 0x20
	IFF_RUNNING     = 0x40
	IFF_NOARP       = 0x80
	IFF_PROMISC     = 0x100
	IFF_ALLMULTI    = 0x200
	IFF_MULTICAST   = 0x1000
	IFF_PORTSEL     = 0x2000
	IFF_AUTOMEDIA   = 0x4000
	IFF_DYNAMIC     = 0x8000
	IFF_LOWER_UP    = 0x10000
)

// Requests about interfaces, routes and neighbours (include/uapi/linux/sockios.h).
const (
	SIOCADDRT         = 0x890b
	SIOCDELRT         = 0x890c
	SIOCGIFNAME       = 0x8910
	SIOCGIFCONF       = 0x8912
	SIOCGIFFLAGS      = 0x8913
	SIOCSIFFLAGS      = 0x8914
	SIOCGIFADDR       = 0x8915
	SIOCSIFADDR       = 0x8916
	SIOCGIFDSTADDR    = 0x8917
	SIOCSIFDSTADDR    = 0x8918
	SIOCGIFBRDADDR    = 0x8919
	SIOCSIFBRDADDR    = 0x891a
	SIOCGIFNETMASK    = 0x891b
	SIOCSIFNETMASK    = 0x891c
	SIOCGIFMETRIC     = 0x891d
	SIOCGIFMTU        = 0x8921
	SIOCSIFMTU        = 0x8922
	SIOCSIFNAME       = 0x8923
	SIOCSIFHWADDR     = 0x8924
	SIOCGIFHWADDR     = 0x8927
	SIOCGIFINDEX      = 0x8933
	SIOCGIFTXQLEN     = 0x8942
	SIOCSIFTXQLEN     = 0x8943
	SIOCGIFMAP        = 0x8970
	SIOCSIFMAP        = 0x8971
	SIOCDEVPRIVATE    = 0x89f0
	SIOCDEVPRIVATEEND = 0x89ff
)

// IFNAMSIZ is the size of an interface's name with its NUL; IfreqSize that of
// struct ifreq, whose second half holds a struct ifmap (two words, eight bytes).
const (
	IFNAMSIZ  = 16
	IfmapSize = 2*WordSize + 8
	IfreqSize = IFNAMSIZ + IfmapSize
)

// SockaddrSize is the size of struct sockaddr and sockaddr_in; SockaddrLLSize that
// of sockaddr_ll; SockaddrMax that of sockaddr_storage.
const (
	SockaddrSize   = 16
	SockaddrLLSize = 20
	SockaddrMax    = 128
)

// Kinds of links (include/uapi/linux/if_arp.h), and Ethernet's protocols
// (include/uapi/linux/if_ether.h).
const (
	ARPHRD_ETHER    = 1
	ARPHRD_LOOPBACK = 772
	ARPHRD_NONE     = 0xfffe

	ETH_P_ALL   = 0x0003
	ETH_P_802_3 = 0x0001
	ETH_P_802_2 = 0x0004
	ETH_P_LOOP  = 0x0060
	ETH_P_IP    = 0x0800
	ETH_P_ARP   = 0x0806

	ETH_ALEN = 6
	ETH_HLEN = 14
)

// Where a packet was going (include/uapi/linux/if_packet.h).
const (
	PACKET_HOST      = 0
	PACKET_BROADCAST = 1
	PACKET_MULTICAST = 2
	PACKET_OTHERHOST = 3
	PACKET_OUTGOING  = 4
)
