//go:build riscv64 || 386

package sys

import (
	"encoding/binary"
	"math"

	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
)

var processCalls = []row{
	{abi.SYS_CLONE, "clone", clone},
	{abi.SYS_CLONE3, "clone3", clone3},
	{abi.SYS_EXECVE, "execve", execve},
	{abi.SYS_EXECVEAT, "execveat", execveat},
	{abi.SYS_EXIT, "exit", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		t.Exit(int(a[0]))
		return 0, task.NoResult
	}},
	{abi.SYS_EXIT_GROUP, "exit_group", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		t.ExitGroup(int(a[0]))
		return 0, task.NoResult
	}},
	{abi.SYS_WAIT4, "wait4", wait4},
	{abi.SYS_WAITID, "waitid", waitid},
	{abi.SYS_SET_TID_ADDRESS, "set_tid_address", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		t.SetClearTID(a[0])
		return uintptr(t.TID), 0
	}},
	{abi.SYS_PRCTL, "prctl", prctl},
	{abi.SYS_GETRLIMIT, "getrlimit", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return limits(t, t.Process, a[0], 0, a[1], wordSize)
	}},
	{abi.SYS_SETRLIMIT, "setrlimit", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return limits(t, t.Process, a[0], a[1], 0, wordSize)
	}},
	{abi.SYS_PRLIMIT64, "prlimit64", prlimit},
	{abi.SYS_GETRUSAGE, "getrusage", getrusage},
	{abi.SYS_PERSONALITY, "personality", func(*task.Thread, *args) (uintptr, abi.Errno) { return 0, 0 }},
}

func clone(t *task.Thread, a *args) (uintptr, abi.Errno) {
	pid, e := t.Clone(task.CloneArgs{
		Flags: a[0] &^ abi.CLONE_CSIGNAL, ExitSignal: int(a[0] & abi.CLONE_CSIGNAL),
		Stack: a[1], ParentTID: a[2], TLS: a[3], ChildTID: a[4],
	})
	return uintptr(pid), e
}

// clone3 takes a struct clone_args: flags, pidfd, child_tid, parent_tid,
// exit_signal, stack, stack_size, tls, and later additions that must be zero.
func clone3(t *task.Thread, a *args) (uintptr, abi.Errno) {
	const words, known, maxSize = 8, 64, 4096
	if a[1] < known {
		return 0, abi.EINVAL
	}
	if a[1] > maxSize {
		return 0, abi.E2BIG
	}
	b := make([]byte, a[1])
	if e := t.CopyIn(a[0], b); e != 0 {
		return 0, e
	}
	for _, c := range b[known:] {
		if c != 0 {
			return 0, abi.E2BIG
		}
	}
	var w [words]uintptr
	for i := range w {
		w[i] = uintptr(binary.LittleEndian.Uint64(b[8*i:]))
	}
	c := task.CloneArgs{Flags: w[0], ChildTID: w[2], ParentTID: w[3], ExitSignal: int(w[4]), TLS: w[7]}
	if w[5] != 0 {
		c.Stack = w[5] + w[6]
	}
	if c.Flags&abi.CLONE_CSIGNAL != 0 || w[4] > abi.NSIG {
		return 0, abi.EINVAL
	}
	pid, e := t.Clone(c)
	return uintptr(pid), e
}

// Limits of execve's arguments (Linux: MAX_ARG_STRLEN, and the number that
// argument space could hold).
const (
	maxArgLen   = 128 << 10
	maxArgCount = 1 << 18
	pathMax     = 4096
)

// stringArray reads a NULL-terminated array of strings.
func stringArray(t *task.Thread, va uintptr) ([]string, abi.Errno) {
	if va == 0 {
		return nil, 0 // Linux allows it
	}
	var out []string
	for {
		p, e := userWord(t, va)
		if e != 0 {
			return nil, e
		}
		if p == 0 {
			return out, 0
		}
		s, e := t.CopyInString(p, maxArgLen)
		if e == abi.ENAMETOOLONG || len(out) == maxArgCount {
			return nil, abi.E2BIG
		}
		if e != 0 {
			return nil, e
		}
		out = append(out, s)
		va += wordSize
	}
}

