package vfs

import (
	"strings"

	"rv86/kernel/abi"
)

// deviceKey is a device's kind (S_IFCHR, S_IFBLK) and number.
type deviceKey struct {
	kind uint32
	dev  uint64
}

// DeviceOpen opens a device.
type DeviceOpen func(c *Caller, flags int) (File, abi.Errno)

// RegisterDevice attaches a driver to a device number. A nil open takes it
// away again.
func (ns *Namespace) RegisterDevice(kind uint32, major, minor uint32, open DeviceOpen) {
	ns.devmu.Lock()
	defer ns.devmu.Unlock()
	k := deviceKey{kind, abi.MakeDev(major, minor)}
	if open == nil {
		delete(ns.drivers, k)
		return
	}
	ns.drivers[k] = open
}

// AddDevice registers a driver and shows it in devtmpfs under name, which may
// contain directories. mode has the kind and the permissions.
func (ns *Namespace) AddDevice(name string, mode uint32, major, minor uint32, open DeviceOpen) {
	ns.RegisterDevice(mode&abi.S_IFMT, major, minor, open)
	ns.AddDeviceNode(name, mode, major, minor)
}

// AddDeviceNode shows a device in devtmpfs, whoever drives it.
func (ns *Namespace) AddDeviceNode(name string, mode uint32, major, minor uint32) {
	ns.addDevEntry(name, mode, abi.MakeDev(major, minor), newDevice)
}

// OpenOthers says who opens the devices that RegisterDevice does not know. It
// is for once, before any program runs.
func (ns *Namespace) OpenOthers(open func(c *Caller, p Path, flags int) (File, abi.Errno)) {
	ns.others = open
}

// addDevEntry puts an entry into devtmpfs; directories are made on the way.
func (ns *Namespace) addDevEntry(name string, mode uint32, rdev uint64, mk newBody) {
	ns.tree.Lock()
	defer ns.tree.Unlock()
	dir := ns.devfs.root
	for {
		first, rest, more := strings.Cut(name, "/")
		if !more {
			break
		}
		next := dir.lookup(first)
		if next == nil {
			in, _ := ns.devfs.newInode(abi.S_IFDIR|0o755, 0, 0, 0, newMemDir)
			next = dir.add(first, in)
		}
		dir, name = next, rest
	}
	if old := dir.lookup(name); old != nil {
		old.remove()
		old.inode.unlink(1)
	}
	in, _ := ns.devfs.newInode(mode, rdev, 0, 0, mk)
	dir.add(name, in)
}

// RemoveDevice takes a device out of devtmpfs and detaches its driver.
func (ns *Namespace) RemoveDevice(name string, kind uint32, major, minor uint32) {
	ns.RegisterDevice(kind, major, minor, nil)
	ns.RemoveDeviceNode(name)
}

// RemoveDeviceNode takes a device out of devtmpfs, and the directories on the
// way that are empty then.
func (ns *Namespace) RemoveDeviceNode(name string) {
	ns.tree.Lock()
	defer ns.tree.Unlock()
	d := ns.devfs.root
	for _, part := range strings.Split(name, "/") {
		if d == nil || !d.inode.isDir() {
			return
		}
		d = d.lookup(part)
	}
	if d == nil || d.inode.isDir() {
		return
	}
	up := d.parent
	d.remove()
	d.inode.unlink(1)
	for ; up.parent != nil && removable(up) == 0; up = up.parent {
		up.remove()
		up.inode.unlink(dirLinks)
		up.parent.inode.unlink(1)
	}
}

// deviceBody is a device special file.
type deviceBody struct{ inode *Inode }

func newDevice(in *Inode) body { return &deviceBody{in} }

func (d *deviceBody) free() { d.inode.freeInode() }

