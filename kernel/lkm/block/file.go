package block

import (
	"encoding/binary"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// chunkMax is the most that one request carries.
const chunkMax = 64 << 10

// file is an open disk. It implements vfs.UserIO.
type file struct {
	vfs.Base
	d     *disk
	mode  uint64
	owner uint64

	mu  sync.Mutex
	pos int64
}

// Modes of opening (blk_mode_t).
const (
	modeRead  = 1 << 0
	modeWrite = 1 << 1
	modeExcl  = 1 << 2
)

// open opens a disk, whose owner must stay meanwhile.
func (b *Block) open(d *disk, c *vfs.Caller, flags int) (vfs.File, abi.Errno) {
	who := b.files.CallerOf(c)
	if !d.gate.Enter(who) {
		return nil, abi.ENXIO
	}
	defer d.gate.Leave(who)
	f := &file{d: d, mode: modeRead | modeWrite}
	switch flags & abi.O_ACCMODE {
	case abi.O_RDONLY:
		f.mode = modeRead
	case abi.O_WRONLY:
		f.mode = modeWrite
	}
	if flags&abi.O_EXCL != 0 {
		f.mode |= modeExcl
	}
	ops := Disk.At(b.core, d.addr).Get("fops")
	owner, e := b.read(who, Ops, ops, "owner")
	if e != 0 {
		return nil, e
	}
	if f.owner = owner; !b.core.Hold(owner) {
		return nil, abi.ENXIO
	}
	fn, e := b.read(who, Ops, ops, "open")
	if e == 0 && fn != 0 {
		var r uint64
		if r, e = b.files.Run(who, fn, d.addr, f.mode); e == 0 {
			e = lkm.Errno(r)
		}
	}
	if e != 0 {
		b.core.Unhold(owner)
		return nil, e
	}
	return f, 0
}

// ReleaseUser implements vfs.UserIO.
func (f *file) ReleaseUser(c *vfs.Caller) {
	b := f.d.b
	defer b.core.Unhold(f.owner)
	who := b.files.CallerOf(c)
	if !f.d.gate.Enter(who) {
		return
	}
	defer f.d.gate.Leave(who)
	if fn, e := b.read(who, Ops, Disk.At(b.core, f.d.addr).Get("fops"), "release"); e == 0 && fn != 0 {
		b.files.Run(who, fn, f.d.addr)
	}
}

// PollUser implements vfs.UserIO.
func (f *file) PollUser(*vfs.Caller) wait.Events { return wait.Readable | wait.Writable }

// Seek implements vfs.UserIO.
func (f *file) Seek(c *vfs.Caller, off int64, whence int) (int64, abi.Errno) {
	who := f.d.b.files.CallerOf(c)
	if !f.d.gate.Enter(who) {
		return 0, abi.ENXIO
	}
	defer f.d.gate.Leave(who)
	f.mu.Lock()
	defer f.mu.Unlock()
	size := f.d.size()
	switch whence {
	case abi.SEEK_SET:
	case abi.SEEK_CUR:
		off += f.pos
	case abi.SEEK_END:
		off += size
	default:
		return 0, abi.EINVAL
	}
	if off < 0 || off > size {
		return 0, abi.EINVAL
	}
	f.pos = off
	return off, 0
}

// ReadUser implements vfs.UserIO.
func (f *file) ReadUser(c *vfs.Caller, va, n uintptr, pos *int64) (uintptr, abi.Errno) {
	return f.transfer(c, opRead, va, n, pos)
}

// WriteUser implements vfs.UserIO.
func (f *file) WriteUser(c *vfs.Caller, va, n uintptr, pos *int64) (uintptr, abi.Errno) {
	return f.transfer(c, opWrite, va, n, pos)
}

// transfer moves bytes chunk by chunk, up to the end of the disk: nothing can be
// read there, and to write there is ENOSPC.
func (f *file) transfer(c *vfs.Caller, op uint32, va, n uintptr, pos *int64) (done uintptr, e abi.Errno) {
	d := f.d
	who := d.b.files.CallerOf(c)
	if !d.gate.Enter(who) {
		return 0, abi.EIO
	}
	defer d.gate.Leave(who)
	if pos == nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		pos = &f.pos
	}
	if op == opWrite && Bdev.At(d.b.core, d.bdev).Get("bd_read_only") != 0 {
		return 0, abi.EPERM
	}
	for done < n && e == 0 {
		left := d.size() - *pos
		if left <= 0 {
			if op == opWrite && done == 0 {
				return 0, abi.ENOSPC
			}
			break
		}
		step := uintptr(min(left, d.chunk(*pos), int64(n-done)))
		if e = d.move(c, who, op, va+done, step, *pos); e == 0 {
			done += step
			*pos += int64(step)
		}
	}
	if done > 0 {
		e = 0
	}
	return done, e
}

// chunk is the most that one request can move from an offset on.
func (d *disk) chunk(pos int64) int64 {
	most := int64(chunkMax)
	if n := int64(d.limit("max_hw_sectors")) * sectorSize; n > 0 {
		most = min(most, n)
	}
	if n := int64(d.limit("max_segments")) * pageSize; n > 0 {
		most = min(most, n)
	}
	bs := d.blockSize()
	most = max(most&^(bs-1), bs)
	return most - pos%bs
}

