//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
)

// There is one CPU and one scheduling class, the Go scheduler's; priorities are
// accepted and have no effect.
var schedCalls = []row{
	{abi.SYS_SCHED_YIELD, "sched_yield", func(*task.Thread, *args) (uintptr, abi.Errno) {
		task.Yield()
		return 0, 0
	}},
	{abi.SYS_SCHED_GETAFFINITY, "sched_getaffinity", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		if a[1] < wordSize {
			return 0, abi.EINVAL
		}
		return wordSize, putUserWord(t, a[2], 1) // one CPU
	}},
	{abi.SYS_SCHED_SETAFFINITY, "sched_setaffinity", nothing},
	{abi.SYS_SCHED_GETSCHEDULER, "sched_getscheduler", nothing}, // SCHED_OTHER
	{abi.SYS_SCHED_SETSCHEDULER, "sched_setscheduler", nothing},
	{abi.SYS_SCHED_GETPARAM, "sched_getparam", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return 0, t.CopyOut32(a[1], 0)
	}},
	{abi.SYS_SCHED_SETPARAM, "sched_setparam", nothing},
	{abi.SYS_SCHED_GET_PRIORITY_MAX, "sched_get_priority_max", nothing},
	{abi.SYS_SCHED_GET_PRIORITY_MIN, "sched_get_priority_min", nothing},
	{abi.SYS_GETPRIORITY, "getpriority", func(*task.Thread, *args) (uintptr, abi.Errno) {
		const niceZero = 20 // the call gives 20 less the nice value (getpriority(2), NOTES)
		return niceZero, 0
	}},
	{abi.SYS_SETPRIORITY, "setpriority", nothing},
	{abi.SYS_GETCPU, "getcpu", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		for _, va := range a[:2] {
			if va != 0 {
				if e := t.CopyOut32(va, 0); e != 0 {
					return 0, e
				}
			}
		}
		return 0, 0
	}},
}
