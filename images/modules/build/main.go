// Command build compiles the shipped modules. Run it at the root of the tree:
//
//	go run ./images/modules/build [-arch riscv64]
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"rv86/images/modules"
)

func main() {
	arch := flag.String("arch", "riscv64", "machine to build for")
	src := flag.String("src", "kmod/modules", "directory with NAME/NAME.c")
	include := flag.String("include", "kmod/include", "directory with linux/*.h")
	out := flag.String("out", "", "where NAME.ko go (default images/modules/ARCH)")
	flag.Parse()
	if *out == "" {
		*out = filepath.Join("images", "modules", *arch)
	}
	if err := build(*arch, *include, *src, *out); err != nil {
		fmt.Fprintln(os.Stderr, "modules:", err)
		os.Exit(1)
	}
}

func build(arch, include, src, out string) error {
	t, err := modules.Find(arch)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	return modules.Build(t, include, src, out)
}