// move moves what one request can, by way of whole blocks.
func (d *disk) move(c *vfs.Caller, who *lkm.Caller, op uint32, va, n uintptr, pos int64) abi.Errno {
	core, bs := d.b.core, d.blockSize()
	first := pos &^ (bs - 1)
	last := min((pos+int64(n)+bs-1)&^(bs-1), d.size())
	bytes := uint64(last - first)
	buf := core.Alloc((bytes + pageSize - 1) &^ (pageSize - 1))
	if buf == 0 {
		return abi.ENOMEM
	}
	defer core.Free(buf)
	part := core.Slice(buf+uint64(pos-first), uint64(n))
	sector := uint64(first) >> sectorShift
	if op == opRead {
		if e := d.submit(who, opRead, sector, buf, bytes); e != 0 {
			return e
		}
		return c.Mem.CopyOut(va, part)
	}
	if first != pos || last != pos+int64(n) {
		d.whole.Lock()
		defer d.whole.Unlock()
		if e := d.submit(who, opRead, sector, buf, bytes); e != 0 {
			return e
		}
	}
	if e := c.Mem.CopyIn(va, part); e != 0 {
		return e
	}
	return d.submit(who, opWrite, sector, buf, bytes)
}

// Requests of disks (linux/fs.h, linux/hdreg.h).
const (
	blkROGet    = 0x125e
	blkGetSize  = 0x1260
	blkFlush    = 0x1261
	blkSectSize = 0x1268
	blkIOMin    = 0x1278
	blkIOOpt    = 0x1279
	blkPhysSize = 0x127b
	hdGetGeo    = 0x0301

	// These carry the size of a size_t.
	blkBlockSize = 2<<30 | abi.WordSize<<16 | 0x1270
	blkGetSize64 = 2<<30 | abi.WordSize<<16 | 0x1272
)

// Ioctl implements vfs.File.
func (f *file) Ioctl(c *vfs.Caller, cmd, arg uintptr) (uintptr, abi.Errno) {
	d := f.d
	who := d.b.files.CallerOf(c)
	if !d.gate.Enter(who) {
		return 0, abi.ENXIO
	}
	defer d.gate.Leave(who)
	le := binary.LittleEndian
	answer32 := func(v uint64) (uintptr, abi.Errno) { return 0, c.Mem.CopyOut(arg, le.AppendUint32(nil, uint32(v))) }
	switch cmd {
	case blkGetSize64:
		return 0, c.Mem.CopyOut(arg, le.AppendUint64(nil, uint64(d.size())))
	case blkGetSize:
		b := le.AppendUint64(nil, d.sectors())
		return 0, c.Mem.CopyOut(arg, b[:abi.WordSize])
	case blkSectSize, blkBlockSize:
		return answer32(uint64(d.blockSize()))
	case blkPhysSize:
		return answer32(d.limit("physical_block_size"))
	case blkIOMin:
		return answer32(d.limit("io_min"))
	case blkIOOpt:
		return answer32(d.limit("io_opt"))
	case blkROGet:
		return answer32(Bdev.At(d.b.core, d.bdev).Get("bd_read_only"))
	case blkFlush:
		return 0, 0 // there is no cache
	case hdGetGeo:
		return f.geometry(c, arg)
	}
	return f.driverIoctl(c, cmd, arg)
}

// driverIoctl is for the requests that only the driver knows.
func (f *file) driverIoctl(c *vfs.Caller, cmd, arg uintptr) (uintptr, abi.Errno) {
	b := f.d.b
	who := b.files.CallerOf(c)
	fn, e := b.read(who, Ops, Disk.At(b.core, f.d.addr).Get("fops"), "ioctl")
	if e != 0 {
		return 0, e
	}
	if fn == 0 {
		return 0, abi.ENOTTY
	}
	r, e := b.files.Run(who, fn, f.d.bdev, f.mode, uint64(cmd), uint64(arg))
	if e == 0 {
		e = lkm.Errno(r)
	}
	return uintptr(uint32(r)), e
}

// geometry asks the driver for heads, sectors and cylinders.
func (f *file) geometry(c *vfs.Caller, arg uintptr) (uintptr, abi.Errno) {
	b := f.d.b
	who := b.files.CallerOf(c)
	fn, e := b.read(who, Ops, Disk.At(b.core, f.d.addr).Get("fops"), "getgeo")
	if e != 0 {
		return 0, e
	}
	if fn == 0 {
		return 0, abi.ENOTTY
	}
	const size = 4 + abi.WordSize // two bytes, a short and a long
	geo := b.core.Alloc(size)
	if geo == 0 {
		return 0, abi.ENOMEM
	}
	defer b.core.Free(geo)
	clear(b.core.Slice(geo, size))
	r, e := b.files.Run(who, fn, f.d.bdev, geo)
	if e == 0 {
		e = lkm.Errno(r)
	}
	if e != 0 {
		return 0, e
	}
	return 0, c.Mem.CopyOut(arg, append([]byte(nil), b.core.Slice(geo, size)...))
}
