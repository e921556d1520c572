package netdev

import (
	"fmt"
	"slices"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/kobj"
	"rv86/kernel/net"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// PackType is struct packet_type: who wants the packets of a protocol.
var PackType = cstruct.New("packet_type", netdevH, join(
	one("type", cstruct.Short),
	one("ignore_outgoing", cstruct.Char),
	fields(cstruct.Long, "dev", "func", "af_packet_priv"),
	one("list", kobj.ListHead),
)...)

// pack is a registered struct packet_type, as it was then.
type pack struct {
	addr, fn, dev uint64
	proto         uint16
	gate          cfile.Gate
}

func (d *Devices) packFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "dev_add_pack", Proto: "void dev_add_pack(struct packet_type *pt)", Call: func(c *kapi.Call) uint64 {
			at := c.Ptr()
			v := PackType.At(d.core, at)
			proto := uint16(v.Get("type"))
			p := &pack{addr: at, fn: v.Get("func"), dev: v.Get("dev"), proto: proto<<8 | proto>>8}
			d.mu.Lock()
			d.packs = append(d.packs, p)
			d.mu.Unlock()
			d.Stack.SetTap(d.show)
			return 0
		}},
		{Name: "dev_remove_pack", Proto: "void dev_remove_pack(struct packet_type *pt)", Call: func(c *kapi.Call) uint64 {
			at := c.Ptr()
			p := d.takePack(func(p *pack) bool { return p.addr == at })
			if p == nil {
				c.Log(fmt.Sprintf("\x014dev_remove_pack: %#x not found\n", at))
				return 0
			}
			d.Sched.Wait(c, "dev_remove_pack", func() { p.gate.Shut(lkm.From(c)) })
			return 0
		}},
	}
}

// takePack takes one off; nil if there is none.
func (d *Devices) takePack(is func(p *pack) bool) *pack {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.packs, is)
	if i < 0 {
		return nil
	}
	p := d.packs[i]
	d.packs = slices.Delete(d.packs, i, i+1)
	if len(d.packs) == 0 {
		d.Stack.SetTap(nil)
	}
	return p
}

// leavingPacks takes those of a module that goes and names them.
func (d *Devices) leavingPacks(of func(addr uint64) bool) (left []string) {
	for {
		p := d.takePack(func(p *pack) bool { return of(p.fn) || of(p.addr) })
		if p == nil {
			return left
		}
		p.gate.Shut(&lkm.Caller{})
		left = append(left, fmt.Sprintf("packet type %s is still there: dev_remove_pack it before the module goes", d.core.Symbol(p.fn)))
	}
}

// show gives each of those who want a packet a buffer of its own with it.
func (d *Devices) show(c *vfs.Caller, p *net.Packet) {
	dev := d.cdevice(p.Link)
	d.mu.Lock()
	var list []*pack
	for _, t := range d.packs {
		if (t.proto == abi.ETH_P_ALL || t.proto == p.Proto) && (t.dev == 0 || t.dev == dev) {
			list = append(list, t)
		}
	}
	d.mu.Unlock()
	who := d.callerOf(c)
	for _, t := range list {
		d.Sched.BottomHalf(who, func() { d.give(who, t, dev, p) })
	}
}

// give calls one, which takes the buffer over.
func (d *Devices) give(who *lkm.Caller, t *pack, dev uint64, p *net.Packet) {
	if !t.gate.Enter(who) {
		return
	}
	defer t.gate.Leave(who)
	addr := d.newBuff(d.core.Alloc, 2*pad+uint64(len(p.Data)))
	if addr == 0 {
		return
	}
	k := d.known(addr)
	at := k.bytes.addr + pad
	copy(d.core.Slice(at, uint64(len(p.Data))), p.Data)
	off := uint64(p.Off)
	d.move(k, window{head: k.bytes.addr}, at+off, uint64(len(p.Data))-off)
	v := Buff.At(d.core, addr)
	v.Set("dev", dev)
	v.Set("protocol", uint64(p.Proto<<8|p.Proto>>8))
	v.Set("pkt_type", uint64(p.Kind))
	v.Set("mac_header", pad)
	v.Set("network_header", pad+off)
	v.Set("transport_header", pad+off)
	v.Set("mac_len", off)
	d.Files.Run(who, t.fn, addr, dev, t.addr, dev)
}
