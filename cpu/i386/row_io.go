package i386

// Port input and output.

var ioRows = []row{
	{name: "in", enc: "e4", args: "AL,Ib", ends: true, do: doIn},
	{name: "in", enc: "e5", args: "eAX,Ib", ends: true, do: doIn},
	{name: "in", enc: "ec", args: "AL,DX", ends: true, do: doIn},
	{name: "in", enc: "ed", args: "eAX,DX", ends: true, do: doIn},
	{name: "out", enc: "e6", args: "Ib,AL", ends: true, do: doOut},
	{name: "out", enc: "e7", args: "Ib,eAX", ends: true, do: doOut},
	{name: "out", enc: "ee", args: "DX,AL", ends: true, do: doOut},
	{name: "out", enc: "ef", args: "DX,eAX", ends: true, do: doOut},
}

// doIn reads the port even if nothing answers: ones come back.
func doIn(c *CPU, in *inst) bool {
	port, _ := c.get(in, 1)
	size := in.op[0].size
	if !c.portAllowed(uint16(port), size) {
		return false
	}
	return c.set(in, 0, c.portIn(uint16(port), size))
}

func doOut(c *CPU, in *inst) bool {
	port, _ := c.get(in, 0)
	v, _ := c.get(in, 1)
	size := in.op[1].size
	if !c.portAllowed(uint16(port), size) {
		return false
	}
	c.portOut(uint16(port), size, v)
	return true
}

func (c *CPU) portIn(port uint16, size uint8) uint32 {
	if c.dbg.active {
		c.portBreakpoint(port, size)
	}
	if c.ports == nil {
		return ^uint32(0)
	}
	return c.ports.In(port, int(size))
}

func (c *CPU) portOut(port uint16, size uint8, v uint32) {
	if c.dbg.active {
		c.portBreakpoint(port, size)
	}
	if c.ports != nil {
		c.ports.Out(port, int(size), v)
	}
}

// tss32IOMap is the offset in a 32-bit TSS of the I/O bitmap's offset.
const tss32IOMap = 0x66

// portAllowed applies IOPL and then the TSS's I/O permission bitmap (SDM 1
// 19.5): every port that the access touches must have a clear bit.
func (c *CPU) portAllowed(port uint16, size uint8) bool {
	if c.mode.real() || !c.mode.vm() && c.cpl <= c.iopl() {
		return true
	}
	if c.tr.sysType()&sysWide == 0 || c.tr.limit < tss32IOMap+1 {
		return c.fault(vecGP, 0)
	}
	base, ok := c.sysLoad(c.tr.base+tss32IOMap, 2)
	if !ok {
		return false
	}
	// Two bytes are always read; hence the byte of ones after the map.
	at := base + uint32(port>>3)
	if at+1 > c.tr.limit {
		return c.fault(vecGP, 0)
	}
	bits, ok := c.sysLoad(c.tr.base+at, 2)
	if !ok {
		return false
	}
	if bits>>(port&7)&(1<<size-1) != 0 {
		return c.fault(vecGP, 0)
	}
	return true
}
