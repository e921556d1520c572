//go:build riscv64 || 386

package task

import (
	"fmt"
	"strconv"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
	"rv86/kernel/vm"
)

// PIDMax is the first number that is never given out.
const PIDMax = pidMax

// Load gives the numbers for /proc/loadavg: threads that run or want to, all
// threads, and the latest PID.
func Load() (running, all, last int) {
	tasks.Lock()
	defer tasks.Unlock()
	return 1, len(threads), lastPID
}

// Forks counts the threads and processes made since boot.
func Forks() uint64 {
	tasks.Lock()
	defer tasks.Unlock()
	return forks
}

// SystemTimes is the CPU time of all processes there are.
func SystemTimes() Times {
	tasks.Lock()
	defer tasks.Unlock()
	var c Times
	for _, p := range processes {
		c.add(p.cpu())
		c.add(p.waited)
	}
	return c
}

// Terminal tells the controlling terminal of a session and its foreground
// group.
type Terminal func(sid int) (dev uint64, foreground int)

// Register adds a directory for each process, and self, to /proc (proc(5)).
func Register(proc *vfs.Dir, tty Terminal) {
	proc.Dynamic(func(name string) *vfs.Node {
		pid, err := strconv.Atoi(name)
		if err != nil || strconv.Itoa(pid) != name {
			return nil
		}
		if p := Find(pid); p != nil {
			return p.node(tty)
		}
		return nil
	}, func() []string {
		var names []string
		for _, pid := range PIDs() {
			names = append(names, strconv.Itoa(pid))
		}
		return names
	})
	proc.Add("self", vfs.Symlink(func(c *vfs.Caller) string { return strconv.Itoa(c.PID) }))
	proc.Add("thread-self", vfs.Symlink(func(c *vfs.Caller) string {
		return fmt.Sprintf("%d/task/%d", c.PID, c.TID)
	}))
}

// node is a process' directory.
func (p *Process) node(tty Terminal) *vfs.Node {
	d := vfs.NewDir()
	text := func(name string, perm uint32, f func() []byte) { d.Add(name, vfs.Text(perm, f)) }
	text("stat", 0o444, func() []byte { return p.stat(tty) })
	text("status", 0o444, p.statusText)
	text("statm", 0o444, func() []byte {
		u := p.usage()
		return fmt.Appendf(nil, "%d %d 0 0 0 %d 0\n", u.Size, u.Resident, u.Size)
	})
	text("cmdline", 0o444, func() []byte { return p.readRange(func(s *vm.Space) vm.AddrRange { return s.Args }) })
	text("environ", 0o400, func() []byte { return p.readRange(func(s *vm.Space) vm.AddrRange { return s.Env }) })
	d.Add("comm", vfs.TextRW(0o644, func() []byte { return []byte(p.Name() + "\n") }, func(b []byte) abi.Errno {
		p.SetName(strings.TrimSuffix(string(b), "\n"))
		return 0
	}))
	text("maps", 0o444, func() []byte {
		if p.noMemory() {
			return nil
		}
		return p.MM.Maps(p.pathOf)
	})
	text("mounts", 0o444, func() []byte { return p.FS.Namespace().Mounts(p.FS.Root()) })
	text("limits", 0o444, p.limitsText)
	d.Add("exe", vfs.PlaceLink(func() (vfs.Path, bool) {
		tasks.Lock()
		defer tasks.Unlock()
		if p.exe == nil {
			return vfs.Path{}, false
		}
		return p.exe.Path(), true
	}))
	d.Add("cwd", vfs.PlaceLink(func() (vfs.Path, bool) { return p.FS.Cwd(), !p.isZombie() }))
	d.Add("root", vfs.PlaceLink(func() (vfs.Path, bool) { return p.FS.Root(), !p.isZombie() }))
	d.Add("fd", vfs.DirNode(0o500, p.fdDir()))
	d.Add("task", vfs.DirNode(0o555, p.taskDir(tty)))
	n := vfs.DirNode(0o555, d)
	c := p.Cred()
	n.UID, n.GID = c.EUID, c.EGID
	return n
}

