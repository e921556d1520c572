//go:build riscv64 || 386

package main

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/net"
	"rv86/kernel/sys"
	"rv86/kernel/vfs"
)

// network is what devices of modules, and sockets, belong to; provideFiles makes it.
var network *net.Stack

// raise has a softirq run f for nobody in particular; what C code it leads to runs
// for the softirq's own caller (sys.ModuleCaller).
func raise(f func(c *vfs.Caller)) {
	softirqs.Raise(func(who *lkm.Caller) { f(&vfs.Caller{Task: who}) })
}

// bottomHalf runs f with softirqs off. What C code it leads to runs for the same
// caller throughout.
func bottomHalf(c *vfs.Caller, f func(c *vfs.Caller)) {
	who := sys.ModuleCaller(c)
	scheduler.BottomHalf(who, func() { f(&vfs.Caller{Task: who}) })
}

// netInit gives programs their sockets.
func netInit() abi.Errno {
	sys.Network = network
	return 0
}
