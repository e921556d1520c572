// Package gpio drives the board's GPIO controller, and is GPIO as modules see it
// (Linux 6.6 drivers/gpio/gpiolib.c, gpio-sifive.c; linux/gpio.h).
//
// Source: SiFive FU540-C000 Manual v1p0, chapter 17 (GPIO). Pins have the numbers
// 0 to 31. A pin that a module asked for is listed in /sys/kernel/debug/gpio; one
// that was exported through /sys/class/gpio is used from programs.
//
// The chip's pins share one line of the board. The chip's part of an interrupt
// is done here: a pin that fired is masked, its edges are acknowledged, and once
// its handlers are done it is let in again; what happened in the meantime has
// stayed pending in the chip.
//
// Omitted: open-drain and debouncing, which the chip has not, and names of lines.
package gpio
