package cfile

import (
	"testing"
	"testing/synctest"

	"rv86/kernel/lkm"
)

// TestGate shuts a gate with two callers inside, of which one is the shutter.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Gate
		me, other := &lkm.Caller{PID: 1}, &lkm.Caller{PID: 2}
		if !g.Enter(me) || !g.Enter(other) {
			t.Fatal("the gate does not begin open")
		}
		f := &File{}
		g.add(f)
		done := false
		go func() {
			files, self := g.Shut(me)
			if len(files) != 1 || files[0] != f || !self {
				t.Errorf("Shut gives %v %v", files, self)
			}
			done = true
		}()
		synctest.Wait()
		if done {
			t.Error("Shut did not wait for the other one")
		}
		if g.Enter(me) {
			t.Error("somebody entered a gate that is shut")
		}
		g.Leave(other)
		synctest.Wait()
		if !done {
			t.Error("Shut waits for its own caller")
		}
		if g.drop(f) {
			t.Error("the file is still there")
		}
		g.Leave(me)
	})
}
