package rv64

// Machine-level CSRs (II 3.1).

// mstatus (II 3.1.6, figure 3.7); sstatus shows the bits of sstatusMask.
//
//	 63      35 34 33 32      22  21 20  19  18  17   16 15 14 13 12 11 10 9  8   7    6    5    3   1
//	+--+- -+-----+-----+- -+---+--+---+---+---+----+-----+-----+-----+---+---+----+---+----+---+---+
//	|SD|   | SXL | UXL |   |TSR|TW|TVM|MXR|SUM|MPRV| XS  | FS  | MPP |VS |SPP|MPIE|UBE|SPIE|MIE|SIE|
//	+--+- -+-----+-----+- -+---+--+---+---+---+----+-----+-----+-----+---+---+----+---+----+---+---+
const (
	mstatusSIE  = 1 << 1
	mstatusMIE  = 1 << 3
	mstatusSPIE = 1 << 5
	mstatusMPIE = 1 << 7
	mstatusSPP  = 1 << 8
	mstatusMPP  = 3 << mppShift
	mstatusFS   = 3 << 13
	mstatusMPRV = 1 << 17
	mstatusSUM  = 1 << 18
	mstatusMXR  = 1 << 19
	mstatusTVM  = 1 << 20
	mstatusTW   = 1 << 21
	mstatusTSR  = 1 << 22
	mstatusUXL  = 3 << 32
	mstatusSD   = 1 << 63

	mppShift = 11
	sppShift = 8

	// UXL = SXL = 2: XLEN is 64 everywhere, and cannot be changed.
	mstatusFixed = 2<<32 | 2<<34

	mstatusWritable = mstatusSIE | mstatusMIE | mstatusSPIE | mstatusMPIE | mstatusSPP | mstatusMPP | mstatusFS |
		mstatusMPRV | mstatusSUM | mstatusMXR | mstatusTVM | mstatusTW | mstatusTSR
	sstatusWritable = mstatusSIE | mstatusSPIE | mstatusSPP | mstatusFS | mstatusSUM | mstatusMXR
	sstatusMask     = sstatusWritable | mstatusUXL | mstatusSD
)

const (
	// medelegMask: every exception that S can handle. An environment call
	// from M cannot be delegated (II 3.1.8).
	medelegMask = 1<<CauseInsnMisaligned | 1<<CauseInsnAccess | 1<<CauseIllegal | 1<<CauseBreakpoint |
		1<<CauseLoadMisaligned | 1<<CauseLoadAccess | 1<<CauseStoreMisaligned | 1<<CauseStoreAccess |
		1<<CauseECallU | 1<<CauseECallS | 1<<CauseInsnPage | 1<<CauseLoadPage | 1<<CauseStorePage

	irqS   = 1<<irqSSI | 1<<irqSTI | 1<<irqSEI
	irqM   = 1<<irqMSI | 1<<irqMTI | 1<<irqMEI
	irqAll = irqS | irqM

	// misa (II 3.1.1): MXL = 2 and the letters A C D F I M S U.
	misaValue = 2<<62 | 1<<('A'-'A') | 1<<('C'-'A') | 1<<('D'-'A') | 1<<('F'-'A') | 1<<('I'-'A') | 1<<('M'-'A') |
		1<<('S'-'A') | 1<<('U'-'A')

	causeInterrupt = 1 << 63

	envcfgFIOM  = 1 << 0
	envcfgSTCE  = 1 << 63 // Sstc 1.0, chapter 2
	menvcfgMask = envcfgFIOM | envcfgSTCE
)

