package i386

import "encoding/binary"

// x87 control instructions. The waiting forms (FINIT, FSTCW...) are a WAIT
// followed by these.

var x87ControlRows = []row{
	{name: "fldcw", enc: "d9 /5", args: "Mw", do: control87(true, doFldcw)},
	{name: "fnstcw", enc: "d9 /7", args: "Mw", ref: "FSTCW", do: control87(false, doFnstcw)},
	{name: "fnstsw", enc: "dd /7", args: "Mw", ref: "FSTSW", do: control87(false, doFnstsw)},
	{name: "fnstsw", enc: "df = e0", args: "AX", ref: "FSTSW", do: control87(false, doFnstsw)},
	{name: "fnclex", enc: "db = e2", ref: "FCLEX", do: control87(false, doFnclex)},
	{name: "fninit", enc: "db = e3", ref: "FINIT", do: control87(false, doFninit)},
	{name: "fldenv", enc: "d9 /4", args: "Me", do: control87(true, doFldenv)},
	{name: "fnstenv", enc: "d9 /6", args: "Me", ref: "FSTENV", do: control87(false, doFnstenv)},
	{name: "frstor", enc: "dd /4", args: "Me", do: control87(true, doFrstor)},
	{name: "fnsave", enc: "dd /6", args: "Me", ref: "FSAVE", do: control87(false, doFnsave)},
	{name: "ffree", enc: "dd c0+i", args: "STi", do: x87(doFfree)},
	{name: "fincstp", enc: "d9 = f7", do: x87(moveTop(1))},
	{name: "fdecstp", enc: "d9 = f6", do: x87(moveTop(7))},
	{name: "fnop", enc: "d9 = d0", do: x87(doNop)},
	// The 8087's interrupt masks and the 80287's mode switch do nothing.
	{name: "feni", enc: "db = e0", ref: "8087", do: control87(false, doNop)},
	{name: "fdisi", enc: "db = e1", ref: "8087", do: control87(false, doNop)},
	{name: "fsetpm", enc: "db = e4", ref: "80287", do: control87(false, doNop)},
}

func doFldcw(c *CPU, in *inst) bool {
	v, ok := c.get(in, 0)
	if ok {
		c.fpu.setControl(uint16(v))
	}
	return ok
}

func doFnstcw(c *CPU, in *inst) bool { return c.set(in, 0, uint32(c.fpu.cw)) }
func doFnstsw(c *CPU, in *inst) bool { return c.set(in, 0, uint32(c.fpu.status())) }

// doFnclex leaves the condition codes and TOP.
func doFnclex(c *CPU, _ *inst) bool {
	c.fpu.sw &^= swExc | swSF | swES | swB
	return true
}

func doFninit(c *CPU, _ *inst) bool {
	c.fpu.init()
	return true
}

func doFfree(c *CPU, in *inst) bool {
	c.fpu.setEmpty(in.modrm & 7)
	return true
}

func moveTop(n uint8) semantics {
	return func(c *CPU, _ *inst) bool {
		c.fpu.top = (c.fpu.top + n) & 7
		c.fpu.setCC(swC1, 0)
		return true
	}
}

// The environment has four layouts: by operand size and, for the pointers, by
// mode (SDM 1 figures 8-9 to 8-12).

// environment builds the image that FNSTENV and FNSAVE store.
func (c *CPU) environment(osz uint8) []byte {
	f := &c.fpu
	ip, dp := f.fip, f.fdp
	real := !c.mode.protected()
	if real {
		ip, dp = ip+uint32(f.fcs)<<4, dp+uint32(f.fds)<<4
	}
	var b []byte
	if osz == 2 {
		w := []uint16{f.cw, f.status(), f.tags(), uint16(ip), f.fcs, uint16(dp), f.fds}
		if real {
			w[4], w[6] = uint16(ip>>16&0xf)<<12|f.fop, uint16(dp>>16&0xf)<<12
		}
		for _, v := range w {
			b = binary.LittleEndian.AppendUint16(b, v)
		}
		return b
	}
	// The upper halves of the 16-bit fields are reserved and read as ones.
	const ones = 0xffff_0000
	d := []uint32{
		ones | uint32(f.cw), ones | uint32(f.status()), ones | uint32(f.tags()),
		ip, uint32(f.fop)<<16 | uint32(f.fcs), dp, ones | uint32(f.fds),
	}
	if real {
		d[3], d[4] = ones|ip&0xffff, ip>>16<<12&0xfff_f000|uint32(f.fop)
		d[5], d[6] = ones|dp&0xffff, dp>>16<<12&0xfff_f000
	}
	for _, v := range d {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// setEnvironment loads an image. Of the tags only emptiness is kept: the rest
// follows from the registers.
func (c *CPU) setEnvironment(b []byte, osz uint8) {
	f := &c.fpu
	n := int(osz)
	field := func(i int) uint32 {
		if osz == 2 {
			return uint32(binary.LittleEndian.Uint16(b[i*n:]))
		}
		return binary.LittleEndian.Uint32(b[i*n:])
	}
	f.cw = uint16(field(0))&cwValid | cwFixed
	f.setTags(uint16(field(2)))
	f.setStatus(uint16(field(1)))
	if !c.mode.protected() {
		f.fip = field(3)&0xffff | field(4)>>12<<16
		f.fdp = field(5)&0xffff | field(6)>>12<<16
		f.fop, f.fcs, f.fds = uint16(field(4)&0x7ff), 0, 0
		return
	}
	f.fip, f.fcs, f.fdp, f.fds = field(3), uint16(field(4)), field(5), uint16(field(6))
	if osz == 4 {
		f.fop = uint16(field(4) >> 16 & 0x7ff)
	}
}

// envSize is the environment's length: seven fields.
func envSize(osz uint8) uint32 { return uint32(osz) * 7 }

// doFnstenv masks all exceptions after it has stored the control word.
func doFnstenv(c *CPU, in *inst) bool {
	if !c.storeBytes(in.seg, c.ea(in), c.environment(in.osz)) {
		return false
	}
	c.fpu.cw |= cwMasks
	c.fpu.updateES()
	return true
}

func doFldenv(c *CPU, in *inst) bool {
	var b [28]byte
	env := b[:envSize(in.osz)]
	if !c.loadBytes(in.seg, c.ea(in), env) {
		return false
	}
	c.setEnvironment(env, in.osz)
	return true
}

// doFnsave stores the registers in stack order and then initialises.
func doFnsave(c *CPU, in *inst) bool {
	b := c.environment(in.osz)
	for i := range uint8(8) {
		b = append(b, c.fpu.st(i).bytes()...)
	}
	if !c.storeBytes(in.seg, c.ea(in), b) {
		return false
	}
	c.fpu.init()
	return true
}

func doFrstor(c *CPU, in *inst) bool {
	var buf [28 + 8*10]byte
	n := envSize(in.osz)
	b := buf[:n+80]
	if !c.loadBytes(in.seg, c.ea(in), b) {
		return false
	}
	c.setEnvironment(b[:n], in.osz)
	for i := range uint8(8) {
		r := b[n+uint32(i)*10:]
		*c.fpu.st(i) = f80{binary.LittleEndian.Uint64(r), binary.LittleEndian.Uint16(r[8:])}
	}
	return true
}
