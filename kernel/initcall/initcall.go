package initcall

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kmod/vmlinux"
)

// Row declares an initcall. The table must be a statically initialized array:
// the image builder reads it from what the linker made (vmlinux.GoRowWords).
type Row struct {
	Call  func() abi.Errno
	Level vmlinux.Level
	Name  string
}

// Runner runs initcalls.
type Runner struct {
	// Call runs the function of a row at an address.
	Call func(row uint64) abi.Errno
	// Debug logs each call and its duration (initcall_debug).
	Debug bool
	Now   func() int64 // nanoseconds
	Log   func(text string)
}

// Run runs the calls in their order. A failure is logged and is no reason not to
// go on, as in Linux.
func (r *Runner) Run(calls []vmlinux.Initcall) {
	for _, c := range calls {
		if !r.Debug {
			if e := r.Call(c.Row); e != 0 {
				r.Log(fmt.Sprintf("initcall %s returned %d", c.Name, -int(e)))
			}
			continue
		}
		r.Log(fmt.Sprintf("calling  %s @ 1", c.Name))
		start := r.Now()
		e := r.Call(c.Row)
		const nsPerUs = 1000
		r.Log(fmt.Sprintf("initcall %s returned %d after %d usecs", c.Name, -int(e), (r.Now()-start)/nsPerUs))
	}
}
