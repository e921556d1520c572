//go:build riscv64 || 386

package task

import (
	"slices"

	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
)

// The tables of processes and threads. Guarded by tasks.
var (
	processes = map[int]*Process{}
	threads   = map[int]*Thread{}
	lastPID   int
	forks     uint64
)

// pidMax is the first number that is never given out (kernel.pid_max).
const pidMax = 32768

// maxThreads bounds the threads there can be, by what they take of the kernel's
// own memory (Linux: kernel.threads-max, from the size of RAM): one for every
// pagesPerThread pages.
func maxThreads() int {
	const pagesPerThread, least = 32, 64
	total, _ := nucleus.Pages()
	return max(int(total)/pagesPerThread, least)
}

// newPID gives an unused number: the next one, as on Linux.
func newPID() int {
	for range pidMax {
		lastPID++
		if lastPID >= pidMax {
			lastPID = 2
		}
		if processes[lastPID] == nil && threads[lastPID] == nil && !groupExists(lastPID) {
			return lastPID
		}
	}
	return 0
}

// groupExists tells whether some process is in group or session id.
func groupExists(id int) bool {
	for _, p := range processes {
		if p.PGID() == id || p.SID() == id {
			return true
		}
	}
	return false
}

// Find gives the process with that PID (zombies too), or nil.
func Find(pid int) *Process {
	tasks.Lock()
	defer tasks.Unlock()
	return processes[pid]
}

// FindThread gives the thread with that TID, or nil.
func FindThread(tid int) *Thread {
	tasks.Lock()
	defer tasks.Unlock()
	return threads[tid]
}

// PIDs lists the processes in order.
func PIDs() []int {
	tasks.Lock()
	defer tasks.Unlock()
	return pids()
}

// TIDs lists the threads of a process by number; none if there is no process.
func TIDs(pid int) []int {
	tasks.Lock()
	defer tasks.Unlock()
	p := processes[pid]
	if p == nil {
		return nil
	}
	ids := make([]int, 0, len(p.threads))
	for _, t := range p.threads {
		ids = append(ids, t.TID)
	}
	slices.Sort(ids)
	return ids
}

func pids() []int {
	ids := make([]int, 0, len(processes))
	for id := range processes {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// inGroup lists the processes of a group in PID order.
func inGroup(pgid int) []*Process {
	var ps []*Process
	for _, p := range processes {
		if p.PGID() == pgid {
			ps = append(ps, p)
		}
	}
	slices.SortFunc(ps, func(a, b *Process) int { return a.PID - b.PID })
	return ps
}

// SetPGID moves the process pid (0: the caller) to group pgid (0: one of its
// own) (setpgid(2)).
func (t *Thread) SetPGID(pid, pgid int) abi.Errno {
	tasks.Lock()
	defer tasks.Unlock()
	p := t.Process
	if pid != 0 && pid != p.PID {
		p = processes[pid]
		if p == nil || p.parent != t.Process {
			return abi.ESRCH
		}
		if p.SID() != t.SID() {
			return abi.EPERM
		}
		if p.execed {
			return abi.EACCES
		}
	}
	if pgid == 0 {
		pgid = p.PID
	}
	if pgid < 0 {
		return abi.EINVAL
	}
	if p.PID == p.SID() {
		return abi.EPERM
	}
	if pgid != p.PID {
		g := inGroup(pgid)
		if len(g) == 0 || g[0].SID() != p.SID() {
			return abi.EPERM
		}
	}
	p.pgid.Store(int32(pgid))
	return 0
}

// SetSID makes the caller the leader of a new session (setsid(2)).
func (t *Thread) SetSID() (int, abi.Errno) {
	tasks.Lock()
	defer tasks.Unlock()
	if len(inGroup(t.PID)) > 0 {
		return 0, abi.EPERM
	}
	t.pgid.Store(int32(t.PID))
	t.sid.Store(int32(t.PID))
	return t.PID, 0
}

// orphaned tells whether no member of a group has a parent in another group of
// its session, so that nobody could continue it (POSIX 3.246).
func orphaned(pgid int) bool {
	for _, p := range inGroup(pgid) {
		if p.zombie || p.parent == nil {
			continue
		}
		if q := p.parent; q.PGID() != pgid && q.SID() == p.SID() && q.PID != 1 {
			return false
		}
	}
	return true
}

// Jobs is the process layer as a terminal sees it (console.Jobs).
type Jobs struct{}

// SignalGroup sends sig to every process of group pgid.
func (Jobs) SignalGroup(pgid, sig int) { SignalGroup(pgid, SigInfo{Signo: sig, Code: abi.SI_KERNEL}) }

// GroupSession returns the session of group pgid; 0 if there is none.
func (Jobs) GroupSession(pgid int) int {
	tasks.Lock()
	defer tasks.Unlock()
	for _, p := range inGroup(pgid) {
		return p.SID()
	}
	return 0
}

// Orphaned reports whether pgid is an orphaned process group.
func (Jobs) Orphaned(pgid int) bool {
	tasks.Lock()
	defer tasks.Unlock()
	return orphaned(pgid)
}
