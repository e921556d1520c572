//go:build riscv64 || 386

package main

import (
	"rv86/kernel/abi"
	"rv86/kernel/module"
	"rv86/kernel/sys"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
)

// connectModules gives the module core what it needs of files and programs, and
// shows the modules in /proc and /sys.
func connectModules(ns *vfs.Namespace) {
	k := module.Running()
	k.ReadFile = func(path string) ([]byte, abi.Errno) { return readWhole(ns, path) }
	k.Helper = task.RunHelper
	k.CallerOf = sys.ModuleCaller
	k.Register(ns.Proc())
	k.RegisterSysfs(ns.Sys().Sub("module"))
}

// readMax bounds what the kernel reads of a file for its own use.
const readMax = 4 << 20

// readWhole reads a file as the kernel itself.
func readWhole(ns *vfs.Namespace, path string) ([]byte, abi.Errno) {
	c := &vfs.Caller{FS: ns.NewFSContext()}
	defer c.FS.Drop()
	d, e := c.Open(c.FS.Root(), path, abi.O_RDONLY|abi.O_CLOEXEC, 0)
	if e != 0 {
		return nil, e
	}
	defer d.Put()
	f, ok := d.File().(vfs.Sized)
	if !ok || f.Size() > readMax {
		return nil, abi.EFBIG
	}
	b := make([]byte, f.Size())
	for n := 0; n < len(b); {
		got, e := d.ReadAt(c, b[n:], int64(n))
		if e != 0 {
			return nil, e
		}
		if got == 0 {
			return b[:n], 0
		}
		n += got
	}
	return b, 0
}
