// Package sched is what C code sees of the scheduler: current and struct
// task_struct, sleeping and waking, atomic context, spinlocks, and time in
// jiffies. The packages beside it (waitq, lock, timer, work, kthread, irq...)
// build on it.
//
// # Objects
//
// A lock, a wait queue head or a completion is a few words in C memory, and no
// more: the kernel keeps a queue for its address only while somebody waits
// there, as with a futex. An object that is just freed leaks nothing.
//
// # Atomic context
//
// C code is preempted like any program, and each caller is a goroutine. What
// Linux does by turning preemption or interrupts off is done here by holding a
// token, of which each CPU has one: while a caller holds a spinlock, has
// turned preemption, softirqs or interrupts off, or is an interrupt handler or a
// timer's function, no other caller is any of these. So a spinlock is never
// contended on one CPU, nested locks in any order cannot deadlock, and per-CPU
// data is safe where Linux says so. Code that is in no such section goes on
// meanwhile, as it would on another CPU.
//
// Who sleeps while atomic is reported, as by Linux with
// CONFIG_DEBUG_ATOMIC_SLEEP, and gives the token up for as long.
//
// # Time
//
// HZ is 250. jiffies begins five minutes before it wraps around 32 bits, as on
// Linux. Busy waiting (mdelay, udelay) lets others run.
//
// Lock order: a caller's token, then Sched.mu, then wait.Queue's own.
package sched
