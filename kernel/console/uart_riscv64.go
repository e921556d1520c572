package console

import (
	"time"

	"rv86/kernel/nucleus"
)

// The first UART of the virt board (QEMU hw/riscv/virt.c: VIRT_UART0).
const (
	uartBase = 0x10000000
	uartIRQ  = 10
)

// mmio reaches registers in memory, one byte apart.
type mmio uintptr

func (m mmio) in(reg uintptr) uint8     { return nucleus.In8(uintptr(m) + reg) }
func (m mmio) out(reg uintptr, v uint8) { nucleus.Out8(uintptr(m)+reg, v) }

// Open starts the board's UART and returns the terminal on it.
func Open() *TTY {
	u := uart{mmio(uartBase)}
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
