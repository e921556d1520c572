//go:build riscv64

// Command kernel is the guest kernel: a Go program that the stock toolchain
// builds for bare metal (see package nucleus and images/kernelimg).
package main

import (
	"fmt"

	"rv86/kernel/nucleus"
)

func main() {
	a, b := nucleus.BootInsns()
	fmt.Println("hello", a, b, nucleus.Instret(), nucleus.BootArgs())
	fmt.Println(nucleus.Pages())
	nucleus.PowerOff(0)
}
