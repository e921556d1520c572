package block

import (
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kmod/kapi"
)

// tagSet is a struct blk_mq_tag_set: its requests, one for each tag.
type tagSet struct {
	addr, ops uint64
	depth     int
	requests  []uint64
	free      chan int // tags
}

// flight is a transfer that the driver has.
type flight struct {
	left uint64 // bytes that it has not ended
	done chan uint8
}

const depthMax = 10240 // BLK_MQ_MAX_DEPTH

// allocSet is blk_mq_alloc_tag_set.
func (b *Block) allocSet(who *lkm.Caller, addr uint64) abi.Errno {
	v := TagSet.At(b.core, addr)
	ops, depth := v.Get("ops"), v.Get("queue_depth")
	switch {
	case v.Get("nr_hw_queues") == 0, depth == 0, depth < 1+v.Get("reserved_tags"),
		ops == 0, MQOps.At(b.core, ops).Get("queue_rq") == 0:
		return abi.EINVAL
	}
	if depth > depthMax {
		depth = depthMax
		v.Set("queue_depth", depth)
	}
	v.Set("nr_hw_queues", 1)
	v.Set("nr_maps", 1)
	s := &tagSet{addr: addr, ops: ops, depth: int(depth), free: make(chan int, depth)}
	size := requestSize(b.core) + v.Get("cmd_size")
	init := MQOps.At(b.core, ops).Get("init_request")
	for tag := range s.depth {
		rq := b.core.Alloc(size)
		if rq == 0 {
			b.freeSet(who, s)
			return abi.ENOMEM
		}
		clear(b.core.Slice(rq, size))
		s.requests = append(s.requests, rq)
		s.free <- tag
		if init == 0 {
			continue
		}
		r, e := b.files.Run(who, init, addr, rq, 0, 0)
		if e == 0 {
			e = lkm.Errno(r)
		}
		if e != 0 {
			b.freeSet(who, s)
			return e
		}
	}
	b.mu.Lock()
	b.sets[addr] = s
	b.mu.Unlock()
	return 0
}

// requestSize is the size of a struct request, which is aligned to 16.
func requestSize(core lkm.Core) uint64 {
	const align = 16
	return (Request.Size(core) + align - 1) &^ (align - 1)
}

// freeSet is blk_mq_free_tag_set.
func (b *Block) freeSet(who *lkm.Caller, s *tagSet) {
	b.mu.Lock()
	delete(b.sets, s.addr)
	b.mu.Unlock()
	exit, _ := b.read(who, MQOps, s.ops, "exit_request")
	for _, rq := range s.requests {
		if exit != 0 {
			b.files.Run(who, exit, s.addr, rq, 0)
		}
		b.core.Free(rq)
	}
	s.requests = nil
}

func (b *Block) setAt(addr uint64) *tagSet {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sets[addr]
}

// launch notes a transfer that the driver gets.
func (b *Block) launch(at, bytes uint64) *flight {
	f := &flight{left: bytes, done: make(chan uint8, 1)}
	b.mu.Lock()
	b.flights[at] = f
	b.mu.Unlock()
	return f
}

// land ends one, with a status; false if there is none.
func (b *Block) land(at uint64, status uint8) bool {
	b.mu.Lock()
	f := b.flights[at]
	delete(b.flights, at)
	b.mu.Unlock()
	if f == nil {
		return false
	}
	f.done <- status
	return true
}

// submit hands the driver one transfer between the disk and whole pages of kernel
// memory, and waits for its end. Preconditions: the disk's gate is entered.
func (d *disk) submit(who *lkm.Caller, op uint32, sector, buf, bytes uint64) abi.Errno {
	b := d.b
	pages := (bytes + pageSize - 1) / pageSize
	size := Bio.Size(b.core) + pages*Vec.Size(b.core)
	bio := b.core.Alloc(size)
	if bio == 0 {
		return abi.ENOMEM
	}
	defer b.core.Free(bio)
	clear(b.core.Slice(bio, size))
	v := Bio.At(b.core, bio)
	v.Set("bi_bdev", d.bdev)
	v.Set("bi_opf", uint64(op))
	v.Set("bi_vcnt", pages)
	v.Set("bi_io_vec", bio+Bio.Size(b.core))
	it := Iter.At(b.core, v.Ptr("bi_iter"))
	it.Set("bi_sector", sector)
	it.Set("bi_size", bytes)
	for i := range pages {
		s := Vec.At(b.core, v.Get("bi_io_vec")+i*Vec.Size(b.core))
		s.Set("bv_page", buf+i*pageSize)
		s.Set("bv_len", min(pageSize, bytes-i*pageSize))
	}
	if d.set == nil {
		return d.submitBio(who, bio, bytes)
	}
	return d.submitRequest(who, op, sector, bio, bytes)
}

