package block

import (
	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kmod/kapi"
)

func fail(e abi.Errno) uint64 {
	if e == 0 {
		return 0
	}
	return lkm.Fail(e)
}

// withDisk makes a row about one disk; a wrong one is the caller's mistake.
func (b *Block) withDisk(name, proto string, f func(c *kapi.Call, d *disk) uint64) kapi.Func {
	return kapi.Func{Name: name, Proto: proto, Call: func(c *kapi.Call) uint64 {
		at := c.Ptr()
		d := b.disk(at)
		if d == nil {
			c.Warn(name, name+": this is no disk, or it is gone\n", taintWarn)
			return lkm.Fail(abi.EINVAL)
		}
		return f(c, d)
	}}
}

// allocated gives what a row that allocates a disk returns.
func allocated(addr uint64, e abi.Errno) uint64 {
	if e != 0 {
		return lkm.Fail(e)
	}
	return addr
}

// Exports are the rows of the package.
func (b *Block) Exports() []kapi.Func {
	return append(b.diskFuncs(), b.requestFuncs()...)
}

func (b *Block) diskFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "__register_blkdev", Proto: "int __register_blkdev(unsigned int major, const char *name, void (*probe)(dev_t devt))", Call: func(c *kapi.Call) uint64 {
			major, e := b.register(c.Uint(), c.Str(c.Ptr()))
			if e != 0 {
				return lkm.Fail(e)
			}
			return uint64(major)
		}},
		{Name: "unregister_blkdev", Proto: "void unregister_blkdev(unsigned int major, const char *name)", Call: func(c *kapi.Call) uint64 {
			major, name := c.Uint(), c.Str(c.Ptr())
			b.mu.Lock()
			known := b.majors[major] == name
			if known {
				delete(b.majors, major)
			}
			b.mu.Unlock()
			if !known {
				c.Warn("unregister_blkdev", "unregister_blkdev: the number is not registered under this name\n", taintWarn)
			}
			return 0
		}},
		{Name: "__blk_mq_alloc_disk", Proto: "struct gendisk *__blk_mq_alloc_disk(struct blk_mq_tag_set *set, void *queuedata)", Call: func(c *kapi.Call) uint64 {
			at := c.Ptr()
			set := b.setAt(at)
			if set == nil {
				return lkm.Fail(abi.EINVAL)
			}
			return allocated(b.allocDisk(c, set, at, c.Ptr()))
		}},
		{Name: "__blk_alloc_disk", Proto: "struct gendisk *__blk_alloc_disk(int node)", Call: func(c *kapi.Call) uint64 {
			addr, e := b.allocDisk(c, nil, 0, 0)
			if e != 0 {
				return 0
			}
			return addr
		}},
		{Name: "device_add_disk", Proto: "int device_add_disk(struct device *parent, struct gendisk *disk, const struct attribute_group **groups)", Call: func(c *kapi.Call) uint64 {
			parent, at, groups := c.Ptr(), c.Ptr(), c.Ptr()
			d := b.disk(at)
			if d == nil {
				return lkm.Fail(abi.EINVAL)
			}
			return fail(b.add(lkm.From(c), d, parent, groups))
		}},
		b.withDisk("del_gendisk", "void del_gendisk(struct gendisk *disk)", func(c *kapi.Call, d *disk) uint64 {
			b.del(lkm.From(c), d)
			return 0
		}),
		b.withDisk("put_disk", "void put_disk(struct gendisk *disk)", func(c *kapi.Call, d *disk) uint64 {
			b.model.Put(c, Bdev.At(b.core, d.bdev).Ptr("bd_device"))
			return 0
		}),
		b.withDisk("set_capacity", "void set_capacity(struct gendisk *disk, sector_t size)", func(c *kapi.Call, d *disk) uint64 {
			Bdev.At(b.core, d.bdev).Set("bd_nr_sectors", c.Ulonglong())
			return 0
		}),
		b.withDisk("set_disk_ro", "void set_disk_ro(struct gendisk *disk, bool read_only)", func(c *kapi.Call, d *disk) uint64 {
			const byteMask = 0xff
			Bdev.At(b.core, d.bdev).Set("bd_read_only", uint64(c.Uint()&byteMask))
			return 0
		}),
		{Name: "disk_release", Proto: "void disk_release(struct device *dev)", Call: func(c *kapi.Call) uint64 {
			if d := b.disk(Bdev.From(b.core, "bd_device", c.Ptr()).Get("bd_disk")); d != nil {
				b.released(lkm.From(c), d)
			}
			return 0
		}},
	}
}

func (b *Block) requestFuncs() []kapi.Func {
	end := func(c *kapi.Call, rq uint64, status uint8) uint64 {
		if !b.land(rq, status) {
			c.Warn("blk_mq_end_request", "blk_mq_end_request: the request is not the driver's, or was ended before\n", taintWarn)
		}
		return 0
	}
	return []kapi.Func{
		{Name: "blk_mq_alloc_tag_set", Proto: "int blk_mq_alloc_tag_set(struct blk_mq_tag_set *set)", Call: func(c *kapi.Call) uint64 {
			return fail(b.allocSet(lkm.From(c), c.Ptr()))
		}},
		{Name: "blk_mq_free_tag_set", Proto: "void blk_mq_free_tag_set(struct blk_mq_tag_set *set)", Call: func(c *kapi.Call) uint64 {
			if s := b.setAt(c.Ptr()); s != nil {
				b.freeSet(lkm.From(c), s)
			}
			return 0
		}},
		{Name: "blk_mq_start_request", Proto: "void blk_mq_start_request(struct request *rq)", Call: func(c *kapi.Call) uint64 {
			const inFlight = 1 // MQ_RQ_IN_FLIGHT
			Request.At(b.core, c.Ptr()).Set("state", inFlight)
			return 0
		}},
		{Name: "blk_mq_end_request", Proto: "void blk_mq_end_request(struct request *rq, blk_status_t error)", Call: func(c *kapi.Call) uint64 {
			return end(c, c.Ptr(), uint8(c.Uint()))
		}},
		{Name: "__blk_mq_end_request", Proto: "void __blk_mq_end_request(struct request *rq, blk_status_t error)", Call: func(c *kapi.Call) uint64 {
			return end(c, c.Ptr(), uint8(c.Uint()))
		}},
		{Name: "blk_update_request", Proto: "bool blk_update_request(struct request *rq, blk_status_t error, unsigned int nr_bytes)", Call: func(c *kapi.Call) uint64 {
			rq, status := c.Ptr(), uint8(c.Uint())
			if b.ended(c, rq, uint64(c.Uint()), status) {
				return 1
			}
			return 0
		}},
		{Name: "blk_mq_complete_request", Proto: "void blk_mq_complete_request(struct request *rq)", Call: func(c *kapi.Call) uint64 {
			rq := c.Ptr()
			set := b.setAt(Queue.At(b.core, Request.At(b.core, rq).Get("q")).Get("tag_set"))
			if set == nil {
				return 0
			}
			if fn := MQOps.At(b.core, set.ops).Get("complete"); fn != 0 {
				if _, ok := c.CallC(fn, rq); !ok {
					c.Died = kapi.FaultInside
				}
			}
			return 0
		}},
		{Name: "bio_endio", Proto: "void bio_endio(struct bio *bio)", Call: func(c *kapi.Call) uint64 {
			bio := c.Ptr()
			if !b.land(bio, uint8(Bio.At(b.core, bio).Get("bi_status"))) {
				c.Warn("bio_endio", "bio_endio: the bio is not the driver's, or was ended before\n", taintWarn)
			}
			return 0
		}},
	}
}
