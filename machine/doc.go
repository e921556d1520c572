// Package machine is a computer without its processor's inside: RAM, the bus
// with its devices, the clock, the loaders, and the loop that runs a cpu.Core
// from one event to the next.
//
// A board (virt.go) only places devices and wires them; what all boards share
// is in Machine. The virt board follows QEMU's documentation of "virt" and
// RISC-V boot conventions; sources of each device are in its own package.
//
// # Time
//
// Time is instructions: one instruction slot is one nanosecond of guest time.
// While the processor waits for an interrupt the clock jumps to the next event,
// so a run takes the same course on every host. A run at wall-clock pace
// (RunConfig.Realtime) moves the clock on to where the wall clock is instead,
// and is the only kind that depends on the host.
//
// # Omitted
//
// More than one hart, PCI, flash, fw_cfg.
package machine
