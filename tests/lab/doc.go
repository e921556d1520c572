// Package lab is what the tests that boot the machines share: which machines
// there are, how to run commands on one, how to build a program or find a tool
// for it, how to leave a test out and how to keep what was printed. It imports
// nothing of this module, so that every package's tests may use it; modbuild,
// below it, compiles modules.
package lab
