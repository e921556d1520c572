package module

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	poll "rv86/kernel/wait"
)

// References by name, and modules that the kernel itself asks for (Linux
// kernel/module/main.c and kmod.c).

// SymbolGet finds a GPL-only symbol and keeps its module; 0 if it is not there.
func (e *env) SymbolGet(name string) uint64 {
	k := e.k
	k.mu.Lock()
	defer k.mu.Unlock()
	p, ok := k.exported(name)
	if !ok {
		return 0
	}
	if !p.Kind.GPLOnly() {
		k.warnf("failing symbol_get of non-GPLONLY symbol %s.", name)
		return 0
	}
	if m := p.owner; m != nil {
		if m.state != Live || m.crashed {
			return 0
		}
		m.refs++
		k.storeRefs(m)
	}
	return p.Addr
}

// SymbolPut drops the reference of SymbolGet, SymbolPutAddr that of the module
// an address is in.
func (e *env) SymbolPut(name string) {
	k := e.k
	k.mu.Lock()
	defer k.mu.Unlock()
	if p, ok := k.exported(name); ok {
		k.unhold(p.owner)
	}
}

// SymbolPutAddr finds the module by an address in it.
func (e *env) SymbolPutAddr(addr uint64) {
	k := e.k
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.spans.find(addr); s != nil {
		k.unhold(s.m)
	}
}

// unhold drops one reference. Preconditions: mu is held.
func (k *Kernel) unhold(m *Module) {
	if m != nil && m.refs > 0 {
		m.refs--
		k.storeRefs(m)
	}
}

const (
	// modprobePath is the program that loads modules for the kernel, unless
	// /proc/sys/kernel/modprobe names another.
	modprobePath = "/sbin/modprobe"
	// helpersMax is how many may run at a time (Linux MAX_KMOD_CONCURRENT): a
	// module whose loading asks for itself would start them without end.
	helpersMax = 50
	// helperPatience is how long a request waits for its turn, in seconds.
	helperPatience = 5
)

// RequestModule runs modprobe for a module and gives what it ended with: 0, its
// status as wait4 has it, or a negative errno.
func (e *env) RequestModule(name string, wait bool) uint64 {
	k := e.k
	const nameMax = 56 // MODULE_NAME_LEN
	if len(name) >= nameMax {
		return lkm.Fail(abi.ENAMETOOLONG)
	}
	program := k.modprobe()
	if k.Helper == nil || program == "" {
		return lkm.Fail(abi.ENOENT)
	}
	if no := k.takeHelper(e.who, name); no != 0 {
		return lkm.Fail(no)
	}
	status, no := k.Helper(program,
		[]string{program, "-q", "--", name},
		[]string{"HOME=/", "TERM=linux", "PATH=/sbin:/usr/sbin:/bin:/usr/bin"}, wait)
	k.mu.Lock()
	k.helpers--
	k.mu.Unlock()
	k.states.Notify(poll.Readable)
	if no != 0 {
		return lkm.Fail(no)
	}
	return uint64(status)
}

// How long call_usermodehelper waits: not at all, for the program to begin, or
// to end (linux/umh.h). UMH_KILLABLE may be added.
const (
	umhNoWait   = 0
	umhWaitProc = 2
	umhKillable = 4
)

// RunProgram runs a program as root and gives 0, its status as wait4 has it, or
// a negative errno. A caller that does not wait hears of no error.
func (e *env) RunProgram(path string, argv, envp []string, wait int) uint64 {
	wait &^= umhKillable
	if e.k.Helper == nil || path == "" {
		return 0 // there are no programs: as with an empty path on Linux
	}
	status, no := e.k.Helper(path, argv, envp, wait == umhWaitProc)
	switch {
	case wait == umhNoWait:
		return 0
	case no != 0:
		return lkm.Fail(no)
	}
	return uint64(status)
}

// takeHelper waits for its turn to run modprobe.
func (k *Kernel) takeHelper(who *lkm.Caller, name string) abi.Errno {
	take := func() bool {
		if k.helpers == helpersMax {
			return false
		}
		k.helpers++
		return true
	}
	k.mu.Lock()
	ok := take()
	k.mu.Unlock()
	if ok {
		return 0
	}
	k.warnf("request_module: kmod_concurrent_max (0) close to 0 (max_modprobes: %d), for module %s, throttling...", helpersMax, name)
	e := k.await(who, k.Machine.Now()+helperPatience*nanos, take)
	if e == abi.ETIMEDOUT {
		k.warnf("request_module: modprobe %s cannot be processed, kmod busy with %d threads for more than %d seconds now",
			name, helpersMax, helperPatience)
		return abi.ETIME
	}
	return e
}
