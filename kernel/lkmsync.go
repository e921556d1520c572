//go:build riscv64 || 386

package main

import (
	"rv86/kernel/console"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/crypto"
	"rv86/kernel/lkm/gpio"
	"rv86/kernel/lkm/ioport"
	"rv86/kernel/lkm/irq"
	"rv86/kernel/lkm/kthread"
	"rv86/kernel/lkm/lock"
	"rv86/kernel/lkm/mem"
	"rv86/kernel/lkm/notify"
	"rv86/kernel/lkm/patch"
	"rv86/kernel/lkm/sched"
	"rv86/kernel/lkm/softirq"
	"rv86/kernel/lkm/system"
	"rv86/kernel/lkm/tty"
	"rv86/kernel/lkm/waitq"
	"rv86/kernel/lkm/work"
	"rv86/kernel/module"
	"rv86/kernel/nucleus"
	"rv86/kernel/sys"
	"rv86/kernel/task"
)

// scheduler is the scheduler as modules see it; provideSync makes it.
var scheduler *sched.Sched

// registers are the device registers that modules claim.
var registers *ioport.Ports

// caches are the object caches that modules make.
var caches *mem.Mem

// interrupts are the lines that modules handle; provideSync makes them.
var interrupts *irq.IRQ

// softirqs run what interrupts leave for later; provideSync makes them.
var softirqs *softirq.Engine

// gpios are the pins that modules use; provideSync makes them.
var gpios *gpio.GPIO

// modTerminal is the terminal as modules see it.
type modTerminal struct{ *console.TTY }

// Controls says whether it is the controlling terminal of the caller's session.
func (t modTerminal) Controls(who *lkm.Caller) bool {
	p := task.Find(who.PID)
	if p == nil {
		return false
	}
	dev, _ := t.Controlling(p.SID())
	return dev != 0
}

// leaver is a package that knows what a module forgot to undo.
type leaver interface {
	Leaving(name string, in func(addr uint64) bool) []string
}

// leavers are asked, in this order, when a module goes.
var leavers []leaver

// provideSync makes what modules wait, lock and measure time with.
func provideSync(k *module.Kernel) {
	s := sched.New(k.Core())
	scheduler = s
	s.Epoch = nucleus.Epoch * nsPerSec
	s.Find, s.Threads, s.ThreadsOf = sys.ModuleThread, task.PIDs, task.TIDs
	if !s.Start() {
		nucleus.Panic("no memory for the idle task")
	}
	k.Config.Returned = s.Returned
	task.OnThreadExit = s.Ended
	k.Provide(s.Exports(), nil)
	waits := waitq.New(s)
	k.Provide(waits.Exports(), nil)
	k.Provide(lock.New(s).Exports(), nil)
	threads := kthread.New(s, sys.KernelThreads{}, waits)
	k.Provide(threads.Exports(), nil)
	soft := softirq.New(s)
	softirqs = soft
	k.Provide(soft.Exports(), nil)
	works := work.New(s, threads)
	k.Provide(works.Exports(), works.Vars())
	chip, pins := openGPIO()
	interrupts = irq.New(s, threads, irq.Board{
		Chip: irqChip, Lines: nucleus.IRQLines, Own: ownLines, Pins: pins,
		Open: func(n uint) irq.Line { return nucleus.OpenIRQ(n) },
	})
	k.Provide(interrupts.Exports(), nil)
	gpios = gpio.New(k.Core(), chip, nucleus.IRQLines)
	k.Provide(gpios.Exports(), nil)
	console.OnInterrupt = func() { interrupts.Deliver(console.UARTIRQ) }
	caches = mem.New(k.Core())
	caches.Frames = modulePages{k, caches}
	k.Provide(caches.Exports(), nil)
	registers = ioport.New(k.Core(), remap, ownPorts, ownMemory)
	k.Provide(registers.Exports(), nil)
	patches := patch.New(k.Core(), k)
	k.Provide(patches.Exports(), nil)
	k.Linked, k.Freed, k.Entering = patches.Linked, patches.Freed, patches.Entering
	ttys := tty.New(k.Core(), modTerminal{root.tty}, k.Address, keyboardLEDs)
	k.Provide(ttys.Exports(), ttys.Vars())
	s.TTY = ttys.Current
	k.Provide(crypto.New(k.Core()).Exports(), nil)
	k.Provide(system.New(k.Core(), task.FillRandom, sys.Names).Exports(), nil)
	chains := notify.New(k.Core())
	k.Provide(chains.Exports(), nil)
	sys.OnReboot = func(t *task.Thread, action uint64) { chains.Reboot(sys.Caller(t), action) }
	k.Panicking = chains.Panic
	leavers = []leaver{threads, soft, works, interrupts, gpios, patches, chains}
	k.Config.Settle = threads.Settle
	k.Config.Leaving = func(name string, in func(uint64) bool) {
		for _, l := range leavers {
			for _, text := range l.Leaving(name, in) {
				k.Core().Log("\x013" + name + ": " + text + "\n")
			}
		}
	}
}
