// Package loader tests the module loader as a whole, in the guest, on both
// machines: a thousand modules at once, failures injected at every step, files
// damaged at random, and what the kernel reports about modules that misbehave.
//
// The guest's part is the program in guest; modules in src are compiled by the
// test, others are made by editing shipped ones (package kofile).
package loader
