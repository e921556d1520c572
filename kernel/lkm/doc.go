// Package lkm is where the kernel's interface for modules meets the kernel. The
// functions that need nothing of it (strings, printf, parameters) are package
// kmod/kapi; everything with state of its own (devices, files, timers, threads,
// locks...) is a package below this one, which
//
//   - is pure Go and is tested on the host with a Core of its own making,
//   - has a constructor that takes a Core and what else it needs (a
//     vfs.Namespace, a source of interrupts), as small interfaces,
//   - gives the functions that modules call as rows: Exports() []kapi.Func.
//
// Package kernel/module implements Core and makes C code and rows meet; the
// kernel's main package puts the parts together.
//
// C code always runs for somebody: a Caller. A row finds its own with From. A
// row may block: it runs on the goroutine of the thread that made the call,
// and nobody else waits for it.
//
// Follows Linux 6.6's include/linux for names, results and error numbers.
package lkm
