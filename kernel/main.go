//go:build riscv64 || 386

// Command kernel is the guest kernel: a Go program that the stock toolchain
// builds for bare metal (see package nucleus and images/kernelimg). Its layers,
// low to high: abi, nucleus, klog and wait, vfs, console, vm, task, module, sys.
package main

import (
	"rv86/kernel/bootparam"
	"rv86/kernel/initcall"
	"rv86/kernel/klog"
	"rv86/kernel/nucleus"
	"rv86/kmod/vmlinux"
)

// main reads the command line, brings the layers up by their initcalls, gives
// back what only that needed, starts init, and leaves the machine to it.
func main() {
	klog.Kernel.SetClock(nucleus.Now)
	banner()
	image := readImage()
	image.parseArgs(nucleus.BootArgs())
	image.runInitcalls()
	klog.Debugf("Freeing unused kernel memory: %dK", nucleus.FreeInit()*pageKiB)
	startInit(root.ns)
	select {}
}

func banner() {
	start, runtime := nucleus.BootInsns()
	total, free := nucleus.Pages()
	klog.Debugf("%s", versionText())
	klog.Debugf("Command line: %s", nucleus.BootArgs())
	klog.Debugf("Memory: %dK/%dK available", free*pageKiB, total*pageKiB)
	klog.Debugf("Instructions: nucleus %d, runtime %d, main %d", start, runtime, nucleus.Instret())
}

// image is the image this kernel is running from.
type image struct {
	bounds vmlinux.Bounds
}

func readImage() *image {
	b, err := vmlinux.ReadBounds(nucleus.ImageHeader(), wordSize)
	if err != nil {
		nucleus.Panic("kernel image: " + err.Error())
	}
	return &image{b}
}

// parseArgs sets the parameters that the command line names.
func (im *image) parseArgs(line string) {
	params, err := vmlinux.ReadParams(&im.bounds, wordSize, nucleus.Slice)
	if err != nil || len(params) != len(&params) {
		nucleus.Panic("kernel image: __param does not fit this kernel")
	}
	for _, text := range bootparam.Parse(line, params, bootparam.Set) {
		klog.Warnf("%s", text)
	}
}

// runInitcalls runs what the image's sections list.
func (im *image) runInitcalls() {
	calls, err := vmlinux.ReadInitcalls(&im.bounds, wordSize, nucleus.Slice)
	if err != nil || len(calls) != len(&initcalls) {
		nucleus.Panic("kernel image: the initcalls do not fit this kernel")
	}
	r := &initcall.Runner{
		Call: initcall.Call, Debug: settings.initcallDebug, Now: nucleus.Now,
		Log: func(text string) { klog.Debugf("%s", text) },
	}
	r.Run(calls)
}
