package vfs

import (
	"sync"
	"sync/atomic"

	"rv86/kernel/abi"
)

// Config is what a Namespace needs from the kernel around it.
type Config struct {
	// Now is the wall clock, for time stamps. Nil leaves them at zero.
	Now func() abi.Timespec
	// MemLimit bounds the bytes that each tmpfs may hold; 0 is no bound.
	MemLimit int64
}

// Namespace is the tree of names: file systems and where they are mounted.
// There is one in a running kernel.
type Namespace struct {
	cfg   Config
	types []fsType
	dev   atomic.Uint32 // last anonymous device minor given out

	tree   sync.RWMutex // see the lock order in doc.go
	mounts []*Mount     // in the order of mounting; [0] is the root
	byKey  map[mountKey]*Mount

	proc, sys *Dir
	debug     *Dir
	devfs     *FileSystem
	debugfs   *FileSystem
	procfs    *FileSystem
	sysfs     *FileSystem
	memfs     *FileSystem // of memfd_create(2)
	anon      *FileSystem

	devmu   sync.RWMutex
	drivers map[deviceKey]DeviceOpen
	others  func(c *Caller, p Path, flags int) (File, abi.Errno)
}

// Root returns the root directory.
func (ns *Namespace) Root() Path {
	ns.tree.RLock()
	defer ns.tree.RUnlock()
	return ns.follow(Path{ns.mounts[0], ns.mounts[0].root})
}

// Proc is the directory that mount -t proc shows.
func (ns *Namespace) Proc() *Dir { return ns.proc }

// Sys is the directory that mount -t sysfs shows.
func (ns *Namespace) Sys() *Dir { return ns.sys }

// Debug is the directory that mount -t debugfs shows.
func (ns *Namespace) Debug() *Dir { return ns.debug }

func (ns *Namespace) now() abi.Timespec {
	if ns.cfg.Now == nil {
		return abi.Timespec{}
	}
	return ns.cfg.Now()
}
