package i386

// Shifts and rotates (SDM 2, SAL/SAR/SHL/SHR, RCL/RCR/ROL/ROR, SHLD, SHRD).

var shiftRows = join(
	shifts("rol", "/0", "OC", shift1(rol[uint8], rol[uint16], rol[uint32])),
	shifts("ror", "/1", "OC", shift1(ror[uint8], ror[uint16], ror[uint32])),
	shifts("rcl", "/2", "OC", shift1(rcl[uint8], rcl[uint16], rcl[uint32])),
	shifts("rcr", "/3", "OC", shift1(rcr[uint8], rcr[uint16], rcr[uint32])),
	shifts("shl", "/4", "OSZaPC", shift1(shl[uint8], shl[uint16], shl[uint32])),
	shifts("shr", "/5", "OSZaPC", shift1(shr[uint8], shr[uint16], shr[uint32])),
	// /6 is the undocumented twin of SHL.
	shifts("shl", "/6", "OSZaPC", shift1(shl[uint8], shl[uint16], shl[uint32])),
	shifts("sar", "/7", "OSZaPC", shift1(sar[uint8], sar[uint16], sar[uint32])),
	[]row{
		{name: "shld", enc: "0f a4 /r", args: "Ev,Gv,Ib", flags: "OSZaPC", do: doShld},
		{name: "shld", enc: "0f a5 /r", args: "Ev,Gv,CL", flags: "OSZaPC", do: doShld},
		{name: "shrd", enc: "0f ac /r", args: "Ev,Gv,Ib", flags: "OSZaPC", do: doShrd},
		{name: "shrd", enc: "0f ad /r", args: "Ev,Gv,CL", flags: "OSZaPC", do: doShrd},
	},
)

func shifts(name, ext, fl string, do semantics) []row {
	return []row{
		{name: name, enc: "c0 " + ext, args: "Eb,Ib", flags: fl, do: do},
		{name: name, enc: "c1 " + ext, args: "Ev,Ib", flags: fl, do: do},
		{name: name, enc: "d0 " + ext, args: "Eb,1", flags: fl, do: do},
		{name: name, enc: "d1 " + ext, args: "Ev,1", flags: fl, do: do},
		{name: name, enc: "d2 " + ext, args: "Eb,CL", flags: fl, do: do},
		{name: name, enc: "d3 " + ext, args: "Ev,CL", flags: fl, do: do},
	}
}

const countMask = 31

// shift1 is op0 = f(op0, count). A count of zero stores all the same, which only
// a write-protected page can tell.
func shift1(f8 func(*lazy, uint8, uint32) uint8, f16 func(*lazy, uint16, uint32) uint16, f32 func(*lazy, uint32, uint32) uint32) semantics {
	return func(c *CPU, in *inst) bool {
		n, _ := c.get(in, 1)
		n &= countMask
		a, ok := c.modify(in, 0)
		if !ok {
			return false
		}
		switch in.op[0].size {
		case 1:
			a = uint32(f8(&c.fl, uint8(a), n))
		case 2:
			a = uint32(f16(&c.fl, uint16(a), n))
		default:
			a = f32(&c.fl, a, n)
		}
		return c.set(in, 0, a)
	}
}

func doShld(c *CPU, in *inst) bool {
	return c.doubleShift(in, shld[uint16], shld[uint32])
}

func doShrd(c *CPU, in *inst) bool {
	return c.doubleShift(in, shrd[uint16], shrd[uint32])
}

// doubleShift shifts operand 0 and fills from operand 1.
func (c *CPU) doubleShift(in *inst, f16 func(*lazy, uint16, uint16, uint32) uint16, f32 func(*lazy, uint32, uint32, uint32) uint32) bool {
	a, ok := c.modify(in, 0)
	if !ok {
		return false
	}
	b, _ := c.get(in, 1)
	n, _ := c.get(in, 2)
	n &= countMask
	if in.osz == 2 {
		return c.set(in, 0, uint32(f16(&c.fl, uint16(a), uint16(b), n)))
	}
	return c.set(in, 0, f32(&c.fl, a, b, n))
}
