package network

import (
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
)

var ipCommand = box.Command{
	Name: "ip", Usage: "address|link|route|neigh [show|add|del|set ...]",
	Help: "Show and change addresses, interfaces, routes and neighbours.",
	Raw:  true,
	Run:  ip,
}

// objects are what ip is about, each with its abbreviations.
var objects = []struct {
	name string
	run  func(c *box.Context, verb string, args []string) int
}{
	{"address", ipAddress}, {"link", ipLink}, {"route", ipRoute}, {"neighbour", ipNeighbour},
}

func ip(c *box.Context) int {
	args := c.Args
	for len(args) > 0 && (args[0] == "-4" || args[0] == "-o") {
		args = args[1:]
	}
	if len(args) == 0 {
		return c.MissingOperand()
	}
	for _, o := range objects {
		if !strings.HasPrefix(o.name, args[0]) {
			continue
		}
		verb := "show"
		if args = args[1:]; len(args) > 0 {
			verb, args = args[0], args[1:]
		}
		if verb == "list" || verb == "ls" {
			verb = "show"
		}
		return o.run(c, verb, args)
	}
	return c.Misused("invalid argument '%s' to 'ip'", args[0])
}

// dev takes "dev NAME" out of words.
func dev(args []string) (name string, rest []string) {
	for i := 0; i < len(args); i++ {
		if args[i] == "dev" && i+1 < len(args) {
			name = args[i+1]
			i++
			continue
		}
		rest = append(rest, args[i])
	}
	return name, rest
}

// ipFlags are the flags in ip's order (LOWER_UP comes from /sys).
var ipFlags = []struct {
	bit  int
	name string
}{
	{unix.IFF_LOOPBACK, "LOOPBACK"},
	{unix.IFF_BROADCAST, "BROADCAST"},
	{unix.IFF_POINTOPOINT, "POINTOPOINT"},
	{unix.IFF_MULTICAST, "MULTICAST"},
	{unix.IFF_NOARP, "NOARP"},
	{unix.IFF_PROMISC, "PROMISC"},
	{unix.IFF_ALLMULTI, "ALLMULTI"},
	{unix.IFF_UP, "UP"},
}

// showLinks prints interfaces, with their addresses if asked.
func showLinks(c *box.Context, only string, addresses bool) int {
	ctl, err := openControl()
	if err != nil {
		return c.Fail("%s", box.Reason(err))
	}
	defer ctl.close()
	list, err := interfaces()
	if err != nil {
		return c.FileError("/proc/net/dev", err)
	}
	found := only == ""
	for _, i := range list {
		if only != "" && i.name != only {
			continue
		}
		found = true
		showLink(c, ctl, i.name)
		if addresses {
			showAddress(c, ctl, i.name)
		}
	}
	if !found {
		return c.Fail("can't find device '%s'", only)
	}
	return box.OK
}

func showLink(c *box.Context, ctl *control, name string) {
	f, _ := ctl.flags(name)
	var names []string
	if f&unix.IFF_UP != 0 && f&unix.IFF_RUNNING == 0 {
		names = append(names, "NO-CARRIER")
	}
	for _, n := range ipFlags {
		if f&n.bit != 0 {
			names = append(names, n.name)
		}
	}
	if f&unix.IFF_RUNNING != 0 {
		names = append(names, "LOWER_UP")
	}
	kind, mac := ctl.hardware(name)
	link := map[uint16]string{unix.ARPHRD_LOOPBACK: "loopback", unix.ARPHRD_ETHER: "ether"}[kind]
	if link == "" {
		link = "void"
	}
	queue := "noqueue"
	if f&unix.IFF_LOOPBACK == 0 && f&unix.IFF_UP != 0 {
		queue = "pfifo_fast"
	}
	broadcast := macText(make([]byte, len(mac)), "%02x")
	if data, err := os.ReadFile("/sys/class/net/" + name + "/broadcast"); err == nil {
		broadcast = strings.TrimSpace(string(data))
	}
	fmt.Fprintf(c.Out, "%d: %s: <%s> mtu %d qdisc %s qlen %d\n    link/%s %s brd %s\n", ctl.number(unix.SIOCGIFINDEX, name), name,
		strings.Join(names, ","), ctl.number(unix.SIOCGIFMTU, name), queue, ctl.number(siocGIFTXQLEN, name),
		link, macText(mac, "%02x"), broadcast)
}

