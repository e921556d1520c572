package bench

import (
	"context"
	"fmt"
	"time"

	"rv86/machine"
	"rv86/machine/image"
)

// Result is the speed on one kind of work.
type Result struct {
	Kind  string  `json:"kind"`
	Insns uint64  `json:"instructions"` // of the best round
	Secs  float64 `json:"seconds"`
	MIPS  float64 `json:"mips"`
}

// warmUp lets the program touch its memory and the emulator decode its code
// before the clock starts.
const warmUp = 20_000_000

// Config says how long to measure.
type Config struct {
	Insns  uint64 // per round
	Rounds int
	// Round, if set, is told of each round before it begins.
	Round func(kind string, n int)
}

// Run measures one kind and returns the best round.
func Run(ctx context.Context, k *Kind, c Config) (Result, error) {
	v, err := k.machine()
	if err != nil {
		return Result{}, err
	}
	best := Result{Kind: k.Name}
	budget := uint64(warmUp)
	for n := range c.Rounds + 1 { // round 0 warms up
		if c.Round != nil && n > 0 {
			c.Round(k.Name, n)
		}
		before := v.Executed()
		begin := time.Now()
		out := v.Run(ctx, machine.RunConfig{MaxInsns: budget})
		secs := time.Since(begin).Seconds()
		if ctx.Err() != nil {
			return best, ctx.Err()
		}
		if out.Status != machine.StatusBudget {
			return best, fmt.Errorf("benchmark %s ended early: %s", k.Name, out.Reason)
		}
		insns := v.Executed() - before
		if mips := float64(insns) / 1e6 / secs; n > 0 && mips > best.MIPS {
			best.Insns, best.Secs, best.MIPS = insns, secs, mips
		}
		budget += c.Insns
	}
	return best, nil
}

// machine is a board with the benchmark.
func (k *Kind) machine() (*machine.Machine, error) {
	if k.code != "" {
		p, err := bootPC(k)
		if err != nil {
			return nil, err
		}
		return &p.Machine, nil
	}
	v, err := boot(k)
	if err != nil {
		return nil, err
	}
	return &v.Machine, nil
}

// boot loads the benchmark into a board of its own.
func boot(k *Kind) (*machine.Virt, error) {
	img, err := k.build()
	if err != nil {
		return nil, err
	}
	return machine.NewVirt(machine.VirtConfig{
		Memory: ramSize,
		Boot:   machine.Boot{Kernel: &image.File{Name: k.Name, Data: img}},
	})
}
