package machine

import "rv86/cpu"

// hooks are those who are told what the processor does: any number of observers,
// and one debugger, which comes and goes.
type hooks struct {
	observers []*cpu.Hook
	debugger  *cpu.Hook // nil: none
}

// AddHook adds an observer, which stays and stops no run. An observer whose
// Split or Watched answers something else than before says so with RenewHooks.
func (m *Machine) AddHook(h *cpu.Hook) {
	m.hooks.observers = append(m.hooks.observers, h)
	m.RenewHooks()
}

// RenewHooks makes the processor ask all hooks again.
func (m *Machine) RenewHooks() {
	h := &m.hooks
	joined := h.debugger
	switch all := h.observers; {
	case len(all) > 0 && h.debugger != nil:
		joined = cpu.Join(append(all[:len(all):len(all)], h.debugger)...)
	case len(all) > 1:
		joined = cpu.Join(all...)
	case len(all) > 0:
		joined = all[0]
	}
	m.core.(cpu.Debugged).SetHook(joined)
}

// Debugged is the board's processor as a debugger sees it.
func (m *Machine) Debugged() cpu.Debugged { return debugged{m.core.(cpu.Debugged), m} }

// debugged keeps the debugger's hook apart from the observers'.
type debugged struct {
	cpu.Debugged
	m *Machine
}

// SetHook implements cpu.Debugged.
func (d debugged) SetHook(h *cpu.Hook) {
	d.m.hooks.debugger = h
	d.m.RenewHooks()
}

// Wrap puts f around the way in which the processor is run; see
// RunConfig.Observe.
func (r *Runner) Wrap(f func(inner func(limit uint64) cpu.Stop) func(limit uint64) cpu.Stop) {
	r.cfg.Observe = f(r.cfg.Observe)
}
