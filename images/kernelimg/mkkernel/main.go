// Command mkkernel makes kernel.elf of the output of the kernel's go build:
//
//	mkkernel RAW OUT
package main

import (
	"fmt"
	"os"

	"rv86/images/kernelimg"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: mkkernel RAW OUT")
		os.Exit(2)
	}
	if err := convert(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "mkkernel:", err)
		os.Exit(1)
	}
}

func convert(in, out string) error {
	raw, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	img, err := kernelimg.Convert(raw)
	if err != nil {
		return err
	}
	return os.WriteFile(out, img, 0o644)
}
