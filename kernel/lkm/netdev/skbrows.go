package netdev

import (
	"encoding/binary"
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

func fail(e abi.Errno) uint64 {
	if e == 0 {
		return 0
	}
	return lkm.Fail(e)
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// withBuff makes a row about a buffer, which is its first argument; bad is what it
// gives for one that is none.
func (d *Devices) withBuff(name, proto string, bad uint64, f func(c *kapi.Call, k *skb, w window) uint64) kapi.Func {
	return kapi.Func{Name: name, Proto: proto, Call: func(c *kapi.Call) uint64 {
		k, w, ok := d.checked(c, name, c.Ptr())
		if !ok {
			return bad
		}
		return f(c, k, w)
	}}
}

// over ends the caller that overstepped a buffer (skb_over_panic, skb_under_panic).
func (d *Devices) over(c *kapi.Call, what string, k *skb, w window, n uint64) uint64 {
	c.Log(fmt.Sprintf("\x010skbuff: %s: len:%d put:%d headroom:%d tailroom:%d\n", what, w.len, n, w.data-w.head, w.size-(w.data-w.head)-w.len))
	c.Died = "kernel BUG: " + what + ": the packet does not fit into its buffer"
	return 0
}

// move changes the packet's start and length.
func (d *Devices) move(k *skb, w window, data, n uint64) {
	v := Buff.At(d.core, k.addr)
	v.Set("data", data)
	v.Set("len", n)
	v.Set("tail", data-w.head+n)
}

// sized is a length argument: negative ones are far too large.
func sized(n uint32) uint64 { return uint64(n) }

func (d *Devices) buffFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "__alloc_skb", Proto: "struct sk_buff *__alloc_skb(unsigned int size, gfp_t priority, int flags, int node)", Call: func(c *kapi.Call) uint64 {
			return d.newBuff(c.Alloc, sized(c.Uint()))
		}},
		{Name: "__netdev_alloc_skb", Proto: "struct sk_buff *__netdev_alloc_skb(struct net_device *dev, unsigned int length, gfp_t gfp_mask)", Call: func(c *kapi.Call) uint64 {
			dev, n := c.Ptr(), sized(c.Uint())
			addr := d.newBuff(c.Alloc, n+pad)
			if addr != 0 {
				v := Buff.At(d.core, addr)
				v.Set("dev", dev)
				v.Set("data", v.Get("data")+pad)
				v.Set("tail", pad)
			}
			return addr
		}},
		{Name: "kfree_skb_reason", Proto: "void kfree_skb_reason(struct sk_buff *skb, enum skb_drop_reason reason)", Call: func(c *kapi.Call) uint64 {
			d.free(c, "kfree_skb", c.Ptr())
			return 0
		}},
		{Name: "consume_skb", Proto: "void consume_skb(struct sk_buff *skb)", Call: func(c *kapi.Call) uint64 {
			d.free(c, "consume_skb", c.Ptr())
			return 0
		}},
		{Name: "__kfree_skb", Proto: "void __kfree_skb(struct sk_buff *skb)", Call: func(c *kapi.Call) uint64 {
			d.free(c, "__kfree_skb", c.Ptr())
			return 0
		}},
		d.withBuff("skb_clone", "struct sk_buff *skb_clone(struct sk_buff *skb, gfp_t priority)", 0, func(c *kapi.Call, k *skb, _ window) uint64 {
			return d.clone(c, k)
		}),
		d.withBuff("skb_copy", "struct sk_buff *skb_copy(const struct sk_buff *skb, gfp_t priority)", 0, func(c *kapi.Call, k *skb, w window) uint64 {
			return d.copyBuff(c.Alloc, k, w, w.data-w.head, w.size-(w.data-w.head)-w.len)
		}),
		d.withBuff("skb_copy_expand", "struct sk_buff *skb_copy_expand(const struct sk_buff *skb, int newheadroom, int newtailroom, gfp_t priority)", 0, func(c *kapi.Call, k *skb, w window) uint64 {
			head, tail := c.Int(), c.Int()
			if head < 0 || tail < 0 {
				return 0
			}
			return d.copyBuff(c.Alloc, k, w, uint64(head), uint64(tail))
		}),
		d.withBuff("skb_realloc_headroom", "struct sk_buff *skb_realloc_headroom(struct sk_buff *skb, unsigned int headroom)", 0, func(c *kapi.Call, k *skb, w window) uint64 {
			return d.copyBuff(c.Alloc, k, w, max(sized(c.Uint()), w.data-w.head), w.size-(w.data-w.head)-w.len)
		}),
		d.withBuff("pskb_expand_head", "int pskb_expand_head(struct sk_buff *skb, int nhead, int ntail, gfp_t gfp_mask)", lkm.Fail(abi.EINVAL), func(c *kapi.Call, k *skb, w window) uint64 {
			return fail(d.expand(c, k, w, int64(c.Int()), int64(c.Int())))
		}),
		d.withBuff("skb_put", "void *skb_put(struct sk_buff *skb, unsigned int len)", 0, func(c *kapi.Call, k *skb, w window) uint64 {
			n := sized(c.Uint())
			if n > w.size-(w.data-w.head)-w.len {
				return d.over(c, "skb_over_panic", k, w, n)
			}
			d.move(k, w, w.data, w.len+n)
			return w.data + w.len
		}),
		d.withBuff("skb_push", "void *skb_push(struct sk_buff *skb, unsigned int len)", 0, func(c *kapi.Call, k *skb, w window) uint64 {
			n := sized(c.Uint())
			if n > w.data-w.head {
				return d.over(c, "skb_under_panic", k, w, n)
			}
			d.move(k, w, w.data-n, w.len+n)
			return w.data - n
		}),
		d.withBuff("skb_pull", "void *skb_pull(struct sk_buff *skb, unsigned int len)", 0, func(c *kapi.Call, k *skb, w window) uint64 {
			n := sized(c.Uint())
			if n > w.len {
				return 0
			}
			d.move(k, w, w.data+n, w.len-n)
			return w.data + n
		}),
		d.withBuff("skb_trim", "void skb_trim(struct sk_buff *skb, unsigned int len)", 0, func(c *kapi.Call, k *skb, w window) uint64 {
			if n := sized(c.Uint()); n < w.len {
				d.move(k, w, w.data, n)
			}
			return 0
		}),
		{Name: "__skb_pad", Proto: "int __skb_pad(struct sk_buff *skb, int pad, bool free_on_error)", Call: d.padBuff},
		d.withBuff("skb_copy_bits", "int skb_copy_bits(const struct sk_buff *skb, int offset, void *to, int len)", lkm.Fail(abi.EFAULT), func(c *kapi.Call, _ *skb, w window) uint64 {
			off, to, n := c.Int(), c.Ptr(), c.Int()
			if !w.holds(off, n) {
				return lkm.Fail(abi.EFAULT)
			}
			copy(d.core.Slice(to, uint64(n)), d.core.Slice(w.data+uint64(off), uint64(n)))
			return 0
		}),
		d.withBuff("skb_store_bits", "int skb_store_bits(struct sk_buff *skb, int offset, const void *from, int len)", lkm.Fail(abi.EFAULT), func(c *kapi.Call, _ *skb, w window) uint64 {
			off, from, n := c.Int(), c.Ptr(), c.Int()
			if !w.holds(off, n) {
				return lkm.Fail(abi.EFAULT)
			}
			copy(d.core.Slice(w.data+uint64(off), uint64(n)), d.core.Slice(from, uint64(n)))
			return 0
		}),
		d.withBuff("skb_checksum", "__wsum skb_checksum(const struct sk_buff *skb, int offset, int len, __wsum csum)", 0, func(c *kapi.Call, _ *skb, w window) uint64 {
			off, n, acc := c.Int(), c.Int(), c.Uint()
			if !w.holds(off, n) {
				return uint64(acc)
			}
			return uint64(addWords(acc, d.core.Slice(w.data+uint64(off), uint64(n))))
		}),
		d.withBuff("skb_checksum_help", "int skb_checksum_help(struct sk_buff *skb)", lkm.Fail(abi.EINVAL), d.checksumHelp),
		{Name: "csum_partial", Proto: "__wsum csum_partial(const void *buff, int len, __wsum sum)", Call: func(c *kapi.Call) uint64 {
			p, n, acc := c.Ptr(), c.Int(), c.Uint()
			if n <= 0 {
				return uint64(acc)
			}
			return uint64(addWords(acc, d.core.Slice(p, uint64(n))))
		}},
		{Name: "in_aton", Proto: "__be32 in_aton(const char *str)", Call: func(c *kapi.Call) uint64 { return uint64(inAton(c.Str(c.Ptr()))) }},
	}
}

