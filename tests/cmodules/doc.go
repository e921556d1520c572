// Package cmodules holds modules written in C that are not shipped: tutorial
// modules as people write them, one that calls much of the kernel's API, one
// that breaks in every way. The test compiles them and loads them in the guest.
package cmodules
