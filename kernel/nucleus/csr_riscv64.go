package nucleus

// Bits and codes of the supervisor registers (Priv. spec chapter 4).
const (
	StatusSPIE  = 1 << 5
	StatusSPP   = 1 << 8
	statusFS    = 3 << 13 // 0 off, 1 initial, 2 clean, 3 dirty
	fsDirty     = 3 << 13
	fsClean     = 2 << 13
	statusUXL64 = 2 << 32

	// A context that Run or the runtime starts with: 64-bit user mode, interrupts
	// on after sret, floating point usable and clean.
	statusInit = statusUXL64 | fsClean | StatusSPIE

	sieSSI = 1 << 1
	sieSTI = 1 << 5
	sieSEI = 1 << 9

	satpSv39 = 8 << 60
)

// Values of scause (Priv. spec table 4.2).
const (
	CauseInsnMisaligned  = 0
	CauseInsnAccess      = 1
	CauseIllegal         = 2
	CauseBreakpoint      = 3
	CauseLoadMisaligned  = 4
	CauseLoadAccess      = 5
	CauseStoreMisaligned = 6
	CauseStoreAccess     = 7
	CauseECallU          = 8
	CauseECallS          = 9
	CauseInsnPage        = 12
	CauseLoadPage        = 13
	CauseStorePage       = 15

	// CauseInterrupt is the sign bit: the rest is the interrupt's number.
	CauseInterrupt = 1 << 63
	causeSSI       = CauseInterrupt | 1
	causeSTI       = CauseInterrupt | 5
	causeSEI       = CauseInterrupt | 9
)

// Integer registers by their ABI names, as indexes of Frame.R. Index 0 is the
// pc, since x0 needs no room: the order of Linux's user_regs_struct.
const (
	RegPC = 0
	RegRA = 1
	RegSP = 2
	RegGP = 3
	RegTP = 4
	RegT0 = 5
	RegA0 = 10
	RegA1 = 11
	RegA2 = 12
	RegA7 = 17
	regG  = 27 // Go's g

	regResult = RegA0
)
