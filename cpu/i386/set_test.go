package i386

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

// TestSetSegment: a segment register takes from outside what MOV to it, or a
// jump, takes, with the same result; what they refuse changes nothing.
func TestSetSegment(t *testing.T) {
	moves := map[int]string{ES: "8ec0", SS: "8ed0", DS: "8ed8", FS: "8ee0", GS: "8ee8", CS: "ea00000100"}
	for n, code := range moves {
		for _, level := range []uint8{0, 3} {
			at := func(code string) *CPU {
				c := sysMachine(t, code)
				if level == 3 {
					level3(c)
				}
				return c
			}
			got := at("90")
			before := stateOf(t, got)
			for i := range uint16(0x44) {
				sel := i>>1<<3 | i&1*3
				text := code
				if n == CS {
					text += hex.EncodeToString([]byte{byte(sel), byte(sel >> 8)})
					if d, err := got.peekDescriptor(sel); err == nil && d.isSystem() {
						continue // a jump goes through it
					}
				}
				want := at(text)
				want.SetReg(EAX, uint32(sel))
				end := want.EIP()
				if n != CS {
					end += uint32(len(text) / 2)
				}
				want.Step()
				moved := want.EIP() == end
				err := got.SetSegment(n, sel)
				if (err == nil) != moved {
					t.Errorf("%s = %#x at level %d: %v; an instruction did it: %v", segmentName(n), sel, level, err, moved)
				}
				if err != nil {
					if stateOf(t, got) != before {
						t.Errorf("%s = %#x at level %d is refused (%v) and changed something", segmentName(n), sel, level, err)
					}
					continue
				}
				if got.SegmentState(n) != want.SegmentState(n) || got.mode != want.mode {
					t.Errorf("%s = %#x at level %d: %+v; an instruction makes %+v", segmentName(n), sel, level, got.SegmentState(n), want.SegmentState(n))
				}
				got = at("90")
			}
		}
	}
}

// stateOf is a CPU's state and that of its descriptors.
func stateOf(t *testing.T, c *CPU) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.WriteState(&b); err != nil {
		t.Fatal(err)
	}
	return b.String() + string(c.ram[sysGDT:][:0x80])
}

// A descriptor that was not used before is marked, as a load marks it.
func TestSetSegmentAccessed(t *testing.T) {
	c := sysMachine(t, "90")
	access := &c.ram[sysGDT+selData0+accessByte]
	*access &^= attrAccessed
	if err := c.SetSegment(DS, selData0); err != nil || *access&attrAccessed == 0 || c.seg[DS].attr&attrAccessed == 0 {
		t.Errorf("%v, the descriptor has %#x", err, *access)
	}
}

// What does not fit a register is refused in words, and changes nothing.
func TestSetRefusals(t *testing.T) {
	for want, set := range map[string]func(c *CPU) error{
		"CR0 cannot be 0x80000000":         func(c *CPU) error { return c.SetControl(0, CR0PG) },
		"CR4 cannot be 0x1: bits 0x1":      func(c *CPU) error { return c.SetControl(4, CR4VME) },
		"no DR4":                           func(c *CPU) error { return c.SetDR(4, 1) },
		"EFLAGS has no bits 0x80000000":    func(c *CPU) error { return c.ChangeEFLAGS(1 << 31) },
		"EFLAGS.VM cannot be changed":      func(c *CPU) error { return c.ChangeEFLAGS(FlagVM) },
		"MXCSR has no bits 0x10000":        func(c *CPU) error { return c.SetMXCSR(1 << 16) },
		"selector 0x100 is beyond":         func(c *CPU) error { return c.SetSegment(DS, 0x100) },
		"SS cannot hold the null selector": func(c *CPU) error { return c.SetSegment(SS, 0) },
		"would be #NP; its descriptor is a data segment of level 0, which is not present": func(c *CPU) error { return c.SetSegment(DS, selAbsent) },
		"would be #GP; its descriptor is code of level 0":                                 func(c *CPU) error { return c.SetSegment(SS, selCode0) },
		"its descriptor is a system descriptor":                                           func(c *CPU) error { return c.SetSegment(ES, selTSS) },
		"is not in memory":                                                                func(c *CPU) error { c.gdtr.base = sysGDT + 1<<30; return c.SetSegment(ES, selData0) },
	} {
		c := sysMachine(t, "90")
		regs := c.saveContext()
		err := set(c)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
		if c.saveContext() != regs {
			t.Errorf("%v, and something has changed", err)
		}
	}
}

// The FPU's and MMX's registers come back as they were set.
func TestSetFPU(t *testing.T) {
	c := sysMachine(t, "90")
	c.fpu.init()
	st := [10]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	c.SetST(3, st)
	x := c.X87()
	if x.ST[3] != st || x.Tags != 0xffbf {
		t.Errorf("ST3 is %x, tags %#x", x.ST[3], x.Tags)
	}
	x.CW, x.SW, x.Tags, x.FIP, x.FDP, x.FCS, x.FDS, x.FOP = 0x27f, 0x3800, 0x5555, 1, 2, 3, 4, 0xffff
	c.SetX87(x)
	if y := c.X87(); y.CW != 0x27f || y.SW != 0x3800 || y.FIP != 1 || y.FDP != 2 || y.FCS != 3 || y.FDS != 4 || y.FOP != 0x7ff || c.fpu.empty != 0 {
		t.Errorf("the FPU has %+v", y)
	}
	c.SetMM(2, 0x1122334455667788)
	if y := c.X87(); c.MM(2) != 0x1122334455667788 || y.ST[2] != [10]byte{0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0xff, 0xff} {
		t.Errorf("MM2 is %#x, ST2 %x", c.MM(2), y.ST[2])
	}
}
