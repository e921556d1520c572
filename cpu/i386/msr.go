package i386

// Model-specific registers (SDM 4) and CPUID (SDM 2).
const (
	msrTSC         = 0x10
	msrAPICBase    = 0x1b
	msrBIOSSign    = 0x8b
	msrSysenterCS  = 0x174
	msrSysenterESP = 0x175
	msrSysenterEIP = 0x176
	msrMCGCap      = 0x179
	msrPAT         = 0x277
)

type msrs struct {
	sysenterCS, sysenterESP, sysenterEIP uint32
	pat                                  uint64
}

// TSC is the time-stamp counter: one count an instruction slot.
func (c *CPU) TSC() uint64 { return c.insns + c.tscBase }

func doRdtsc(c *CPU, _ *inst) bool {
	if c.cr4&CR4TSD != 0 && c.cpl != 0 {
		return c.fault(vecGP, 0)
	}
	t := c.TSC()
	c.r[EAX], c.r[EDX] = uint32(t), uint32(t>>32)
	return true
}

// doRdpmc: no performance counters; every index is out of range.
func doRdpmc(c *CPU, _ *inst) bool { return c.fault(vecGP, 0) }

func doRdmsr(c *CPU, _ *inst) bool {
	if !c.privileged() {
		return false
	}
	var v uint64
	switch c.r[ECX] {
	case msrTSC:
		v = c.TSC()
	case msrSysenterCS:
		v = uint64(c.msr.sysenterCS)
	case msrSysenterESP:
		v = uint64(c.msr.sysenterESP)
	case msrSysenterEIP:
		v = uint64(c.msr.sysenterEIP)
	case msrPAT:
		v = c.msr.pat
	case msrBIOSSign, msrMCGCap:
	default:
		return c.fault(vecGP, 0)
	}
	c.r[EAX], c.r[EDX] = uint32(v), uint32(v>>32)
	return true
}

// doWrmsr of an unknown register is #GP, by which kernels find out.
func doWrmsr(c *CPU, _ *inst) bool {
	if !c.privileged() {
		return false
	}
	v := uint64(c.r[EDX])<<32 | uint64(c.r[EAX])
	switch c.r[ECX] {
	case msrTSC:
		c.tscBase = v - c.insns
	case msrSysenterCS:
		c.msr.sysenterCS = uint32(v)
	case msrSysenterESP:
		c.msr.sysenterESP = uint32(v)
	case msrSysenterEIP:
		c.msr.sysenterEIP = uint32(v)
	case msrPAT:
		c.msr.pat = v
	case msrBIOSSign:
	default:
		return c.fault(vecGP, 0)
	}
	return true
}

// Feature bits of CPUID leaf 1, EDX.
const (
	featFPU  = 1 << 0
	featDE   = 1 << 2
	featPSE  = 1 << 3
	featTSC  = 1 << 4
	featMSR  = 1 << 5
	featCX8  = 1 << 8
	featSEP  = 1 << 11
	featPGE  = 1 << 13
	featCMOV = 1 << 15
	featPAT  = 1 << 16
	featMMX  = 1 << 23
	featFXSR = 1 << 24
	featSSE  = 1 << 25
	featSSE2 = 1 << 26

	features = featFPU | featDE | featPSE | featTSC | featMSR | featCX8 | featSEP | featPGE | featCMOV |
		featPAT | featMMX | featFXSR | featSSE | featSSE2
)

// doCpuid stops at leaf 1: caches and brand strings do not exist here.
func doCpuid(c *CPU, _ *inst) bool {
	leaf := c.r[EAX]
	c.r[EAX], c.r[EBX], c.r[ECX], c.r[EDX] = 0, 0, 0, 0
	switch leaf {
	case 0: // the highest leaf, and the vendor in EBX, EDX, ECX
		c.r[EAX] = 1
		c.r[EBX], c.r[EDX], c.r[ECX] = 0x756e_6547, 0x4965_6e69, 0x6c65_746e // "GenuineIntel"
	case 1:
		c.r[EAX], c.r[EDX] = signature, features
	}
	return true
}

// flatSegment is what SYSENTER and SYSEXIT load without reading a descriptor.
func flatSegment(sel uint16, attr uint16, dpl uint8) segment {
	s := segment{sel: sel, limit: ^uint32(0), attr: attr | uint16(dpl)<<dplShift}
	s.derive()
	return s
}

// doSysenter loads fixed flat segments: the descriptors are not read.
func doSysenter(c *CPU, _ *inst) bool {
	sel := uint16(c.msr.sysenterCS) &^ selRPL
	if c.mode.real() || sel == 0 {
		return c.fault(vecGP, 0)
	}
	c.setEFLAGS(0, FlagVM|FlagIF|FlagRF)
	c.cpl = 0
	c.seg[CS] = flatSegment(sel, attrFlatCode, 0)
	c.seg[SS] = flatSegment(sel+8, attrFlatData, 0)
	c.r[ESP], c.eip = c.msr.sysenterESP, c.msr.sysenterEIP
	c.modeChanged()
	return true
}

func doSysexit(c *CPU, _ *inst) bool {
	sel := uint16(c.msr.sysenterCS) &^ selRPL
	if c.mode.real() || c.cpl != 0 || sel == 0 {
		return c.fault(vecGP, 0)
	}
	c.cpl = 3
	c.seg[CS] = flatSegment(sel+16|3, attrFlatCode, 3)
	c.seg[SS] = flatSegment(sel+24|3, attrFlatData, 3)
	c.r[ESP], c.eip = c.r[ECX], c.r[EDX]
	c.modeChanged()
	return true
}
