// Package cpu is what both processor cores share: the Core interface that a
// board drives, the Bus a core reaches devices through, and the reasons for
// which a run stops. The cores themselves are cpu/rv64 and cpu/i386.
package cpu