func execve(t *task.Thread, a *args) (uintptr, abi.Errno) {
	return exec(t, t.FS.Cwd(), a[0], a[1], a[2])
}

func exec(t *task.Thread, at vfs.Path, name, argv, envp uintptr) (uintptr, abi.Errno) {
	path, e := t.CopyInString(name, pathMax)
	if e != 0 {
		return 0, e
	}
	args, e := stringArray(t, argv)
	if e != 0 {
		return 0, e
	}
	if len(args) == 0 {
		args = []string{""} // Linux since 5.18: argc is at least 1
	}
	env, e := stringArray(t, envp)
	if e != 0 {
		return 0, e
	}
	return 0, t.Exec(at, path, args, env)
}

func execveat(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[4] != 0 {
		return 0, abi.EINVAL
	}
	at := t.FS.Cwd()
	if fd := int32(a[0]); fd != abi.AT_FDCWD {
		d, e := t.Files.Get(int(fd))
		if e != 0 {
			return 0, e
		}
		defer d.Put()
		at = d.Path()
	}
	return exec(t, at, a[1], a[2], a[3])
}

// rusageSize is struct rusage: two timevals and 14 longs.
const rusageSize = 2*timevalSize + 14*wordSize

func putRusage(t *task.Thread, va uintptr, u task.Times, maxRSS int) abi.Errno {
	var b [rusageSize]byte
	putTimeval(b[0:], u.User)
	putTimeval(b[timevalSize:], u.System)
	putWord(b[2*timevalSize:], uint64(maxRSS))
	return t.CopyOut(va, b[:])
}

func getrusage(t *task.Thread, a *args) (uintptr, abi.Errno) {
	const self, children, thread = 0, -1, 1
	const pageKiB = 4
	rss := t.MM.Usage().Peak * pageKiB
	switch int32(a[0]) {
	case self:
		return 0, putRusage(t, a[1], t.Process.CPU(), rss)
	case children:
		return 0, putRusage(t, a[1], t.ChildrenCPU(), 0)
	case thread:
		return 0, putRusage(t, a[1], t.CPU(), rss)
	}
	return 0, abi.EINVAL
}

func wait4(t *task.Thread, a *args) (uintptr, abi.Errno) {
	const known = abi.WNOHANG | abi.WUNTRACED | abi.WCONTINUED
	const linuxOnly = 0xe0000000 // __WALL, __WCLONE, __WNOTHREAD: all children are waited for alike
	if a[2]&^(known|linuxOnly) != 0 {
		return 0, abi.EINVAL
	}
	w := task.WaitFor{Options: int(a[2]&known) | abi.WEXITED}
	switch pid := int(int32(a[0])); {
	case pid > 0:
		w.Kind, w.ID = abi.P_PID, pid
	case pid == 0:
		w.Kind, w.ID = abi.P_PGID, t.PGID()
	case pid == -1:
		w.Kind = abi.P_ALL
	default:
		w.Kind, w.ID = abi.P_PGID, -pid
	}
	got, e := t.Wait(w)
	if e != 0 || got.PID == 0 {
		return 0, e
	}
	if a[1] != 0 {
		if e := t.CopyOut32(a[1], uint32(got.Status)); e != 0 {
			return 0, e
		}
	}
	if a[3] != 0 {
		if e := putRusage(t, a[3], got.Times, 0); e != 0 {
			return 0, e
		}
	}
	return uintptr(got.PID), 0
}

