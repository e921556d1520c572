// Package symvers reads and writes Module.symvers, the table of who exports
// which symbol under which CRC, and holds the kernel's own: one file for each
// machine, generated from the rows of kmod/kapi and the headers, and embedded.
//
// The format is Linux's (Documentation/kbuild/modules.rst, 6.3): lines of five
// columns separated by tabs, `0xCRC symbol module kind namespace`. The kernel's
// own rows have the module vmlinux. A CRC of 0 means that the symbol has no
// version: nothing is recorded and nothing compared.
//
// The package is pure and links into the guest's kernel.
package symvers
