package modlib

// Step is one module of a plan.
type Step struct {
	*Module
	// Required says that a failure ends the plan: the module was asked for, or
	// one that was needs it. Soft dependencies may fail.
	Required bool
	// UseCommand says that the module's install command counts. It does not for
	// one with soft dependencies, nor where the user has said so.
	UseCommand bool
}

// Plan lists what to load for a module, itself included, in order.
func (lib *Library) Plan(m *Module, ignoreCommands bool) []Step {
	for _, k := range lib.known {
		k.visited, k.required = false, false
	}
	var order []*Module
	lib.visit(m, true, ignoreCommands, &order)
	steps := make([]Step, 0, len(order))
	for _, m := range order {
		steps = append(steps, Step{m, m.required, !m.ignoreCommand})
	}
	return steps
}

// visit adds a module after its dependencies, each between its soft ones.
func (lib *Library) visit(m *Module, required, ignoreCommand bool, order *[]*Module) {
	if m.visited {
		return
	}
	m.visited = true
	deps := m.Dependencies()
	if required {
		// Before any of them is met as somebody's soft dependency.
		m.required = true
		for _, d := range deps {
			d.required = true
		}
	}
	for _, d := range deps {
		lib.visitSoftdeps(d, order)
	}
	if ignoreCommand {
		*order = append(*order, m)
		m.ignoreCommand = true
		return
	}
	lib.visitSoftdeps(m, order)
}

func (lib *Library) visitSoftdeps(m *Module, order *[]*Module) {
	pre, post := m.Softdeps()
	for _, s := range pre {
		lib.visit(s, false, false, order)
	}
	*order = append(*order, m)
	m.ignoreCommand = len(pre) > 0 || len(post) > 0
	for _, s := range post {
		lib.visit(s, false, false, order)
	}
}
