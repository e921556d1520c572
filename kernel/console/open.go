//go:build riscv64 || 386

package console

import (
	"sync/atomic"
	"time"

	"rv86/kernel/nucleus"
)

// OnInterrupt, if set, is called when the UART's interrupt was served: others may
// share the line.
var OnInterrupt func()

// Interrupts counts the UART's interrupts.
var Interrupts atomic.Uint64

// UARTIRQ is the interrupt of the terminal's UART.
const UARTIRQ = uartIRQ

// Open starts the board's UART and returns the terminal on it.
func Open() *TTY {
	u := uart{boardUART}
	t := New(u.send, func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop })
	t.newline = nucleus.SetNewline
	u.start()
	irq := nucleus.OpenIRQ(uartIRQ)
	go func() {
		for irq.Wait() {
			if b := u.receive(); len(b) > 0 {
				t.Input(b)
			}
			Interrupts.Add(1)
			if OnInterrupt != nil {
				OnInterrupt()
			}
			irq.Done()
		}
	}()
	return t
}
