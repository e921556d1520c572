// Package kofile takes relocatable ELF files (gABI chapter 4) of both machines
// apart and puts them together again, so that tests can make a module that is
// wrong in one respect. It is written apart from package kmod, whose reader the
// results are to try, and writes whatever it is told to.
package kofile
