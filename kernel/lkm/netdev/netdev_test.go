package netdev

import (
	"math/rand/v2"
	"testing"

	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/lkmtest"
	"rv86/kmod/kapi"
)

// lab is the buffers of a core in memory, without devices.
type lab struct {
	*Devices
	t    *testing.T
	core *lkmtest.Core
	rows map[string]kapi.Func
	died string
}

func newLab(t *testing.T) *lab {
	core := lkmtest.New(t)
	d := New(Config{Files: cfile.New(cfile.Config{Core: core})})
	l := &lab{Devices: d, t: t, core: core, rows: map[string]kapi.Func{}}
	for _, f := range d.buffFuncs() {
		l.rows[f.Name] = f
	}
	return l
}

// call calls a row; died says how its caller ended, if it did.
func (l *lab) call(name string, args ...uint64) uint64 {
	l.t.Helper()
	f, ok := l.rows[name]
	if !ok {
		l.t.Fatalf("no row %s", name)
	}
	c := &kapi.Call{Env: l.core, Who: &lkm.Caller{}, Args: kapi.Args{Word: 8, Next: func() uint64 {
		v := args[0]
		args = args[1:]
		return v
	}}}
	r := f.Call(c)
	l.died = c.Died
	return r
}

func (l *lab) bytes(addr uint64) []byte {
	w, ok := l.window(l.known(addr))
	if !ok {
		l.t.Fatal("the buffer is not whole")
	}
	return l.core.Slice(w.data, w.len)
}

func TestBuffers(t *testing.T) {
	l := newLab(t)
	skb := l.call("__netdev_alloc_skb", 0, 100, 0)
	p := l.call("skb_put", skb, 10)
	copy(l.core.Slice(p, 10), "0123456789")
	if q := l.call("skb_push", skb, 4); q != p-4 {
		t.Errorf("push gives %#x, not %#x", q, p-4)
	}
	copy(l.core.Slice(p-4, 4), "head")
	clone, copied := l.call("skb_clone", skb, 0), l.call("skb_copy", skb, 0)
	if n := Shared.At(l.core, l.known(skb).bytes.addr+l.known(skb).bytes.size).Get("dataref"); n != 2 {
		t.Errorf("%d share the bytes", n)
	}
	l.call("skb_pull", clone, 4)
	l.call("skb_trim", clone, 3)
	l.core.Slice(p, 1)[0] = 'x'
	for _, c := range []struct {
		addr uint64
		want string
	}{{skb, "headx123456789"}, {clone, "x12"}, {copied, "head0123456789"}} {
		if got := string(l.bytes(c.addr)); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if e := l.call("pskb_expand_head", clone, 200, 0, 0); e != 0 {
		t.Errorf("expand: %d", int64(e))
	}
	if got := string(l.bytes(clone)); got != "x12" {
		t.Errorf("expanded: %q", got)
	}
	if n := l.call("skb_push", clone, 200); l.died != "" || n == 0 {
		t.Errorf("no room after the expansion: %s", l.died)
	}
	if r := l.call("__skb_pad", copied, 300, 1); r != 0 {
		t.Errorf("pad: %d", int64(r))
	}
	big := l.call("skb_copy_expand", copied, 500, 500, 0)
	if got := string(l.bytes(big)); got != "head0123456789" {
		t.Errorf("copied: %q", got)
	}
	for _, addr := range []uint64{skb, clone, copied, big} {
		l.call("kfree_skb_reason", addr, 2)
	}
	if n := l.core.Blocks(); n != 0 {
		t.Errorf("%d blocks are left", n)
	}
}

func TestBufferMistakes(t *testing.T) {
	l := newLab(t)
	skb := l.call("__alloc_skb", 64, 0, 0, 0)
	for _, c := range []struct {
		name string
		n    uint64
	}{{"skb_put", 65}, {"skb_push", 1}, {"skb_put", 1<<32 - 1}} {
		if l.call(c.name, skb, c.n); l.died == "" {
			t.Errorf("%s of %d is allowed", c.name, c.n)
		}
	}
	if l.call("skb_pull", skb, 1) != 0 {
		t.Error("pull of nothing")
	}
	if l.call("__alloc_skb", 1<<31, 0, 0, 0) != 0 {
		t.Error("a buffer of 2 GiB")
	}
	l.call("consume_skb", skb)
	for _, name := range []string{"consume_skb", "skb_put", "skb_clone", "skb_copy", "skb_trim"} {
		l.call(name, skb, 1)
	}
	if n := l.core.Blocks(); n != 0 {
		t.Errorf("%d blocks are left", n)
	}
}

// TestBufferNoise changes a buffer's members at random: every row must keep to the
// buffer's own memory (the core panics at any other), and what is freed is.
func TestBufferNoise(t *testing.T) {
	l := newLab(t)
	r := rand.New(rand.NewPCG(3, 4))
	names := []string{"skb_put", "skb_push", "skb_pull", "skb_trim", "skb_checksum", "skb_copy_bits", "skb_checksum_help", "pskb_expand_head", "__skb_pad"}
	scratch := l.core.Alloc(1 << 16)
	for range 3000 {
		skb := l.call("__netdev_alloc_skb", 0, uint64(r.IntN(200)), 0)
		l.call("skb_put", skb, uint64(r.IntN(100)))
		v := Buff.At(l.core, skb)
		for range r.IntN(3) {
			f := []string{"len", "tail", "end", "data", "head", "csum", "mac_header", "ip_summed"}[r.IntN(8)]
			n := r.Uint64()
			if r.IntN(2) == 0 {
				n = v.Get(f) + uint64(r.IntN(64)) - 32
			}
			v.Set(f, n)
		}
		name := names[r.IntN(len(names))]
		a, b := uint64(uint32(r.IntN(300)-100)), uint64(uint32(r.IntN(300)-100))
		switch name {
		case "skb_copy_bits":
			l.call(name, skb, a, scratch, b)
		default:
			l.call(name, skb, a, b, 0)
		}
		if k := l.known(skb); k != nil {
			v.Set("users", 1)
			v.Set("destructor", 0)
			l.call("consume_skb", skb)
		}
	}
	if n := l.core.Blocks(); n != 1 {
		t.Errorf("%d blocks are left", n-1)
	}
}

func TestChecksum(t *testing.T) {
	// RFC 1071, section 3: the sum of these is ddf2.
	b := []byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}
	if got := addWords(0, b); got&0xffff+got>>16 != 0xf2dd {
		t.Errorf("%#x", got)
	}
	if got := addWords(1, append(b, 7)); got != addWords(8, b) {
		t.Errorf("an odd byte: %#x", got)
	}
	for text, want := range map[string]uint32{"1.2.3.4": 0x04030201, "10": 10, "1.2": 0x201, "x": 0, "255.255.255.255": 0xffffffff} {
		if got := inAton(text); got != want {
			t.Errorf("%s: %#x", text, got)
		}
	}
}
