// Package irq is interrupt handlers of modules (Linux kernel/irq;
// linux/interrupt.h). A line of the board has one goroutine, from the first time
// a module asks for it, which waits for the interrupt, runs the handlers in
// interrupt context one after the other, and lets the line be raised again.
//
// A threaded handler has a kernel thread named irq/N-NAME. Lines that the
// kernel's own drivers use can be shared with them: the driver calls Deliver.
//
// Omitted: affinity, wake-up from suspend, domains: a line's number is the
// interrupt controller's.
package irq
