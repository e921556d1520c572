//go:build riscv64 || 386

package sys

import (
	"slices"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/task"
)

// args are the six argument registers of a call.
type args = [6]uintptr

// row is one system call.
type row struct {
	num  uintptr
	name string
	fn   handler
}

// handler performs a call: a result, or an error.
type handler = func(t *task.Thread, a *args) (uintptr, abi.Errno)

// tableSize bounds the call numbers; the highest in use is SYS_LIST_MODULE.
const tableSize = 1200

var table [tableSize]*row

// reported are the unknown numbers that were logged.
var (
	reportMu sync.Mutex
	reported = map[uintptr]bool{}
)

// Init joins the rows into the table and connects it to the threads.
func Init() {
	rows := slices.Concat(rowSets...)
	for i := range rows {
		r := &rows[i]
		if table[r.num] != nil {
			panic("sys: bug: two rows for " + r.name)
		}
		table[r.num] = r
	}
	task.Syscall = call
}

// call performs call n of t.
func call(t *task.Thread, n uintptr, a *args) (uintptr, abi.Errno) {
	if n < tableSize {
		if r := table[n]; r != nil {
			return r.fn(t, a)
		}
	}
	return unknown(t, n)
}

// unknown logs each number once.
func unknown(t *task.Thread, n uintptr) (uintptr, abi.Errno) {
	reportMu.Lock()
	defer reportMu.Unlock()
	if !reported[n] {
		reported[n] = true
		klog.Debugf("%s[%d]: system call %d is not implemented", t.Name(), t.PID, n)
	}
	return 0, abi.ENOSYS
}
