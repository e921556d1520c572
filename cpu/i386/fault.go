package i386

import (
	"fmt"
	"strings"

	"rv86/cpu"
)

// Exception vectors (SDM 3A table 6-1).
const (
	vecDE  = 0
	vecDB  = 1
	vecNMI = 2
	vecBP  = 3
	vecOF  = 4
	vecBR  = 5
	vecUD  = 6
	vecNM  = 7
	vecDF  = 8
	vecTS  = 10
	vecNP  = 11
	vecSS  = 12
	vecGP  = 13
	vecPF  = 14
	vecMF  = 16
	vecAC  = 17
	vecXM  = 19
)

var vectorNames = map[uint8]string{
	vecDE: "#DE", vecDB: "#DB", vecNMI: "NMI", vecBP: "#BP", vecOF: "#OF", vecBR: "#BR", vecUD: "#UD",
	vecNM: "#NM", vecDF: "#DF", vecTS: "#TS", vecNP: "#NP", vecSS: "#SS", vecGP: "#GP", vecPF: "#PF",
	vecMF: "#MF", vecAC: "#AC", vecXM: "#XM",
}

// exception is an event to deliver: a fault that an instruction raised, a
// trap, an interrupt.
type exception struct {
	vector   uint8
	code     uint32
	external bool // an interrupt line, not the program
	software bool // INT n and its like
	fault    bool // raised by fault: restarts, and may have an error code

	restart uint32 // EIP of the instruction in progress
	keepESP bool   // state was committed (task switch): ESP and EIP stay
}

// errorCodes is the set of exceptions that push an error code.
const errorCodes = 1<<vecDF | 1<<vecTS | 1<<vecNP | 1<<vecSS | 1<<vecGP | 1<<vecPF | 1<<vecAC

func (e *exception) hasCode() bool { return e.fault && errorCodes>>e.vector&1 != 0 }

// fault records an exception for the instruction in progress. It always
// returns false: semantics return its result.
func (c *CPU) fault(vec uint8, code uint32) bool {
	c.exc.vector, c.exc.code, c.exc.fault = vec, code, true
	c.exc.external, c.exc.software = false, false
	return false
}

// pageFault records #PF at la.
func (c *CPU) pageFault(la, code uint32) bool {
	c.cr2 = la
	return c.fault(vecPF, code)
}

// severity is an exception's class in the double-fault rules.
type severity uint8

const (
	benign severity = iota
	contributory
	pageFaulting
	doubleFaulting
)

func (e *exception) severity() severity {
	if !e.fault {
		return benign
	}
	switch e.vector {
	case vecDE, vecTS, vecNP, vecSS, vecGP:
		return contributory
	case vecPF:
		return pageFaulting
	case vecDF:
		return doubleFaulting
	}
	return benign
}

// doubles says whether a second exception, met while the first was being
// delivered, makes a double fault (SDM 3A table 6-5).
func doubles(first, second severity) bool {
	switch first {
	case contributory:
		return second == contributory
	case pageFaulting:
		return second == contributory || second == pageFaulting
	}
	return false
}

// deliverFault delivers the exception that fault recorded.
func (c *CPU) deliverFault() {
	c.deliver(c.exc)
}

func (c *CPU) softInt(vec uint8) {
	c.deliver(exception{vector: vec, software: true, restart: c.exc.restart})
}

// deliver hands control to an event's handler. Exceptions met on the way
// replace the event or join with it to a double and then a triple fault.
func (c *CPU) deliver(e exception) {
	var chain []string
	for {
		if c.observer != nil {
			c.observer.Event(c.describe(&e))
		}
		before := c.saveContext()
		c.exc.keepESP = false
		if c.enterHandler(&e) {
			if c.debug.hook != nil && c.debug.hook.Trap != nil {
				c.debug.from = before.cpl
				c.debug.hook.Trap(uint64(e.vector), e.external || e.vector == vecNMI)
			}
			// An instruction that ends in a handler is complete; its caller
			// must not put anything back.
			return
		}
		second := c.exc
		if !second.keepESP {
			c.restoreContext(&before)
		}
		chain = append(chain, c.describe(&e))
		if e.severity() == doubleFaulting {
			c.shutdown(chain)
			return
		}
		if e.software {
			// The fault is the INT's own: it restarts there.
			c.eip = e.restart
		}
		if doubles(e.severity(), second.severity()) {
			chain = append(chain, c.describe(&second))
			second = exception{vector: vecDF, fault: true, restart: second.restart}
		}
		e = second
	}
}

// describe renders an exception for the report of a triple fault.
func (c *CPU) describe(e *exception) string {
	name := vectorNames[e.vector]
	if name == "" || !e.fault {
		name = fmt.Sprintf("interrupt %#02x", e.vector)
	}
	if e.hasCode() {
		name += fmt.Sprintf("(%#x)", e.code)
	}
	if e.fault && e.vector == vecPF {
		name += fmt.Sprintf(" at %#08x", c.cr2)
	}
	return name
}

// shutdown is the triple fault. A PC would reset; here the machine stops and
// says why, until Reset.
func (c *CPU) shutdown(chain []string) {
	c.stop = &cpu.Stop{Why: cpu.StopFault, Detail: fmt.Sprintf(
		"triple fault at %04x:%08x: %s; cr2=%08x cr3=%08x",
		c.seg[CS].sel, c.eip, strings.Join(chain, ", then "), c.cr2, c.cr3)}
	c.updateAttention()
}

// context is what delivering an event changes before it can still fail.
type context struct {
	esp, eip, eflags uint32
	seg              [numSegs]segment
	cpl              uint8
}

func (c *CPU) saveContext() context {
	return context{c.r[ESP], c.eip, c.eflags, c.seg, c.cpl}
}

func (c *CPU) restoreContext(s *context) {
	c.r[ESP], c.eip, c.eflags, c.seg, c.cpl = s.esp, s.eip, s.eflags, s.seg, s.cpl
	c.modeChanged()
	c.updateAttention()
}
