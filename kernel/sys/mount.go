//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
)

var mountCalls = []row{
	{abi.SYS_MOUNT, "mount", sysMount},
	{abi.SYS_UMOUNT2, "umount2", sysUmount2},
}

// optionsMax is how much of mount's data argument counts: a page.
const optionsMax = 4096

func sysMount(t *task.Thread, a *args) (uintptr, abi.Errno) {
	var s [3]string // source, target, type
	var e abi.Errno
	for i := range s {
		if a[i] == 0 && i != 1 {
			continue
		}
		if s[i], e = t.CopyInString(a[i], abi.PATH_MAX); e != 0 {
			return 0, e
		}
	}
	options := ""
	if a[4] != 0 {
		if options, e = t.CopyInString(a[4], optionsMax); e != 0 {
			return 0, e
		}
	}
	return 0, t.Caller().Mount(s[0], s[1], s[2], uint32(a[3]), options)
}

func sysUmount2(t *task.Thread, a *args) (uintptr, abi.Errno) {
	name, e := t.CopyInString(a[0], abi.PATH_MAX)
	if e != 0 {
		return 0, e
	}
	return 0, t.Caller().Umount(name, int(int32(a[1])))
}
