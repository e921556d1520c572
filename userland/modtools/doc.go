// Package modtools holds insmod, rmmod, lsmod and modinfo. Their messages and
// exit statuses are those of kmod 30 (tools/*.c, libkmod), so that scripts
// written for it work; two things come from uCore+ instead: a module may be
// named without path and suffix, and its dependencies then come from one file,
// /lib/modules/mod.dep.
//
// Omitted: modprobe and depmod, module compression on our side (the kernel
// unpacks), the -s (syslog) options.
package modtools

import "rv86/userland/box"

// Commands are the rows of this package.
var Commands = []*box.Command{&insmodCommand, &lsmodCommand, &modinfoCommand, &rmmodCommand}
