//go:build riscv64 || 386

package main

import (
	"fmt"
	"runtime"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/console"
	"rv86/kernel/nucleus"
	"rv86/kernel/sys"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
)

const (
	pageKiB   = nucleus.PageSize / 1024
	nsPerSec  = 1_000_000_000
	nsPerTick = nsPerSec / 100
	wordSize  = abi.WordSize
)

func wallClock() abi.Timespec {
	ns := task.WallNow()
	return abi.Timespec{Sec: ns / nsPerSec, Nsec: ns % nsPerSec}
}

func versionText() string {
	return fmt.Sprintf("Linux version %s (rv86, a kernel in Go) %s", sys.Release, sys.Version)
}

// registerProc puts into /proc what belongs to no layer in particular (proc(5)).
func registerProc(ns *vfs.Namespace, tty *console.TTY) {
	proc := ns.Proc()
	text := func(name string, f func() string) {
		proc.Add(name, vfs.Text(0o444, func() []byte { return []byte(f()) }))
	}
	text("version", func() string { return versionText() + "\n" })
	text("cmdline", func() string { return nucleus.BootArgs() + "\n" })
	text("meminfo", meminfo)
	text("uptime", func() string {
		up, idle := nucleus.Now(), idleTime()
		return fmt.Sprintf("%d.%02d %d.%02d\n", up/nsPerSec, up%nsPerSec/(nsPerSec/100), idle/nsPerSec, idle%nsPerSec/(nsPerSec/100))
	})
	text("loadavg", func() string {
		run, all, last := task.Load()
		return fmt.Sprintf("0.00 0.00 0.00 %d/%d %d\n", run, all, last)
	})
	text("stat", stat)
	text("slabinfo", func() string { return caches.Text() })
	text("ioports", func() string { return registers.Text(false) })
	text("iomem", func() string { return registers.Text(true) })
	text("interrupts", interrupts.Text)
	text("cpuinfo", cpuinfo)

	kernel := proc.Sub("sys").Sub("kernel")
	for name, f := range map[string]func() string{
		"ostype":    func() string { return "Linux" },
		"osrelease": func() string { return sys.Release },
		"version":   func() string { return sys.Version },
		"hostname":  sys.Hostname,
		"pid_max":   func() string { return fmt.Sprint(task.PIDMax) },
	} {
		kernel.Add(name, vfs.Text(0o444, func() []byte { return []byte(f() + "\n") }))
	}
	proc.Add("sysrq-trigger", vfs.TextRW(0o200, func() []byte { return nil }, sysrq))
	task.Register(proc, tty.Controlling)
	connectModules(ns)
}

// idleTime is the time that no thread of the kernel's runtime wanted to run.
func idleTime() int64 { return int64(nucleus.Counters().IdleTicks) * (nsPerSec / nucleus.TickHz) }

// meminfo trims the kernel's heap first: garbage is no memory in use, and what
// was free before some work is then free again after it. Each page is free or in
// one row of those from AnonPages on or in Cached, which as on Linux has Shmem too.
func meminfo() string {
	nucleus.TrimHeap()
	total, free := nucleus.Pages()
	used := nucleus.PagesUsed()
	var heap runtime.MemStats
	runtime.ReadMemStats(&heap)
	var b strings.Builder
	kB := func(name string, n uintptr) { fmt.Fprintf(&b, "%-15s %8d kB\n", name+":", n) }
	row := func(name string, pages uintptr) { kB(name, pages*pageKiB) }
	row("MemTotal", total)
	row("MemFree", free)
	row("MemAvailable", free+used[nucleus.PageFile])
	row("Buffers", 0)
	row("Cached", used[nucleus.PageFile]+used[nucleus.PageShared])
	row("SwapTotal", 0)
	row("SwapFree", 0)
	row("AnonPages", used[nucleus.PageAnon])
	row("Shmem", used[nucleus.PageShared])
	row("Slab", used[nucleus.PageSlab])
	row("PageTables", used[nucleus.PageTable])
	row("VmallocUsed", used[nucleus.PageWindow])
	row("KernelHeap", used[nucleus.PageHeap])
	kB("KernelHeapLive", uintptr(heap.HeapAlloc)/1024)
	row("KernelTables", used[nucleus.PageNucleus])
	return b.String()
}

func stat() string {
	times := task.SystemTimes()
	c := nucleus.Counters()
	idle := idleTime() / nsPerTick
	run, _, _ := task.Load()
	cpu := fmt.Sprintf("%d 0 %d %d 0 0 0 0 0 0", times.User/nsPerTick, times.System/nsPerTick, idle)
	return fmt.Sprintf("cpu  %s\ncpu0 %s\nintr %d\nctxt %d\nbtime %d\nprocesses %d\nprocs_running %d\nprocs_blocked 0\n",
		cpu, cpu, c.Interrupts, c.Switches, (task.WallNow()-nucleus.Now())/nsPerSec, task.Forks(), run)
}

// sysrq knows one command: c, to crash (Linux: Documentation/admin-guide/sysrq.rst).
func sysrq(b []byte) abi.Errno {
	if len(b) > 0 && b[0] == 'c' {
		nucleus.Panic("sysrq triggered crash")
	}
	return 0
}
