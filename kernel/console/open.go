//go:build riscv64 || 386

package console

import (
	"time"

	"rv86/kernel/nucleus"
)

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
			irq.Done()
		}
	}()
	return t
}
