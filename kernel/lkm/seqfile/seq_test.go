package seqfile

import (
	"strings"
	"testing"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/lkmtest"
)

// program has memory at base.
type program struct {
	lkm.Thread
	mem [64 << 10]byte
}

const base = 0x10000

func (p *program) CopyOut(va uintptr, b []byte) abi.Errno {
	copy(p.mem[va-base:], b)
	return 0
}

// lab is a seq_file whose records are sizes: each is that many bytes, all of one
// letter; -1 is skipped.
type lab struct {
	*lkmtest.Core
	seqs  *Seqs
	who   *lkm.Caller
	prog  *program
	file  uint64
	pos   uint64
	sizes []int
	depth int // start without stop
}

func newLab(t *testing.T, sizes []int) *lab {
	l := &lab{Core: lkmtest.New(t), prog: &program{}, sizes: sizes}
	l.who = &lkm.Caller{PID: 1, Thread: l.prog}
	l.seqs = New(l.Core, func(string) uint64 { return 0 })
	ops := Ops.At(l.Core, l.Alloc(Ops.Size(l.Core)))
	at := func(pos uint64) uint64 {
		if i := cstruct.Get(l.Core, pos, 8); i < uint64(len(l.sizes)) {
			return i + 100
		}
		return 0
	}
	ops.Set("start", l.Func(func(_ *lkm.Caller, a ...uint64) uint64 { l.depth++; return at(a[1]) }))
	ops.Set("stop", l.Func(func(*lkm.Caller, ...uint64) uint64 { l.depth--; return 0 }))
	ops.Set("next", l.Func(func(_ *lkm.Caller, a ...uint64) uint64 {
		cstruct.Put(l.Core, a[2], 8, cstruct.Get(l.Core, a[2], 8)+1)
		return at(a[2])
	}))
	ops.Set("show", l.Func(func(_ *lkm.Caller, a ...uint64) uint64 {
		n := l.sizes[a[1]-100]
		if n < 0 {
			return 1
		}
		l.seqs.add(a[0], record(int(a[1]-100), n))
		return 0
	}))
	l.file = l.Alloc(cfile.CFile.Size(l.Core))
	l.pos = l.Alloc(8)
	l.call("seq_open", l.file, ops.Addr)
	return l
}

func record(i, n int) string { return strings.Repeat(string(rune('a'+i%26)), n) }

func (l *lab) call(name string, args ...uint64) uint64 {
	l.T.Helper()
	return l.Call(l.who, l.seqs.Exports(), name, args...)
}

// read is one read of n bytes.
func (l *lab) read(n int) string {
	r := l.call("seq_read", l.file, base, uint64(n), l.pos)
	return string(l.prog.mem[:r])
}

// TestReads compares what reads of any size give, with records that are empty,
// skipped, and larger than the buffer.
func TestReads(t *testing.T) {
	for _, sizes := range [][]int{{}, {0}, {5}, {-1, 3, 0, -1, 4}, {4095, 4096, 1}, {10, 20000, 10}, {100, 200, 300, -1, 4000, 9}} {
		want := ""
		for i, n := range sizes {
			want += record(i, max(n, 0))
		}
		for _, piece := range []int{1, 7, 4095, 4096, 30000} {
			if piece == 1 && len(want) > 1000 {
				continue // the point is made by the others
			}
			l := newLab(t, sizes)
			blocks := l.Blocks()
			got := ""
			for {
				part := l.read(piece)
				if part == "" {
					break
				}
				got += part
			}
			if got != want {
				t.Errorf("%v in pieces of %d: %d bytes, want %d", sizes, piece, len(got), len(want))
			}
			if l.depth != 0 {
				t.Errorf("%v: %d more starts than stops", sizes, l.depth)
			}
			l.call("seq_release", 0, l.file)
			if l.Blocks() > blocks-1 {
				t.Errorf("%v: %d blocks are left of %d", sizes, l.Blocks(), blocks)
			}
		}
	}
}

// begins reports whether got is as much of want as one read may give: a record
// that does not fit behind another waits for the next read.
func begins(want, got string) bool {
	return strings.HasPrefix(want, got) && (got == "") == (want == "")
}

// TestSeek reads from every offset, after a seek and at an offset of its own.
func TestSeek(t *testing.T) {
	sizes := []int{3, -1, 0, 5000, 2}
	want := record(0, 3) + record(3, 5000) + record(4, 2)
	l := newLab(t, sizes)
	for _, off := range []int{0, 1, 3, 4, 5002, 5003, 5004, 5005, 6000, 2} {
		tail := want[min(off, len(want)):]
		tail = tail[:min(10, len(tail))]
		if r := l.call("seq_lseek", l.file, uint64(off), abi.SEEK_SET); r != uint64(off) {
			t.Errorf("seek to %d: %d", off, int64(r))
		}
		cstruct.Put(l.Core, l.pos, 8, uint64(off))
		if got := l.read(10); !begins(tail, got) {
			t.Errorf("after a seek to %d: %q, want %q", off, got, tail)
		}
		cstruct.Put(l.Core, l.pos, 8, uint64(off)) // and back, as pread does
		if got := l.read(10); !begins(tail, got) {
			t.Errorf("again at %d: %q, want %q", off, got, tail)
		}
	}
	none := uint64(1)
	if r := int64(l.call("seq_lseek", l.file, -none, abi.SEEK_SET)); r != -int64(abi.EINVAL) {
		t.Errorf("a seek before the start: %d", r)
	}
}
