package sys

import (
	"math"

	"rv86/kernel/abi"
	"rv86/kernel/task"
)

// identityCalls386 are the calls with user and group numbers of 16 bits.
var identityCalls386 = []row{
	{abi.SYS_GETUID16, "getuid16", short(func(c task.Cred) uint32 { return c.UID })},
	{abi.SYS_GETEUID16, "geteuid16", short(func(c task.Cred) uint32 { return c.EUID })},
	{abi.SYS_GETGID16, "getgid16", short(func(c task.Cred) uint32 { return c.GID })},
	{abi.SYS_GETEGID16, "getegid16", short(func(c task.Cred) uint32 { return c.EGID })},
	{abi.SYS_SETUID16, "setuid16", widened(abi.SYS_SETUID)},
	{abi.SYS_SETGID16, "setgid16", widened(abi.SYS_SETGID)},
	{abi.SYS_SETREUID16, "setreuid16", widened(abi.SYS_SETREUID)},
	{abi.SYS_SETREGID16, "setregid16", widened(abi.SYS_SETREGID)},
	{abi.SYS_SETRESUID16, "setresuid16", widened(abi.SYS_SETRESUID)},
	{abi.SYS_SETRESGID16, "setresgid16", widened(abi.SYS_SETRESGID)},
	{abi.SYS_SETFSUID16, "setfsuid16", widened(abi.SYS_SETFSUID)},
	{abi.SYS_SETFSGID16, "setfsgid16", widened(abi.SYS_SETFSGID)},
	{abi.SYS_CHOWN, "chown", chown},
	{abi.SYS_LCHOWN, "lchown", lchown},
	{abi.SYS_CHOWN16, "chown16", with(chown, wideOwner)},
	{abi.SYS_LCHOWN16, "lchown16", with(lchown, wideOwner)},
	{abi.SYS_FCHOWN16, "fchown16", with(sysFchown, wideOwner)},
}

// short gives a number of the caller's in 16 bits.
func short(get func(task.Cred) uint32) handler {
	return func(t *task.Thread, _ *args) (uintptr, abi.Errno) { return uintptr(abi.ID16(get(t.Cred()))), 0 }
}

// wide makes 32 bits of a 16-bit number; -1, for "no change", stays that.
func wide(id uintptr) uintptr {
	if uint16(id) == math.MaxUint16 {
		return uintptr(keepID)
	}
	return uintptr(uint16(id))
}

// widened is call num, all of whose arguments are user or group numbers.
func widened(num uintptr) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return call(t, num, &args{wide(a[0]), wide(a[1]), wide(a[2])})
	}
}

func wideOwner(a *args) args { return args{a[0], wide(a[1]), wide(a[2])} }

func chown(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return sysFchownat(t, &args{cwdArg, a[0], a[1], a[2]})
}

func lchown(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return sysFchownat(t, &args{cwdArg, a[0], a[1], a[2], abi.AT_SYMLINK_NOFOLLOW})
}
