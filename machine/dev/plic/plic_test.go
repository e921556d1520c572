package plic

import "testing"

// Driver's side: PLIC specification 1.0.0, memory map.
func priority(s int) uint64       { return 4 * uint64(s) }
func enable(ctx, s int) uint64    { return 0x2000 + 0x80*uint64(ctx) + 4*uint64(s/32) }
func threshold(ctx int) uint64    { return 0x200000 + 0x1000*uint64(ctx) }
func claim(ctx int) uint64        { return 0x200004 + 0x1000*uint64(ctx) }
func pendingWord(word int) uint64 { return 0x1000 + 4*uint64(word) }

type bench struct {
	*Device
	t    *testing.T
	line [2]bool
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t}
	b.Device = New(
		Context{Line: func(l bool) { b.line[0] = l }},
		Context{Line: func(l bool) { b.line[1] = l }},
	)
	return b
}

func (b *bench) out(off, v uint64) {
	if !b.Store(off, 4, v) {
		b.t.Fatalf("store at %#x fails", off)
	}
}

func (b *bench) in(off uint64) uint64 {
	v, ok := b.Load(off, 4)
	if !ok {
		b.t.Fatalf("load at %#x fails", off)
	}
	return v
}

func (b *bench) wantClaim(ctx int, want uint64) {
	b.t.Helper()
	if got := b.in(claim(ctx)); got != want {
		b.t.Errorf("context %d claims %d, want %d", ctx, got, want)
	}
}

func (b *bench) wantLine(ctx int, want bool) {
	b.t.Helper()
	if b.line[ctx] != want {
		b.t.Errorf("line of context %d is %v, want %v", ctx, b.line[ctx], want)
	}
}

func TestClaimAndComplete(t *testing.T) {
	b := newBench(t)
	irq := b.Source(10)
	irq(true)
	b.wantLine(1, false) // neither enabled nor of any priority
	b.out(priority(10), 1)
	b.out(enable(1, 10), 1<<10)
	b.wantLine(1, true)
	b.wantLine(0, false)
	b.wantClaim(1, 10)
	b.wantLine(1, false)
	b.wantClaim(1, 0)
	irq(false)
	irq(true) // a new request, held back until completion
	b.wantClaim(1, 0)
	b.out(claim(1), 10)
	b.wantLine(1, true)
	b.wantClaim(1, 10)
}

func TestFallEndsTheRequest(t *testing.T) {
	b := newBench(t)
	b.out(priority(3), 1)
	b.out(enable(1, 3), 1<<3)
	irq := b.Source(3)
	irq(true)
	irq(false)
	b.wantLine(1, false)
	b.wantClaim(1, 0)
}

func TestPriorities(t *testing.T) {
	b := newBench(t)
	for _, s := range []int{5, 40, 41} {
		b.Source(uint32(s))(true)
		b.out(enable(0, s), b.in(enable(0, s))|1<<(s%32))
	}
	b.out(priority(5), 2)
	b.out(priority(40), 7)
	b.out(priority(41), 7)
	b.wantClaim(0, 40) // the lowest number of equals
	b.wantClaim(0, 41)
	b.out(threshold(0), 2)
	b.wantLine(0, false)
	b.wantClaim(0, 0)
	b.out(threshold(0), 1)
	b.wantLine(0, true)
	b.wantClaim(0, 5)
}

func TestPendingBits(t *testing.T) {
	b := newBench(t)
	b.Source(33)(true)
	if got := b.in(pendingWord(1)); got != 1<<1 {
		t.Errorf("pending word 1 = %#x", got)
	}
	b.out(pendingWord(1), 0) // read-only
	if got := b.in(pendingWord(1)); got != 1<<1 {
		t.Errorf("pending word 1 = %#x after a store", got)
	}
}

func TestCompletionOfWhatIsNotEnabled(t *testing.T) {
	b := newBench(t)
	b.out(priority(2), 1)
	b.out(enable(1, 2), 1<<2)
	irq := b.Source(2)
	irq(true)
	b.wantClaim(1, 2)
	b.out(claim(0), 2) // the other context does not have it enabled
	irq(false)
	irq(true)
	b.wantLine(1, false)
	b.out(claim(1), 2)
	b.wantLine(1, true)
}

func TestSourceZeroAndLimits(t *testing.T) {
	b := newBench(t)
	b.out(priority(0), 5)
	b.out(enable(0, 0), 0xffffffff)
	if b.in(priority(0)) != 0 || b.in(enable(0, 0)) != 0xfffffffe {
		t.Error("source 0 exists")
	}
	b.out(priority(1), 0xffffffff)
	if b.in(priority(1)) != 7 {
		t.Error("a priority has more than three bits")
	}
	for _, off := range []uint64{priority(96), enable(2, 0), threshold(2), claim(2), 0x5ffffc} {
		b.out(off, 0xffffffff)
		if v := b.in(off); v != 0 {
			t.Errorf("register %#x, which does not exist, reads %#x", off, v)
		}
	}
	b.out(claim(0), 1<<40)
	if _, ok := b.Load(0, 1); ok {
		t.Error("a byte load works")
	}
}

func TestReset(t *testing.T) {
	b := newBench(t)
	b.out(priority(1), 1)
	b.out(enable(1, 1), 1<<1)
	b.Source(1)(true)
	b.Reset()
	b.wantLine(1, false)
	b.out(priority(1), 1)
	b.out(enable(1, 1), 1<<1)
	b.wantLine(1, true) // the wire is still high
}
