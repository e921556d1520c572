package block

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/device"
	"rv86/kernel/lkm/kobj"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// disk is a struct gendisk, and what was allocated with it.
type disk struct {
	b                       *Block
	addr, bdev, queue, hctx uint64
	set                     *tagSet // nil: it takes bios
	name                    string
	dev                     uint64 // dev_t
	live                    bool   // between add_disk and del_gendisk
	gate                    cfile.Gate

	whole sync.Mutex // held while a part of a block is read, changed and written
}

// allocDisk is blk_mq_alloc_disk, or with no set blk_alloc_disk; 0 if there is no
// memory.
func (b *Block) allocDisk(c *kapi.Call, set *tagSet, setAddr, queuedata uint64) (uint64, abi.Errno) {
	sizes := [...]uint64{Disk.Size(b.core), Bdev.Size(b.core), Queue.Size(b.core), HWCtx.Size(b.core)}
	var at [len(sizes)]uint64
	total := uint64(0)
	const align = 16
	for i, n := range sizes {
		at[i] = total
		total += (n + align - 1) &^ (align - 1)
	}
	addr := c.Alloc(total)
	if addr == 0 {
		return 0, abi.ENOMEM
	}
	clear(b.core.Slice(addr, total))
	d := &disk{b: b, addr: addr, bdev: addr + at[1], queue: addr + at[2], hctx: addr + at[3], set: set}
	g := Disk.At(b.core, addr)
	g.Set("part0", d.bdev)
	g.Set("queue", d.queue)
	bd := Bdev.At(b.core, d.bdev)
	bd.Set("bd_disk", addr)
	bd.Set("bd_queue", d.queue)
	q := Queue.At(b.core, d.queue)
	q.Set("queuedata", queuedata)
	q.Set("disk", addr)
	q.Set("tag_set", setAddr)
	l := Limits.At(b.core, q.Ptr("limits"))
	l.Set("max_hw_sectors", chunkMax/sectorSize)
	l.Set("max_segment_size", chunkMax)
	l.Set("max_segments", chunkMax/pageSize)
	l.Set("logical_block_size", sectorSize)
	l.Set("physical_block_size", sectorSize)
	l.Set("io_min", sectorSize)
	HWCtx.At(b.core, d.hctx).Set("queue", d.queue)
	if e := b.model.Init(bd.Ptr("bd_device"), b.class, "disk", "disk_release"); e != 0 {
		b.core.Free(addr)
		return 0, e
	}
	b.mu.Lock()
	b.disks[addr] = d
	b.mu.Unlock()
	if set == nil {
		return addr, 0
	}
	q.Set("nr_requests", uint64(set.depth))
	return addr, b.startQueue(lkm.From(c), d)
}

// startQueue calls the driver's init_hctx, if it has one.
func (b *Block) startQueue(who *lkm.Caller, d *disk) abi.Errno {
	fn := MQOps.At(b.core, d.set.ops).Get("init_hctx")
	if fn == 0 {
		return 0
	}
	r, e := b.files.Run(who, fn, d.hctx, TagSet.At(b.core, d.set.addr).Get("driver_data"), 0)
	if e == 0 {
		e = lkm.Errno(r)
	}
	return e
}

// add is device_add_disk.
func (b *Block) add(who *lkm.Caller, d *disk, parent, groups uint64) abi.Errno {
	g := Disk.At(b.core, d.addr)
	name := b.cstr(g.Ptr("disk_name"), diskName)
	major, minor := uint32(g.Get("major")), uint32(g.Get("first_minor"))
	if name == "" || d.live {
		return abi.EINVAL
	}
	if major == 0 {
		b.mu.Lock()
		major, minor = extMajor, b.ext
		b.ext++
		b.mu.Unlock()
		g.Set("major", uint64(major))
		g.Set("first_minor", uint64(minor))
	}
	d.name, d.dev = name, uint64(major)<<minorBits|uint64(minor)
	bd := Bdev.At(b.core, d.bdev)
	bd.Set("bd_dev", d.dev)
	dev := device.Device.At(b.core, bd.Ptr("bd_device"))
	dev.Set("devt", d.dev)
	dev.Set("parent", parent)
	dev.Set("groups", groups)
	if e := b.model.Kobjects().SetName(b.core, dev.Ptr("kobj"), strings.ReplaceAll(name, "/", "!")); e != 0 {
		return e
	}
	b.ns.RegisterDevice(abi.S_IFBLK, major, minor, func(c *vfs.Caller, flags int) (vfs.File, abi.Errno) {
		return b.open(d, c, flags)
	})
	if e := b.model.Add(who, dev.Addr); e != 0 {
		b.ns.RegisterDevice(abi.S_IFBLK, major, minor, nil)
		return e
	}
	b.addFiles(d, dev.Addr)
	b.mu.Lock()
	d.live = true
	b.mu.Unlock()
	return 0
}

