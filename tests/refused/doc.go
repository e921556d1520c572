// Package refused makes modules that are wrong in one respect each, out of the
// shipped ones, loads them on both machines and compares what the kernel says:
// the error number, the line in the log, and the hint for the user. None may
// make the kernel fault, and nothing may be left behind.
package refused
