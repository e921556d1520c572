package netdev

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// block is the bytes of a buffer and of its clones, with the shared part behind
// them.
type block struct {
	addr, size uint64
	refs       int
}

// skb is a buffer as the kernel knows it; what C code sees is at its address.
type skb struct {
	addr  uint64
	bytes *block
	to    *dev // whose start_xmit took it
}

const (
	taintWarn = 9 // TAINT_WARN
	unset     = 0xffff
	// cacheLine is SMP_CACHE_BYTES, to which sizes are rounded up.
	cacheLine = 64
	// pad is the headroom that buffers for what comes in have (NET_SKB_PAD).
	pad = 64
	// largest is the largest buffer (KMALLOC_MAX_SIZE, less the shared part).
	largest = 4<<20 - 4096
)

func up(n, align uint64) uint64 { return (n + align - 1) &^ (align - 1) }

// memory allocates: for a module, which then is told what it forgets, or for the
// kernel.
type memory func(size uint64) uint64

// newBlock makes bytes and their shared part.
func (d *Devices) newBlock(alloc memory, size uint64) *block {
	size = up(size, cacheLine)
	shared := Shared.Size(d.core)
	addr := alloc(size + shared)
	if addr == 0 {
		return nil
	}
	clear(d.core.Slice(addr+size, shared))
	Shared.At(d.core, addr+size).Set("dataref", 1)
	return &block{addr: addr, size: size, refs: 1}
}

// newBuff makes a buffer with room for size bytes; 0 if there is no memory.
func (d *Devices) newBuff(alloc memory, size uint64) uint64 {
	if size > largest {
		return 0
	}
	b := d.newBlock(alloc, size)
	if b == nil {
		return 0
	}
	n := Buff.Size(d.core)
	addr := alloc(n)
	if addr == 0 {
		d.core.Free(b.addr)
		return 0
	}
	clear(d.core.Slice(addr, n))
	v := Buff.At(d.core, addr)
	v.Set("users", 1)
	v.Set("truesize", n+b.size+Shared.Size(d.core))
	v.Set("mac_header", unset)
	v.Set("transport_header", unset)
	d.place(v, b)
	v.Set("data", b.addr)
	d.mu.Lock()
	d.skbs[addr] = &skb{addr: addr, bytes: b}
	d.mu.Unlock()
	return addr
}

// place points a buffer at its bytes.
func (d *Devices) place(v cstruct.View, b *block) {
	v.Set("head", b.addr)
	v.Set("end", b.size)
}

// known finds a buffer; nil if it is none.
func (d *Devices) known(addr uint64) *skb {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.skbs[addr]
}

// window is where in its bytes a buffer's packet lies; ok is false if its pointers
// lead elsewhere.
type window struct{ data, len, head, size uint64 }

func (d *Devices) window(k *skb) (w window, ok bool) {
	v := Buff.At(d.core, k.addr)
	w = window{v.Get("data"), v.Get("len"), k.bytes.addr, k.bytes.size}
	off := w.data - w.head
	return w, v.Get("head") == w.head && w.data >= w.head && off <= w.size && w.len <= w.size-off &&
		v.Get("tail") == off+w.len && v.Get("end") == w.size
}

// checked finds a buffer that a row was given, whole; else it reports it.
func (d *Devices) checked(c *kapi.Call, at string, addr uint64) (*skb, window, bool) {
	k := d.known(addr)
	if k == nil {
		if addr == 0 {
			cstruct.U32(d.core, addr) // faults, as in C
		}
		c.Warn(at, fmt.Sprintf("%s: %#x is no socket buffer, or was freed\n", at, addr), taintWarn)
		return nil, window{}, false
	}
	w, ok := d.window(k)
	if !ok {
		c.Warn(at, at+": the buffer's pointers lead out of its memory\n", taintWarn)
	}
	return k, w, ok
}

// free drops a reference, the last of which calls the destructor and frees the
// buffer.
func (d *Devices) free(c *kapi.Call, at string, addr uint64) {
	if addr == 0 {
		return
	}
	k := d.known(addr)
	if k == nil {
		c.Warn(at, fmt.Sprintf("%s: %#x is no socket buffer, or was freed already\n", at, addr), taintWarn)
		return
	}
	if !d.drop(lkm.From(c), k) {
		c.Died = kapi.FaultInside
	}
}

