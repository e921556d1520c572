package network

import (
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
)

var routeCommand = box.Command{
	Name: "route", Usage: "[-n] [add|del [-net|-host] TARGET [netmask MASK] [gw GATEWAY] [metric N] [dev INTERFACE]]",
	Help: "Show the routes, or change them.",
	Raw:  true,
	Run:  routeRun,
}

func routeRun(c *box.Context) int {
	args := c.Args
	for len(args) > 0 && (args[0] == "-n" || args[0] == "-e") {
		args = args[1:] // names are never looked up
	}
	if len(args) == 0 {
		return showRoutes(c)
	}
	verb := args[0]
	if verb != "add" && verb != "del" {
		return c.Misused("unknown argument '%s'", verb)
	}
	r, err := parseRoute(args[1:])
	if err != nil {
		return c.Fail("%s", err)
	}
	return changeRoute(c, verb == "add", r)
}

// changeRoute adds or deletes a route.
func changeRoute(c *box.Context, add bool, r route) int {
	ctl, err := openControl()
	if err != nil {
		return c.Fail("%s", box.Reason(err))
	}
	defer ctl.close()
	request, name := uintptr(unix.SIOCDELRT), "SIOCDELRT"
	if add {
		request, name = unix.SIOCADDRT, "SIOCADDRT"
	}
	if err := ctl.rtentry(request, r); err != nil {
		return c.Fail("%s: %s", name, box.Reason(err))
	}
	return box.OK
}

// parseRoute reads the words of route add; those of ip route are accepted, too.
func parseRoute(args []string) (r route, err error) {
	bits, target := -1, false
	for len(args) > 0 {
		word, arg := args[0], ""
		used := 1
		if len(args) > 1 {
			arg = args[1]
		}
		switch word {
		case "-net":
		case "-host":
			const host = 32
			bits = host
		case "gw", "via":
			used = 2
			r.gateway, err = resolve(arg)
		case "netmask":
			used = 2
			var m netip.Addr
			if m, err = resolve(arg); err == nil {
				bits = bitsOf(m)
			}
		case "dev":
			used, r.dev = 2, arg
		case "metric":
			used = 2
			if _, e := fmt.Sscan(arg, &r.metric); e != nil {
				err = fmt.Errorf("invalid number '%s'", arg)
			}
		default:
			if target {
				return r, fmt.Errorf("unknown argument '%s'", word)
			}
			target = true
			r.dst, err = parseTarget(word)
		}
		if err != nil {
			return r, err
		}
		if used > len(args) {
			return r, fmt.Errorf("argument of '%s' is missing", word)
		}
		args = args[used:]
	}
	if !target {
		return r, fmt.Errorf("no target")
	}
	if bits >= 0 {
		r.dst = netip.PrefixFrom(r.dst.Addr(), bits)
	}
	return r, nil
}

// parseTarget reads "default", an address or a prefix.
func parseTarget(text string) (netip.Prefix, error) {
	if text == "default" {
		return netip.PrefixFrom(netip.IPv4Unspecified(), 0), nil
	}
	if strings.Contains(text, "/") {
		p, err := netip.ParsePrefix(text)
		if err != nil || !p.Addr().Is4() {
			return p, fmt.Errorf("bad address '%s'", text)
		}
		return p, nil
	}
	a, err := resolve(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

func showRoutes(c *box.Context) int {
	list, err := routes()
	if err != nil {
		return c.FileError("/proc/net/route", err)
	}
	c.Out.WriteString("Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n")
	for _, r := range list {
		flags := "U"
		if r.flags&routeGateway != 0 {
			flags += "G"
		}
		if r.flags&routeHost != 0 {
			flags += "H"
		}
		gateway := r.gateway
		if !gateway.IsValid() {
			gateway = netip.IPv4Unspecified()
		}
		fmt.Fprintf(c.Out, "%-15s %-15s %-15s %-6s%-6d %-2d %7d %s\n", r.dst.Addr(), gateway, maskOf(r.dst.Bits()), flags, r.metric, 0, 0, r.dev)
	}
	return box.OK
}
