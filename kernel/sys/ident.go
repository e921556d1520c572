//go:build riscv64 || 386

package sys

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/task"
)

// number makes a call of a function that cannot fail.
func number(f func(t *task.Thread) int) func(*task.Thread, *args) (uintptr, abi.Errno) {
	return func(t *task.Thread, _ *args) (uintptr, abi.Errno) { return uintptr(f(t)), 0 }
}

var identityCalls = []row{
	{abi.SYS_GETPID, "getpid", number(func(t *task.Thread) int { return t.PID })},
	{abi.SYS_GETPPID, "getppid", number(func(t *task.Thread) int { return t.PPID() })},
	{abi.SYS_GETTID, "gettid", number(func(t *task.Thread) int { return t.TID })},
	{abi.SYS_GETUID, "getuid", number(func(t *task.Thread) int { return int(t.Cred().UID) })},
	{abi.SYS_GETEUID, "geteuid", number(func(t *task.Thread) int { return int(t.Cred().EUID) })},
	{abi.SYS_GETGID, "getgid", number(func(t *task.Thread) int { return int(t.Cred().GID) })},
	{abi.SYS_GETEGID, "getegid", number(func(t *task.Thread) int { return int(t.Cred().EGID) })},
	{abi.SYS_SETPGID, "setpgid", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, t.SetPGID(int(int32(a[0])), int(int32(a[1])))
	}},
	{abi.SYS_GETPGID, "getpgid", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		p, e := processOf(t, a[0])
		if e != 0 {
			return 0, e
		}
		return uintptr(p.PGID()), 0
	}},
	{abi.SYS_GETSID, "getsid", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		p, e := processOf(t, a[0])
		if e != 0 {
			return 0, e
		}
		return uintptr(p.SID()), 0
	}},
	{abi.SYS_SETSID, "setsid", func(t *task.Thread, _ *args) (uintptr, abi.Errno) {
		sid, e := t.SetSID()
		return uintptr(sid), e
	}},
	{abi.SYS_SETUID, "setuid", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		id := uint32(a[0])
		return 0, t.SetCred(func(c *task.Cred) abi.Errno {
			switch {
			case c.EUID == 0:
				c.UID, c.EUID, c.SUID = id, id, id
			case id == c.UID || id == c.SUID:
				c.EUID = id
			default:
				return abi.EPERM
			}
			c.FSUID = c.EUID
			return 0
		})
	}},
	{abi.SYS_SETGID, "setgid", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		id := uint32(a[0])
		return 0, t.SetCred(func(c *task.Cred) abi.Errno {
			switch {
			case c.EUID == 0:
				c.GID, c.EGID, c.SGID = id, id, id
			case id == c.GID || id == c.SGID:
				c.EGID = id
			default:
				return abi.EPERM
			}
			c.FSGID = c.EGID
			return 0
		})
	}},
	{abi.SYS_SETREUID, "setreuid", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, setUsers(t, uint32(a[0]), uint32(a[1]), keepID)
	}},
	{abi.SYS_SETREGID, "setregid", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, setGroups(t, uint32(a[0]), uint32(a[1]), keepID)
	}},
	{abi.SYS_SETRESUID, "setresuid", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, setUsers(t, uint32(a[0]), uint32(a[1]), uint32(a[2]))
	}},
	{abi.SYS_SETRESGID, "setresgid", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, setGroups(t, uint32(a[0]), uint32(a[1]), uint32(a[2]))
	}},
	{abi.SYS_GETRESUID, "getresuid", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		c := t.Cred()
		return 0, putIDs(t, a, c.UID, c.EUID, c.SUID)
	}},
	{abi.SYS_GETRESGID, "getresgid", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		c := t.Cred()
		return 0, putIDs(t, a, c.GID, c.EGID, c.SGID)
	}},
	{abi.SYS_SETFSUID, "setfsuid", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		old := t.Cred().FSUID
		t.SetCred(func(c *task.Cred) abi.Errno {
			if id := uint32(a[0]); c.EUID == 0 || id == c.UID || id == c.EUID || id == c.SUID {
				c.FSUID = id
			}
			return 0
		})
		return uintptr(old), 0
	}},
	{abi.SYS_SETFSGID, "setfsgid", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		old := t.Cred().FSGID
		t.SetCred(func(c *task.Cred) abi.Errno {
			if id := uint32(a[0]); c.EUID == 0 || id == c.GID || id == c.EGID || id == c.SGID {
				c.FSGID = id
			}
			return 0
		})
		return uintptr(old), 0
	}},
	{abi.SYS_GETGROUPS, "getgroups", getgroups},
	{abi.SYS_SETGROUPS, "setgroups", setgroups},
	{abi.SYS_UMASK, "umask", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return uintptr(t.FS.SetUmask(uint32(a[0]))), 0
	}},
	{abi.SYS_CAPGET, "capget", capget},
	{abi.SYS_CAPSET, "capset", func(*task.Thread, *args) (uintptr, abi.Errno) { return 0, 0 }},
}