// submitBio calls submit_bio; bio_endio ends the transfer.
func (d *disk) submitBio(who *lkm.Caller, bio, bytes uint64) abi.Errno {
	b := d.b
	fn, e := b.read(who, Ops, Disk.At(b.core, d.addr).Get("fops"), "submit_bio")
	if e != 0 {
		return e
	}
	if fn == 0 {
		return abi.EIO
	}
	f := b.launch(bio, bytes)
	if _, e := b.files.Run(who, fn, bio); e != 0 {
		b.land(bio, stsIOError)
	}
	return errnoOf(<-f.done)
}

// submitRequest takes a tag and calls queue_rq, again while the driver has no
// room.
func (d *disk) submitRequest(who *lkm.Caller, op uint32, sector, bio, bytes uint64) abi.Errno {
	b, s := d.b, d.set
	fn, e := b.read(who, MQOps, s.ops, "queue_rq")
	if e != 0 {
		return e
	}
	tag := <-s.free
	defer func() { s.free <- tag }()
	rq := s.requests[tag]
	clear(b.core.Slice(rq, Request.Size(b.core)))
	v := Request.At(b.core, rq)
	v.Set("q", d.queue)
	v.Set("mq_hctx", d.hctx)
	v.Set("cmd_flags", uint64(op))
	v.Set("tag", uint64(tag))
	v.Set("__data_len", bytes)
	v.Set("__sector", sector)
	v.Set("bio", bio)
	v.Set("biotail", bio)
	v.Set("part", d.bdev)
	data := b.core.Alloc(QueueData.Size(b.core))
	if data == 0 {
		return abi.ENOMEM
	}
	defer b.core.Free(data)
	QueueData.At(b.core, data).Set("rq", rq)
	QueueData.At(b.core, data).Set("last", 1)
	f := b.launch(rq, bytes)
	const later = 3 * time.Millisecond // BLK_MQ_RESOURCE_DELAY
	for {
		r, e := b.files.Run(who, fn, d.hctx, data)
		switch status := uint8(r); {
		case e != 0:
			b.land(rq, stsIOError)
		case status == stsResource || status == stsDevResource:
			time.Sleep(later)
			continue
		case status != stsOK:
			b.land(rq, status)
		}
		return errnoOf(<-f.done)
	}
}

// ended tells of a part of a request that the driver has ended; more says that
// there is something left of it (blk_update_request).
func (b *Block) ended(c *kapi.Call, rq, bytes uint64, status uint8) (more bool) {
	b.mu.Lock()
	f := b.flights[rq]
	if f != nil {
		f.left -= min(bytes, f.left)
	}
	b.mu.Unlock()
	switch {
	case f == nil:
		c.Warn("blk_update_request", "blk_update_request: the request is not the driver's, or was ended before\n", taintWarn)
		return false
	case f.left == 0 || status != stsOK:
		return false
	}
	v := Request.At(b.core, rq)
	v.Set("__data_len", f.left)
	v.Set("__sector", v.Get("__sector")+bytes>>sectorShift)
	it := Iter.At(b.core, Bio.At(b.core, v.Get("bio")).Ptr("bi_iter"))
	it.Set("bi_sector", v.Get("__sector"))
	it.Set("bi_size", f.left)
	past := it.Get("bi_idx")*pageSize + it.Get("bi_bvec_done") + bytes
	it.Set("bi_idx", past/pageSize)
	it.Set("bi_bvec_done", past%pageSize)
	return true
}

const taintWarn = 9 // TAINT_WARN

// errnoOf turns a status into an error (blk_status_to_errno).
func errnoOf(status uint8) abi.Errno {
	switch status {
	case stsOK:
		return 0
	case stsNotSupp:
		return abi.EOPNOTSUPP
	case stsTimeout:
		return abi.ETIMEDOUT
	case stsNoSpace:
		return abi.ENOSPC
	case stsMedium:
		return abi.ENODATA
	case stsResource:
		return abi.ENOMEM
	}
	return abi.EIO
}
