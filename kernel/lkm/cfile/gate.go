package cfile

import "sync"

// Gate keeps operations from being called after they are gone. The zero value
// is open.
type Gate struct {
	mu    sync.Mutex
	users int
	shut  bool
	idle  chan struct{} // closed when nobody is inside any more
	files []*File       // open, in the order of opening
}

// Enter lets a caller in; false once the gate is shut. Leave lets it out.
func (g *Gate) Enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		return false
	}
	g.users++
	return true
}

// Leave ends what Enter began.
func (g *Gate) Leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.users--
	if g.shut && g.users == 0 && g.idle != nil {
		close(g.idle)
		g.idle = nil
	}
}

// Shut keeps everybody out and waits for those inside. It gives the files that
// are open, for whoever must release them.
func (g *Gate) Shut() []*File {
	g.mu.Lock()
	g.shut = true
	var idle chan struct{}
	if g.users > 0 {
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
	files := g.files
	g.files = nil
	return files
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
	for i, x := range g.files {
		if x == f {
			g.files = append(g.files[:i:i], g.files[i+1:]...)
			return true
		}
	}
	return false
}
