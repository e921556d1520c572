// Package virtio models paravirtual devices behind the memory-mapped transport:
// block, console and entropy.
//
// Source: Virtual I/O Device (VIRTIO) Version 1.2 (OASIS, 2022): 2.7 split
// virtqueues, 4.2 the MMIO transport (4.2.4 its legacy form), 5.2 block, 5.3
// console, 5.4 entropy.
//
// A request is carried out, and its completion signalled, within the notify
// write. Omitted: packed virtqueues, event suppression by index, multiport
// consoles, discard and write-zeroes.
package virtio
