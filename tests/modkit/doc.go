// Package modkit goes the way of an author of modules, with the command as a
// user has it: rv86 mod new, rv86 mod build, rv86 run --module; on both machines
// and with each compiler.
package modkit
