// Package block is block devices of modules: numbers and names, disks, and the
// requests that reading and writing them makes (Linux 6.6 block/genhd.c,
// blk-mq.c, fops.c; linux/blkdev.h, blk-mq.h).
//
// A driver makes a tag set, which says how many requests it takes at once, and a
// disk. Opened, the disk is a file: each transfer becomes requests of whole
// blocks, at most chunkMax bytes each, that queue_rq gets and
// blk_mq_end_request ends, at once or later. What begins or ends within a block
// is read first. There is no cache: a write has reached the driver when write(2)
// returns, and each read asks it.
//
// A driver without a tag set gets its transfers as bios (submit_bio).
//
// The memory of a transfer is the kernel's. A struct page here is known by its
// address: there is no array of them, and all memory is always mapped.
//
// Omitted: partitions, schedulers and merging, several hardware queues, zones,
// integrity, timeouts (a request that the driver never ends keeps its caller).
package block
