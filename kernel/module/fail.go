package module

import "sync"

// failure injects one: it makes the n-th step or allocation of module loading
// from now on fail, so that every undo can be tried (after Linux's
// Documentation/fault-injection). It is off unless someone writes a number to
// /proc/sys/kernel/module_fail_nth.
type failure struct {
	mu sync.Mutex
	in int // steps until it fails; 0 is never
}

// fails says whether the operation that asks must fail.
func (k *Kernel) fails() bool {
	f := &k.fail
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.in == 0 {
		return false
	}
	f.in--
	return f.in == 0
}

// FailNth makes the n-th operation from now on fail, 0 none.
func (k *Kernel) FailNth(n int) {
	k.fail.mu.Lock()
	k.fail.in = n
	k.fail.mu.Unlock()
}

// FailsIn says how many operations are left until one fails, 0 if none will.
func (k *Kernel) FailsIn() int {
	k.fail.mu.Lock()
	defer k.fail.mu.Unlock()
	return k.fail.in
}
