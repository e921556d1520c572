//go:build riscv64 || 386

package task

import (
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/nucleus"
	"rv86/kernel/vm"
)

const (
	// oomWait is how long a dying victim may take to give its memory back
	// before the next one is chosen.
	oomWait = 500 * time.Millisecond
	oomPoll = 5 * time.Millisecond
	// oomRoom is how many pages above the reserve count as enough to go on.
	oomRoom = 16
)

// makeRoom finds pages for a thread that could not get one: cached file pages,
// free memory of the kernel's own heap, in the end the memory of the process
// that uses most. It is false if the thread itself has to end.
func (t *Thread) makeRoom() bool {
	if vm.ReclaimCache(vm.Kernel) > 0 && roomy() {
		return true
	}
	nucleus.TrimHeap()
	if roomy() {
		return true
	}
	for {
		victim := killLargest()
		if victim == nil {
			return false
		}
		if victim == t.Process {
			return false
		}
		for waited := time.Duration(0); waited < oomWait; waited += oomPoll {
			time.Sleep(oomPoll)
			if roomy() {
				return true
			}
			if t.work.Load()&workExit != 0 {
				return false
			}
		}
	}
}

// Reclaim makes room for the kernel itself; see nucleus.OnLowMemory.
func Reclaim() {
	vm.ReclaimCache(vm.Kernel)
	nucleus.TrimHeap()
	if !roomy() {
		killLargest()
	}
}

func roomy() bool {
	_, free := nucleus.Pages()
	return free > nucleus.UserReserve()+oomRoom
}

// killLargest kills the process with the most pages, init excepted, and
// returns it; nil if there is none left to kill.
func killLargest() *Process {
	tasks.Lock()
	defer tasks.Unlock()
	var victim *Process
	most := 0
	for _, id := range pids() {
		p := processes[id]
		if id == 1 || p.zombie || p.oomKill || p.Kernel() || len(p.threads) == 0 {
			continue
		}
		if n := p.MM.Usage().Resident; n > most {
			victim, most = p, n
		}
	}
	if victim == nil {
		return nil
	}
	victim.oomKill = true
	klog.Errf("Out of memory: Killed process %d (%s) total-vm:%dkB, anon-rss:%dkB", victim.PID, victim.name,
		victim.MM.Usage().Size*(vm.PageSize/1024), most*(vm.PageSize/1024))
	victim.send(SigInfo{Signo: abi.SIGKILL, Code: abi.SI_KERNEL})
	return victim
}
