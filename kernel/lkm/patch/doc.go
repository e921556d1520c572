// Package patch is code that changes while it runs: static keys (Linux
// kernel/jump_label.c; linux/jump_label.h), whose branches are a no-op or a jump
// and are rewritten when the key changes; probes on the kernel's exports
// (linux/kprobes.h); and the addresses of symbols (linux/kallsyms.h).
//
// A probe can be set on an exported function, which every call from C code
// enters by a trap. Omitted: probes in the middle of code, return probes.
package patch
