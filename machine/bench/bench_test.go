package bench

import "testing"

// Every kind runs its loop for good, in the mode it claims, without a trap that
// it did not ask for.
func TestKinds(t *testing.T) {
	for i := range Kinds {
		k := &Kinds[i]
		t.Run(k.Name, func(t *testing.T) {
			r, err := Run(t.Context(), k, Config{Insns: 100_000, Rounds: 2})
			if err != nil {
				t.Fatal(err)
			}
			if r.Insns != 100_000 || r.MIPS <= 0 || r.Kind != k.Name {
				t.Errorf("%+v", r)
			}
		})
	}
}

// The programs leave traces of their work where a wrong mapping, a wrong branch
// or a disabled FPU would not let them.
func TestProgramsWork(t *testing.T) {
	for _, c := range []struct {
		kind string
		reg  int // that must not be zero after a while
	}{{"integer", 12}, {"memory", 14}, {"float", 14}, {"traps", 10}, {"branchy", 15}} {
		v, err := boot(kind(t, c.kind))
		if err != nil {
			t.Fatal(err)
		}
		v.Core().Run(4_000_000)
		if v.Hart().X(c.reg) == 0 {
			t.Errorf("%s: x%d is zero", c.kind, c.reg)
		}
		if cause, _ := v.Hart().CSR(0x342); cause != 0 { // mcause
			t.Errorf("%s: trapped to M mode with cause %d", c.kind, cause)
		}
	}
}

func kind(t *testing.T, name string) *Kind {
	for i := range Kinds {
		if Kinds[i].Name == name {
			return &Kinds[i]
		}
	}
	t.Fatalf("no kind %q", name)
	return nil
}