func (p *Process) pathOf(d *vfs.Description) string {
	s, _ := p.FS.Namespace().PathString(d.Path(), p.FS.Root())
	return s
}

func (p *Process) fdDir() *vfs.Dir {
	d := vfs.NewDir()
	path := func(fd int) func() (vfs.Path, bool) {
		return func() (vfs.Path, bool) {
			f, e := p.Files.Get(fd)
			if e != 0 {
				return vfs.Path{}, false
			}
			defer f.Put()
			return f.Path(), true
		}
	}
	d.Dynamic(func(name string) *vfs.Node {
		fd, err := strconv.Atoi(name)
		if err != nil {
			return nil
		}
		f, e := p.Files.Get(fd)
		if e != 0 {
			return nil
		}
		f.Put()
		return vfs.PlaceLink(path(fd))
	}, func() []string {
		var names []string
		for _, fd := range p.Files.Numbers() {
			names = append(names, strconv.Itoa(fd))
		}
		return names
	})
	return d
}

func (p *Process) taskDir(tty Terminal) *vfs.Dir {
	d := vfs.NewDir()
	find := func(name string) *Thread {
		tid, err := strconv.Atoi(name)
		if t := FindThread(tid); err == nil && t != nil && t.Process == p {
			return t
		}
		return nil
	}
	d.Dynamic(func(name string) *vfs.Node {
		if find(name) == nil {
			return nil
		}
		td := vfs.NewDir()
		td.Add("comm", vfs.Text(0o444, func() []byte { return []byte(p.Name() + "\n") }))
		td.Add("stat", vfs.Text(0o444, func() []byte { return p.stat(tty) }))
		td.Add("status", vfs.Text(0o444, p.statusText))
		return vfs.DirNode(0o555, td)
	}, func() []string {
		tasks.Lock()
		defer tasks.Unlock()
		var names []string
		for _, t := range p.threads {
			names = append(names, strconv.Itoa(t.TID))
		}
		return names
	})
	return d
}

func (p *Process) isZombie() bool {
	tasks.Lock()
	defer tasks.Unlock()
	return p.zombie
}

// noMemory says that the process has no program: it is a zombie, or a thread of
// the kernel's own.
func (p *Process) noMemory() bool { return p.isZombie() || p.Kernel() }

func (p *Process) usage() vm.Usage {
	if p.noMemory() {
		return vm.Usage{}
	}
	return p.MM.Usage()
}

// maxRange bounds what /proc/PID/cmdline and environ show.
const maxRange = argMax

func (p *Process) readRange(which func(*vm.Space) vm.AddrRange) []byte {
	if p.noMemory() {
		return nil
	}
	r := which(p.MM)
	b := make([]byte, min(r.Hi-r.Lo, maxRange))
	if p.MM.CopyIn(nil, r.Lo, b) != 0 {
		return nil
	}
	return b
}

// state is the letter of /proc/PID/stat. Preconditions: tasks is held.
func (p *Process) state() (letter byte, word string) {
	switch {
	case p.zombie:
		return 'Z', "zombie"
	case p.stopped:
		return 'T', "stopped"
	}
	for _, t := range p.threads {
		if !t.sleeping.Load() {
			return 'R', "running"
		}
	}
	return 'S', "sleeping"
}

// stat is proc_pid_stat(5): 52 fields, those we do not keep being 0.
func (p *Process) stat(tty Terminal) []byte {
	u := p.usage()
	dev, fg := tty(p.SID())
	tasks.Lock()
	defer tasks.Unlock()
	letter, _ := p.state()
	ppid := 0
	if p.parent != nil {
		ppid = p.parent.PID
	}
	c := p.cpu()
	const tick = 10_000_000
	const standard = SigSet(1<<31 - 1) // the fields are obsolete and show these only
	return fmt.Appendf(nil, "%d (%s) %c %d %d %d %d %d 0 0 0 0 0 %d %d %d %d 20 0 %d 0 %d %d %d 18446744073709551615"+
		" 0 0 0 0 0 %d %d %d %d 0 0 0 %d 0 0 0 0 0 0 0 0 0 0 0 0 0 %d\n",
		p.PID, p.name, letter, ppid, p.PGID(), p.SID(), dev, fg,
		c.User/tick, c.System/tick, p.waited.User/tick, p.waited.System/tick,
		len(p.threads), p.start/tick, u.Size*vm.PageSize, u.Resident,
		p.pending.set&standard, p.blocked()&standard, p.withHandler(abi.SIG_IGN)&standard, p.withHandler(abi.SIG_DFL)&standard,
		abi.SIGCHLD, p.status)
}

