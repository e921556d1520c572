//go:build riscv64 || 386

package main

import (
	"rv86/kernel/abi"
	"rv86/kernel/module"
	"rv86/kernel/nucleus"
)

// modulesInit sets modules up: first the packages below kernel/lkm say what
// they export, then it gets its addresses.
func modulesInit() abi.Errno {
	k := module.Setup(module.Options{Blacklist: settings.blacklist})
	if err := k.Start(); err != nil {
		nucleus.Panic("module interface: " + err.Error())
	}
	return 0
}
