//go:build riscv64 || 386

// Command kernel is the guest kernel: a Go program that the stock toolchain
// builds for bare metal (see package nucleus and images/kernelimg). Its layers,
// low to high: abi, nucleus, klog and wait, vfs, console, vm, task, module, sys.
package main

import (
	"slices"

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
	rows, err := vmlinux.ReadParams(&im.bounds, wordSize, nucleus.Slice)
	fits := err == nil && len(rows) == len(params)
	for i := range rows {
		fits = fits && rows[i].Name == params[i].Name
	}
	if !fits {
		nucleus.Panic("kernel image: __param is not this kernel's")
	}
	for _, text := range bootparam.Parse(line, rows, bootparam.Set) {
		klog.Warnf("%s", text)
	}
}

// runInitcalls runs what the image's sections list.
func (im *image) runInitcalls() {
	calls, err := vmlinux.ReadInitcalls(&im.bounds, wordSize, nucleus.Slice)
	declared := initcalls
	slices.SortStableFunc(declared[:], func(a, b initcall.Row) int { return int(a.Level - b.Level) })
	fits := err == nil && len(calls) == len(declared)
	for i := range calls {
		fits = fits && calls[i].Name == declared[i].Name
	}
	if !fits {
		nucleus.Panic("kernel image: the initcalls are not this kernel's")
	}
	r := &initcall.Runner{
		Call: initcall.Call, Debug: settings.initcallDebug, Now: nucleus.Now,
		Log: func(text string) { klog.Debugf("%s", text) },
	}
	r.Run(calls)
}
