package system

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	"rv86/userland/box"
)

var mountCommand = box.Command{
	Name: "mount", Usage: "[DEVICE DIRECTORY]", Help: "Mount a file system, or print what is mounted.",
	Options: []box.Option{
		box.Param('o', "options", "LIST", "ro, rw, nosuid, nodev, noexec, noatime, remount, bind, and the file system's own"),
		box.Flag('r', "read-only", "as -o ro"),
		box.Param('t', "types", "TYPE", "the file system's type"),
	},
	Run: mount,
}

// mountFlags are the options that are flags of mount(2).
var mountFlags = map[string]uintptr{
	"ro": syscall.MS_RDONLY, "nosuid": syscall.MS_NOSUID, "nodev": syscall.MS_NODEV, "noexec": syscall.MS_NOEXEC,
	"noatime": syscall.MS_NOATIME, "sync": syscall.MS_SYNCHRONOUS, "remount": syscall.MS_REMOUNT,
	"bind": syscall.MS_BIND, "rbind": syscall.MS_BIND | syscall.MS_REC,
	"rw": 0, "defaults": 0, "relatime": syscall.MS_RELATIME,
}

func mount(c *box.Context) int {
	if len(c.Args) == 0 {
		return printMounts(c)
	}
	if len(c.Args) != 2 {
		return c.Fail("a device and a directory are needed")
	}
	var flags uintptr
	var data []string
	for _, list := range c.Values('o') {
		for name := range strings.SplitSeq(list, ",") {
			if flag, ok := mountFlags[name]; ok {
				flags |= flag
			} else if name != "" {
				data = append(data, name)
			}
		}
	}
	if c.Has('r') {
		flags |= syscall.MS_RDONLY
	}
	device, dir := c.Args[0], c.Args[1]
	err := syscall.Mount(device, dir, c.Value('t', ""), flags, strings.Join(data, ","))
	switch err {
	case nil:
		return box.OK
	case syscall.ENODEV:
		c.Errorf("%s: unknown filesystem type '%s'.", dir, c.Value('t', ""))
	default:
		c.Errorf("%s: %s.", dir, box.Reason(err))
	}
	return mountFailed
}

// mountFailed is mount(8)'s exit status for a mount that did not work.
const mountFailed = 32

func printMounts(c *box.Context) int {
	data, err := os.ReadFile("/proc/mounts")
	if err != nil {
		return c.FileError("/proc/mounts", err)
	}
	for line := range strings.Lines(string(data)) {
		f := strings.Fields(line)
		if len(f) < 4 || (c.Has('t') && f[2] != c.Value('t', "")) {
			continue
		}
		fmt.Fprintf(c.Out, "%s on %s type %s (%s)\n", f[0], f[1], f[2], f[3])
	}
	return box.OK
}

var umountCommand = box.Command{
	Name: "umount", Usage: "DIRECTORY...", Help: "Unmount file systems.",
	Options: []box.Option{
		box.Flag('f', "force", "also one that does not answer"),
		box.Flag('l', "lazy", "take it out of the tree now, end it when it is unused"),
	},
	Run: umount,
}

// Flags of umount2(2).
const (
	umountForce  = 1
	umountDetach = 2
)

func umount(c *box.Context) int {
	if len(c.Args) == 0 {
		return c.MissingOperand()
	}
	flags := 0
	if c.Has('f') {
		flags |= umountForce
	}
	if c.Has('l') {
		flags |= umountDetach
	}
	status := box.OK
	for _, dir := range c.Args {
		switch err := syscall.Unmount(dir, flags); err {
		case nil:
		case syscall.EINVAL:
			c.Errorf("%s: not mounted.", dir)
			status = mountFailed
		case syscall.EBUSY:
			c.Errorf("%s: target is busy.", dir)
			status = mountFailed
		default:
			c.Errorf("%s: %s.", dir, box.Reason(err))
			status = mountFailed
		}
	}
	return status
}
