// Command build makes the table of the kernel's exports (kmod/symvers) current
// and compiles the shipped modules. What the kernel exports it asks the kernel:
// bin/rv86 and the images must be built. Run it at the root of the tree:
//
//	go run ./images/modules/build [-arch riscv64]
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"rv86/images/modules"
	"rv86/kmod/kbuild"
)

func main() {
	arch := flag.String("arch", "riscv64", "machine to build for")
	flag.Parse()
	if err := build(*arch); err != nil {
		fmt.Fprintln(os.Stderr, "modules:", err)
		os.Exit(1)
	}
}

func build(arch string) error {
	t, err := modules.Find(arch)
	if err != nil {
		return err
	}
	tc, err := t.Toolchain()
	if err != nil {
		return err
	}
	list, err := exec.Command(filepath.Join("bin", "rv86"), "run", "--arch", arch, "-c", "cat /proc/exports").Output()
	if err != nil {
		return fmt.Errorf("the kernel does not say what it exports: %w", err)
	}
	exports, err := kbuild.ParseExports(string(list))
	if err != nil {
		return err
	}
	kernel, err := kbuild.WriteKernelTable(tc, exports, filepath.Join("kmod", "symvers"))
	if err != nil {
		return err
	}
	out := filepath.Join("images", "modules", arch)
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	return modules.Build(t, modules.Tree{Src: filepath.Join("kmod", "modules"), Out: out, InTree: true, Kernel: kernel})
}
