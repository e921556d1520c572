package bench

import (
	"encoding/hex"
	"strings"
	"testing"

	"golang.org/x/arch/x86/x86asm"

	"rv86/cpu/i386"
)

// Every kind runs its loop for good, in the mode it claims, without a trap that
// it did not ask for.
func TestKinds(t *testing.T) {
	all := append(append([]Kind(nil), Kinds...), I386...)
	for i := range all {
		k := &all[i]
		name := k.Name
		if k.code != "" {
			name += "-i386"
		}
		t.Run(name, func(t *testing.T) {
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

// Each line of a listing is one instruction, the one that it says.
func TestListings(t *testing.T) {
	text := setup386
	for _, k := range I386 {
		text += k.code
	}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		digits, says, _ := strings.Cut(line, " ")
		b, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		inst, err := x86asm.Decode(b, 32)
		if err != nil || inst.Len != len(b) {
			t.Errorf("%s: %d of %d bytes, %v", line, inst.Len, len(b), err)
			continue
		}
		name, _, _ := strings.Cut(says, " ")
		if got, _, _ := strings.Cut(x86asm.GNUSyntax(inst, 0, nil), " "); !strings.HasPrefix(got, name) {
			t.Errorf("%s decodes to %s", line, got)
		}
	}
}

// The PC's programs leave traces of their work.
func TestProgramsWork386(t *testing.T) {
	for _, c := range []struct {
		kind string
		reg  int // that must not be zero after a while
	}{{"integer", i386.ESI}, {"memory", i386.EBX}, {"float", i386.EBX}, {"traps", i386.EBX}, {"branchy", i386.EDI}} {
		for i := range I386 {
			if I386[i].Name != c.kind {
				continue
			}
			p, err := bootPC(&I386[i])
			if err != nil {
				t.Fatal(err)
			}
			p.Core().Run(4_000_000)
			if p.CPU().Reg(c.reg) == 0 || p.CPU().CR(0)&i386.CR0PG == 0 {
				t.Errorf("%s: register %d is %#x, cr0 %#x", c.kind, c.reg, p.CPU().Reg(c.reg), p.CPU().CR(0))
			}
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
