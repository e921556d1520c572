package netdev

import (
	"fmt"
	"strconv"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/kobj"
	"rv86/kernel/net"
	"rv86/kernel/vfs"
)

// files are what a directory in /sys/class/net shows, from a link's Info.
var files = []struct {
	name string
	text func(i *net.Info) string
}{
	{"addr_len", func(i *net.Info) string { return strconv.Itoa(len(i.Addr)) }},
	{"address", func(i *net.Info) string { return net.HWText(i.Addr) }},
	{"broadcast", func(i *net.Info) string { return net.HWText(i.Broadcast) }},
	{"dev_id", func(*net.Info) string { return "0x0" }},
	{"flags", func(i *net.Info) string {
		const computed = abi.IFF_RUNNING | abi.IFF_LOWER_UP
		return fmt.Sprintf("0x%x", i.Flags&^computed)
	}},
	{"ifindex", func(i *net.Info) string { return strconv.Itoa(i.Index) }},
	{"operstate", operstate},
	{"type", func(i *net.Info) string { return strconv.Itoa(int(i.Type)) }},
}

// operstate is RFC 2863's: lo says that it does not know.
func operstate(i *net.Info) string {
	switch {
	case i.Flags&abi.IFF_LOOPBACK != 0 && i.Flags&abi.IFF_UP != 0:
		return "unknown"
	case i.Flags&abi.IFF_UP == 0 || i.Flags&abi.IFF_LOWER_UP == 0:
		return "down"
	}
	return "up"
}

// statistics are the files of the directory of that name.
var statistics = []struct {
	name string
	of   func(s *net.Stats) uint64
}{
	{"collisions", func(s *net.Stats) uint64 { return s.Collisions }},
	{"multicast", func(s *net.Stats) uint64 { return s.Multicast }},
	{"rx_bytes", func(s *net.Stats) uint64 { return s.RxBytes }},
	{"rx_compressed", func(s *net.Stats) uint64 { return s.RxCompressed }},
	{"rx_crc_errors", func(s *net.Stats) uint64 { return s.RxCRCErrors }},
	{"rx_dropped", func(s *net.Stats) uint64 { return s.RxDropped }},
	{"rx_errors", func(s *net.Stats) uint64 { return s.RxErrors }},
	{"rx_fifo_errors", func(s *net.Stats) uint64 { return s.RxFIFOErrors }},
	{"rx_frame_errors", func(s *net.Stats) uint64 { return s.RxFrameErrors }},
	{"rx_length_errors", func(s *net.Stats) uint64 { return s.RxLengthErrors }},
	{"rx_missed_errors", func(s *net.Stats) uint64 { return s.RxMissedErrors }},
	{"rx_over_errors", func(s *net.Stats) uint64 { return s.RxOverErrors }},
	{"rx_packets", func(s *net.Stats) uint64 { return s.RxPackets }},
	{"tx_aborted_errors", func(s *net.Stats) uint64 { return s.TxAbortedErrors }},
	{"tx_bytes", func(s *net.Stats) uint64 { return s.TxBytes }},
	{"tx_carrier_errors", func(s *net.Stats) uint64 { return s.TxCarrierErrors }},
	{"tx_compressed", func(s *net.Stats) uint64 { return s.TxCompressed }},
	{"tx_dropped", func(s *net.Stats) uint64 { return s.TxDropped }},
	{"tx_errors", func(s *net.Stats) uint64 { return s.TxErrors }},
	{"tx_fifo_errors", func(s *net.Stats) uint64 { return s.TxFIFOErrors }},
	{"tx_heartbeat_errors", func(s *net.Stats) uint64 { return s.TxHeartbeatErrors }},
	{"tx_packets", func(s *net.Stats) uint64 { return s.TxPackets }},
	{"tx_window_errors", func(s *net.Stats) uint64 { return s.TxWindowErrors }},
}

