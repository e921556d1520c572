package network

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
)

var ifconfigCommand = box.Command{
	Name: "ifconfig", Usage: "[-a] [INTERFACE [[up|down] ADDRESS[/BITS] netmask MASK broadcast ADDRESS mtu N hw ether MAC [-]arp ...]]",
	Help: "Show interfaces, or configure one.",
	Raw:  true,
	Run:  ifconfig,
}

func ifconfig(c *box.Context) int {
	args := c.Args
	all := len(args) > 0 && args[0] == "-a"
	if all {
		args = args[1:]
	}
	ctl, err := openControl()
	if err != nil {
		return c.Fail("%s", box.Reason(err))
	}
	defer ctl.close()
	if len(args) <= 1 {
		return showInterfaces(c, ctl, all, args)
	}
	name := args[0]
	for args = args[1:]; len(args) > 0; {
		n, what, err := configure(ctl, name, args)
		if err != nil {
			return c.Fail("%s: %s", what, box.Reason(err))
		}
		args = args[n:]
	}
	return box.OK
}

// flagWords are the words that set or clear flags.
var flagWords = map[string]struct{ set, clear int }{
	"up": {unix.IFF_UP | unix.IFF_RUNNING, 0}, "down": {0, unix.IFF_UP},
	"arp": {0, unix.IFF_NOARP}, "-arp": {unix.IFF_NOARP, 0},
	"promisc": {unix.IFF_PROMISC, 0}, "-promisc": {0, unix.IFF_PROMISC},
	"allmulti": {unix.IFF_ALLMULTI, 0}, "-allmulti": {0, unix.IFF_ALLMULTI},
	"multicast": {unix.IFF_MULTICAST, 0}, "-multicast": {0, unix.IFF_MULTICAST},
}

// configure does what the first words say, and tells how many those were and, for
// an error, what was asked of the kernel.
func configure(ctl *control, name string, args []string) (n int, what string, err error) {
	word, arg := args[0], ""
	if len(args) > 1 {
		arg = args[1]
	}
	if f, ok := flagWords[word]; ok {
		return 1, "SIOCSIFFLAGS", ctl.setFlags(name, f.set, f.clear)
	}
	address := func(what string, request uintptr) (int, string, error) {
		a, err := resolve(arg)
		if err == nil {
			err = ctl.setAddr(request, name, a)
		}
		return 2, what, err
	}
	switch word {
	case "netmask":
		return address("SIOCSIFNETMASK", unix.SIOCSIFNETMASK)
	case "broadcast":
		return address("SIOCSIFBRDADDR", unix.SIOCSIFBRDADDR)
	case "pointopoint", "dstaddr":
		return address("SIOCSIFDSTADDR", unix.SIOCSIFDSTADDR)
	case "mtu", "txqueuelen":
		v, err := strconv.Atoi(arg)
		if err != nil {
			return 2, word, fmt.Errorf("invalid number '%s'", arg)
		}
		if word == "mtu" {
			return 2, "SIOCSIFMTU", ctl.setNumber(unix.SIOCSIFMTU, name, v)
		}
		return 2, "SIOCSIFTXQLEN", ctl.setNumber(unix.SIOCSIFTXQLEN, name, v)
	case "hw":
		const words = 3
		if len(args) < words || arg != "ether" {
			return 0, "hw", fmt.Errorf("invalid argument '%s'", arg)
		}
		return words, "SIOCSIFHWADDR", ctl.setMAC(name, args[2])
	}
	return 1, "SIOCSIFADDR", setPrefix(ctl, name, word)
}

// setPrefix gives an interface an address, with its network if that is said, and
// opens it, as ifconfig always did.
func setPrefix(ctl *control, name, text string) error {
	host, length, sized := strings.Cut(text, "/")
	a, err := resolve(host)
	if err != nil {
		return err
	}
	if err := ctl.setAddr(unix.SIOCSIFADDR, name, a); err != nil {
		return err
	}
	if sized {
		bits, err := strconv.Atoi(length)
		if err != nil || bits < 0 || bits > a.BitLen() {
			return fmt.Errorf("invalid netmask '%s'", length)
		}
		if err := ctl.setAddr(unix.SIOCSIFNETMASK, name, maskOf(bits)); err != nil {
			return err
		}
	}
	if a.IsUnspecified() {
		return nil
	}
	return ctl.setFlags(name, unix.IFF_UP|unix.IFF_RUNNING, 0)
}

