//go:build riscv64

package task

import (
	"sync"
	"sync/atomic"

	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/vfs"
	"rv86/kernel/vm"
)

// tasks guards the tree of processes: every field below that says so.
var tasks sync.Mutex

// Process is what the threads of a program share.
type Process struct {
	PID   int
	Files *vfs.FDTable
	FS    *vfs.FSContext
	MM    *vm.Space
	Cred  vfs.Cred // file system user and groups

	// Guarded by tasks.
	parent    *Process
	children  []*Process
	group     *Group
	threads   []*Thread
	name      string // comm: at most 15 bytes
}

// Thread is one thread of execution; its goroutine runs Frame.
type Thread struct {
	*Process
	TID   int
	Frame *nucleus.Frame

	wakeup chan struct{} // one token: look again
	work   atomic.Uint32 // why the thread must not sleep or return to its program
	caller vfs.Caller
}

// Group is a process group.
type Group struct {
	PGID    int
	session *Session
	members []*Process
}

// Session is a group of process groups with at most one controlling terminal.
type Session struct {
	SID int
	TTY any // the controlling terminal, owned by the console layer; guarded by TTYLock
}

// Caller is the thread as the file layer wants to see it.
func (t *Thread) Caller() *vfs.Caller { return &t.caller }

// CopyIn reads user memory; EFAULT if any of it is not readable.
func (t *Thread) CopyIn(va uintptr, b []byte) abi.Errno { return t.MM.CopyIn(va, b) }

// CopyOut writes user memory.
func (t *Thread) CopyOut(va uintptr, b []byte) abi.Errno { return t.MM.CopyOut(va, b) }

// CopyInString reads a NUL-terminated string of fewer than max bytes; longer
// ones are ENAMETOOLONG.
func (t *Thread) CopyInString(va uintptr, max int) (string, abi.Errno) {
	return t.MM.CopyInString(va, max)
}

// CopyInWord and CopyOutWord move one 64-bit number.
func (t *Thread) CopyInWord(va uintptr) (uint64, abi.Errno) { return t.MM.CopyInWord(va) }

// CopyOutWord writes a 64-bit number.
func (t *Thread) CopyOutWord(va uintptr, v uint64) abi.Errno { return t.MM.CopyOutWord(va, v) }
