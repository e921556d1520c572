package cfile

import (
	"slices"
	"sync"

	"rv86/kernel/lkm"
)

// Gate keeps operations from being called after they are gone. The zero value
// is open.
type Gate struct {
	mu     sync.Mutex
	inside []*lkm.Caller
	shut   bool
	idle   chan struct{} // closed when the last one but Shut's caller leaves
	keeper *lkm.Caller   // Shut's caller
	files  []*File       // open, in the order of opening
}

// Enter lets a caller in; false once the gate is shut. Leave lets it out.
func (g *Gate) Enter(who *lkm.Caller) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		return false
	}
	g.inside = append(g.inside, who)
	return true
}

// Leave ends what Enter began.
func (g *Gate) Leave(who *lkm.Caller) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.inside, who); i >= 0 {
		g.inside = slices.Delete(g.inside, i, i+1)
	}
	if g.idle != nil && !g.others() {
		close(g.idle)
		g.idle = nil
	}
}

// others says whether anybody but the keeper is inside.
func (g *Gate) others() bool {
	return slices.ContainsFunc(g.inside, func(w *lkm.Caller) bool { return w != g.keeper })
}

// Shut keeps everybody out and waits for those inside, but not for who itself:
// an operation that removes its own file would wait for ever. self says that it
// does. The files are those that are open, for whoever must release them.
func (g *Gate) Shut(who *lkm.Caller) (files []*File, self bool) {
	g.mu.Lock()
	g.shut, g.keeper = true, who
	self = slices.Contains(g.inside, who)
	var idle chan struct{}
	if g.others() {
		if g.idle == nil {
			g.idle = make(chan struct{})
		}
		idle = g.idle
	}
	g.mu.Unlock()
	if idle != nil {
		<-idle
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	files, g.files = g.files, nil
	return files, self
}

func (g *Gate) add(f *File) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.files = append(g.files, f)
}

// drop forgets a file; false if Shut took it already.
func (g *Gate) drop(f *File) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.files, f)
	if i < 0 {
		return false
	}
	g.files = slices.Delete(g.files, i, i+1)
	return true
}
