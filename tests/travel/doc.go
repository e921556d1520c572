// Package travel holds tests of machine/debug that need the guest's kernel: they
// move through the time of whole systems and compare what they find with runs
// that nobody looked at.
package travel
