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
	src := flag.String("src", ownSources, "directory with NAME/NAME.c")
	include := flag.String("include", "kmod/include", "directory with linux/*.h")
	out := flag.String("out", "", "where NAME.ko go (default images/modules/ARCH)")
	flag.Parse()
	if *out == "" {
		*out = filepath.Join("images", "modules", *arch)
	}
	tree := modules.Tree{Include: *include, Src: *src, Out: *out, InTree: *src == ownSources}
	if err := build(*arch, tree); err != nil {
		fmt.Fprintln(os.Stderr, "modules:", err)
		os.Exit(1)
	}
}

// ownSources are the modules the images ship.
const ownSources = "kmod/modules"

func build(arch string, tree modules.Tree) error {
	t, err := modules.Find(arch)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(tree.Out, 0o755); err != nil {
		return err
	}
	return modules.Build(t, tree)
}
