//go:build riscv64 || 386

package main

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/console"
	"rv86/kernel/initcall"
	"rv86/kernel/klog"
	"rv86/kernel/nucleus"
	"rv86/kernel/sys"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
	"rv86/kmod/vmlinux"
)

// initcalls bring the layers up. Within a level the order is this table's. The
// image builder makes the image's sections of it: see package initcall.
var initcalls = [...]initcall.Row{
	{Level: vmlinux.Early, Name: "console_init", Call: consoleInit},
	{Level: vmlinux.Core, Name: "vfs_init", Call: vfsInit},
	{Level: vmlinux.Arch, Name: "syscalls_init", Call: syscallsInit},
	{Level: vmlinux.Subsys, Name: "tty_init", Call: ttyInit},
	{Level: vmlinux.Subsys, Name: "random_init", Call: randomInit},
	{Level: vmlinux.Subsys, Name: "kmsg_init", Call: kmsgInit},
	{Level: vmlinux.Subsys, Name: "oom_init", Call: oomInit},
	{Level: vmlinux.Subsys, Name: "modules_init", Call: modulesInit},
	{Level: vmlinux.FS, Name: "net_init", Call: netInit},
	{Level: vmlinux.FS, Name: "proc_init", Call: procInit},
	{Level: vmlinux.FS, Name: "ksysfs_init", Call: ksysfsInit},
	{Level: vmlinux.Rootfs, Name: "populate_rootfs", Call: populateRootfs},
}

// root is what the initcalls leave for each other and for the first program.
var root struct {
	tty *console.TTY
	ns  *vfs.Namespace
}

func consoleInit() abi.Errno {
	root.tty = console.Open()
	klog.Kernel.SetSink(root.tty.Print)
	root.tty.SetJobs(task.Jobs{})
	task.OnSessionExit = root.tty.SessionExit
	return 0
}

// vfsInit makes the tree of files, whose memory may take half of RAM.
func vfsInit() abi.Errno {
	total, _ := nucleus.Pages()
	root.ns = vfs.NewNamespace(vfs.Config{
		Now:      wallClock,
		MemLimit: int64(total) * nucleus.PageSize / 2,
	})
	return 0
}

func syscallsInit() abi.Errno {
	sys.Init()
	return 0
}

func ttyInit() abi.Errno {
	root.tty.Install(root.ns)
	return 0
}

func randomInit() abi.Errno {
	root.ns.AddRandom(task.FillRandom)
	return 0
}

func kmsgInit() abi.Errno {
	sys.AddKmsg(root.ns)
	return 0
}

func oomInit() abi.Errno {
	nucleus.OnLowMemory(task.Reclaim)
	return 0
}

func modulesInit() abi.Errno {
	startModules(root.ns)
	return 0
}

func procInit() abi.Errno {
	registerProc(root.ns, root.tty)
	return 0
}

// ksysfsInit shows the image's notes, as Linux's ksysfs.c does.
func ksysfsInit() abi.Errno {
	root.ns.Sys().Sub("kernel").Add("notes", vfs.Text(0o444, nucleus.Notes))
	return 0
}

// populateRootfs unpacks the image's own root file system, then the boot
// loader's over it.
func populateRootfs() abi.Errno {
	inside, loaded := nucleus.Initramfs(), nucleus.Initrd()
	if inside == nil && loaded == nil {
		nucleus.Panic("no initramfs: start the kernel with an initrd")
	}
	for _, archive := range [][]byte{inside, loaded} {
		if err := root.ns.Unpack(archive); err != nil {
			nucleus.Panic(fmt.Sprintf("damaged initramfs: %v", err))
		}
	}
	return 0
}