// drop is free for a buffer that is one; false after an oops in its destructor.
func (d *Devices) drop(who *lkm.Caller, k *skb) bool {
	v := Buff.At(d.core, k.addr)
	if n := int32(v.Get("users")); n > 1 {
		v.Set("users", uint64(n-1))
		return true
	}
	fine := true
	if fn := v.Get("destructor"); fn != 0 {
		v.Set("destructor", 0)
		_, fine = d.core.Run(who, fn, k.addr)
	}
	d.mu.Lock()
	if d.skbs[k.addr] != k {
		d.mu.Unlock()
		return fine // its destructor freed it
	}
	delete(d.skbs, k.addr)
	k.bytes.refs--
	last := k.bytes.refs == 0
	d.mu.Unlock()
	d.core.Free(k.addr)
	if last {
		d.core.Free(k.bytes.addr)
	} else {
		d.count(k.bytes)
	}
	return fine
}

// count shows C code how many share the bytes.
func (d *Devices) count(b *block) {
	Shared.At(d.core, b.addr+b.size).Set("dataref", uint64(b.refs))
}

// clone is skb_clone: another buffer with the same bytes.
func (d *Devices) clone(c *kapi.Call, k *skb) uint64 {
	n := Buff.Size(d.core)
	addr := c.Alloc(n)
	if addr == 0 {
		return 0
	}
	copy(d.core.Slice(addr, n), d.core.Slice(k.addr, n))
	v := Buff.At(d.core, addr)
	for _, name := range []string{"next", "prev", "sk", "destructor"} {
		v.Set(name, 0)
	}
	v.Set("users", 1)
	v.Set("cloned", 1)
	Buff.At(d.core, k.addr).Set("cloned", 1)
	d.mu.Lock()
	k.bytes.refs++
	d.skbs[addr] = &skb{addr: addr, bytes: k.bytes}
	d.mu.Unlock()
	d.count(k.bytes)
	return addr
}

// copyBuff is skb_copy_expand: a buffer of its own, with more room before and
// behind the packet.
func (d *Devices) copyBuff(alloc memory, k *skb, w window, headroom, tailroom uint64) uint64 {
	addr := d.newBuff(alloc, headroom+w.len+tailroom)
	if addr == 0 {
		return 0
	}
	v, old := Buff.At(d.core, addr), Buff.At(d.core, k.addr)
	room := w.data - w.head
	b := d.known(addr).bytes
	// What stands in the headroom (headers that were pulled) comes along.
	keep := min(room, headroom)
	copy(d.core.Slice(b.addr+headroom-keep, keep+w.len), d.core.Slice(w.data-keep, keep+w.len))
	v.Set("data", b.addr+headroom)
	v.Set("len", w.len)
	v.Set("tail", headroom+w.len)
	for _, name := range []string{
		"dev", "tstamp", "mac_len", "hdr_len", "queue_mapping", "pkt_type", "ip_summed", "csum", "priority",
		"skb_iif", "hash", "mark", "vlan_proto", "vlan_tci", "protocol",
	} {
		v.Set(name, old.Get(name))
	}
	copy(d.core.Slice(v.Ptr("cb"), cbSize), d.core.Slice(old.Ptr("cb"), cbSize))
	d.moveHeaders(v, old, headroom-room)
	return addr
}

// moveHeaders takes the places of the headers over, moved by a number of bytes.
func (d *Devices) moveHeaders(v, old cstruct.View, by uint64) {
	for _, name := range []string{"transport_header", "network_header", "mac_header"} {
		at := old.Get(name)
		if at != unset {
			at = (at + by) & unset
		}
		v.Set(name, at)
	}
}

// expand is pskb_expand_head: bytes of its own, with more room.
func (d *Devices) expand(c *kapi.Call, k *skb, w window, head, tail int64) abi.Errno {
	if head < 0 || tail < 0 || head > largest || tail > largest {
		return abi.EINVAL
	}
	if Buff.At(d.core, k.addr).Get("users") != 1 {
		c.Warn("pskb_expand_head", "pskb_expand_head: the buffer is shared\n", taintWarn)
		return abi.EINVAL
	}
	size := uint64(head) + w.size + uint64(tail)
	if size > largest {
		return abi.ENOMEM
	}
	b := d.newBlock(c.Alloc, size)
	if b == nil {
		return abi.ENOMEM
	}
	off := w.data - w.head
	copy(d.core.Slice(b.addr+uint64(head), off+w.len), d.core.Slice(w.head, off+w.len))
	v := Buff.At(d.core, k.addr)
	d.place(v, b)
	v.Set("data", b.addr+uint64(head)+off)
	v.Set("tail", uint64(head)+off+w.len)
	v.Set("cloned", 0)
	d.moveHeaders(v, v, uint64(head))
	d.mu.Lock()
	old := k.bytes
	k.bytes = b
	old.refs--
	last := old.refs == 0
	d.mu.Unlock()
	if last {
		d.core.Free(old.addr)
	} else {
		d.count(old)
	}
	return 0
}
