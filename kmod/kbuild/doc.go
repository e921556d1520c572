// Package kbuild builds loadable modules on the host, as Linux's kbuild does
// for external modules: find the modules of a directory (its Makefile says
// `obj-m += NAME.o`), compile each source with what the machine needs, join the
// objects of a module, run modpost over all modules of the directory, compile
// the generated NAME.mod.c and link both into NAME.ko.
//
// It runs whatever suitable compiler is installed; the headers come with the
// package, so nothing else is needed. The shipped modules, the modules of the
// tests and `rv86 mod build` all go this way.
//
// The same sources and the same compiler give the same bytes but for the
// debugging information, which names the directory; Options.Strip drops it.
package kbuild
