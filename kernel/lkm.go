//go:build riscv64 || 386

package main

import (
	"strings"

	"rv86/kernel/module"
	"rv86/kernel/nucleus"
	"rv86/kernel/vfs"
)

// startModules sets modules up: first the packages below kernel/lkm say what
// they export, then it gets its addresses.
func startModules(ns *vfs.Namespace) {
	k := module.Setup(strings.Join(settings.modules, " "))
	provideSync(k)
	startFiles := provideFiles(k, ns)
	if !k.Start() {
		nucleus.Panic("no memory for the module interface")
	}
	startFiles()
}