func (w window) holds(off, n int32) bool {
	return off >= 0 && n >= 0 && uint64(off)+uint64(n) <= w.len
}

// addWords adds up words of 16 bits in the machine's order, with the carry back in
// (csum_partial).
func addWords(acc uint32, b []byte) uint32 {
	v := uint64(acc)
	for len(b) >= 2 {
		v += uint64(binary.LittleEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		v += uint64(b[0])
	}
	for v>>32 != 0 {
		v = v&0xffffffff + v>>32
	}
	return uint32(v)
}

// padBuff is __skb_pad: zeros behind the packet, which does not grow.
func (d *Devices) padBuff(c *kapi.Call) uint64 {
	addr, n, freeIt := c.Ptr(), c.Int(), c.Uint() != 0
	k, w, ok := d.checked(c, "__skb_pad", addr)
	if !ok || n < 0 {
		return lkm.Fail(abi.EINVAL)
	}
	room := w.size - (w.data - w.head) - w.len
	if uint64(n) > room || k.bytes.refs > 1 {
		more := int64(n) - int64(room)
		if e := d.expand(c, k, w, 0, max(more, 0)); e != 0 {
			if freeIt {
				d.free(c, "__skb_pad", addr)
			}
			return fail(e)
		}
		w, _ = d.window(k)
	}
	clear(d.core.Slice(w.data+w.len, uint64(n)))
	return 0
}

// checksumHelp fills in the checksum that a device was to (CHECKSUM_PARTIAL).
func (d *Devices) checksumHelp(c *kapi.Call, k *skb, w window) uint64 {
	const partial, wordMask = 3, 0xffff
	v := Buff.At(d.core, k.addr)
	if v.Get("ip_summed") != partial {
		return 0
	}
	csum := v.Get("csum")
	start, off := w.head+csum&wordMask, csum>>16
	if start < w.data || start+off+2 > w.data+w.len {
		c.Warn("skb_checksum_help", "skb_checksum_help: the checksum is not in the packet\n", taintWarn)
		return lkm.Fail(abi.EINVAL)
	}
	acc := addWords(0, d.core.Slice(start, w.data+w.len-start))
	acc = acc&wordMask + acc>>16
	acc = acc&wordMask + acc>>16
	sum := ^acc & wordMask
	if sum == 0 {
		sum = wordMask
	}
	cstruct.Put(d.core, start+off, 2, uint64(sum))
	v.Set("ip_summed", 0)
	return 0
}

// inAton reads an address as text, in the order of the network.
func inAton(s string) (v uint32) {
	const parts, bits = 4, 8
	for i := range parts {
		n := uint32(0)
		for len(s) > 0 && s[0] >= '0' && s[0] <= '9' {
			n = n*10 + uint32(s[0]-'0')
			s = s[1:]
		}
		v |= n & 0xff << (bits * i)
		if len(s) > 0 && s[0] == '.' {
			s = s[1:]
		}
	}
	return v
}
