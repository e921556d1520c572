package task

import "rv86/kernel/nucleus"

func (p *Process) frameOf(t *Thread) *nucleus.Frame { return t.Frame.Fork(p.MM.Root()) }

// setReturn makes a new thread return 0 from clone, on its own stack if it was
// given one.
func setReturn(f *nucleus.Frame, stack uintptr) {
	f.R[nucleus.RegA0] = 0
	if stack != 0 {
		f.R[nucleus.RegSP] = stack
	}
}

func setTLS(f *nucleus.Frame, tls uintptr) { f.R[nucleus.RegTP] = tls }
