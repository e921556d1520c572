// Package system holds the commands about processes, the machine and the
// running kernel: ps, kill, mount, dmesg, date, stty, poweroff and their kin.
// They read what Linux offers (/proc, system calls) and print what procps,
// util-linux and coreutils print, for the options that are there.
package system

import "rv86/userland/box"

// Commands are the rows of this package.
var Commands = []*box.Command{
	&clearCommand, &dateCommand, &dmesgCommand, &envCommand, &freeCommand, &haltCommand, &hostnameCommand,
	&idCommand, &killCommand, &mountCommand, &nprocCommand, &poweroffCommand, &printenvCommand, &psCommand,
	&rebootCommand, &sleepCommand, &sttyCommand, &syncCommand, &timeCommand, &umountCommand, &unameCommand,
	&uptimeCommand, &whoamiCommand,
}
