package net

import (
	"testing"

	"rv86/kernel/abi"
)

// FuzzInput feeds one packet to a network that has a socket of each kind. Nothing may
// panic, and the network must go on.
func FuzzInput(f *testing.F) {
	f.Add(uint16(abi.ETH_P_IP), []byte{0x45, 0, 0, 28, 0, 0, 0x20, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1, 0, 9, 0, 9, 0, 8, 0, 0}, true)
	f.Add(uint16(abi.ETH_P_IP), []byte{0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1, 3, 3, 0, 0, 0, 0, 0, 0}, false)
	f.Add(uint16(abi.ETH_P_ARP), arpPacket(arpRequest, make([]byte, 6), Addr{10, 0, 0, 9}, make([]byte, 6), Addr{10, 0, 0, 1}), false)
	f.Fuzz(func(t *testing.T, proto uint16, data []byte, close bool) {
		x, y, a, _ := join(t)
		x.udp(Port{Any, 9})
		x.open(abi.AF_INET, abi.SOCK_RAW, abi.IPPROTO_ICMP)
		x.open(abi.AF_PACKET, abi.SOCK_RAW, int(swap16(abi.ETH_P_ALL)))
		k := x.open(abi.AF_INET, abi.SOCK_DGRAM, abi.IPPROTO_ICMP)
		if h := header(data); close && len(data) >= ipHeader && h.size() >= ipHeader && h.size() <= len(data) && len(data) <= ipLimit {
			h.close(len(h)) // a good sum lets it go deeper
		}
		x.Receive(Packet{Link: a, Proto: proto, Data: data})
		x.Receive(Packet{Link: x.lo, Proto: proto, Data: data, Checked: true})
		both(x, y)
		k.Send(rootUser, echoOf(0, 8), Port{Addr: Localhost}.sockaddr())
		both(x, y)
		for {
			if _, e := k.Recv(100, 0); e == 0 {
				return
			} else if e == abi.EAGAIN {
				t.Fatal("no answer from ourselves")
			}
		}
	})
}
