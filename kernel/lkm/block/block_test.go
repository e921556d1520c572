package block

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/lkmtest"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// userMemory is a caller's, from address 0 on.
type userMemory []byte

// CopyIn implements vfs.UserMem.
func (u userMemory) CopyIn(va uintptr, b []byte) abi.Errno { copy(b, u[va:]); return 0 }

// CopyOut implements vfs.UserMem.
func (u userMemory) CopyOut(va uintptr, b []byte) abi.Errno { copy(u[va:], b); return 0 }

const sectors = 100

// lab is a disk whose driver is a Go function, without /sys around it.
type lab struct {
	*Block
	core *lkmtest.Core
	rows []kapi.Func
	d    *disk
	f    *file
	data []byte
	// piece is how much the driver ends at once.
	piece  uint64
	status uint64 // of what it ends
	busy   int    // how often it has no room
}

func newLab(t *testing.T) *lab {
	core := lkmtest.New(t)
	who := &lkm.Caller{}
	files := cfile.New(cfile.Config{Core: core, Who: func(*vfs.Caller) *lkm.Caller { return who }})
	b := &Block{core: core, files: files, sets: map[uint64]*tagSet{}, disks: map[uint64]*disk{}, flights: map[uint64]*flight{}}
	l := &lab{Block: b, core: core, rows: b.Exports(), data: make([]byte, sectors*sectorSize), piece: chunkMax}
	ops, set := core.Alloc(MQOps.Size(core)), TagSet.At(core, core.Alloc(TagSet.Size(core)))
	MQOps.At(core, ops).Set("queue_rq", core.Func(l.queue))
	set.Set("ops", ops)
	set.Set("nr_hw_queues", 1)
	set.Set("queue_depth", 2)
	if e := b.allocSet(who, set.Addr); e != 0 {
		t.Fatal(e)
	}
	l.d = &disk{
		b: b, addr: core.Alloc(Disk.Size(core)), bdev: core.Alloc(Bdev.Size(core)), queue: core.Alloc(Queue.Size(core)),
		hctx: core.Alloc(HWCtx.Size(core)), set: b.setAt(set.Addr),
	}
	Bdev.At(core, l.d.bdev).Set("bd_nr_sectors", sectors)
	l.limits().Set("logical_block_size", sectorSize)
	l.f = &file{d: l.d}
	return l
}

func (l *lab) limits() cstruct.View {
	return Limits.At(l.core, Queue.At(l.core, l.d.queue).Ptr("limits"))
}

// queue is the driver: it walks the pages and ends the request in pieces.
func (l *lab) queue(who *lkm.Caller, args ...uint64) uint64 {
	if l.busy > 0 {
		l.busy--
		return stsResource
	}
	rq := QueueData.At(l.core, args[1]).Get("rq")
	v := Request.At(l.core, rq)
	bs := l.limits().Get("logical_block_size")
	most := l.limits().Get("max_hw_sectors") * sectorSize
	if n := v.Get("__data_len"); most > 0 && n > max(most, bs) || v.Get("__sector")*sectorSize%bs != 0 {
		l.core.T.Errorf("a request of %d bytes at sector %d", n, v.Get("__sector"))
	}
	for {
		bio := Bio.At(l.core, v.Get("bio"))
		it := Iter.At(l.core, bio.Ptr("bi_iter"))
		vec := Vec.At(l.core, bio.Get("bi_io_vec")+it.Get("bi_idx")*Vec.Size(l.core))
		done := it.Get("bi_bvec_done")
		n := min(vec.Get("bv_len")-done, l.piece, v.Get("__data_len"))
		mem := l.core.Slice(vec.Get("bv_page")+done, n)
		disk := l.data[v.Get("__sector")*sectorSize:][:n]
		if v.Get("cmd_flags") == opWrite {
			copy(disk, mem)
		} else {
			copy(mem, disk)
		}
		if l.core.Call(who, l.rows, "blk_update_request", rq, l.status, n) == 0 {
			break
		}
	}
	l.core.Call(who, l.rows, "__blk_mq_end_request", rq, l.status)
	return stsOK
}

