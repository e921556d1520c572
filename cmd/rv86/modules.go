package main

import (
	"context"
	"io"

	"rv86/cpu"
	"rv86/cpu/i386"
	"rv86/cpu/rv64"
	"rv86/machine"
	"rv86/machine/debug"
	"rv86/machine/debug/point"
	"rv86/machine/session"
	"rv86/monitor"
)

// guestModules follows the modules of a guest while it runs, for those who watch
// them. The kernel announces changes, see abi.DebugNotifySymbol.
type guestModules struct {
	m      *machine.Machine
	engine *debug.Engine
	mon    *monitor.Monitor
	hook   cpu.Hook
	notify uint64

	list  []monitor.LoadedModule
	stubs monitor.Region
	// changed are told after each change of the list.
	changed []func(old []monitor.LoadedModule)
	// executed are told before each instruction of a module.
	executed []func(x *monitor.LoadedModule, pc uint64)
	// stub is told before each of the kernel's export stubs; nil: nobody asks.
	stub func(pc uint64)
}

// looking is a target that a monitor looks at and puts no points on.
type looking struct{ *debug.Engine }

// SetPoints implements monitor.Target.
func (looking) SetPoints([]point.Point) {}

// followModules attaches to a machine that stands still.
func (c *runCmd) followModules(o session.Options, r *machine.Runner, s *streams) (*guestModules, error) {
	g := &guestModules{m: r.Machine}
	var err error
	if g.engine, err = debug.New(r, debug.Config{NoHistory: true}); err != nil {
		return nil, err
	}
	mc, _, err := c.monitorConfig(o, s)
	if err != nil {
		return nil, err
	}
	mc.Target, mc.Out = looking{g.engine}, io.Discard
	mc.Foreground = func() (context.Context, func()) { return context.Background(), func() {} }
	if g.mon, err = monitor.New(mc); err != nil {
		return nil, err
	}
	g.notify, _ = g.mon.NotifyAddress()
	g.hook = cpu.Hook{Split: g.splits, Exec: g.exec}
	g.m.AddHook(&g.hook)
	r.Wrap(g.observe)
	g.look()
	return g, nil
}

// observe wraps the way a machine runs: one that a debugger moved has other
// modules now.
func (g *guestModules) observe(inner func(limit uint64) cpu.Stop) func(limit uint64) cpu.Stop {
	return func(limit uint64) cpu.Stop {
		g.look()
		return inner(limit)
	}
}

// look reads the list again.
func (g *guestModules) look() {
	old := g.list
	g.list, g.stubs = g.mon.LoadedModules(), g.mon.ExportStubs()
	if same(old, g.list) {
		return
	}
	for _, f := range g.changed {
		f(old)
	}
	g.m.RenewHooks()
}

func same(a, b []monitor.LoadedModule) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := &a[i], &b[i]
		if x.Name != y.Name || x.State != y.State || x.Core != y.Core || x.Init != y.Init {
			return false
		}
	}
	return true
}

// at is the module in whose memory an address is, or nil.
func (g *guestModules) at(pc uint64) *monitor.LoadedModule {
	for i := range g.list {
		if g.list[i].Contains(pc) {
			return &g.list[i]
		}
	}
	return nil
}

func (g *guestModules) splits(pc uint64) bool {
	return pc == g.notify || len(g.executed) > 0 && g.at(pc) != nil || g.stub != nil && g.stubs.Contains(pc)
}

// exec implements cpu.Hook.Exec; it stops no run.
func (g *guestModules) exec(pc uint64) bool {
	switch x := g.at(pc); {
	case pc == g.notify:
		g.look()
	case x != nil:
		for _, f := range g.executed {
			f(x, pc)
		}
	case g.stub != nil:
		g.stub(pc)
	}
	return false
}

// word is the size of an address: what a return takes off the i386's stack.
func (g *guestModules) word() uint64 {
	if g.engine.Arch() == session.DefaultArch {
		return 8
	}
	return 4
}

// registers are what a call's convention uses: the stack pointer, the address to
// return to where a function begins, and a result.
func (g *guestModules) registers() (sp, ret, result uint64) {
	switch core := g.m.Core().(type) {
	case *rv64.Hart:
		return core.X(regSP), core.X(regRA), core.X(regA0)
	case *i386.CPU:
		sp, result = uint64(core.Reg(i386.ESP)), uint64(core.Reg(i386.EAX))
		var b [4]byte
		if g.engine.ReadVirt(sp, b[:]) == nil {
			ret = uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24
		}
	}
	return sp, ret, result
}

// Registers of the RISC-V calling convention.
const (
	regRA = 1
	regSP = 2
)
