//go:build riscv64 || 386

package task

import (
	"sync"
	"sync/atomic"

	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/vfs"
	"rv86/kernel/vm"
	"rv86/kernel/wait"
)

// tasks guards the tree of processes and their signals: every field below
// that says so.
var tasks sync.Mutex

// Process is what the threads of a program share.
type Process struct {
	PID   int
	Files *vfs.FDTable
	FS    *vfs.FSContext
	MM    *vm.Space

	pgid, sid atomic.Int32 // written under tasks

	// Guarded by tasks.
	parent     *Process
	children   []*Process
	threads    []*Thread // in the order of their creation
	name       string    // comm: at most 15 bytes
	exe        *vfs.Description
	cred       Cred
	limits     [abi.RLIM_NLIMITS]Limit
	subreaper  bool
	execed     bool // since fork: setpgid by the parent is over
	deathSig   int  // PR_SET_PDEATHSIG
	exitSignal int  // what the parent gets at the end; 0 = nothing
	vforked    chan struct{}
	ended      chan int // of a helper of the kernel's: gets its status

	actions *actions // shared by CLONE_SIGHAND
	pending sigQueue // for the process as a whole
	timers  timers

	exiting    bool // a fatal signal or exit_group: every thread ends
	execing    *Thread
	zombie     bool
	status     int // as wait4 gives it; valid once exiting
	stopped    bool
	stopSignal int
	stopNews   bool // a stop or a continuation that wait has not reported
	contNews   bool

	changed wait.Queue // notified when a child changed state
	start   int64      // nucleus.Now at fork
	times   Times      // of threads that ended
	waited  Times      // of children that were waited for
	oomKill bool
}

// Thread is one thread of execution; its goroutine runs Frame.
type Thread struct {
	*Process
	TID   int
	Frame *nucleus.Frame

	wakeup chan struct{} // one token: look again
	work   atomic.Uint32 // why the thread must not sleep or return to its program
	caller vfs.Caller
	args   [6]uintptr // of the call in progress
	passed [6]uintptr // the copy that the call may change; here, to save an allocation
	ended  bool       // the goroutine is to end
	// sleeping is for /proc: the thread waits in Sleep.
	sleeping atomic.Bool

	times Times // written by the goroutine itself
	mark  int64 // nucleus.Now at the latest change between program and kernel

	// Guarded by tasks; mask is written by the thread itself only.
	mask      SigSet
	saved     SigSet // mask to restore after the handler (sigsuspend, ppoll)
	savedSet  bool
	queued    sigQueue
	altStack  AltStack
	clearTID  uintptr // CLONE_CHILD_CLEARTID
	robust    uintptr // set_robust_list: noted, for get_robust_list
	restartAt int64   // deadline of a sleep that is being restarted; 0 = none
}

// Cred are a process' users and groups.
type Cred struct {
	UID, EUID, SUID, FSUID uint32
	GID, EGID, SGID, FSGID uint32
	Groups                 []uint32
}

// Limit is a struct rlimit.
type Limit struct{ Cur, Max uint64 }

// Times is CPU time in nanoseconds: in the program and in the kernel for it.
type Times struct{ User, System int64 }

func (a *Times) add(b Times) {
	a.User += b.User
	a.System += b.System
}

// Bits of Thread.work.
const (
	workSignal = 1 << iota // an unblocked signal is pending
	workStop               // the process is stopped
	workExit               // the process ends
)

// Caller is the thread as the file layer wants to see it; valid for the call
// in progress.
func (t *Thread) Caller() *vfs.Caller {
	c := &t.caller
	c.FS = t.FS
	c.PGID, c.SID = int(t.pgid.Load()), int(t.sid.Load())
	return c
}

// setCaller fills in what of Caller seldom changes.
func (t *Thread) setCaller() {
	t.caller = vfs.Caller{
		FS: t.FS, PID: t.PID, TID: t.TID, Mem: t, Task: t,
		Cred: vfs.Cred{UID: t.cred.FSUID, GID: t.cred.FSGID, Groups: t.cred.Groups},
	}
}