func showAddress(c *box.Context, ctl *control, name string) {
	a := ctl.addr(unix.SIOCGIFADDR, name)
	if !a.IsValid() {
		return
	}
	bits := bitsOf(ctl.addr(unix.SIOCGIFNETMASK, name))
	broadcast, scope := "", "global"
	if b := ctl.addr(unix.SIOCGIFBRDADDR, name); b.IsValid() && !b.IsUnspecified() {
		broadcast = fmt.Sprintf("brd %s ", b)
	}
	if a.IsLoopback() {
		scope = "host"
	}
	fmt.Fprintf(c.Out, "    inet %s/%d %sscope %s %s\n       valid_lft forever preferred_lft forever\n", a, bits, broadcast, scope, name)
}

func ipAddress(c *box.Context, verb string, args []string) int {
	name, args := dev(args)
	if verb == "show" {
		if name == "" && len(args) > 0 {
			name = args[0]
		}
		return showLinks(c, name, true)
	}
	ctl, err := openControl()
	if err != nil {
		return c.Fail("%s", box.Reason(err))
	}
	defer ctl.close()
	if name == "" {
		return c.Fail("\"dev\" option is mandatory")
	}
	switch verb {
	case "add", "replace":
		if err = addAddress(ctl, name, args); err != nil {
			return c.Fail("%s", box.Reason(err))
		}
		return box.OK
	case "del", "flush":
		if err := ctl.setAddr(unix.SIOCSIFADDR, name, netip.IPv4Unspecified()); err != nil {
			return c.Fail("SIOCSIFADDR: %s", box.Reason(err))
		}
		return box.OK
	}
	return c.Misused("invalid argument '%s' to 'ip'", verb)
}

// addAddress gives an interface its address, which is /32 if nothing else is said.
func addAddress(ctl *control, name string, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("no address")
	}
	p, err := parseTarget(args[0])
	if err != nil {
		return err
	}
	if err := ctl.setAddr(unix.SIOCSIFADDR, name, p.Addr()); err != nil {
		return err
	}
	if err := ctl.setAddr(unix.SIOCSIFNETMASK, name, maskOf(p.Bits())); err != nil {
		return err
	}
	for i := 1; i+1 < len(args); i += 2 {
		if args[i] != "broadcast" && args[i] != "brd" {
			return fmt.Errorf("invalid argument '%s'", args[i])
		}
		if args[i+1] == "+" {
			continue // it is that already
		}
		b, err := resolve(args[i+1])
		if err != nil {
			return err
		}
		if err := ctl.setAddr(unix.SIOCSIFBRDADDR, name, b); err != nil {
			return err
		}
	}
	return nil
}

func ipLink(c *box.Context, verb string, args []string) int {
	name, args := dev(args)
	if name == "" && len(args) > 0 {
		name, args = args[0], args[1:]
	}
	switch verb {
	case "show":
		return showLinks(c, name, false)
	case "set":
	default:
		return c.Misused("invalid argument '%s' to 'ip'", verb)
	}
	ctl, err := openControl()
	if err != nil {
		return c.Fail("%s", box.Reason(err))
	}
	defer ctl.close()
	for len(args) > 0 {
		n, err := setLink(ctl, name, args)
		if err != nil {
			return c.Fail("%s", box.Reason(err))
		}
		args = args[min(n, len(args)):]
	}
	return box.OK
}

