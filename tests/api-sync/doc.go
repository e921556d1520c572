// Package apisync holds modules written in C that wait, lock, run later and are
// interrupted: the kernel functions of package kernel/lkm's waiting half, used as
// tutorials use them and misused. The test compiles them for both machines
// and compares what the guest prints with testdata/*.txt.
package apisync
