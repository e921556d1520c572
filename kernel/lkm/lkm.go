package lkm

import (
	"math"

	"rv86/kernel/abi"
	"rv86/kernel/wait"
	"rv86/kmod/kapi"
)

// Caller is the thread for which C code runs. It is used by one goroutine at a
// time.
type Caller struct {
	PID  int
	Comm string
	// Thread is the thread itself; nil before processes run and in tests.
	Thread Thread
	// Atomic counts why the thread must not sleep now: an interrupt handler,
	// a timer's function, a spinlock that is held.
	Atomic int
	// Calls are the C calls in progress, outermost first: package module's own.
	Calls []any
	// Depth counts the activations of C code, and of the kernel's own code
	// that stands for one, that are not over.
	Depth int
	// Local is package kernel/lkm/sched's, for what it knows of the thread.
	Local any

	// exited and status are Exit's.
	exited bool
	status uint64
}

// Exit ends all C code that runs for the caller, as kthread_exit does: the
// outermost Run returns status. A row that calls it must return right after.
func (c *Caller) Exit(status uint64) { c.exited, c.status = true, status }

// Exited is what the C code that now runs has to return, if Exit was called.
func (c *Caller) Exited() (status uint64, ok bool) { return c.status, c.exited }

// Thread is what the functions need of a thread, of a process or of the kernel
// itself.
type Thread interface {
	Info() Info
	// CopyIn and CopyOut reach the program's memory; EFAULT if it is not
	// there, and always in a thread of the kernel's.
	CopyIn(va uintptr, b []byte) abi.Errno
	CopyOut(va uintptr, b []byte) abi.Errno
	// NewWaiter makes a waiter whose notifications end Sleep. Sleep ends with
	// ETIMEDOUT at the deadline (nanoseconds of Core.Now) and with ERESTARTSYS
	// when a signal is to be handled, which Interrupted tells beforehand.
	NewWaiter() *wait.Waiter
	Sleep(deadline int64) abi.Errno
	Interrupted() bool
	// SleepDeep is Sleep that no signal ends.
	SleepDeep(deadline int64) abi.Errno
	// Killed says that a signal which cannot be handled waits.
	Killed() bool
	// Signals are those that wait for the thread and those it blocks, signal
	// n as bit n-1.
	Signals() (pending, blocked uint64)
	// Die ends the process as by a signal, once its system call returns.
	Die(sig int)
}

// Info is what `current` shows.
type Info struct {
	PID, TID, PPID int // of the process, the thread, the parent
	Comm           string
	UID, GID       uint32
	EUID, EGID     uint32
	Kernel         bool // a thread of the kernel's own
}

// Never is the deadline that does not come.
const Never = math.MaxInt64

// Core is the module core as the packages below this one see it.
type Core interface {
	// Slice views n bytes of kernel memory in place. It does not check; an
	// access that faults ends the Run or Guard it happens in.
	Slice(va, n uint64) []byte
	// WordSize is the size of a pointer, and of long, in bytes.
	WordSize() int
	// Alloc gives size bytes, aligned to 16, or 0; Free takes them back.
	Alloc(size uint64) uint64
	Free(p uint64)

	// Run calls a C function; ok is false after an oops, which was reported.
	// Then what was being done for the module must end, as far as that can be
	// done without the module, and a process of the caller's must Die.
	Run(who *Caller, fn uint64, args ...uint64) (r uint64, ok bool)
	// Guard runs f, which follows pointers that C code gave; false after an
	// oops. Rows are guarded already.
	Guard(who *Caller, f func()) bool

	// Log adds text, with its KERN_* prefix, to the kernel's log.
	Log(text string)
	// Symbol names an address: "f+0x10/0x40 [mod]".
	Symbol(addr uint64) string
	// Hold takes a reference to the module whose struct module is at this
	// (0 is the kernel); false if the module is going away. Unhold drops it.
	Hold(this uint64) bool
	Unhold(this uint64)
	// ModuleOf names the module an address belongs to, "" if none.
	ModuleOf(addr uint64) string
	// Now is the time since boot in nanoseconds.
	Now() int64
}

// Allocator gives memory that C code sees. A Core gives it to the kernel itself, a
// *kapi.Call to the module that calls, which is told when it goes without having
// given it back: what is made because C code asked for it is allocated by the
// Call.
type Allocator interface {
	// Alloc gives size bytes, aligned to 16, or 0.
	Alloc(size uint64) uint64
}

// From finds the caller of a row.
func From(c *kapi.Call) *Caller { return c.Who.(*Caller) }

// Errno turns a C result, negative error number or not, into one.
func Errno(r uint64) abi.Errno {
	const maxErrno = 4095
	if n := int32(r); n < 0 && n >= -maxErrno {
		return abi.Errno(-n)
	}
	return 0
}

// Fail is an error as C returns it.
func Fail(e abi.Errno) uint64 { return -uint64(e) }
