// Package vfs is the kernel's file layer: the tree of names, open file
// descriptions, descriptor tables, and the file systems that live in memory
// (tmpfs, devtmpfs, proc, sysfs, the initramfs, pipes). Behaviour follows
// POSIX.1-2017 and, where that is silent, Linux 6.6 (path_resolution(7),
// open(2), pipe(7), tmpfs(5), proc(5)).
//
// The package is pure Go: it knows neither the nucleus nor a process, and is
// tested on the host. What a process brings along (credentials, working
// directory, memory) comes in a Caller.
//
// The parts, from the outside in:
//
//	FDTable      descriptor number -> Description
//	Description  an open file: offset, flags, a File, the Path it was opened by
//	File         the operations of one open file (memory file, pipe, device...)
//	Namespace    the mount tree; Caller's methods walk it
//	Dentry       a name in a directory; Inode, what the name stands for
//	Node         what kernel code hands in to appear in proc, sysfs or dev
//
// No operation here blocks: one that would returns EAGAIN, and the caller
// sleeps on the file's wait.Queue. Blocking is thus implemented once, in the
// system call layer.
//
// Lock order, outermost first:
//
//	Description.pos      the offset of one open file
//	Namespace.tree       all names and mounts (a walk holds it for reading)
//	Inode.mu             attributes and contents of one inode
//	pipe.mu and the like one object's state
//	wait.Queue
//
// FDTable.mu is never held while another lock is taken. Functions given to
// Text, DynamicDir and the rest run under Namespace.tree at most: they must not
// call back into vfs, and owners must not call vfs while they hold a lock
// that such a function takes.
//
// Omitted: block-backed file systems, extended attributes, quotas, file
// leases, inotify, user and mount namespaces beyond the one, writable shared
// mappings of files.
package vfs
