// Package waitq is wait queues and completions (Linux kernel/sched/wait.c,
// completion.c; linux/wait.h, linux/completion.h). The wait_event macros are C
// code in the header: they prepare, look at the condition and schedule, in a
// loop, as Linux's do.
//
// For files that poll: sched.Sched.Watch registers a poller at a
// wait_queue_head_t, which wake_up notifies like any sleeper.
package waitq
