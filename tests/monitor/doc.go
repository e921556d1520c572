// Package monitor holds sessions of the monitor on both machines: goldens,
// and every command's example. The module that they look at, src/watchme, is
// compiled with debug information by the test.
package monitor
