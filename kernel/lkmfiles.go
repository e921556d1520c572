//go:build riscv64 || 386

package main

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/lkm/block"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/chrdev"
	"rv86/kernel/lkm/cred"
	"rv86/kernel/lkm/debugfs"
	"rv86/kernel/lkm/device"
	"rv86/kernel/lkm/dma"
	"rv86/kernel/lkm/input"
	"rv86/kernel/lkm/kobj"
	"rv86/kernel/lkm/netdev"
	"rv86/kernel/lkm/procfs"
	"rv86/kernel/lkm/seqfile"
	"rv86/kernel/lkm/uaccess"
	"rv86/kernel/module"
	"rv86/kernel/net"
	"rv86/kernel/nucleus"
	"rv86/kernel/sys"
	"rv86/kernel/vfs"
)

// provideFiles makes what modules make files and devices with. start registers
// what is there before the first module, once exports have addresses.
func provideFiles(k *module.Kernel, ns *vfs.Namespace) (start func()) {
	files := cfile.New(cfile.Config{Core: k.Core(), Who: sys.ModuleCaller, Watch: scheduler.Watch, Kill: sys.KernelThreads{}.Kill, Opener: sys.Opener(ns), Pages: modulePages{k, caches}})
	objects := kobj.New(files, ns.Sys(), k.Address)
	devices := chrdev.New(objects, ns)
	model := device.New(objects, ns)
	devices.Model(model)

	seqs := seqfile.New(k.Core(), k.Address)
	proc := procfs.New(files, ns, k.Address)
	debug := debugfs.New(files, ns.Debug())

	inputs := input.New(model, files, ns, nucleus.Epoch*nsPerSec)
	k.Provide(inputs.Exports(), nil)
	blocks := block.New(model, files, ns)
	devices.Blocks = blocks.MajorsText
	network = net.New(net.Config{NS: ns, Raise: raise, BottomHalf: bottomHalf, Now: nucleus.Now})
	nets := netdev.New(netdev.Config{Model: model, Files: files, Sched: scheduler, Soft: softirqs, Stack: network, NS: ns})
	leavers = append(leavers, inputs, blocks, nets)
	k.Provide(nets.Exports(), nets.Vars())
	k.Provide(blocks.Exports(), nil)
	k.Provide(dma.New(k.Core(), model, k.Physical, uint64(nucleus.RAMTop())).Exports(), nil)
	k.Provide(cred.Exports(), nil)
	k.Provide(uaccess.Exports(), nil)
	k.Provide(seqs.Exports(), nil)
	k.Provide(proc.Exports(), nil)
	k.Provide(debug.Exports(), nil)
	k.Provide(files.Exports(), nil)
	k.Provide(devices.Provide())
	funcs, vars, e := objects.Provide()
	if e == 0 {
		k.Provide(funcs, vars)
		funcs, vars, e = model.Provide()
	}
	if e != 0 {
		nucleus.Panic(fmt.Sprintf("no memory for the device model: %v", e))
	}
	k.Provide(funcs, vars)
	gpios.Register(ns.Sys().Sub("class"), ns.Debug())
	return func() {
		for _, start := range []func() abi.Errno{model.Start, inputs.Start, blocks.Start, nets.Start} {
			if e := start(); e != 0 {
				nucleus.Panic(fmt.Sprintf("the device model does not start: %v", e))
			}
		}
	}
}
