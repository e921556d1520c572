package sched

import (
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/wait"
	"rv86/kmod/kapi"
)

// commLen is the size of task_struct's comm.
const commLen = 16

// TaskLayout is struct task_struct (linux/sched.h).
func TaskLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "task_struct",
		"u32 __state", "u32 flags", "u32 pid", "u32 tgid",
		"u32 prio", "u32 static_prio", "u32 normal_prio", "u32 rt_priority",
		"u32 exit_state", "u32 exit_code", "u32 on_cpu", "u32 policy",
		"ptr mm", "ptr active_mm", "ptr real_parent", "ptr parent", "ptr group_leader",
		"ptr real_cred", "ptr cred", "ptr signal", "ptr stack",
		"list pending_list", "u64 pending_signal", "u64 blocked",
		"u64 start_time", "u8 comm[16]", "long usage", "ptr tty",
		"long cred_usage", "u32 uid", "u32 gid", "u32 suid", "u32 sgid", "u32 euid", "u32 egid", "u32 fsuid", "u32 fsgid")
}

// Flags of a task.
const flagKthread = 0x00200000 // PF_KTHREAD

// Task is a thread that C code knows as a struct task_struct. It exists from
// the first time the thread looks at itself, or is looked at, to the thread's end.
type Task struct {
	s      *Sched
	addr   uint64
	thread lkm.Thread
	wakeup *wait.Waiter
	ended  bool // guarded by Sched.mu
	refs   int  // get_task_struct; guarded by Sched.mu

	// OnSleep, if set, is told when the thread begins to sleep in C code and
	// when it goes on. Whoever made the thread sets it.
	OnSleep func(asleep bool)
}

// Addr is where the struct task_struct is.
func (t *Task) Addr() uint64 { return t.addr }

// PID is the thread's number.
func (t *Task) PID() int { return int(cstruct.U32(t.s.Core, t.at("pid"))) }

func (t *Task) at(member string) uint64 { return t.addr + t.s.layout.At(member) }

// State reads the state, which C code writes too.
func (t *Task) State() State { return State(cstruct.U32(t.s.Core, t.addr)) }

func (t *Task) setState(st State) { cstruct.SetU32(t.s.Core, t.addr, uint32(st)) }

// Interrupted says that a signal is to be handled.
func (t *Task) Interrupted() bool { return t.thread != nil && t.thread.Interrupted() }

func (t *Task) killed() bool { return t.thread != nil && t.thread.Killed() }

// poke ends the task's sleep.
func (t *Task) poke() {
	select {
	case t.wakeup.C <- struct{}{}:
	default:
	}
}

func (t *Task) sleep(st State, deadline int64) abi.Errno {
	switch {
	case t.thread != nil && st&Interruptible != 0:
		return t.thread.Sleep(deadline)
	case t.thread != nil:
		return t.thread.SleepDeep(deadline)
	case deadline == lkm.Never:
		<-t.wakeup.C
		return 0
	}
	d := deadline - t.s.Core.Now()
	if d <= 0 {
		return abi.ETIMEDOUT
	}
	timer := time.NewTimer(time.Duration(d))
	defer timer.Stop()
	select {
	case <-t.wakeup.C:
		return 0
	case <-timer.C:
		return abi.ETIMEDOUT
	}
}

