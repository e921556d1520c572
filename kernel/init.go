//go:build riscv64 || 386

package main

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/nucleus"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
)

// startInit opens the console three times over and runs the first program.
func startInit(ns *vfs.Namespace) {
	path := settings.init
	c := &vfs.Caller{FS: ns.NewFSContext()}
	files := vfs.NewFDTable()
	d, e := openConsole(c)
	if e != 0 {
		klog.Warnf("no /dev/console: %v", e)
	} else {
		const standardFiles = 3
		for range standardFiles {
			if _, e := files.Install(d.Get(), 0, false); e != 0 {
				nucleus.Panic(fmt.Sprintf("descriptors of init: %v", e))
			}
		}
		d.Put()
	}
	c.FS.Drop()
	env := []string{"HOME=/", "TERM=linux", "PATH=/bin:/sbin:/usr/bin:/usr/sbin"}
	const usual = 100
	if percent := nucleus.GCPercent(); percent < usual { // for the programs that are in Go
		env = append(env, fmt.Sprintf("GOGC=%d", percent))
	}
	klog.Debugf("Run %s as init process", path)
	if e := task.Start(ns, files, path, []string{path}, env); e != 0 {
		nucleus.Panic(fmt.Sprintf("cannot run %s: %v", path, e))
	}
}

// openConsole opens /dev/console. An initramfs need not hold the node, so
// /dev is mounted first, as Linux does with CONFIG_DEVTMPFS_MOUNT.
func openConsole(c *vfs.Caller) (*vfs.Description, abi.Errno) {
	root := c.FS.Root()
	if e := c.Mkdir(root, "/dev", 0o755); e != 0 && e != abi.EEXIST {
		return nil, e
	}
	if e := c.Mount("devtmpfs", "/dev", "devtmpfs", 0, ""); e != 0 {
		return nil, e
	}
	return c.Open(root, "/dev/console", abi.O_RDWR|abi.O_NOCTTY, 0)
}
