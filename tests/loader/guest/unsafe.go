//go:build linux

package main

import "unsafe"

// addr gives the address of a slice's bytes for a system call, 0 for none. The
// caller keeps the slice.
func addr(b []byte) uintptr {
	if len(b) == 0 {
		return 0
	}
	return uintptr(unsafe.Pointer(&b[0]))
}

// kept holds what cstr made.
var kept = map[string][]byte{}

// cstr gives the address of a C string, which stays.
func cstr(s string) uintptr {
	if kept[s] == nil {
		kept[s] = append([]byte(s), 0)
	}
	return addr(kept[s])
}
