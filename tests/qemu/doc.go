// Package qemu runs the golden scripts on QEMU with the same images. QEMU is a
// witness from outside: what a script prints must not depend on our emulator.
package qemu
