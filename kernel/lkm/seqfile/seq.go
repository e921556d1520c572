package seqfile

import (
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

const header = "linux/seq_file.h"

// The structures shared with C code.
var (
	Seq = cstruct.New("seq_file", header,
		cstruct.Field{Name: "buf", Type: cstruct.Long},
		cstruct.Field{Name: "size", Type: cstruct.Long},
		cstruct.Field{Name: "from", Type: cstruct.Long},
		cstruct.Field{Name: "count", Type: cstruct.Long},
		cstruct.Field{Name: "pad_until", Type: cstruct.Long},
		cstruct.Field{Name: "index", Type: cstruct.Quad},
		cstruct.Field{Name: "read_pos", Type: cstruct.Quad},
		cstruct.Field{Name: "op", Type: cstruct.Long},
		cstruct.Field{Name: "poll_event", Type: cstruct.Int},
		cstruct.Field{Name: "file", Type: cstruct.Long},
		cstruct.Field{Name: "private", Type: cstruct.Long},
	)

	Ops = cstruct.New("seq_operations", header,
		cstruct.Field{Name: "start", Type: cstruct.Long},
		cstruct.Field{Name: "stop", Type: cstruct.Long},
		cstruct.Field{Name: "next", Type: cstruct.Long},
		cstruct.Field{Name: "show", Type: cstruct.Long},
	)
)

// Layouts are both, for the test that compares them with the headers.
var Layouts = []*cstruct.Struct{Seq, Ops}

const (
	pageSize = 4096
	// sizeMax is the largest buffer, and thus record.
	sizeMax = 4 << 20
	// startToken is SEQ_START_TOKEN: not NULL, and no pointer.
	startToken = 1
)

// Seqs is all open seq_files.
type Seqs struct {
	core   lkm.Core
	export func(name string) uint64

	mu    sync.Mutex
	locks map[uint64]*sync.Mutex // by seq_file
}

// New makes it.
func New(core lkm.Core, export func(name string) uint64) *Seqs {
	return &Seqs{core: core, export: export, locks: map[uint64]*sync.Mutex{}}
}

// lock takes a seq_file's lock.
func (s *Seqs) lock(m uint64) (unlock func()) {
	s.mu.Lock()
	l := s.locks[m]
	if l == nil {
		l = &sync.Mutex{}
		s.locks[m] = l
	}
	s.mu.Unlock()
	l.Lock()
	return l.Unlock
}

// open makes the seq_file of an open file; 0 if there is no memory.
func (s *Seqs) open(c *kapi.Call, file, ops uint64) uint64 {
	size := Seq.Size(s.core)
	m := c.Alloc(size)
	if m == 0 {
		return 0
	}
	clear(s.core.Slice(m, size))
	v := Seq.At(s.core, m)
	v.Set("op", ops)
	v.Set("file", file)
	cfile.CFile.At(s.core, file).Set("private_data", m)
	return m
}

// close frees the seq_file of an open file.
func (s *Seqs) close(file uint64) {
	m := s.of(file)
	if m.Addr == 0 {
		return
	}
	if buf := m.Get("buf"); buf != 0 {
		s.core.Free(buf)
	}
	s.mu.Lock()
	delete(s.locks, m.Addr)
	s.mu.Unlock()
	s.core.Free(m.Addr)
}

// of is the seq_file of an open file.
func (s *Seqs) of(file uint64) cstruct.View {
	return Seq.At(s.core, cfile.CFile.At(s.core, file).Get("private_data"))
}

// run is one pass over a seq_file's records for a row.
type run struct {
	s  *Seqs
	c  *kapi.Call
	m  cstruct.View
	op cstruct.View
	// dead says that C code faulted: nothing of it is called any more.
	dead bool
}

func (s *Seqs) begin(c *kapi.Call, m cstruct.View) *run {
	return &run{s: s, c: c, m: m, op: Ops.At(s.core, m.Get("op"))}
}

// call calls an operation; the result is a pointer or an int.
func (r *run) call(name string, args ...uint64) uint64 {
	if r.dead {
		return 0
	}
	v, ok := r.c.CallC(r.op.Get(name), append([]uint64{r.m.Addr}, args...)...)
	if !ok {
		r.dead, r.c.Died = true, kapi.FaultInside
		return 0
	}
	if r.s.core.WordSize() == 4 {
		v = uint64(uint32(v))
	}
	return v
}

// start and next give a record, 0 at the end, and the error of an ERR_PTR.
func (r *run) start() (p uint64, e abi.Errno) { return r.record(r.call("start", r.m.Ptr("index"))) }

func (r *run) next(p uint64) (uint64, abi.Errno) {
	return r.record(r.call("next", p, r.m.Ptr("index")))
}

func (r *run) record(p uint64) (uint64, abi.Errno) {
	_, e := cfile.Result(r.s.core.WordSize(), p)
	return p, e
}

func (r *run) stop(p uint64) { r.call("stop", p) }

// show makes the text of a record. skip says that it has none.
func (r *run) show(p uint64) (skip bool, e abi.Errno) {
	v := r.call("show", p)
	if r.dead {
		return false, abi.EFAULT
	}
	if e := lkm.Errno(v); e != 0 {
		return false, e
	}
	return int32(v) != 0, 0
}

// full says that the buffer is: what was written last may be cut.
func (r *run) full() bool { return r.m.Get("count") == r.m.Get("size") }

// buffer makes a buffer of a size, in place of the old one.
func (r *run) buffer(size uint64) bool {
	if old := r.m.Get("buf"); old != 0 {
		r.s.core.Free(old)
	}
	r.m.Set("buf", 0)
	r.m.Set("count", 0)
	p := uint64(0)
	if size <= sizeMax {
		p = r.s.core.Alloc(size)
	}
	r.m.Set("buf", p)
	r.m.Set("size", size)
	return p != 0
}

func (r *run) grow() bool { return r.buffer(2 * r.m.Get("size")) }

func (r *run) reset() {
	r.m.Set("read_pos", 0)
	r.m.Set("index", 0)
	r.m.Set("count", 0)
}

// seek makes records, from the first one, until offset lies in the buffer.
func (r *run) seek(offset uint64) abi.Errno {
	for {
		again, e := r.traverse(offset)
		if !again {
			return e
		}
	}
}

// traverse is seek's one attempt; again asks for another, with the bigger buffer.
func (r *run) traverse(offset uint64) (again bool, e abi.Errno) {
	r.m.Set("index", 0)
	r.m.Set("count", 0)
	r.m.Set("from", 0)
	if offset == 0 {
		return false, 0
	}
	if r.m.Get("buf") == 0 && !r.buffer(pageSize) {
		return false, abi.ENOMEM
	}
	pos := uint64(0)
	p, e := r.start()
	for p != 0 && e == 0 && !r.dead {
		var skip bool
		if skip, e = r.show(p); e != 0 {
			break
		}
		if skip {
			r.m.Set("count", 0)
		}
		if r.full() {
			r.stop(p)
			if !r.grow() {
				return false, abi.ENOMEM
			}
			return true, 0
		}
		p, e = r.next(p)
		count := r.m.Get("count")
		if pos+count > offset {
			r.m.Set("from", offset-pos)
			r.m.Set("count", count-(offset-pos))
			break
		}
		pos += count
		r.m.Set("count", 0)
		if pos == offset {
			break
		}
	}
	r.stop(p)
	return false, e
}

// target is where a read puts what it has.
type target struct {
	room uint64
	put  func(from, n uint64) (done uint64)
}

// read performs a read at *pos, which it moves (seq_read_iter).
func (r *run) read(pos *uint64, to *target) (uint64, abi.Errno) {
	if to.room == 0 {
		return 0, 0
	}
	if *pos == 0 {
		r.m.Set("index", 0)
		r.m.Set("count", 0)
	}
	var copied uint64
	e := r.fill(*pos, to, &copied)
	switch {
	case r.dead:
		return 0, abi.EFAULT
	case copied > 0:
		*pos += copied
		r.m.Set("read_pos", r.m.Get("read_pos")+copied)
		return copied, 0
	case r.m.Get("count") != 0:
		return 0, abi.EFAULT
	}
	return 0, e
}

// fill copies what is in the buffer, or else makes records and copies those.
func (r *run) fill(pos uint64, to *target, copied *uint64) abi.Errno {
	if pos != r.m.Get("read_pos") {
		if e := r.seek(pos); e != 0 {
			r.reset()
			return e
		}
		r.m.Set("read_pos", pos)
	}
	if r.m.Get("buf") == 0 && !r.buffer(pageSize) {
		return abi.ENOMEM
	}
	if r.m.Get("count") > 0 {
		r.copy(to, copied)
		if r.m.Get("count") > 0 {
			return 0
		}
	}
	r.m.Set("from", 0)
	p, e := r.first()
	if p == 0 || e != 0 || r.dead {
		return e
	}
	r.more(p, to.room)
	r.m.Set("from", 0)
	r.copy(to, copied)
	return 0
}

// copy hands out what is in the buffer, as far as there is room.
func (r *run) copy(to *target, copied *uint64) {
	from, count := r.m.Get("from"), r.m.Get("count")
	n := to.put(r.m.Get("buf")+from, min(count, to.room))
	to.room -= n
	*copied += n
	r.m.Set("from", from+n)
	r.m.Set("count", count-n)
}

// first makes the first record that is not empty, in a buffer that is big enough,
// and gives it; 0 at the end, where stop was called.
func (r *run) first() (uint64, abi.Errno) {
	p, e := r.start()
	for p != 0 && e == 0 && !r.dead {
		var skip bool
		if skip, e = r.show(p); e != 0 {
			break
		}
		if skip {
			r.m.Set("count", 0)
		}
		if r.m.Get("count") == 0 {
			p, e = r.next(p)
			continue
		}
		if !r.full() {
			return p, 0
		}
		r.stop(p)
		if !r.grow() {
			return 0, abi.ENOMEM
		}
		p, e = r.start()
	}
	r.stop(p)
	r.m.Set("count", 0)
	return 0, e
}

// more adds records to the one in the buffer, as long as they fit and somebody
// wants them. The iterator moves on by one at least.
func (r *run) more(p, wanted uint64) {
	for {
		had, index := r.m.Get("count"), r.m.Get("index")
		var e abi.Errno
		p, e = r.next(p)
		if r.m.Get("index") == index && !r.dead {
			r.s.core.Log("\x016seq_file: buggy .next function " + r.s.core.Symbol(r.op.Get("next")) + " did not update position index\n")
			r.m.Set("index", index+1)
		}
		if p == 0 || e != 0 || r.dead || r.m.Get("count") >= wanted {
			break
		}
		skip, e := r.show(p)
		if skip {
			r.m.Set("count", had)
			continue
		}
		if e != 0 || r.full() {
			r.m.Set("count", had)
			break
		}
	}
	r.stop(p)
}
