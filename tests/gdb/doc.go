// Package gdb lets the real gdb-multiarch debug both machines through --gdb, and
// sends the stub what no gdb would.
package gdb