var csrsMachine = []csr{
	zeroCSR(0xf11, "mvendorid", "II 3.1.2"), // not a commercial implementation
	zeroCSR(0xf12, "marchid", "II 3.1.3"),
	zeroCSR(0xf13, "mimpid", "II 3.1.4"),
	{num: 0xf14, name: "mhartid", ref: "II 3.1.5", read: func(h *Hart) uint64 { return h.hartID }},
	zeroCSR(0xf15, "mconfigptr", "II 3.1.17"),

	{num: 0x300, name: "mstatus", ref: "II 3.1.6", read: readMstatus, write: func(h *Hart, v uint64) { h.setMstatus(v, mstatusWritable) }},
	{num: 0x301, name: "misa", ref: "II 3.1.1", read: func(*Hart) uint64 { return misaValue }},
	plainCSR(0x302, "medeleg", "II 3.1.8", medelegMask, func(s *csrState) *uint64 { return &s.medeleg }),
	irqCSR(0x303, "mideleg", "II 3.1.8", irqS, func(s *csrState) *uint64 { return &s.mideleg }),
	irqCSR(0x304, "mie", "II 3.1.9", irqAll, func(s *csrState) *uint64 { return &s.mie }),
	{num: 0x305, name: "mtvec", ref: "II 3.1.7", read: func(h *Hart) uint64 { return h.mtvec }, write: func(h *Hart, v uint64) { writeTvec(&h.mtvec, v) }},
	{num: 0x306, name: "mcounteren", ref: "II 3.1.11", read: func(h *Hart) uint64 { return uint64(h.mcounteren) }, write: func(h *Hart, v uint64) { h.mcounteren = uint32(v) }},
	irqCSR(0x30a, "menvcfg", "II 3.1.18", menvcfgMask, func(s *csrState) *uint64 { return &s.menvcfg }),
	{num: 0x320, name: "mcountinhibit", ref: "II 3.1.12", read: func(h *Hart) uint64 { return uint64(h.mcountinhibit) }, write: writeCountInhibit},
	plainCSR(0x340, "mscratch", "II 3.1.13", allBits, func(s *csrState) *uint64 { return &s.mscratch }),
	plainCSR(0x341, "mepc", "II 3.1.14", allBits&^1, func(s *csrState) *uint64 { return &s.mepc }),
	plainCSR(0x342, "mcause", "II 3.1.15", allBits, func(s *csrState) *uint64 { return &s.mcause }),
	plainCSR(0x343, "mtval", "II 3.1.16", allBits, func(s *csrState) *uint64 { return &s.mtval }),
	// No debug triggers: tdata1 = 0 says so for every tselect ("RISC-V Debug
	// Support" 0.13.2, 5.2).
	zeroCSR(0x7a0, "tselect", "Debug 5.2.1"),
	zeroCSR(0x7a1, "tdata1", "Debug 5.2.2"),
	zeroCSR(0x7a2, "tdata2", "Debug 5.2.3"),
	zeroCSR(0x7a3, "tdata3", "Debug 5.2.4"),
	{
		num: 0x344, name: "mip", ref: "II 3.1.9", read: (*Hart).pending, write: func(h *Hart, v uint64) { h.setSoftIRQ(v, irqS) },
		raw: func(h *Hart) uint64 { return h.pending()&^irqS | h.mipSoft },
	},
}

// readMstatus adds SD, which sums up FS (VS and XS are always Off).
func readMstatus(h *Hart) uint64 {
	if h.mstatus&mstatusFS == mstatusFS {
		return h.mstatus | mstatusSD
	}
	return h.mstatus
}

// setMstatus writes the bits of mask. MPP holds a mode that exists: 2 leaves
// it as it was (II 3.1.6.1, WARL).
func (h *Hart) setMstatus(v, mask uint64) {
	if v&mstatusMPP == 2<<mppShift {
		mask &^= mstatusMPP
	}
	old := h.mstatus
	h.mstatus = old&^mask | v&mask
	if (old^h.mstatus)&mstatusMXR != 0 {
		h.flushTLB() // entries for loads were made under the other rule
	}
	h.contextChanged()
	h.attention = true
}

// writeTvec legalises a trap vector: modes 2 and 3 are reserved, and such a
// write is ignored (II 3.1.7, WARL).
func writeTvec(tvec *uint64, v uint64) {
	if v&3 <= tvecVectored {
		*tvec = v
	}
}

const tvecVectored = 1

// setSoftIRQ writes the software-writable pending bits in mask. STIP belongs to
// stimecmp while that is enabled (Sstc 1.0, chapter 2).
func (h *Hart) setSoftIRQ(v, mask uint64) {
	if h.menvcfg&envcfgSTCE != 0 {
		mask &^= 1 << irqSTI
	}
	h.mipSoft = h.mipSoft&^mask | v&mask
	h.attention = true
}

// pending is mip as it reads: wires, software bits and the timer comparison.
func (h *Hart) pending() uint64 {
	p := h.irqWire | h.mipSoft
	if h.menvcfg&envcfgSTCE != 0 {
		p &^= 1 << irqSTI
		if h.stimecmp != allBits && h.time() >= h.stimecmp {
			p |= 1 << irqSTI
		}
	}
	return p
}
