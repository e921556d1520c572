// Package wait lets a thread sleep until a file (or anything else with a
// state) becomes ready. It models the part of Linux's wait queues that poll(2)
// shows: a queue carries event masks, a sleeper names those it cares for.
//
// The rule that keeps wake-ups from being lost: register first, look at the
// state second, sleep third. A Notify between the look and the sleep leaves
// its token in the waiter's channel.
//
// Omitted: exclusive (one at a time) wake-ups; every matching waiter wakes.
//
// Locking: a Queue's lock is the innermost of the kernel. Callbacks run under
// it, so they may take only locks of their own and may notify other queues.
package wait
