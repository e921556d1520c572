package task

import (
	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
)

func (p *Process) frameOf(t *Thread) *nucleus.Frame { return t.Frame.Fork(p.MM.Root()) }

// setReturn makes a new thread return 0 from clone, on its own stack if it was
// given one.
func setReturn(f *nucleus.Frame, stack uintptr) {
	f.R[nucleus.RegA0] = 0
	if stack != 0 {
		f.R[nucleus.RegSP] = stack
	}
}

// setTLS gives a new thread its thread pointer.
func (t *Thread) setTLS(f *nucleus.Frame, tls uintptr) abi.Errno {
	f.R[nucleus.RegTP] = tls
	return 0
}