// TestTransfers reads and writes at random places and compares with a slice.
func TestTransfers(t *testing.T) {
	l := newLab(t)
	model := make([]byte, len(l.data))
	r := rand.New(rand.NewPCG(1, 2))
	mem := make(userMemory, len(model)+1000)
	c := &vfs.Caller{Mem: mem}
	for i := range 2000 {
		l.limits().Set("logical_block_size", uint64(sectorSize)<<r.IntN(3))
		l.limits().Set("max_hw_sectors", uint64(r.IntN(40)))
		l.limits().Set("max_segments", uint64(r.IntN(5)))
		l.piece = uint64(1+r.IntN(12)) * sectorSize
		l.busy = r.IntN(20) / 19
		pos := r.Int64N(int64(len(model)))
		n := r.IntN(12000)
		want := min(n, len(model)-int(pos))
		at := pos
		if r.IntN(2) == 0 {
			for j := range mem[:n] {
				mem[j] = byte(r.Uint32())
			}
			copy(model[pos:], mem[:n])
			if got, e := l.f.WriteUser(c, 0, uintptr(n), &at); e != 0 || int(got) != want {
				t.Fatalf("%d: write of %d at %d: %d, %v", i, n, pos, got, e)
			}
			continue
		}
		got, e := l.f.ReadUser(c, 0, uintptr(n), &at)
		if e != 0 || int(got) != want || !bytes.Equal(mem[:want], model[pos:][:want]) || at != pos+int64(want) {
			t.Fatalf("%d: read of %d at %d: %d, %v", i, n, pos, got, e)
		}
	}
	if !bytes.Equal(l.data, model) {
		t.Error("the disk differs")
	}
}

func TestEnds(t *testing.T) {
	l := newLab(t)
	c := &vfs.Caller{Mem: make(userMemory, 4096)}
	end := int64(len(l.data))
	if n, e := l.f.ReadUser(c, 0, 10, &end); n != 0 || e != 0 {
		t.Errorf("read at the end: %d, %v", n, e)
	}
	if _, e := l.f.WriteUser(c, 0, 10, &end); e != abi.ENOSPC {
		t.Errorf("write at the end: %v", e)
	}
	at := int64(0)
	l.status = stsIOError
	if _, e := l.f.ReadUser(c, 0, 10, &at); e != abi.EIO {
		t.Errorf("a bad disk: %v", e)
	}
	Bdev.At(l.core, l.d.bdev).Set("bd_read_only", 1)
	if _, e := l.f.WriteUser(c, 0, 10, &at); e != abi.EPERM {
		t.Errorf("a read-only disk: %v", e)
	}
	blocks := l.core.Blocks()
	l.status = stsOK
	l.f.ReadUser(c, 0, 4000, &at)
	if l.core.Blocks() != blocks {
		t.Error("a transfer leaves memory behind")
	}
	l.core.TakeLog()
	l.core.Call(&lkm.Caller{}, l.rows, "blk_mq_end_request", l.d.set.requests[0], 0)
	if l.core.TakeLog() == "" {
		t.Error("a request that is ended twice is not reported")
	}
}

func TestNumbers(t *testing.T) {
	b := &Block{core: lkmtest.New(t), majors: map[uint32]string{}}
	for _, c := range []struct {
		major, got uint32
		e          abi.Errno
	}{{0, 254, 0}, {0, 253, 0}, {8, 0, 0}, {8, 0, abi.EBUSY}, {majorMax, 0, abi.EINVAL}} {
		if got, e := b.register(c.major, "x"); got != c.got || e != c.e {
			t.Errorf("register(%d): %d, %v", c.major, got, e)
		}
	}
}