func (d *deviceBody) open(c *Caller, p Path, flags int) (File, abi.Errno) {
	ns := d.inode.fs.ns
	ns.devmu.RLock()
	open := ns.drivers[deviceKey{d.inode.kind(), d.inode.rdev}]
	ns.devmu.RUnlock()
	switch {
	case open != nil:
		return open(c, flags)
	case ns.others != nil:
		return ns.others(c, p, flags)
	}
	return nil, abi.ENXIO
}

// socketName is the name of a socket; there is nothing to connect to.
type socketName struct{ inode *Inode }

func newSocketName(in *Inode) body { return &socketName{in} }

func (s *socketName) free() { s.inode.freeInode() }

func (s *socketName) open(*Caller, Path, int) (File, abi.Errno) { return nil, abi.ENXIO }

// Device numbers (Documentation/admin-guide/devices.txt).
const (
	memMajor  = 1
	minorNull = 3
	minorZero = 5
	minorFull = 7
	minorRand = 8
	minorURnd = 9
	MinorKmsg = 11

	TTYMajor    = 4 // terminals; serial lines from MinorSerial on
	TTYAuxMajor = 5 // /dev/tty and /dev/console
	MinorSerial = 64
	MinorTTY    = 0
	MinorCons   = 1

	// MemMajor is exported for /dev/kmsg, which klog's owner registers.
	MemMajor = memMajor
)

// addMemDevices makes the devices that need no driver of their own.
func (ns *Namespace) addMemDevices() {
	for _, d := range []struct {
		name  string
		minor uint32
		file  File
	}{
		{"null", minorNull, nullFile{}},
		{"zero", minorZero, zeroFile{}},
		{"full", minorFull, fullFile{}},
	} {
		ns.AddDevice(d.name, abi.S_IFCHR|0o666, memMajor, d.minor, func(*Caller, int) (File, abi.Errno) {
			return d.file, 0
		})
	}
	for _, l := range [][2]string{
		{"fd", "/proc/self/fd"},
		{"stdin", "/proc/self/fd/0"},
		{"stdout", "/proc/self/fd/1"},
		{"stderr", "/proc/self/fd/2"},
	} {
		ns.addDevEntry(l[0], abi.S_IFLNK|0o777, 0, newSymlink(l[1]))
	}
}

// AddRandom makes /dev/random and /dev/urandom, whose bytes fill supplies.
func (ns *Namespace) AddRandom(fill func(p []byte)) {
	open := func(*Caller, int) (File, abi.Errno) { return randomFile{fill: fill}, 0 }
	ns.AddDevice("random", abi.S_IFCHR|0o666, memMajor, minorRand, open)
	ns.AddDevice("urandom", abi.S_IFCHR|0o666, memMajor, minorURnd, open)
}

// The memory devices are Sized, so that they can be sought in (null(4)).
type memDevice struct{ Base }

func (memDevice) Size() int64 { return 0 }

type nullFile struct{ memDevice }

func (nullFile) Read([]byte, int64) (int, abi.Errno)      { return 0, 0 }
func (nullFile) Write(p []byte, _ int64) (int, abi.Errno) { return len(p), 0 }

type zeroFile struct{ nullFile }

func (zeroFile) Read(p []byte, _ int64) (int, abi.Errno) {
	clear(p)
	return len(p), 0
}

type fullFile struct{ zeroFile }

func (fullFile) Write(p []byte, _ int64) (int, abi.Errno) {
	if len(p) == 0 {
		return 0, 0
	}
	return 0, abi.ENOSPC
}

type randomFile struct {
	memDevice
	fill func([]byte)
}

func (r randomFile) Read(p []byte, _ int64) (int, abi.Errno) {
	r.fill(p)
	return len(p), 0
}

// Write stirs nothing in: the generator is deterministic by design.
func (r randomFile) Write(p []byte, _ int64) (int, abi.Errno) { return len(p), 0 }

// IsZero reports whether f is /dev/zero, which a mapping takes for anonymous
// memory.
func IsZero(f File) bool {
	_, ok := f.(zeroFile)
	return ok
}