// addFiles fills the directory of a link.
func (d *Devices) addFiles(dir *kobj.Object, l net.Link) abi.Errno {
	const read, readWrite = 0o444, 0o644
	k := d.Model.Kobjects()
	show := func(text func(i *net.Info) string) func(*lkm.Caller) ([]byte, abi.Errno) {
		return func(*lkm.Caller) ([]byte, abi.Errno) {
			i := l.Info()
			return []byte(text(&i) + "\n"), 0
		}
	}
	for _, f := range files {
		if e := k.AddAttr(dir, kobj.Attr{Name: f.name, Mode: read, Show: show(f.text)}); e != 0 {
			return e
		}
	}
	k.AddAttr(dir, kobj.Attr{Name: "carrier", Mode: read, Show: func(*lkm.Caller) ([]byte, abi.Errno) {
		i := l.Info()
		if i.Flags&abi.IFF_UP == 0 {
			return nil, abi.EINVAL
		}
		return fmt.Appendf(nil, "%d\n", truth(i.Flags&abi.IFF_LOWER_UP != 0)), 0
	}})
	number := func(name string, of func(i *net.Info) int, set func(n int) abi.Errno) {
		k.AddAttr(dir, kobj.Attr{
			Name: name, Mode: readWrite, Show: show(func(i *net.Info) string { return strconv.Itoa(of(i)) }),
			Store: func(_ *lkm.Caller, b []byte) (int, abi.Errno) {
				n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 0, 32)
				if err != nil || n < 0 {
					return 0, abi.EINVAL
				}
				return len(b), set(int(n))
			},
		})
	}
	number("mtu", func(i *net.Info) int { return i.MTU }, func(n int) abi.Errno { return l.SetMTU(nil, n) })
	number("tx_queue_len", func(i *net.Info) int { return i.TxQueueLen }, func(n int) abi.Errno { return l.SetTxQueueLen(nil, n) })
	stats, e := k.NewDir(dir, "statistics", 0)
	if e != 0 {
		return e
	}
	for _, f := range statistics {
		k.AddAttr(stats, kobj.Attr{Name: f.name, Mode: read, Show: func(*lkm.Caller) ([]byte, abi.Errno) {
			s := l.Stats(nil)
			return fmt.Appendf(nil, "%d\n", f.of(&s)), 0
		}})
	}
	return 0
}

// showLo makes the directory of lo, which is no C device: its files are made when
// somebody looks, since nobody might.
func (d *Devices) showLo() {
	lo := d.Stack.Find("lo")
	if lo == nil {
		return
	}
	dir := d.NS.Sys().Sub("devices").Sub("virtual").Sub("net").Sub("lo")
	dir.Dynamic(func(name string) *vfs.Node { return loNode(lo, name) }, func() []string {
		var names []string
		for _, f := range files {
			names = append(names, f.name)
		}
		return append(names, "carrier", "mtu", "statistics", "tx_queue_len")
	})
	d.NS.Sys().Sub("class").Sub("net").Add("lo", vfs.Symlink(func(*vfs.Caller) string { return "../../devices/virtual/net/lo" }))
}

// loNode is a file of lo's, nil if there is none of the name.
func loNode(lo net.Link, name string) *vfs.Node {
	const read, dirMode = 0o444, 0o755
	text := func(f func(i *net.Info) string) *vfs.Node {
		return vfs.Text(read, func() []byte {
			i := lo.Info()
			return []byte(f(&i) + "\n")
		})
	}
	for _, f := range files {
		if f.name == name {
			return text(f.text)
		}
	}
	switch name {
	case "carrier":
		return text(func(i *net.Info) string { return strconv.FormatUint(truth(i.Flags&abi.IFF_LOWER_UP != 0), 10) })
	case "mtu":
		return text(func(i *net.Info) string { return strconv.Itoa(i.MTU) })
	case "tx_queue_len":
		return text(func(i *net.Info) string { return strconv.Itoa(i.TxQueueLen) })
	case "statistics":
		dir := vfs.NewDir()
		for _, f := range statistics {
			dir.Add(f.name, vfs.Text(read, func() []byte {
				s := lo.Stats(nil)
				return fmt.Appendf(nil, "%d\n", f.of(&s))
			}))
		}
		return vfs.DirNode(dirMode, dir)
	}
	return nil
}

func (d *Devices) classDir() *kobj.Object {
	k := d.Model.Kobjects()
	return k.Adopt(k.Adopt(k.Root(), "class"), "net")
}

// renamed gives a device's link in /sys/class/net its new name.
func (d *Devices) renamed(n *dev, old string) {
	k := d.Model.Kobjects()
	at := d.view(n.addr).Ptr("dev")
	dir, _ := d.Model.Dir(at)
	if dir == nil {
		return
	}
	k.Unlink(&lkm.Caller{}, d.classDir(), old)
	k.Link(d.classDir(), n.name, dir)
}