// taskFor finds or makes the task of a caller. Callers without a thread
// (interrupts, softirqs) are the idle task.
func (s *Sched) taskFor(who *lkm.Caller) *Task {
	if who.Thread != nil {
		if t := s.TaskOf(who.Thread); t != nil {
			return t
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.swapper == nil {
		t := &Task{s: s, addr: s.Core.Alloc(s.layout.Size), wakeup: wait.NewWaiter()}
		if t.addr == 0 {
			panic("sched: bug: no memory for the idle task") // New allocates it
		}
		clear(s.Core.Slice(t.addr, s.layout.Size))
		s.swapper = t
		s.byAddr[t.addr] = t
		t.fill(lkm.Info{Comm: "swapper/0", Kernel: true})
	}
	return s.swapper
}

// Start makes the idle task, which is there before any other. It is false if
// memory is short.
func (s *Sched) Start() bool {
	addr := s.Core.Alloc(s.layout.Size)
	if addr == 0 {
		return false
	}
	s.Core.Free(addr)
	s.taskFor(&lkm.Caller{})
	return true
}

// TaskOf finds or makes a thread's task; nil without memory.
func (s *Sched) TaskOf(th lkm.Thread) *Task {
	info := th.Info()
	if info.TID != info.PID {
		s.byNumber(info.PID) // group_leader points to it
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tasks[info.TID]
	if t == nil {
		addr := s.Core.Alloc(s.layout.Size)
		if addr == 0 {
			return nil
		}
		clear(s.Core.Slice(addr, s.layout.Size))
		t = &Task{s: s, addr: addr, thread: th, wakeup: th.NewWaiter()}
		s.tasks[info.TID], s.byAddr[addr] = t, t
	}
	t.fill(info)
	return t
}

// fill writes what the structure shows of the thread. Preconditions: mu is held.
func (t *Task) fill(i lkm.Info) {
	m := t.s.Core
	set := func(name string, size int, v uint64) { cstruct.Put(m, t.at(name), size, v) }
	set("pid", 4, uint64(i.TID))
	set("tgid", 4, uint64(i.PID))
	const defaultPrio = 120
	set("prio", 4, defaultPrio)
	set("static_prio", 4, defaultPrio)
	set("normal_prio", 4, defaultPrio)
	for _, id := range []string{"uid", "gid"} {
		real, effective := i.UID, i.EUID
		if id == "gid" {
			real, effective = i.GID, i.EGID
		}
		set(id, 4, uint64(real))
		for _, kind := range []string{"s", "e", "fs"} {
			set(kind+id, 4, uint64(effective))
		}
	}
	word := m.WordSize()
	set("cred_usage", word, 1)
	set("cred", word, t.at("cred_usage"))
	set("real_cred", word, t.at("cred_usage"))
	if i.Kernel {
		set("flags", 4, flagKthread)
	} else {
		// There is a memory map, but nothing to see of it.
		set("mm", word, t.addr)
		set("active_mm", word, t.addr)
	}
	parent := t.addr
	if p := t.s.tasks[i.PPID]; p != nil {
		parent = p.addr
	} else if t.s.swapper != nil {
		parent = t.s.swapper.addr
	}
	set("parent", word, parent)
	set("real_parent", word, parent)
	leader := t.addr
	if p := t.s.tasks[i.PID]; p != nil {
		leader = p.addr
	}
	set("group_leader", word, leader)
	set("signal", word, t.at("tty"))
	comm := m.Slice(t.at("comm"), commLen)
	clear(comm)
	copy(comm[:commLen-1], i.Comm)
	if t.thread != nil {
		pending, blocked := t.thread.Signals()
		set("pending_signal", 8, pending)
		set("blocked", 8, blocked)
	}
}

// Lookup finds the task whose structure is at an address, nil if there is none.
func (s *Sched) Lookup(addr uint64) *Task {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byAddr[addr]
}

// Ended is told that a thread has ended.
func (s *Sched) Ended(tid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tasks[tid]
	if t == nil {
		return
	}
	delete(s.tasks, tid)
	t.ended = true
	s.forget(t)
	s.release(t)
}

// release frees a task that has ended and that nobody holds. Preconditions: mu
// is held.
func (s *Sched) release(t *Task) {
	if t.ended && t.refs <= 0 && s.byAddr[t.addr] == t {
		delete(s.byAddr, t.addr)
		s.Core.Free(t.addr)
	}
}

// Hold and Drop are get_task_struct and put_task_struct.
func (s *Sched) Hold(t *Task) {
	s.mu.Lock()
	t.refs++
	s.mu.Unlock()
}

// Drop gives a Hold back.
func (s *Sched) Drop(t *Task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.refs--
	s.release(t)
}

// refresh brings what the structure shows up to date.
func (s *Sched) refresh(t *Task) uint64 {
	if t.thread != nil {
		i := t.thread.Info()
		s.mu.Lock()
		t.fill(i)
		s.mu.Unlock()
	}
	return t.addr
}

// byNumber gives the task of a thread by its number, 0 if there is none.
func (s *Sched) byNumber(tid int) uint64 {
	if s.Find == nil {
		return 0
	}
	th := s.Find(tid)
	if th == nil {
		return 0
	}
	if t := s.TaskOf(th); t != nil {
		return t.addr
	}
	return 0
}

// next is the process after one, in the order of numbers, 0 after the last.
func (s *Sched) next(pid int) uint64 {
	if s.Threads == nil {
		return 0
	}
	for _, n := range s.Threads() {
		if n > pid {
			if a := s.byNumber(n); a != 0 {
				return a
			}
		}
	}
	return 0
}

// nextThread is the thread after one in the same process: the process' first
// thread, whose number is the process', then the others by number. 0 after the
// last.
func (s *Sched) nextThread(pid, tid int) uint64 {
	if s.ThreadsOf == nil {
		return 0
	}
	for _, n := range s.ThreadsOf(pid) {
		if n != pid && (tid == pid || n > tid) {
			if a := s.byNumber(n); a != 0 {
				return a
			}
		}
	}
	return 0
}

// taskFuncs are the rows about tasks (Linux kernel/sched/core.c).
func (s *Sched) taskFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "get_current", Proto: "struct task_struct *get_current(void)", Call: func(c *kapi.Call) uint64 {
			who := lkm.From(c)
			t := s.Current(who)
			if s.TTY != nil {
				cstruct.SetWord(s.Core, t.at("tty"), s.TTY(who))
			}
			return s.refresh(t)
		}},
		{Name: "schedule", Proto: "void schedule(void)", Call: func(c *kapi.Call) uint64 {
			s.block(c, s.Current(lkm.From(c)), lkm.Never)
			return 0
		}},
		{Name: "yield", Proto: "void yield(void)", Call: func(c *kapi.Call) uint64 {
			t := s.Current(lkm.From(c))
			t.setState(Running)
			s.block(c, t, lkm.Never)
			return 0
		}},
		{Name: "__cond_resched", Proto: "int __cond_resched(void)", Call: func(c *kapi.Call) uint64 {
			if t := s.Current(lkm.From(c)); t.State() == Running {
				s.block(c, t, lkm.Never)
			}
			return 0
		}},
		{Name: "schedule_timeout", Proto: "long schedule_timeout(long timeout)", Call: func(c *kapi.Call) uint64 {
			return s.scheduleTimeout(c, Any, c.Long())
		}},
		{Name: "schedule_timeout_interruptible", Proto: "long schedule_timeout_interruptible(long timeout)", Call: func(c *kapi.Call) uint64 {
			return s.scheduleTimeout(c, Interruptible, c.Long())
		}},
		{Name: "schedule_timeout_uninterruptible", Proto: "long schedule_timeout_uninterruptible(long timeout)", Call: func(c *kapi.Call) uint64 {
			return s.scheduleTimeout(c, Uninterruptible, c.Long())
		}},
		{Name: "schedule_timeout_killable", Proto: "long schedule_timeout_killable(long timeout)", Call: func(c *kapi.Call) uint64 {
			return s.scheduleTimeout(c, Killable, c.Long())
		}},
		{Name: "wake_up_process", Proto: "int wake_up_process(struct task_struct *p)", Call: func(c *kapi.Call) uint64 {
			return s.wakeRow(c, c.Ptr(), Normal)
		}},
		{Name: "wake_up_state", Proto: "int wake_up_state(struct task_struct *p, unsigned int state)", Call: func(c *kapi.Call) uint64 {
			return s.wakeRow(c, c.Ptr(), State(c.Uint()))
		}},
		{Name: "signal_pending", Proto: "int signal_pending(struct task_struct *p)", Call: func(c *kapi.Call) uint64 {
			t := s.Lookup(c.Ptr())
			return truth(t != nil && t.Interrupted())
		}},
		{Name: "fatal_signal_pending", Proto: "int fatal_signal_pending(struct task_struct *p)", Call: func(c *kapi.Call) uint64 {
			t := s.Lookup(c.Ptr())
			return truth(t != nil && t.killed())
		}},
		{Name: "__find_task", Proto: "struct task_struct *__find_task(int pid)", Call: func(c *kapi.Call) uint64 {
			return s.byNumber(int(c.Int()))
		}},
		{Name: "__next_task", Proto: "struct task_struct *__next_task(struct task_struct *p)", Call: func(c *kapi.Call) uint64 {
			p := c.Ptr()
			if p == 0 {
				return s.taskFor(&lkm.Caller{}).addr
			}
			return s.next(int(cstruct.U32(s.Core, p+s.layout.At("pid"))))
		}},
		{Name: "__next_thread", Proto: "struct task_struct *__next_thread(struct task_struct *t)", Call: func(c *kapi.Call) uint64 {
			p := c.Ptr()
			return s.nextThread(int(cstruct.U32(s.Core, p+s.layout.At("tgid"))), int(cstruct.U32(s.Core, p+s.layout.At("pid"))))
		}},
		{Name: "get_nr_threads", Proto: "int get_nr_threads(struct task_struct *t)", Call: func(c *kapi.Call) uint64 {
			pid := int(cstruct.U32(s.Core, c.Ptr()+s.layout.At("tgid")))
			if s.ThreadsOf == nil {
				return 1
			}
			return uint64(max(len(s.ThreadsOf(pid)), 1))
		}},
		{Name: "get_task_struct", Proto: "struct task_struct *get_task_struct(struct task_struct *t)", Call: func(c *kapi.Call) uint64 {
			p := c.Ptr()
			if t := s.Lookup(p); t != nil {
				s.Hold(t)
			}
			return p
		}},
		{Name: "put_task_struct", Proto: "void put_task_struct(struct task_struct *t)", Call: func(c *kapi.Call) uint64 {
			if t := s.Lookup(c.Ptr()); t != nil {
				s.Drop(t)
			}
			return 0
		}},
	}
}

// wakeRow wakes the task at an address.
func (s *Sched) wakeRow(c *kapi.Call, p uint64, st State) uint64 {
	t := s.Lookup(p)
	if t == nil {
		// Reading it faults if nothing is there, as it would in C.
		cstruct.U32(s.Core, p)
		warn(c, "wake_up_process", "no task is at this address, or it has ended")
		return 0
	}
	return truth(s.Wake(t, st))
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