// addFiles adds the attributes of a disk, and its link in /sys/block.
func (b *Block) addFiles(d *disk, dev uint64) {
	k := b.model.Kobjects()
	dir, _ := b.model.Dir(dev)
	number := func(name string, f func() uint64) {
		k.AddAttr(dir, kobj.Attr{Name: name, Mode: 0o444, Show: func(*lkm.Caller) ([]byte, abi.Errno) {
			return fmt.Appendf(nil, "%d\n", f()), 0
		}})
	}
	number("size", d.sectors)
	number("ro", func() uint64 { return Bdev.At(b.core, d.bdev).Get("bd_read_only") })
	number("removable", func() uint64 { return 0 })
	k.Link(b.sysBlock(), d.name, dir)
}

func (b *Block) sysBlock() *kobj.Object {
	k := b.model.Kobjects()
	return k.Adopt(k.Root(), "block")
}

// del is del_gendisk: it waits for the transfers that go on.
func (b *Block) del(who *lkm.Caller, d *disk) {
	b.mu.Lock()
	live := d.live
	d.live = false
	b.mu.Unlock()
	if !live {
		return
	}
	major, minor := cfile.SplitDev(d.dev)
	b.ns.RegisterDevice(abi.S_IFBLK, major, minor, nil)
	d.gate.Shut(who)
	b.model.Kobjects().Unlink(who, b.sysBlock(), d.name)
	b.model.Del(who, Bdev.At(b.core, d.bdev).Ptr("bd_device"))
}

// Leaving lists the disks that a module forgot to delete, and takes them away:
// nobody would serve their requests.
func (b *Block) Leaving(_ string, of func(addr uint64) bool) (left []string) {
	b.mu.Lock()
	var list []*disk
	for _, d := range b.disks {
		if d.live && (of(Disk.At(b.core, d.addr).Get("fops")) || d.set != nil && of(d.set.ops)) {
			list = append(list, d)
		}
	}
	b.mu.Unlock()
	slices.SortFunc(list, func(x, y *disk) int { return cmp.Compare(x.dev, y.dev) })
	for _, d := range list {
		left = append(left, fmt.Sprintf("disk %s is still there: del_gendisk it before the module goes", d.name))
		b.del(&lkm.Caller{}, d)
	}
	return left
}

// released is the end of a disk, with its last reference.
func (b *Block) released(who *lkm.Caller, d *disk) {
	b.mu.Lock()
	delete(b.disks, d.addr)
	b.mu.Unlock()
	if d.set != nil && b.setAt(d.set.addr) == d.set {
		if fn, e := b.read(who, MQOps, d.set.ops, "exit_hctx"); e == 0 && fn != 0 {
			b.files.Run(who, fn, d.hctx, 0)
		}
	}
	ops := Disk.At(b.core, d.addr).Get("fops")
	if fn, e := b.read(who, Ops, ops, "free_disk"); e == 0 && fn != 0 {
		b.files.Run(who, fn, d.addr)
	}
	b.core.Free(d.addr)
}

func (d *disk) sectors() uint64 { return Bdev.At(d.b.core, d.bdev).Get("bd_nr_sectors") }

func (d *disk) size() int64 { return int64(d.sectors() << sectorShift) }

func (d *disk) limit(name string) uint64 {
	return Limits.At(d.b.core, Queue.At(d.b.core, d.queue).Ptr("limits")).Get(name)
}

// blockSize is the logical block's, whatever the driver wrote there.
func (d *disk) blockSize() int64 {
	n := d.limit("logical_block_size")
	if n < sectorSize || n > pageSize || n&(n-1) != 0 {
		return sectorSize
	}
	return int64(n)
}
