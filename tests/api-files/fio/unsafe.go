//go:build linux

package main

import "unsafe"

// address is where the program's memory is.
func address(b []byte) uintptr { return uintptr(unsafe.Pointer(&b[0])) }