// blocked is the mask of the first thread.
func (p *Process) blocked() SigSet {
	if len(p.threads) == 0 {
		return 0
	}
	return p.threads[0].mask
}

// withHandler is the set of ignored signals (SIG_IGN), or of those that are
// caught (SIG_DFL stands for "neither").
func (p *Process) withHandler(h uintptr) SigSet {
	var s SigSet
	for i := 1; i <= abi.NSIG; i++ {
		a := p.actions.of[i].Handler
		if h == abi.SIG_IGN && a == h || h == abi.SIG_DFL && a > abi.SIG_IGN {
			s |= SetOf(i)
		}
	}
	return s
}

// statusText is proc_pid_status(5).
func (p *Process) statusText() []byte {
	u := p.usage()
	umask := p.FS.Umask()
	tasks.Lock()
	defer tasks.Unlock()
	letter, word := p.state()
	ppid := 0
	if p.parent != nil {
		ppid = p.parent.PID
	}
	const kib = vm.PageSize / 1024
	var b []byte
	row := func(name, format string, args ...any) {
		b = append(b, name...)
		b = append(b, ":\t"...)
		b = append(fmt.Appendf(b, format, args...), '\n')
	}
	row("Name", "%s", p.name)
	row("Umask", "%04o", umask)
	row("State", "%c (%s)", letter, word)
	row("Tgid", "%d", p.PID)
	row("Pid", "%d", p.PID)
	row("PPid", "%d", ppid)
	row("TracerPid", "0")
	row("Uid", "%d\t%d\t%d\t%d", p.cred.UID, p.cred.EUID, p.cred.SUID, p.cred.FSUID)
	row("Gid", "%d\t%d\t%d\t%d", p.cred.GID, p.cred.EGID, p.cred.SGID, p.cred.FSGID)
	if !p.zombie && !p.Kernel() {
		row("VmPeak", "%8d kB", u.Size*kib)
		row("VmSize", "%8d kB", u.Size*kib)
		row("VmHWM", "%8d kB", u.Peak*kib)
		row("VmRSS", "%8d kB", u.Resident*kib)
	}
	row("Threads", "%d", len(p.threads))
	row("ShdPnd", "%016x", uint64(p.pending.set))
	row("SigBlk", "%016x", uint64(p.blocked()))
	row("SigIgn", "%016x", uint64(p.withHandler(abi.SIG_IGN)))
	row("SigCgt", "%016x", uint64(p.withHandler(abi.SIG_DFL)))
	return b
}

var limitNames = [abi.RLIM_NLIMITS][2]string{
	{"Max cpu time", "seconds"},
	{"Max file size", "bytes"},
	{"Max data size", "bytes"},
	{"Max stack size", "bytes"},
	{"Max core file size", "bytes"},
	{"Max resident set", "bytes"},
	{"Max processes", "processes"},
	{"Max open files", "files"},
	{"Max locked memory", "bytes"},
	{"Max address space", "bytes"},
	{"Max file locks", "locks"},
	{"Max pending signals", "signals"},
	{"Max msgqueue size", "bytes"},
	{"Max nice priority", ""},
	{"Max realtime priority", ""},
	{"Max realtime timeout", "us"},
}

func (p *Process) limitsText() []byte {
	b := fmt.Appendf(nil, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units")
	show := func(v uint64) string {
		if v == abi.RLIM_INFINITY {
			return "unlimited"
		}
		return strconv.FormatUint(v, 10)
	}
	for i, n := range limitNames {
		l := p.Limit(i)
		b = fmt.Appendf(b, "%-25s %-20s %-20s %-10s\n", n[0], show(l.Cur), show(l.Max), n[1])
	}
	return b
}