// processOf is the process pid, 0 being the caller's own.
func processOf(t *task.Thread, pid uintptr) (*task.Process, abi.Errno) {
	if pid == 0 || int(pid) == t.PID {
		return t.Process, 0
	}
	if p := task.Find(int(int32(pid))); p != nil {
		return p, 0
	}
	return nil, abi.ESRCH
}

// keepID is the argument -1 of setresuid and its kin.
const keepID = ^uint32(0)

// permitted is the rule for a process without privileges: each new number is
// one of the three it has.
func permitted(euid uint32, have [3]uint32, want ...uint32) bool {
	for _, w := range want {
		if euid != 0 && w != keepID && w != have[0] && w != have[1] && w != have[2] {
			return false
		}
	}
	return true
}

func setUsers(t *task.Thread, r, e, s uint32) abi.Errno {
	return t.SetCred(func(c *task.Cred) abi.Errno {
		if !permitted(c.EUID, [3]uint32{c.UID, c.EUID, c.SUID}, r, e, s) {
			return abi.EPERM
		}
		put(&c.UID, r)
		put(&c.EUID, e)
		put(&c.SUID, s)
		c.FSUID = c.EUID
		return 0
	})
}

func setGroups(t *task.Thread, r, e, s uint32) abi.Errno {
	return t.SetCred(func(c *task.Cred) abi.Errno {
		if !permitted(c.EUID, [3]uint32{c.GID, c.EGID, c.SGID}, r, e, s) {
			return abi.EPERM
		}
		put(&c.GID, r)
		put(&c.EGID, e)
		put(&c.SGID, s)
		c.FSGID = c.EGID
		return 0
	})
}

func put(p *uint32, v uint32) {
	if v != keepID {
		*p = v
	}
}

func putIDs(t *task.Thread, a *args, ids ...uint32) abi.Errno {
	for i, id := range ids {
		if e := t.CopyOut32(a[i], id); e != 0 {
			return e
		}
	}
	return 0
}

// maxGroups is NGROUPS_MAX.
const maxGroups = 65536

func getgroups(t *task.Thread, a *args) (uintptr, abi.Errno) {
	g := t.Cred().Groups
	if a[0] == 0 {
		return uintptr(len(g)), 0
	}
	if int(int32(a[0])) < len(g) {
		return 0, abi.EINVAL
	}
	b := make([]byte, 0, 4*len(g))
	for _, id := range g {
		b = binary.LittleEndian.AppendUint32(b, id)
	}
	return uintptr(len(g)), t.CopyOut(a[1], b)
}

func setgroups(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[0] > maxGroups {
		return 0, abi.EINVAL
	}
	b := make([]byte, 4*a[0])
	if e := t.CopyIn(a[1], b); e != 0 {
		return 0, e
	}
	g := make([]uint32, a[0])
	for i := range g {
		g[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return 0, t.SetCred(func(c *task.Cred) abi.Errno {
		if c.EUID != 0 {
			return abi.EPERM
		}
		c.Groups = g
		return 0
	})
}

// capget tells of version 3: user 0 has every capability, others none.
func capget(t *task.Thread, a *args) (uintptr, abi.Errno) {
	const version3, lastCap = 0x20080522, 40
	v, e := t.CopyIn32(a[0])
	if e != 0 {
		return 0, e
	}
	if v != version3 {
		if e := t.CopyOut32(a[0], version3); e != 0 {
			return 0, e
		}
		if a[1] == 0 {
			return 0, 0
		}
		return 0, abi.EINVAL
	}
	if a[1] == 0 {
		return 0, 0
	}
	var b [24]byte // two of: effective, permitted, inheritable
	if t.Cred().EUID == 0 {
		le := binary.LittleEndian
		le.PutUint32(b[0:], ^uint32(0))
		le.PutUint32(b[4:], ^uint32(0))
		const high = 1<<(lastCap+1-32) - 1
		le.PutUint32(b[12:], high)
		le.PutUint32(b[16:], high)
	}
	return 0, t.CopyOut(a[1], b[:])
}
