package i386

import "unsafe"

// hostAddend is the difference between host and linear addresses of a page of
// RAM. The addition wraps modulo the host's word, as the subtraction does.
//
// Preconditions: e.frame lies in RAM. c.ram must stay reachable, which the CPU
// sees to, and must not move, which Go's heap guarantees.
func (c *CPU) hostAddend(e *coldEntry) uintptr {
	return uintptr(unsafe.Pointer(&c.ram[e.frame])) - uintptr(e.tag)
}
