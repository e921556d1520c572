// Package console is the machine's terminal: a driver for the 16550 UART, the
// line discipline between the wire and the programs (Linux's N_TTY), and the
// job control that hangs on a terminal (sessions, foreground process group).
// /dev/console, /dev/ttyS0 and /dev/tty lead here.
//
// Behaviour follows POSIX.1-2017 chapter 11 ("General Terminal Interface"),
// termios(3) and, for echoes, Linux's drivers/tty/n_tty.c. The UART follows
// the PC16550D data sheet.
//
// All but the driver is pure Go and tested on the host.
//
// Omitted: modem lines, parity and break marking, upper-case terminals,
// ECHOPRT, pseudo-terminals, hanging up the open files of a session whose
// leader ends (they stay usable, as they would on Linux's /dev/console).
//
// Lock order: TTY.mu, then wait.Queue. Signals are sent
// with no lock held, since the process layer has locks of its own.
package console
