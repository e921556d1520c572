//go:build riscv64 || 386

// Command kernel is the guest kernel: a Go program that the stock toolchain
// builds for bare metal (see package nucleus and images/kernelimg). Its layers,
// low to high: abi, nucleus, klog and wait, vfs, console, vm, task, module, sys.
package main

import (
	"fmt"

	"rv86/kernel/console"
	"rv86/kernel/klog"
	"rv86/kernel/nucleus"
	"rv86/kernel/sys"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
)

// main brings the layers up in their order, starts init, and leaves the
// machine to it.
func main() {
	klog.Kernel.SetClock(nucleus.Now)
	tty := console.Open()
	klog.Kernel.SetSink(tty.Print)
	banner()

	ns := newNamespace()
	tty.Install(ns)
	ns.AddRandom(task.FillRandom)
	sys.AddKmsg(ns)
	tty.SetJobs(task.Jobs{})
	task.OnSessionExit = tty.SessionExit
	nucleus.OnLowMemory(task.Reclaim)

	startModules(ns)
	sys.Init()
	registerProc(ns, tty)
	unpackInitramfs(ns)
	startInit(ns)
	select {}
}

func banner() {
	start, runtime := nucleus.BootInsns()
	total, free := nucleus.Pages()
	klog.Debugf("%s", versionText())
	klog.Debugf("Command line: %s", nucleus.BootArgs())
	klog.Debugf("Memory: %dK/%dK available", free*pageKiB, total*pageKiB)
	klog.Debugf("Instructions: nucleus %d, runtime %d, main %d", start, runtime, nucleus.Instret())
}

// newNamespace makes the tree of files, whose memory may take half of RAM.
func newNamespace() *vfs.Namespace {
	total, _ := nucleus.Pages()
	return vfs.NewNamespace(vfs.Config{
		Now:      wallClock,
		MemLimit: int64(total) * nucleus.PageSize / 2,
	})
}

func unpackInitramfs(ns *vfs.Namespace) {
	image := nucleus.Initrd()
	if image == nil {
		nucleus.Panic("no initramfs: start the kernel with an initrd")
	}
	if err := ns.Unpack(image); err != nil {
		nucleus.Panic(fmt.Sprintf("damaged initramfs: %v", err))
	}
}
