// Package modpost is the step between compiling and linking a module, as
// Linux's scripts/mod/modpost: it reads the compiled objects of a directory's
// modules and the tables of who exports what, writes NAME.mod.c for each
// (vermagic, depends, __versions, struct module, the export tables and their
// CRCs) and Module.symvers for the directory, and diagnoses what the loader
// would refuse or the module would die of.
//
// The CRC of an export is CRC-32 of the text of its C type, in which every
// structure is written out (TypeText), as genksyms and gendwarfksyms of Linux
// do it; the type is read from the object's DWARF. Names of typedefs and of
// parameters do not count, nor what the compiler calls the basic types, so gcc
// and clang agree; sizes, offsets, names of members and values of enumerators
// do.
//
// The package is pure: bytes in, text and findings out. Package kbuild runs the
// compilers around it. Documents: Linux 6.6 scripts/mod/modpost.c and
// Documentation/kbuild/modules.rst for behaviour, DWARF 5.
package modpost
