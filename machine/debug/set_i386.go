package debug

import (
	"fmt"
	"strconv"
	"strings"

	"rv86/cpu/i386"
)

// x87Register is a register of the FPU besides ST0 to ST7.
type x87Register struct {
	name string
	size int
	get  func(x *i386.X87) uint64
	set  func(x *i386.X87, v uint64)
}

// x87Registers have gdb's names: of the last instruction's address and operand
// it calls the offset "off" and the selector "seg".
var x87Registers = []x87Register{
	{"fctrl", 2, func(x *i386.X87) uint64 { return uint64(x.CW) }, func(x *i386.X87, v uint64) { x.CW = uint16(v) }},
	{"fstat", 2, func(x *i386.X87) uint64 { return uint64(x.SW) }, func(x *i386.X87, v uint64) { x.SW = uint16(v) }},
	{"ftag", 2, func(x *i386.X87) uint64 { return uint64(x.Tags) }, func(x *i386.X87, v uint64) { x.Tags = uint16(v) }},
	{"fiseg", 2, func(x *i386.X87) uint64 { return uint64(x.FCS) }, func(x *i386.X87, v uint64) { x.FCS = uint16(v) }},
	{"fioff", 4, func(x *i386.X87) uint64 { return uint64(x.FIP) }, func(x *i386.X87, v uint64) { x.FIP = uint32(v) }},
	{"foseg", 2, func(x *i386.X87) uint64 { return uint64(x.FDS) }, func(x *i386.X87, v uint64) { x.FDS = uint16(v) }},
	{"fooff", 4, func(x *i386.X87) uint64 { return uint64(x.FDP) }, func(x *i386.X87, v uint64) { x.FDP = uint32(v) }},
	{"fop", 2, func(x *i386.X87) uint64 { return uint64(x.FOP) }, func(x *i386.X87, v uint64) { x.FOP = uint16(v) }},
}

func (p *pc) setRegister(name string, b []byte) error {
	v := value(b[:min(len(b), 8)])
	for _, r := range x87Registers {
		if r.name == name {
			x := p.X87()
			r.set(&x, v)
			p.SetX87(x)
			return nil
		}
	}
	for i, n := range generalNames {
		if n == name {
			p.SetReg(i, uint32(v))
			return nil
		}
	}
	for i, n := range segmentNames {
		if n != name {
			continue
		}
		if i > i386.GS {
			if uint16(v) == p.SegmentState(i).Sel {
				return nil
			}
			return fmt.Errorf("%s cannot be changed: LLDT and LTR load it, with what its descriptor says", name)
		}
		return p.SetSegment(i, uint16(v))
	}
	switch name {
	case "eip":
		p.SetEIP(uint32(v))
		return nil
	case "eflags":
		return p.ChangeEFLAGS(uint32(v))
	case "gdtr":
		p.SetGDTBase(uint32(v))
		return nil
	case "idtr":
		p.SetIDTBase(uint32(v))
		return nil
	case "mxcsr":
		return p.SetMXCSR(uint32(v))
	}
	return p.setNumbered(name, b)
}

// setNumbered writes a register whose name ends in its number.
func (p *pc) setNumbered(name string, b []byte) error {
	kind := strings.TrimRight(name, "0123456789")
	n, err := strconv.Atoi(name[len(kind):])
	if err != nil {
		return fmt.Errorf("there is no register %s", name)
	}
	switch kind {
	case "cr":
		return p.SetControl(n, uint32(value(b)))
	case "dr":
		return p.SetDR(n, uint32(value(b)))
	case "st":
		p.SetST(n, [10]byte(b))
		return nil
	case "mm":
		p.SetMM(n, value(b))
		return nil
	case "xmm":
		p.SetXMM(n, [16]byte(b))
		return nil
	}
	return fmt.Errorf("there is no register %s", name)
}
