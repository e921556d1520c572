// Package modtools holds insmod, rmmod, lsmod, modinfo, modprobe and depmod.
// Their messages, options and exit statuses are those of kmod 30, so that
// scripts written for it work; the thinking is done in kmod/modlib and
// kmod/depmod. Two things come from uCore+ instead: insmod takes a module's name
// without path and suffix, and its dependencies then come from one file,
// /lib/modules/mod.dep. And where the kernel says why it refuses a module, a
// line "hint: ..." under kmod's message says it, too.
//
// Omitted: modules compressed with anything but gzip, modinfo's lines about
// PKCS#7 signatures, the numbers of libkmod's source lines in its messages.
package modtools

import "rv86/userland/box"

// Commands are the rows of this package.
var Commands = []*box.Command{
	&depmodCommand, &insmodCommand, &lsmodCommand, &modinfoCommand, &modprobeCommand, &rmmodCommand,
}
