package vmlinux

import "rv86/kernel/abi"

// Version is abi.Release as a number (LINUX_VERSION_CODE), which a note of the
// image holds.
const Version = 6<<16 | 6<<8 | 0

// Release is what uname -r says, and what a module's vermagic begins with.
const Release = abi.Release

// PerCPUSize is the size of .data..percpu: as much as Linux reserves for modules
// alone (PERCPU_MODULE_RESERVE). The kernel's own counters lie at its beginning.
const PerCPUSize = 8 << 10
