package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/google/pprof/profile"

	"rv86/cpu"
	"rv86/cpu/i386"
	"rv86/cpu/rv64"
	"rv86/machine"
	"rv86/machine/session"
)

// profileFlags belong to run.
type profileFlags struct {
	Profile string `help:"Write a profile of the guest's functions, by executed instructions, for 'go tool pprof'." placeholder:"FILE"`
}

// profilePeriod is the distance of samples in instruction slots: a prime, so
// that no loop of the guest keeps time with it.
const profilePeriod = 10_007

// sampler notes where the guest is at regular times. It takes the place of
// Core.Run and gives the same course.
type sampler struct {
	inner func(limit uint64) cpu.Stop
	core  cpu.Core
	where func() string // the function at the PC
	next  uint64
	count map[string]int64
}

// sample wraps the way a machine runs.
func (c *runCmd) sample(o session.Options, m *machine.Machine, inner func(limit uint64) cpu.Stop) *sampler {
	s := &sampler{inner: inner, core: m.Core(), next: profilePeriod, count: map[string]int64{}}
	if s.inner == nil {
		s.inner = s.core.Run
	}
	name := session.Symbols(o)
	function := func(pc uint64, user bool) string {
		if user {
			return "[user programs]"
		}
		text, _, _ := strings.Cut(name(pc), "+")
		if text == "" {
			return "[modules and other code]"
		}
		return text
	}
	switch core := m.Core().(type) {
	case *rv64.Hart:
		s.where = func() string { return function(core.PC(), core.Priv() == rv64.PrivU) }
	case *i386.CPU:
		s.where = func() string {
			_, base, _ := core.Segment(i386.CS)
			return function(uint64(base+core.EIP()), core.CPL() == 3)
		}
	}
	return s
}

// run implements machine.RunConfig.Observe.
func (s *sampler) run(limit uint64) cpu.Stop {
	for {
		stop := s.inner(min(limit, s.next))
		if now := s.core.Insns(); now >= s.next {
			s.count[s.where()]++
			s.next = (now/profilePeriod + 1) * profilePeriod
		}
		if stop.Why != cpu.StopBudget || s.core.Insns() >= limit {
			return stop
		}
	}
}

// write writes the profile. A nil sampler has none.
func (s *sampler) write(name string) error {
	if s == nil {
		return nil
	}
	kind := &profile.ValueType{Type: "instructions", Unit: "count"}
	p := &profile.Profile{SampleType: []*profile.ValueType{kind}, PeriodType: kind, Period: profilePeriod}
	for i, fn := range slices.Sorted(maps.Keys(s.count)) {
		f := &profile.Function{ID: uint64(i + 1), Name: fn}
		l := &profile.Location{ID: f.ID, Line: []profile.Line{{Function: f}}}
		p.Function, p.Location = append(p.Function, f), append(p.Location, l)
		p.Sample = append(p.Sample, &profile.Sample{Location: []*profile.Location{l}, Value: []int64{s.count[fn] * profilePeriod}})
	}
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("--profile: %w", err)
	}
	err = p.Write(f)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
