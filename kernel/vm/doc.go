// Package vm keeps the address spaces of user programs: what is mapped where
// (areas), which pages are present (page tables), demand paging, copy-on-write
// after fork, and the kernel's own access to user memory.
//
// The package is neutral and runs on the host in tests: physical memory and
// the TLB are behind Memory, and memory_*.go bind that to the nucleus.
//
//	Space     an address space; its areas, sorted by address
//	area      a range with one protection and one source of pages
//	sv39.go   the page table format of riscv64 (Priv. spec 4.4), which host
//	          tests use, too; ia32_386.go that of i386 (SDM 3 4.3)
//	cache.go  pages of files, shared by all spaces that map them
//
// Every page a table points to holds one reference; a page with more than one
// is shared and is never written through a private mapping: the first write
// copies it.
//
// A Space is safe for concurrent use. Lock order: Space.mu, then the file
// cache's; a page of a file is read with Space.mu held, so the file layer must
// not call back into vm.
//
// Omitted: swapping, huge pages, writable shared mappings of files (ENODEV),
// address randomisation (a run must repeat), overcommit limits.
package vm
