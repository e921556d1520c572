//go:build riscv64 || 386

package task

// Die ends the process as if the signal sig had killed it, whatever its
// handlers: after a fault in kernel code that ran for it (Linux
// make_task_dead).
func (t *Thread) Die(sig int) {
	tasks.Lock()
	t.exitGroup(sig)
	tasks.Unlock()
	t.ended = true
}
