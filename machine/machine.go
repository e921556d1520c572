package machine

import (
	"io"

	"github.com/sirupsen/logrus"

	"rv86/cpu"
	"rv86/cpu/state"
	"rv86/machine/bus"
)

// Exit statuses of a run that the guest did not end itself. They are part of
// the command's contract.
const (
	StatusPanic  = 101 // the guest's kernel gave up
	StatusFault  = 102 // the processor can make no progress
	StatusHalted = 103 // nothing can wake the processor
	StatusBudget = 124 // instruction budget or time limit exceeded
)

// statusMask: an exit status is what a host process can have.
const statusMask = 0xff

// never is the time of an event that is not set.
const never = ^uint64(0)

// Outcome says how a run ended. Reason is empty where the guest ended the
// machine in the ordinary way, else a sentence for the user without full stop.
type Outcome struct {
	Status int
	Reason string
	Err    error // of the host: the console could not be written
}

// timer is a device whose output depends on the time.
type timer interface {
	deadline() uint64 // slot at which the output will change, or never
	tick()            // bring the output up to date
}

// Machine is what every board has. Not safe for concurrent use.
type Machine struct {
	core    cpu.Core
	hooks   hooks
	ram     ram
	bus     bus.Map
	ioSpace *bus.Map // devices at I/O ports; nil on a machine without
	timers  []timer
	port    inputPort
	console console
	log     *logrus.Logger
	images  func(c *state.Codec, r *ram)
	board   func() // resets the processor and loads the images again
	reason  func() string
	screen  func() []string // nil: the board has none

	idleSlots uint64 // part of the clock that passed while the processor waited
	exit      *int   // status, once the guest ended the machine
	reset     bool   // the guest asked for a reset
	polled    bool   // the guest waits for input by polling
	polls     pollWatch
}

// Core is the board's processor.
func (m *Machine) Core() cpu.Core { return m.core }

// Executed is the number of instruction slots that were not spent waiting.
func (m *Machine) Executed() uint64 { return m.core.Insns() - m.idleSlots }

// Regions lists the device windows.
func (m *Machine) Regions() []bus.Region { return m.bus.Regions() }

// Screen is the board's text screen, a line a row without trailing blanks; nil if
// the board has none.
func (m *Machine) Screen() []string {
	if m.screen == nil {
		return nil
	}
	return m.screen()
}

// powerOff is the power device's exit.
func (m *Machine) powerOff(status int) {
	m.exit = &status
	m.core.RequestStop(cpu.Stop{Why: cpu.StopExit})
}

// restart is the power device's reset. It happens between two instructions.
func (m *Machine) restart() {
	m.reset = true
	m.core.RequestStop(cpu.Stop{Why: cpu.StopEvent})
}

// retime makes the run loop look at the deadlines again.
func (m *Machine) retime() { m.core.RequestStop(cpu.Stop{Why: cpu.StopEvent}) }

// logUnmapped is told of accesses that nothing answers.
func (m *Machine) logUnmapped(write bool, pa uint64, size int, v uint64) {
	if !m.log.IsLevelEnabled(logrus.DebugLevel) {
		return
	}
	l := m.log.WithField("subsystem", "bus")
	if write {
		l.Debugf("nothing answers a %d-byte store of %#x at %#x", size, v, pa)
	} else {
		l.Debugf("nothing answers a %d-byte load at %#x", size, pa)
	}
}

func (m *Machine) tick() {
	for _, t := range m.timers {
		t.tick()
	}
}

// deadline is the slot of the next event that lies ahead.
func (m *Machine) deadline() uint64 {
	now, next := m.core.Insns(), uint64(never)
	for _, t := range m.timers {
		if d := t.deadline(); d > now && d < next {
			next = d
		}
	}
	return next
}

// console collects the guest's output and passes it on in pieces: a system
// call per byte would dominate the run.
type console struct {
	w   io.Writer
	buf []byte
	err error // the first failure; later output is dropped

	// A machine that was put back to an earlier state says again what it said:
	// bytes up to the one of number shown were passed on already.
	sent, shown uint64
}

const consoleBuffer = 4096

func (c *console) send(b byte) {
	c.sent++
	if c.sent <= c.shown {
		return
	}
	c.shown = c.sent
	c.buf = append(c.buf, b)
	if len(c.buf) >= consoleBuffer {
		c.flush()
	}
}

func (c *console) flush() {
	if len(c.buf) > 0 && c.err == nil && c.w != nil {
		_, c.err = c.w.Write(c.buf)
	}
	c.buf = c.buf[:0]
}
