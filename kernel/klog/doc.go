// Package klog is the kernel's log: a ring of records with a level and a time,
// as Linux's printk keeps it. Kernel code and modules write to it; syslog(2),
// /dev/kmsg and the console read from it.
//
// The console sink receives every finished message whose level is below the
// console level, without a time stamp, so that what a terminal shows does not
// depend on the speed of the machine. syslog(2) and /dev/kmsg add the time.
//
// A message without a final newline stays open: a message of level Cont
// continues it, any other message closes it first (Linux: pr_cont). It reaches
// the readers when it is closed.
//
// Safe for concurrent use. The sink is called without the ring's lock but in
// the order of the messages; it must not log.
//
// Left out: per-CPU buffers, rate limits, the structured dictionary of
// /dev/kmsg, several consoles with a level each.
package klog
