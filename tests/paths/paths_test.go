// Package paths_test boots the guest kernel on both execution paths of the
// processor and compares all state at the end: registers, RAM and devices. The
// random programs of cpu/rv64 cover more instructions; this covers a system
// with page tables, processes, timers, interrupts and loaded modules.
package paths_test

import (
	"os"
	"path/filepath"
	"testing"

	"rv86/cpu"
	"rv86/machine"
	"rv86/machine/image"
	"rv86/machine/session"
	"rv86/tests/lab"
)

const (
	arch     = "riscv64"
	memory   = 64 << 20
	commands = `rv86.cmd="insmod hello; rmmod hello; sleep 0.01; ps | wc -l"`
)

// read returns a file of the image.
func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(lab.Images(t, arch), name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// result is what must agree.
type result struct {
	insns  uint64
	state  string
	status int
}

// boot runs the commands and powers off; if step is set, on the reference path.
func boot(t *testing.T, kernel, initrd []byte, step bool) result {
	t.Helper()
	v, err := machine.NewVirt(machine.VirtConfig{
		Memory: memory,
		Boot: machine.Boot{
			Kernel:   &image.File{Name: session.KernelFile, Data: kernel},
			Initrd:   initrd,
			Bootargs: commands,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	h := v.Hart()
	var cfg machine.RunConfig
	if step {
		cfg.Observe = func(limit uint64) cpu.Stop {
			for h.Insns() < limit {
				if s := h.Step(); s.Why != cpu.StopBudget {
					return s
				}
			}
			return cpu.Stop{}
		}
	}
	out := v.Run(t.Context(), cfg)
	state, err := v.StateHash()
	if err != nil {
		t.Fatal(err)
	}
	return result{h.Insns(), state, out.Status}
}

func TestKernelOnBothPaths(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: single-steps a whole boot, which takes seconds")
	}
	kernel, initrd := read(t, session.KernelFile), read(t, session.InitrdFile)
	fast, reference := boot(t, kernel, initrd, false), boot(t, kernel, initrd, true)
	if fast.status != 0 {
		t.Errorf("the guest ended with status %d", fast.status)
	}
	if fast != reference {
		t.Errorf("the paths differ:\nfast      %+v\nreference %+v", fast, reference)
	}
}
