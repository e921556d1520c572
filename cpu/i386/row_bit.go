package i386

// Bit tests and scans.

var bitRows = []row{
	{name: "bt", enc: "0f a3 /r", args: "Ev,Gv", flags: "oszapC", do: bitTest(bitKeep)},
	{name: "bts", enc: "0f ab /r", args: "Ev,Gv", flags: "oszapC", lock: true, do: bitTest(bitSet)},
	{name: "btr", enc: "0f b3 /r", args: "Ev,Gv", flags: "oszapC", lock: true, do: bitTest(bitClear)},
	{name: "btc", enc: "0f bb /r", args: "Ev,Gv", flags: "oszapC", lock: true, do: bitTest(bitFlip)},
	{name: "bt", enc: "0f ba /4", args: "Ev,Ib", flags: "oszapC", do: bitTest(bitKeep)},
	{name: "bts", enc: "0f ba /5", args: "Ev,Ib", flags: "oszapC", lock: true, do: bitTest(bitSet)},
	{name: "btr", enc: "0f ba /6", args: "Ev,Ib", flags: "oszapC", lock: true, do: bitTest(bitClear)},
	{name: "btc", enc: "0f ba /7", args: "Ev,Ib", flags: "oszapC", lock: true, do: bitTest(bitFlip)},
	{name: "bsf", enc: "0f bc /r", args: "Gv,Ev", flags: "osZapc", do: bitScan(bsf)},
	{name: "bsr", enc: "0f bd /r", args: "Gv,Ev", flags: "osZapc", do: bitScan(bsr)},
}

const (
	bitKeep = iota
	bitSet
	bitClear
	bitFlip
)

// bitTest: with a bit number in a register and memory as its base, the number
// is signed and reaches beyond the addressed word (SDM 2 figure 3-2).
func bitTest(what int) semantics {
	return func(c *CPU, in *inst) bool {
		n, _ := c.get(in, 1)
		width := uint32(in.osz) * 8
		mem := *in
		if in.op[0].kind == opMem && in.op[1].kind == opReg {
			byIndex := uint32(extend(n, in.osz)) &^ (width - 1)
			mem.disp += uint32(int32(byIndex) >> 3)
		}
		var v uint32
		var ok bool
		if what == bitKeep {
			v, ok = c.get(&mem, 0)
		} else {
			v, ok = c.modify(&mem, 0)
		}
		if !ok {
			return false
		}
		mask := uint32(1) << (n & (width - 1))
		cf := uint32(0)
		if v&mask != 0 {
			cf = 1
		}
		switch what {
		case bitSet:
			v |= mask
		case bitClear:
			v &^= mask
		case bitFlip:
			v ^= mask
		}
		c.fl.setCF(cf)
		return what == bitKeep || c.set(&mem, 0, v)
	}
}

func bitScan(f func(fl *lazy, old, v uint32) uint32) semantics {
	return func(c *CPU, in *inst) bool {
		v, ok := c.get(in, 1)
		if !ok {
			return false
		}
		old, _ := c.get(in, 0)
		return c.set(in, 0, f(&c.fl, old, v))
	}
}
