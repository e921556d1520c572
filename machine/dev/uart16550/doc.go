// Package uart16550 is the serial port of the virt board (memory-mapped) and of
// the PC: National Semiconductor's PC16550D with its 16-byte FIFOs.
//
// Source: PC16550D data sheet (National Semiconductor, June 1995), section 8,
// whose register and bit names are used here.
//
// A byte written to the transmitter is sent at once, so the transmitter is
// always empty; a received byte below the FIFO trigger level raises the
// character timeout at once. Baud rate, parity and stop bits are stored and
// have no effect. Not modelled: DMA mode, the IrDA and RTS/CTS extensions of
// later parts, and breaks or framing errors (a pipe has none).
package uart16550
