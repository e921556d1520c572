package net

import (
	"fmt"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// show puts the files of /proc/net in their place (proc(5)).
func (s *Stack) show() {
	if s.NS == nil {
		return
	}
	dir := s.NS.Proc().Sub("net")
	for _, f := range []struct {
		name string
		text func() string
	}{
		{"dev", s.devText},
		{"route", s.routeText},
		{"arp", s.arpText},
		{"packet", s.packetText},
		{"udp", func() string { return s.socketText(" ref pointer drops", isKind[udpProto]) }},
		{"icmp", func() string { return s.socketText(" ref pointer drops", isKind[pingProto]) }},
		{"raw", func() string { return s.socketText(" ref pointer drops", isKind[rawProto]) }},
	} {
		const perm = 0o444
		dir.Add(f.name, vfs.Text(perm, func() []byte { return []byte(f.text()) }))
	}
}

func isKind[P protocol](k *Socket) bool {
	_, ok := k.proto.(P)
	return ok
}

// devText is /proc/net/dev.
func (s *Stack) devText() string {
	var b strings.Builder
	b.WriteString("Inter-|   Receive                                                |  Transmit\n" +
		" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n")
	for _, l := range s.Links() {
		t := l.Stats(nil)
		fmt.Fprintf(&b, "%6s: %7d %7d %4d %4d %4d %5d %10d %9d %8d %7d %4d %4d %4d %5d %7d %10d\n", l.Info().Name,
			t.RxBytes, t.RxPackets, t.RxErrors, t.RxDropped+t.RxMissedErrors, t.RxFIFOErrors,
			t.RxLengthErrors+t.RxOverErrors+t.RxCRCErrors+t.RxFrameErrors, t.RxCompressed, t.Multicast,
			t.TxBytes, t.TxPackets, t.TxErrors, t.TxDropped, t.TxFIFOErrors, t.Collisions,
			t.TxCarrierErrors+t.TxAbortedErrors+t.TxWindowErrors+t.TxHeartbeatErrors, t.TxCompressed)
	}
	return b.String()
}

// routeText is /proc/net/route, whose lines have a fixed width.
func (s *Stack) routeText() string {
	var b strings.Builder
	line := func(text string) { fmt.Fprintf(&b, "%-127s\n", text) }
	line("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT")
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.allRoutes() {
		line(fmt.Sprintf("%s\t%08X\t%08X\t%04X\t%d\t%d\t%d\t%08X\t%d\t%d\t%d",
			r.iface.name, r.dst.Number(), r.gateway.Number(), r.flags(), 0, 0, r.metric, r.mask.Number(), 0, 0, 0))
	}
	return b.String()
}

// arpText is /proc/net/arp.
func (s *Stack) arpText() string {
	const complete = 2 // ATF_COM
	var b strings.Builder
	b.WriteString("IP address       HW type     Flags       HW address            Mask     Device\n")
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.neighs {
		flags, hw := 0, make([]byte, abi.ETH_ALEN)
		if n.hw != nil {
			flags, hw = complete, n.hw
		}
		fmt.Fprintf(&b, "%-16s 0x%-10x0x%-10x%-17s     *        %s\n", n.addr, abi.ARPHRD_ETHER, flags, HWText(hw), n.iface.name)
	}
	return b.String()
}

// HWText is the usual notation of a hardware address.
func HWText(hw []byte) string {
	var b strings.Builder
	for i, v := range hw {
		if i > 0 {
			b.WriteByte(':')
		}
		fmt.Fprintf(&b, "%02x", v)
	}
	return b.String()
}

// socketText is /proc/net/udp, icmp or raw.
func (s *Stack) socketText(tail string, of func(k *Socket) bool) string {
	const width, state, connected, open = 127, 7, 1, 7
	var b strings.Builder
	line := func(text string) { fmt.Fprintf(&b, "%-*s\n", width, text) }
	line("   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode" + tail)
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, k := range s.socks {
		if !of(k) || !k.bound && !isKind[rawProto](k) {
			continue
		}
		st := open
		if k.peer != (Port{}) {
			st = connected
		}
		port := k.local.Port
		if isKind[rawProto](k) {
			port = uint16(k.number)
		}
		k.mu.Lock()
		waiting := k.rxBytes
		k.mu.Unlock()
		line(fmt.Sprintf("%5d: %08X:%04X %08X:%04X %02X %08X:%08X %02X:%08X %08X %5d %8d %d %d %d %d",
			n, k.local.Addr.Number(), port, k.peer.Addr.Number(), k.peer.Port, st, 0, waiting, 0, 0, 0, 0, 0, 0, 2, 0, 0))
		n++
	}
	return b.String()
}

// packetText is /proc/net/packet.
func (s *Stack) packetText() string {
	var b strings.Builder
	b.WriteString("sk       RefCnt Type Proto  Iface R Rmem   User   Inode\n")
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.socks {
		p, ok := k.proto.(*packetProto)
		if !ok {
			continue
		}
		k.mu.Lock()
		waiting := k.rxBytes
		k.mu.Unlock()
		fmt.Fprintf(&b, "%08x %-6d %-4d %04x   %-5d %d %-6d %-6d %-6d\n", 0, 2, k.typ, p.proto, k.index, 1, waiting, 0, 0)
	}
	return b.String()
}