// setLink does what the first words say, and tells how many those were.
func setLink(ctl *control, name string, args []string) (int, error) {
	word, arg := args[0], ""
	if len(args) > 1 {
		arg = args[1]
	}
	if f, ok := flagWords[word]; ok && word != "arp" && word != "multicast" && word != "promisc" && word != "allmulti" {
		return 1, ctl.setFlags(name, f.set, f.clear)
	}
	switch word {
	case "mtu", "qlen", "txqueuelen", "txqlen":
		n, err := strconv.Atoi(arg)
		if err != nil {
			return 2, fmt.Errorf("invalid argument '%s' to '%s'", arg, word)
		}
		if word == "mtu" {
			return 2, ctl.setNumber(unix.SIOCSIFMTU, name, n)
		}
		return 2, ctl.setNumber(unix.SIOCSIFTXQLEN, name, n)
	case "address":
		return 2, ctl.setMAC(name, arg)
	case "name":
		_, err := ctl.request(unix.SIOCSIFNAME, name, func(b []byte) { copy(b[:nameSize-1], arg) })
		return 2, err
	case "arp", "multicast", "promisc", "allmulti":
		if arg == "off" {
			word = "-" + word
		} else if arg != "on" {
			return 2, fmt.Errorf("invalid argument '%s' to '%s'", arg, word)
		}
		f := flagWords[word]
		return 2, ctl.setFlags(name, f.set, f.clear)
	}
	return 1, fmt.Errorf("invalid argument '%s' to 'ip'", word)
}

func ipRoute(c *box.Context, verb string, args []string) int {
	switch verb {
	case "show":
		return showIPRoutes(c)
	case "add", "del":
		r, err := parseRoute(args)
		if err != nil {
			return c.Fail("%s", err)
		}
		return changeRoute(c, verb == "add", r)
	}
	return c.Misused("invalid argument '%s' to 'ip'", verb)
}

func showIPRoutes(c *box.Context) int {
	list, err := routes()
	if err != nil {
		return c.FileError("/proc/net/route", err)
	}
	ctl, err := openControl()
	if err != nil {
		return c.Fail("%s", box.Reason(err))
	}
	defer ctl.close()
	for _, r := range list {
		switch {
		case r.dst.Bits() == 0:
			c.Out.WriteString("default ")
		case r.dst.IsSingleIP():
			fmt.Fprintf(c.Out, "%s ", r.dst.Addr())
		default:
			fmt.Fprintf(c.Out, "%s ", r.dst)
		}
		if r.gateway.IsValid() {
			fmt.Fprintf(c.Out, "via %s ", r.gateway)
		}
		fmt.Fprintf(c.Out, "dev %s ", r.dev)
		if !r.gateway.IsValid() {
			c.Out.WriteString("scope link ")
			if a := ctl.addr(unix.SIOCGIFADDR, r.dev); a.IsValid() && prefix(a, maskOf(r.dst.Bits())).Masked() == r.dst {
				fmt.Fprintf(c.Out, " src %s ", a)
			}
		}
		if r.metric > 0 {
			fmt.Fprintf(c.Out, "metric %d ", r.metric)
		}
		c.Out.WriteString("\n")
	}
	return box.OK
}

func ipNeighbour(c *box.Context, verb string, _ []string) int {
	if verb != "show" {
		return c.Misused("invalid argument '%s' to 'ip'", verb)
	}
	data, err := os.ReadFile("/proc/net/arp")
	if err != nil {
		return c.FileError("/proc/net/arp", err)
	}
	const columns, complete = 6, "0x2"
	for line := range strings.Lines(string(data)) {
		f := strings.Fields(line)
		if len(f) != columns {
			continue
		}
		if f[2] == complete {
			fmt.Fprintf(c.Out, "%s dev %s lladdr %s REACHABLE\n", f[0], f[5], f[3])
		} else {
			fmt.Fprintf(c.Out, "%s dev %s  INCOMPLETE\n", f[0], f[5])
		}
	}
	return box.OK
}
