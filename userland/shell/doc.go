// Package shell is sh: mvdan.cc/sh's interpreter (POSIX shell with most of
// bash) with what makes it a Unix shell added around it: programs run as
// processes in process groups of their own, the terminal goes to the one in
// the foreground, lines are edited and remembered, and messages and exit
// statuses are those of POSIX XCU 2.8 (127 not found, 126 not executable,
// 128+n killed by signal n).
//
// The interpreter runs a background list in a goroutine and not in a process
// (XCU 2.9.3.1), so $! is its name for it ("g1"), which wait, kill, fg and
// jobs understand but other programs do not. Subshells are likewise not
// processes: a signal sent to the shell reaches all of them.
//
// Omitted: traps on signals other than EXIT and ERR, ulimit, fc, coprocesses.
package shell
