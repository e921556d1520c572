package lab_test

import (
	"testing"

	"rv86/machine/session"
	"rv86/tests/lab"
)

// TestNames: the leaf's own names are the session's.
func TestNames(t *testing.T) {
	if lab.KernelFile != session.KernelFile || lab.InitrdFile != session.InitrdFile || lab.ImagesEnv != session.ImagesEnv {
		t.Errorf("%s %s %s", lab.KernelFile, lab.InitrdFile, lab.ImagesEnv)
	}
	if len(lab.Machines) != len(session.Archs) {
		t.Errorf("%d machines, %d archs", len(lab.Machines), len(session.Archs))
	}
	for _, arch := range session.Archs {
		if m := lab.Find(arch); m.Arch != arch {
			t.Errorf("%s is %+v", arch, m)
		}
	}
}
