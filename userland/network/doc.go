// Package network holds the commands about interfaces and packets: ifconfig, ip,
// nc, ping, route. They ask Linux by ioctl (netdevice(7)) and /proc/net, not by
// netlink, and print what busybox prints, for the options that are there.
package network

import "rv86/userland/box"

// Commands are the rows of this package.
var Commands = []*box.Command{
	&ifconfigCommand, &ipCommand, &ncCommand, &pingCommand, &routeCommand,
}
