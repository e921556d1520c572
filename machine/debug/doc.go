// Package debug is the engine under every debugger of a machine: it stops at
// points, moves through time in both directions, and shows the inside of the
// processor and the devices. Front ends (the monitor, the gdb stub) are elsewhere.
//
// # Points
//
// A point is a question to the core's hook (cpu.Hook). Guest memory is never
// changed. With no points a machine has no hook and runs as without a debugger.
//
// # Time
//
// A run is a function of its images and its journal (machine.Journal), so any
// time is reached by going back to a snapshot and running forward again. Time is
// the count of executed instructions: unlike the clock it has no gaps.
//
// Snapshots (history.go) hold the pages that were written since the snapshot
// before. There are many of the recent past and few of the distant one, within a
// bound of memory. Whoever changes a register or memory begins a new future: what
// came after is forgotten, and a snapshot that is never given up stands for the
// change.
//
// Engine is not safe for concurrent use.
package debug
