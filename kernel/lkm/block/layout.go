package block

import (
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/device"
)

const (
	typesH = "linux/blk_types.h"
	blkdev = "linux/blkdev.h"
	blkmq  = "linux/blk-mq.h"

	diskName = 32 // DISK_NAME_LEN
)

// The structures shared with C code.
var (
	Vec = cstruct.New("bio_vec", typesH,
		cstruct.Field{Name: "bv_page", Type: cstruct.Long},
		cstruct.Field{Name: "bv_len", Type: cstruct.Int},
		cstruct.Field{Name: "bv_offset", Type: cstruct.Int},
	)

	Iter = cstruct.New("bvec_iter", typesH,
		cstruct.Field{Name: "bi_sector", Type: cstruct.Quad},
		cstruct.Field{Name: "bi_size", Type: cstruct.Int},
		cstruct.Field{Name: "bi_idx", Type: cstruct.Int},
		cstruct.Field{Name: "bi_bvec_done", Type: cstruct.Int},
	)

	Bio = cstruct.New("bio", typesH,
		cstruct.Field{Name: "bi_next", Type: cstruct.Long},
		cstruct.Field{Name: "bi_bdev", Type: cstruct.Long},
		cstruct.Field{Name: "bi_opf", Type: cstruct.Int},
		cstruct.Field{Name: "bi_flags", Type: cstruct.Short},
		cstruct.Field{Name: "bi_status", Type: cstruct.Char},
		cstruct.Field{Name: "bi_iter", Type: Iter.Type()},
		cstruct.Field{Name: "bi_end_io", Type: cstruct.Long},
		cstruct.Field{Name: "bi_private", Type: cstruct.Long},
		cstruct.Field{Name: "bi_vcnt", Type: cstruct.Short},
		cstruct.Field{Name: "bi_io_vec", Type: cstruct.Long},
	)

	Bdev = cstruct.New("block_device", typesH,
		cstruct.Field{Name: "bd_start_sect", Type: cstruct.Quad},
		cstruct.Field{Name: "bd_nr_sectors", Type: cstruct.Quad},
		cstruct.Field{Name: "bd_disk", Type: cstruct.Long},
		cstruct.Field{Name: "bd_queue", Type: cstruct.Long},
		cstruct.Field{Name: "bd_read_only", Type: cstruct.Char},
		cstruct.Field{Name: "bd_dev", Type: cstruct.Int},
		cstruct.Field{Name: "bd_device", Type: device.Device.Type()},
	)

	Limits = cstruct.New("queue_limits", blkdev,
		cstruct.Field{Name: "max_hw_sectors", Type: cstruct.Int},
		cstruct.Field{Name: "max_segment_size", Type: cstruct.Int},
		cstruct.Field{Name: "physical_block_size", Type: cstruct.Int},
		cstruct.Field{Name: "logical_block_size", Type: cstruct.Int},
		cstruct.Field{Name: "io_min", Type: cstruct.Int},
		cstruct.Field{Name: "io_opt", Type: cstruct.Int},
		cstruct.Field{Name: "max_segments", Type: cstruct.Short},
	)

	Queue = cstruct.New("request_queue", blkdev,
		cstruct.Field{Name: "queuedata", Type: cstruct.Long},
		cstruct.Field{Name: "queue_flags", Type: cstruct.Long},
		cstruct.Field{Name: "limits", Type: Limits.Type()},
		cstruct.Field{Name: "disk", Type: cstruct.Long},
		cstruct.Field{Name: "tag_set", Type: cstruct.Long},
		cstruct.Field{Name: "nr_requests", Type: cstruct.Long},
	)

	Disk = cstruct.New("gendisk", blkdev,
		cstruct.Field{Name: "major", Type: cstruct.Int},
		cstruct.Field{Name: "first_minor", Type: cstruct.Int},
		cstruct.Field{Name: "minors", Type: cstruct.Int},
		cstruct.Field{Name: "disk_name", Type: cstruct.Array(diskName, cstruct.Char)},
		cstruct.Field{Name: "part0", Type: cstruct.Long},
		cstruct.Field{Name: "fops", Type: cstruct.Long},
		cstruct.Field{Name: "queue", Type: cstruct.Long},
		cstruct.Field{Name: "private_data", Type: cstruct.Long},
		cstruct.Field{Name: "flags", Type: cstruct.Int},
	)

	Ops = cstruct.New("block_device_operations", blkdev, cstruct.LongFields(
		"submit_bio", "poll_bio", "open", "release", "ioctl", "compat_ioctl", "check_events",
		"unlock_native_capacity", "getgeo", "set_read_only", "free_disk", "swap_slot_free_notify",
		"report_zones", "devnode", "get_unique_id", "owner")...)

	MQOps = cstruct.New("blk_mq_ops", blkmq, cstruct.LongFields(
		"queue_rq", "commit_rqs", "queue_rqs", "get_budget", "put_budget", "set_rq_budget_token",
		"get_rq_budget_token", "timeout", "poll", "complete", "init_hctx", "exit_hctx", "init_request",
		"exit_request", "cleanup_rq", "busy", "map_queues")...)

	TagSet = cstruct.New("blk_mq_tag_set", blkmq,
		cstruct.Field{Name: "ops", Type: cstruct.Long},
		cstruct.Field{Name: "nr_maps", Type: cstruct.Int},
		cstruct.Field{Name: "nr_hw_queues", Type: cstruct.Int},
		cstruct.Field{Name: "queue_depth", Type: cstruct.Int},
		cstruct.Field{Name: "reserved_tags", Type: cstruct.Int},
		cstruct.Field{Name: "cmd_size", Type: cstruct.Int},
		cstruct.Field{Name: "numa_node", Type: cstruct.Int},
		cstruct.Field{Name: "timeout", Type: cstruct.Int},
		cstruct.Field{Name: "flags", Type: cstruct.Int},
		cstruct.Field{Name: "driver_data", Type: cstruct.Long},
		cstruct.Field{Name: "tags", Type: cstruct.Long},
	)

	HWCtx = cstruct.New("blk_mq_hw_ctx", blkmq,
		cstruct.Field{Name: "queue", Type: cstruct.Long},
		cstruct.Field{Name: "driver_data", Type: cstruct.Long},
		cstruct.Field{Name: "state", Type: cstruct.Long},
		cstruct.Field{Name: "flags", Type: cstruct.Long},
		cstruct.Field{Name: "queue_num", Type: cstruct.Int},
		cstruct.Field{Name: "numa_node", Type: cstruct.Int},
	)

	QueueData = cstruct.New("blk_mq_queue_data", blkmq,
		cstruct.Field{Name: "rq", Type: cstruct.Long},
		cstruct.Field{Name: "last", Type: cstruct.Char},
	)

	// Request is aligned to 16 so that what the driver has after it is, too.
	Request = cstruct.New("request", blkmq,
		cstruct.Field{Name: "q", Type: cstruct.Long},
		cstruct.Field{Name: "mq_hctx", Type: cstruct.Long},
		cstruct.Field{Name: "cmd_flags", Type: cstruct.Int},
		cstruct.Field{Name: "rq_flags", Type: cstruct.Int},
		cstruct.Field{Name: "tag", Type: cstruct.Int},
		cstruct.Field{Name: "timeout", Type: cstruct.Int},
		cstruct.Field{Name: "__data_len", Type: cstruct.Int},
		cstruct.Field{Name: "state", Type: cstruct.Int},
		cstruct.Field{Name: "__sector", Type: cstruct.Quad},
		cstruct.Field{Name: "bio", Type: cstruct.Long},
		cstruct.Field{Name: "biotail", Type: cstruct.Long},
		cstruct.Field{Name: "end_io_data", Type: cstruct.Long},
		cstruct.Field{Name: "part", Type: cstruct.Long},
	)
)

// Layouts are the structures, for the test that compares them with the headers.
var Layouts = []*cstruct.Struct{
	Vec, Iter, Bio, Bdev, Limits, Queue, Disk, Ops, MQOps, TagSet, HWCtx, QueueData, Request,
}

// Operations of requests (enum req_op), and results (blk_status_t).
const (
	opRead  = 0
	opWrite = 1

	stsOK          = 0
	stsNotSupp     = 1
	stsTimeout     = 2
	stsNoSpace     = 3
	stsMedium      = 7
	stsResource    = 9
	stsIOError     = 10
	stsDevResource = 13
)

const (
	sectorSize  = 512
	sectorShift = 9
	pageSize    = 4096
	minorBits   = 20
)