func waitid(t *task.Thread, a *args) (uintptr, abi.Errno) {
	const known = abi.WNOHANG | abi.WEXITED | abi.WSTOPPED | abi.WCONTINUED | abi.WNOWAIT
	opts := int(a[3])
	if a[0] > abi.P_PGID || opts&^known != 0 || opts&(abi.WEXITED|abi.WSTOPPED|abi.WCONTINUED) == 0 {
		return 0, abi.EINVAL
	}
	w := task.WaitFor{Kind: int(a[0]), ID: int(int32(a[1])), Options: opts}
	if w.Kind == abi.P_PGID && w.ID == 0 {
		w.ID = t.PGID()
	}
	got, e := t.Wait(w)
	if e != 0 {
		return 0, e
	}
	if a[2] != 0 {
		var b []byte
		if got.PID == 0 {
			b = make([]byte, len(task.SigInfoBytes(task.SigInfo{})))
		} else {
			b = task.SigInfoBytes(task.SigInfo{
				Signo: abi.SIGCHLD, Code: got.Code, PID: got.PID, UID: got.UID, Status: got.Value,
			})
		}
		if e := t.CopyOut(a[2], b); e != 0 {
			return 0, e
		}
	}
	if a[4] != 0 {
		return 0, putRusage(t, a[4], got.Times, 0)
	}
	return 0, 0
}

func prctl(t *task.Thread, a *args) (uintptr, abi.Errno) {
	const nameLen = 16
	switch a[0] {
	case abi.PR_SET_NAME:
		var b [nameLen]byte
		s, e := t.CopyInString(a[1], nameLen)
		if e == abi.ENAMETOOLONG { // it is cut
			e = t.CopyIn(a[1], b[:])
			s = string(b[:nameLen-1])
		}
		if e != 0 {
			return 0, e
		}
		t.SetName(s)
		return 0, 0
	case abi.PR_GET_NAME:
		var b [nameLen]byte
		copy(b[:], t.Name())
		return 0, t.CopyOut(a[1], b[:])
	case abi.PR_SET_PDEATHSIG:
		if a[1] > abi.NSIG {
			return 0, abi.EINVAL
		}
		t.SetDeathSignal(int(a[1]))
		return 0, 0
	case abi.PR_SET_CHILD_SUBREAPER:
		t.SetSubreaper(a[1] != 0)
		return 0, 0
	case abi.PR_GET_DUMPABLE:
		return 1, 0
	case abi.PR_SET_DUMPABLE, abi.PR_SET_NO_NEW_PRIVS:
		return 0, 0
	case abi.PR_GET_NO_NEW_PRIVS:
		return 0, 0
	}
	return 0, abi.EINVAL
}

func prlimit(t *task.Thread, a *args) (uintptr, abi.Errno) {
	p := t.Process
	if pid := int(int32(a[0])); pid != 0 && pid != p.PID {
		if p = task.Find(pid); p == nil {
			return 0, abi.ESRCH
		}
	}
	return limits(t, p, a[1], a[2], a[3], wideSize)
}

// limits reads a limit to old and sets it from set, where those are not 0. Both
// are two numbers of size bytes.
func limits(t *task.Thread, p *task.Process, res, set, old uintptr, size int) (uintptr, abi.Errno) {
	if res >= abi.RLIM_NLIMITS {
		return 0, abi.EINVAL
	}
	was := p.Limit(int(res))
	if set != 0 {
		var b [2 * wideSize]byte
		if e := t.CopyIn(set, b[:2*size]); e != 0 {
			return 0, e
		}
		l := task.Limit{Cur: getLimit(b[:size]), Max: getLimit(b[size : 2*size])}
		if l.Cur > l.Max {
			return 0, abi.EINVAL
		}
		if l.Max > was.Max && t.Cred().EUID != 0 {
			return 0, abi.EPERM
		}
		p.SetLimit(int(res), l)
	}
	if old != 0 {
		var b [2 * wideSize]byte
		putLimit(b[:size], was.Cur)
		putLimit(b[size:2*size], was.Max)
		return 0, t.CopyOut(old, b[:2*size])
	}
	return 0, 0
}

// getLimit reads a limit. All ones are "none" in either size.
func getLimit(b []byte) uint64 {
	if len(b) == wideSize {
		return binary.LittleEndian.Uint64(b)
	}
	if v := binary.LittleEndian.Uint32(b); v != math.MaxUint32 {
		return uint64(v)
	}
	return abi.RLIM_INFINITY
}

func putLimit(b []byte, v uint64) {
	if len(b) == wideSize {
		binary.LittleEndian.PutUint64(b, v)
		return
	}
	binary.LittleEndian.PutUint32(b, uint32(min(v, math.MaxUint32)))
}
