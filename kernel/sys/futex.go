//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
)

var futexCalls = []row{
	{abi.SYS_FUTEX, "futex", futex(wordSize)},
	{abi.SYS_SET_ROBUST_LIST, "set_robust_list", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		if a[1] != robustHead {
			return 0, abi.EINVAL
		}
		t.SetRobustList(a[0])
		return 0, 0
	}},
	{abi.SYS_GET_ROBUST_LIST, "get_robust_list", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		if a[0] != 0 && int(a[0]) != t.TID {
			return 0, abi.EPERM
		}
		if e := putUserWord(t, a[1], t.RobustList()); e != 0 {
			return 0, e
		}
		return 0, putUserWord(t, a[2], robustHead)
	}},
}

// robustHead is the size of struct robust_list_head: three words.
const robustHead = 3 * wordSize

// futex takes its time limit in numbers of size bytes.
func futex(size timeSize) handler {
	return func(t *task.Thread, a *args) (uintptr, abi.Errno) { return doFutex(t, a, size) }
}

// doFutex dispatches futex(2). A wait's timeout is relative for FUTEX_WAIT,
// absolute for FUTEX_WAIT_BITSET.
func doFutex(t *task.Thread, a *args, size timeSize) (uintptr, abi.Errno) {
	const all = ^uint32(0)
	op := a[1] &^ (abi.FUTEX_PRIVATE_FLAG | abi.FUTEX_CLOCK_REALTIME)
	private := a[1]&abi.FUTEX_PRIVATE_FLAG != 0
	val := uint32(a[2])
	switch op {
	case abi.FUTEX_WAIT, abi.FUTEX_WAIT_BITSET:
		deadline := task.Never
		if a[3] != 0 {
			d, e := size.nanoseconds(t, a[3])
			if e != 0 {
				return 0, e
			}
			switch {
			case op == abi.FUTEX_WAIT:
				deadline = t.Restarted(after(d))
			case a[1]&abi.FUTEX_CLOCK_REALTIME != 0:
				deadline = after(d - task.WallNow())
			default:
				deadline = d
			}
		}
		bits := all
		if op == abi.FUTEX_WAIT_BITSET {
			bits = uint32(a[5])
		}
		e := t.FutexWait(a[0], val, bits, private, deadline)
		if e == abi.ERESTARTSYS && op == abi.FUTEX_WAIT && deadline != task.Never {
			t.WillRestart(deadline)
			e = abi.ERESTART_RESTARTBLOCK
		}
		return 0, e
	case abi.FUTEX_WAKE:
		n, e := t.FutexWake(a[0], int(int32(val)), all, private)
		return uintptr(n), e
	case abi.FUTEX_WAKE_BITSET:
		n, e := t.FutexWake(a[0], int(int32(val)), uint32(a[5]), private)
		return uintptr(n), e
	case abi.FUTEX_REQUEUE, abi.FUTEX_CMP_REQUEUE:
		n, e := t.FutexRequeue(a[0], int(int32(val)), int(int32(a[3])), a[4], op == abi.FUTEX_CMP_REQUEUE, uint32(a[5]), private)
		return uintptr(n), e
	}
	return 0, abi.ENOSYS
}