// showInterfaces prints one, or all that are up.
func showInterfaces(c *box.Context, ctl *control, all bool, names []string) int {
	list, err := interfaces()
	if err != nil {
		return c.FileError("/proc/net/dev", err)
	}
	found := false
	for _, i := range list {
		f, _ := ctl.flags(i.name)
		if len(names) > 0 && i.name != names[0] || len(names) == 0 && !all && f&unix.IFF_UP == 0 {
			continue
		}
		found = true
		showInterface(c, ctl, &i, f)
	}
	if len(names) > 0 && !found {
		return c.Fail("%s: error fetching interface information: Device not found", names[0])
	}
	return box.OK
}

// flagNames are the flags in busybox's order.
var flagNames = []struct {
	bit  int
	name string
}{
	{unix.IFF_UP, "UP"},
	{unix.IFF_BROADCAST, "BROADCAST"},
	{unix.IFF_DEBUG, "DEBUG"},
	{unix.IFF_LOOPBACK, "LOOPBACK"},
	{unix.IFF_POINTOPOINT, "POINTOPOINT"},
	{unix.IFF_NOTRAILERS, "NOTRAILERS"},
	{unix.IFF_RUNNING, "RUNNING"},
	{unix.IFF_NOARP, "NOARP"},
	{unix.IFF_PROMISC, "PROMISC"},
	{unix.IFF_ALLMULTI, "ALLMULTI"},
	{unix.IFF_MULTICAST, "MULTICAST"},
}

func showInterface(c *box.Context, ctl *control, i *counters, flags int) {
	w := c.Out
	kind, mac := ctl.hardware(i.name)
	switch kind {
	case unix.ARPHRD_LOOPBACK:
		fmt.Fprintf(w, "%-9s Link encap:Local Loopback  \n", i.name)
	case unix.ARPHRD_ETHER:
		fmt.Fprintf(w, "%-9s Link encap:Ethernet  HWaddr %s  \n", i.name, macText(mac, "%02X"))
	default:
		fmt.Fprintf(w, "%-9s Link encap:UNSPEC  \n", i.name)
	}
	if a := ctl.addr(unix.SIOCGIFADDR, i.name); a.IsValid() {
		fmt.Fprintf(w, "          inet addr:%s ", a)
		if flags&unix.IFF_POINTOPOINT != 0 {
			fmt.Fprintf(w, " P-t-P:%s ", ctl.addr(unix.SIOCGIFDSTADDR, i.name))
		}
		if flags&unix.IFF_BROADCAST != 0 {
			fmt.Fprintf(w, " Bcast:%s ", ctl.addr(unix.SIOCGIFBRDADDR, i.name))
		}
		fmt.Fprintf(w, " Mask:%s\n", ctl.addr(unix.SIOCGIFNETMASK, i.name))
	}
	w.WriteString("          ")
	for _, f := range flagNames {
		if flags&f.bit != 0 {
			w.WriteString(f.name + " ")
		}
	}
	if flags == 0 {
		w.WriteString("[NO FLAGS] ")
	}
	fmt.Fprintf(w, " MTU:%d  Metric:1\n", ctl.number(unix.SIOCGIFMTU, i.name))
	fmt.Fprintf(w, "          RX packets:%d errors:%d dropped:%d overruns:%d frame:%d\n", i.rx[1], i.rx[2], i.rx[3], i.rx[4], i.rx[5])
	fmt.Fprintf(w, "          TX packets:%d errors:%d dropped:%d overruns:%d carrier:%d\n", i.tx[1], i.tx[2], i.tx[3], i.tx[4], i.tx[6])
	fmt.Fprintf(w, "          collisions:%d txqueuelen:%d \n", i.tx[5], ctl.number(siocGIFTXQLEN, i.name))
	fmt.Fprintf(w, "          RX bytes:%d (%s)  TX bytes:%d (%s)\n", i.rx[0], sizeText(i.rx[0]), i.tx[0], sizeText(i.tx[0]))
	if b, err := ctl.request(unix.SIOCGIFMAP, i.name, nil); err == nil {
		const base, irq = 2 * wordSize, 2*wordSize + 2
		port, line := binary.LittleEndian.Uint16(b[base:]), b[irq]
		if line != 0 {
			fmt.Fprintf(w, "          Interrupt:%d ", line)
		}
		if port != 0 {
			fmt.Fprintf(w, "Base address:0x%x ", port)
		}
		if line != 0 || port != 0 {
			w.WriteString("\n")
		}
	}
	w.WriteString("\n")
}

// sizeText is a size as busybox prints it: one decimal, by steps of 1024.
func sizeText(n uint64) string {
	const step = 1024
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	v, i := float64(n), 0
	for v >= step && i < len(units)-1 {
		v /= step
		i++
	}
	return fmt.Sprintf("%.1f %s", v, units[i])
}

// prefix is the network of an address.
func prefix(a, mask netip.Addr) netip.Prefix { return netip.PrefixFrom(a, bitsOf(mask)) }
