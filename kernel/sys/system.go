//go:build riscv64 || 386

package sys

import (
	"encoding/binary"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/lkm"
	"rv86/kernel/nucleus"
	"rv86/kernel/task"
)

var systemCalls = []row{
	{abi.SYS_UNAME, "uname", uname},
	{abi.SYS_SETHOSTNAME, "sethostname", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return setName(t, a, &host.node)
	}},
	{abi.SYS_SETDOMAINNAME, "setdomainname", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return setName(t, a, &host.domain)
	}},
	{abi.SYS_SYSINFO, "sysinfo", sysinfo},
	{abi.SYS_GETRANDOM, "getrandom", getrandom},
	{abi.SYS_REBOOT, "reboot", reboot},
}

// Release is what uname calls this kernel; modules' vermagic begins with it.
const (
	Release = abi.Release
	Version = "#1"
	utsLen  = 65 // __NEW_UTS_LEN and its NUL
)

// host is what sethostname and setdomainname change.
var host = struct {
	sync.Mutex
	node, domain string
}{node: "rv86", domain: "(none)"}

// OnReboot is told that the machine is about to restart (linux/reboot.h's
// SYS_RESTART) or to turn itself off (SYS_POWER_OFF).
var OnReboot = func(t *task.Thread, action uint64) {}

// Actions of OnReboot.
const (
	ActionRestart  = 1
	ActionPowerOff = 3
)

// Names are the six of uname(2), in its order.
func Names() [6]string {
	host.Lock()
	defer host.Unlock()
	return [6]string{"Linux", host.node, Release, Version, abi.Machine, host.domain}
}

// Caller is a thread as modules see it.
func Caller(t *task.Thread) *lkm.Caller { return moduleCaller(t) }

// Hostname is for /proc.
func Hostname() string {
	host.Lock()
	defer host.Unlock()
	return host.node
}

func uname(t *task.Thread, a *args) (uintptr, abi.Errno) {
	host.Lock()
	fields := []string{"Linux", host.node, Release, Version, abi.Machine, host.domain}
	host.Unlock()
	b := make([]byte, utsLen*len(fields))
	for i, s := range fields {
		copy(b[i*utsLen:], s)
	}
	return 0, t.CopyOut(a[0], b)
}

func setName(t *task.Thread, a *args, to *string) (uintptr, abi.Errno) {
	if t.Cred().EUID != 0 {
		return 0, abi.EPERM
	}
	if a[1] >= utsLen {
		return 0, abi.EINVAL
	}
	b := make([]byte, a[1])
	if e := t.CopyIn(a[0], b); e != 0 {
		return 0, e
	}
	host.Lock()
	defer host.Unlock()
	*to = string(b)
	return 0, 0
}

// sysinfo: struct sysinfo of include/uapi/linux/sysinfo.h: ten words, the
// number of processes in another, two for high memory, the unit, and padding
// of 20 - 2 words - 4 bytes.
func sysinfo(t *task.Thread, a *args) (uintptr, abi.Errno) {
	const (
		ramAt   = 4 * wordSize
		freeAt  = 5 * wordSize
		procsAt = 10 * wordSize
		unitAt  = procsAt + 3*wordSize
		size    = (unitAt + 20 - 2*wordSize + wordSize - 1) / wordSize * wordSize
	)
	total, free := nucleus.Pages()
	var b [size]byte
	le := binary.LittleEndian
	putWord(b[0:], uint64(nucleus.Now()/nsPerSecond))
	putWord(b[ramAt:], uint64(total)*nucleus.PageSize)
	putWord(b[freeAt:], uint64(free)*nucleus.PageSize)
	le.PutUint16(b[procsAt:], uint16(len(task.PIDs())))
	le.PutUint32(b[unitAt:], 1)
	return 0, t.CopyOut(a[0], b[:])
}

func getrandom(t *task.Thread, a *args) (uintptr, abi.Errno) {
	const flags, chunk = 7, 256 // GRND_NONBLOCK, GRND_RANDOM, GRND_INSECURE
	if a[2]&^flags != 0 {
		return 0, abi.EINVAL
	}
	n := min(a[1], 1<<25) // getrandom(2): at most 32 MiB at a time
	var b [chunk]byte
	for done := uintptr(0); done < n; {
		p := b[:min(chunk, n-done)]
		task.FillRandom(p)
		if e := t.CopyOut(a[0]+done, p); e != 0 {
			return 0, e
		}
		done += uintptr(len(p))
	}
	return n, 0
}

// reboot ends or resets the machine. RV86: the fourth argument of POWER_OFF is
// the exit status.
func reboot(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if t.Cred().EUID != 0 {
		return 0, abi.EPERM
	}
	switch magic2 := uint32(a[1]); {
	case uint32(a[0]) != abi.LINUX_REBOOT_MAGIC1:
		return 0, abi.EINVAL
	case magic2 != abi.LINUX_REBOOT_MAGIC2 && magic2 != abi.LINUX_REBOOT_MAGIC2A &&
		magic2 != abi.LINUX_REBOOT_MAGIC2B && magic2 != abi.LINUX_REBOOT_MAGIC2C:
		return 0, abi.EINVAL
	}
	klog.Kernel.Flush() // a message that still lacks its newline
	switch uint32(a[2]) {
	case abi.LINUX_REBOOT_CMD_POWER_OFF:
		OnReboot(t, ActionPowerOff)
		nucleus.PowerOff(int(a[3] & 0xff))
	case abi.LINUX_REBOOT_CMD_HALT:
		OnReboot(t, ActionPowerOff)
		nucleus.PowerOff(0)
	case abi.LINUX_REBOOT_CMD_RESTART, abi.LINUX_REBOOT_CMD_RESTART2:
		OnReboot(t, ActionRestart)
		nucleus.Restart()
	case abi.LINUX_REBOOT_CMD_CAD_ON, abi.LINUX_REBOOT_CMD_CAD_OFF:
		return 0, 0
	}
	return 0, abi.EINVAL
}
