// Package kmod reads, checks, places and relocates Linux-style loadable kernel
// modules: relocatable ELF files (*.ko). It is pure: bytes in, bytes out, no
// memory of its own, no kernel. The guest kernel links it to load modules into
// guest RAM; the host links it to explain a module, to build them and to test.
//
// The steps, each of which wraps what can go wrong in an *Error or *RelocError:
//
//	Parse   bytes -> Spec      every check a file can fail without addresses
//	Place   Spec -> Layout     which section goes where in CORE and INIT memory
//	Link    + addresses        symbols resolved, section contents relocated
//	Exports, ParseArgs         what the linked image offers and takes
//
// The same bytes give the same Spec, and the same Spec, addresses and symbols
// give the same memory image: maps are never walked in an order that shows.
//
// Documents: System V gABI chapters 4 and 5 (ELF), the RISC-V ELF psABI 1.0
// chapter 8, the Intel386 psABI 1.1 chapter 4, and Linux 6.6 kernel/module for
// behaviour. Where Linux truncates or trusts, this package checks.
//
// Versions are only read here (Spec.Versions, Export.CRC); who loads compares
// them. Left out: signatures, live patching, linker relaxation (R_RISCV_RELAX
// asks for nothing; R_RISCV_ALIGN is refused unless the padding already fits).
package kmod
