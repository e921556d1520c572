//go:build riscv64 || 386

package main

import (
	"strings"

	"rv86/kernel/module"
	"rv86/kernel/nucleus"
)

// startModules sets modules up: first the packages below kernel/lkm say what
// they export, then it gets its addresses.
func startModules() {
	k := module.Setup(strings.Join(settings.modules, " "))
	if !k.Start() {
		nucleus.Panic("no memory for the module interface")
	}
}
