// Package ia32 walks the two-level page tables of a 32-bit x86 processor:
// 4 KiB pages, 4 MiB pages (CR4.PSE), supervisor write protection (CR0.WP),
// global pages (CR4.PGE), accessed and dirty bits, and the page-fault error
// code. It follows the Intel SDM volume 3A, sections 4.3 (32-bit paging), 4.6
// (access rights), 4.7 (page-fault exceptions) and 4.8 (accessed and dirty).
//
// Omitted: PAE and execute-disable, PSE-36 (bits 13 to 20 of a 4 MiB entry are
// reserved here, as on a processor whose MAXPHYADDR is 32), SMEP, SMAP,
// protection keys. The TLB is the core's: the walker is pure apart from the
// accessed and dirty bits it stores.
package ia32
