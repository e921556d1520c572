// Package modules builds the loadable modules that the images ship, and holds
// them: <arch>/*.ko and <arch>/mod.dep are kept in the tree so that running
// needs no C compiler. It does what Linux's kbuild does for an external module:
// compile NAME.c, find what it needs of other modules (modpost), compile the
// generated NAME.mod.c, link both with `ld -r`.
//
// The same sources and the same compiler give the same bytes: no paths, no
// debugging information, no build id.
package modules
