// Package work is workqueues (Linux kernel/workqueue.c; linux/workqueue.h): work
// items run in kernel threads named kworker/..., in the order of their queueing.
//
// As on Linux, items of bound queues share a pool that runs one at a time; only
// when an item sleeps does the pool start the next, in another thread. Items of
// unbound queues run beside each other. In both, no more of one queue's than its
// max_active, and no item beside itself.
//
// Omitted: WQ_FREEZABLE and rescuers (threads are there while memory is),
// attributes, sysfs.
package work