// PGID is the process group.
func (p *Process) PGID() int { return int(p.pgid.Load()) }

// SID is the session.
func (p *Process) SID() int { return int(p.sid.Load()) }

// Name is the process' comm.
func (p *Process) Name() string {
	tasks.Lock()
	defer tasks.Unlock()
	return p.name
}

const nameMax = 15

// SetName sets the comm, cut to what Linux keeps of it.
func (p *Process) SetName(s string) {
	tasks.Lock()
	defer tasks.Unlock()
	p.setName(s)
}

func (p *Process) setName(s string) {
	if len(s) > nameMax {
		s = s[:nameMax]
	}
	p.name = s
}

// Cred gives a copy of the process' users and groups.
func (p *Process) Cred() Cred {
	tasks.Lock()
	defer tasks.Unlock()
	return p.cred
}

// SetCred changes them through f, for every thread.
func (t *Thread) SetCred(f func(c *Cred) abi.Errno) abi.Errno {
	tasks.Lock()
	defer tasks.Unlock()
	e := f(&t.cred)
	for _, o := range t.threads {
		o.caller.Cred = vfs.Cred{UID: t.cred.FSUID, GID: t.cred.FSGID, Groups: t.cred.Groups}
	}
	return e
}

// Limits gives the limit of a resource; Preconditions: res < RLIM_NLIMITS.
func (p *Process) Limit(res int) Limit {
	tasks.Lock()
	defer tasks.Unlock()
	return p.limits[res]
}

// SetLimit sets it.
func (p *Process) SetLimit(res int, l Limit) {
	tasks.Lock()
	p.limits[res] = l
	tasks.Unlock()
	if res == abi.RLIMIT_NOFILE {
		p.Files.SetLimit(int(min(l.Cur, maxFiles)))
	}
}

// maxFiles bounds RLIMIT_NOFILE (fs.nr_open).
const maxFiles = 1 << 20

// PPID is the parent's PID; 0 for init.
func (p *Process) PPID() int {
	tasks.Lock()
	defer tasks.Unlock()
	if p.parent == nil {
		return 0
	}
	return p.parent.PID
}

// User memory. A page that cannot be had is somebody's to give up, so these
// try again after making room.

// CopyIn reads user memory; EFAULT if any of it is not readable.
func (t *Thread) CopyIn(va uintptr, b []byte) abi.Errno {
	for {
		if e := t.MM.CopyIn(t.Caller(), va, b); e != abi.ENOMEM || !t.makeRoom() {
			return e
		}
	}
}

// CopyOut writes user memory.
func (t *Thread) CopyOut(va uintptr, b []byte) abi.Errno {
	for {
		if e := t.MM.CopyOut(t.Caller(), va, b); e != abi.ENOMEM || !t.makeRoom() {
			return e
		}
	}
}

// CopyInString reads a NUL-terminated string of fewer than max bytes; longer
// ones are ENAMETOOLONG.
func (t *Thread) CopyInString(va uintptr, max int) (string, abi.Errno) {
	for {
		if s, e := t.MM.CopyInString(t.Caller(), va, max); e != abi.ENOMEM || !t.makeRoom() {
			return s, e
		}
	}
}

// CopyInWord reads a 64-bit number.
func (t *Thread) CopyInWord(va uintptr) (uint64, abi.Errno) { return t.MM.CopyInWord(t.Caller(), va) }

// CopyOutWord writes a 64-bit number.
func (t *Thread) CopyOutWord(va uintptr, v uint64) abi.Errno {
	return t.MM.CopyOutWord(t.Caller(), va, v)
}

// CopyIn32 reads a 32-bit number.
func (t *Thread) CopyIn32(va uintptr) (uint32, abi.Errno) { return t.MM.CopyIn32(t.Caller(), va) }

// CopyOut32 writes a 32-bit number.
func (t *Thread) CopyOut32(va uintptr, v uint32) abi.Errno { return t.MM.CopyOut32(t.Caller(), va, v) }
