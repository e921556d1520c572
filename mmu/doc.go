// Package mmu is what the address translation of both processors shares: the
// kinds of access and fault, and the software TLB that the fast paths use. The
// page table walkers are mmu/sv39 and mmu/ia32.
package mmu
