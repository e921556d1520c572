// Package cstring holds the memory and string functions that modules call most,
// in machine code with C's calling convention. A module calls them directly, in
// a few instructions; as Go functions behind a trap each call would cost a
// thousand.
//
// They are leaf functions that touch only registers the caller saves, and run
// on the module's stack as part of its frame: a fault in one is the module's,
// and they may be interrupted anywhere.
//
// Source: the C standard 7.24; RISC-V psABI chapter 2 and System V ABI i386
// chapter 2 for the registers.
package cstring
