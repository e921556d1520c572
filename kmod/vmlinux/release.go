package vmlinux

import "rv86/kernel/abi"

// Version is abi.Release as a number (LINUX_VERSION_CODE), which a note of the
// image holds.
const Version = 6<<16 | 6<<8 | 0

// Release is what uname -r says, and what a module's vermagic begins with.
const Release = abi.Release

// PerCPUSize is the size of .data..percpu: what Linux reserves for modules
// (PERCPU_MODULE_RESERVE), which here is all there is.
const PerCPUSize = 8 << 10
