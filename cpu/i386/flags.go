package i386

import "math/bits"

// Bits of EFLAGS (SDM 1 figure 3-8).
const (
	FlagCF   = 1 << 0
	flagOne  = 1 << 1 // always reads as 1
	FlagPF   = 1 << 2
	FlagAF   = 1 << 4
	FlagZF   = 1 << 6
	FlagSF   = 1 << 7
	FlagTF   = 1 << 8
	FlagIF   = 1 << 9
	FlagDF   = 1 << 10
	FlagOF   = 1 << 11
	FlagIOPL = 3 << 12
	FlagNT   = 1 << 14
	FlagRF   = 1 << 16
	FlagVM   = 1 << 17
	FlagAC   = 1 << 18
	FlagVIF  = 1 << 19
	FlagVIP  = 1 << 20
	FlagID   = 1 << 21

	flagsArith  = FlagCF | FlagPF | FlagAF | FlagZF | FlagSF | FlagOF
	flagsSystem = FlagTF | FlagIF | FlagDF | FlagIOPL | FlagNT | FlagRF | FlagVM | FlagAC | FlagVIF | FlagVIP | FlagID

	ioplShift = 12
)

// lazy holds the six arithmetic flags as the result of the last operation and
// a vector of what the result does not tell. An operation stores two words; a
// flag is worked out when something asks for it.
//
//	res   the result, sign-extended to 32 bits: ZF is res == 0
//	aux   31      30        15..8       3    0
//	      [CF | CF^OF | parity delta | AF | sign delta]
//
// Bits 31, 30 and 3 of the vector of carries out of each bit position are CF,
// CF^OF and AF, so that an addition stores its carry vector, masked. The two
// deltas serve combinations no result has, such as ZF and SF both set by POPF:
// SF is res's sign exclusive-or the sign delta, PF the parity of res's low
// byte exclusive-or the parity delta.
type lazy struct{ res, aux uint32 }

const (
	auxCF    = 1 << 31
	auxOFX   = 1 << 30
	auxAF    = 1 << 3
	auxSign  = 1 << 0
	auxPar   = 0xff << 8
	auxParLo = 1 << 8
	auxCarry = auxCF | auxOFX | auxAF
)

// word is a general-purpose operand's type.
type word interface{ ~uint8 | ~uint16 | ~uint32 }

func (f *lazy) cf() uint32 { return f.aux >> 31 }
func (f *lazy) of() uint32 { return (f.aux>>31 ^ f.aux>>30) & 1 }
func (f *lazy) af() uint32 { return f.aux >> 3 & 1 }
func (f *lazy) zf() bool   { return f.res == 0 }
func (f *lazy) sf() uint32 { return (f.res>>31 ^ f.aux) & 1 }
func (f *lazy) pf() bool   { return bits.OnesCount8(uint8(f.res)^uint8(f.aux>>8))&1 == 0 }

// arith returns the six flags at their places in EFLAGS.
func (f *lazy) arith() uint32 {
	v := f.cf() | f.af()<<4 | f.sf()<<7 | f.of()<<11
	if f.pf() {
		v |= FlagPF
	}
	if f.zf() {
		v |= FlagZF
	}
	return v
}

// setArith sets the six flags from their places in EFLAGS.
func (f *lazy) setArith(v uint32) {
	f.res = auxParLo // not zero, sign 0, parity even
	if v&FlagZF != 0 {
		f.res = 0
	}
	f.aux = v&FlagSF>>7 | v&FlagAF>>1 | v<<31 | (v^v>>11)&1<<30
	if v&FlagPF == 0 {
		f.aux |= auxParLo
	}
}

// setCO sets CF and OF and leaves the other four flags.
func (f *lazy) setCO(cf, of uint32) {
	f.aux = f.aux&^(auxCF|auxOFX) | cf<<31 | (cf^of)<<30
}

// setCF sets CF alone. OF is stored relative to CF, so both bits change.
func (f *lazy) setCF(cf uint32) {
	if (f.aux>>31^cf)&1 != 0 {
		f.aux ^= auxCF | auxOFX
	}
}

// cond evaluates a condition code, the low four bits of Jcc, SETcc and CMOVcc
// (SDM 1 appendix B).
func (f *lazy) cond(cc uint8) bool {
	var r bool
	switch cc >> 1 & 7 {
	case 0:
		r = f.of() != 0
	case 1:
		r = f.cf() != 0
	case 2:
		r = f.zf()
	case 3:
		r = f.cf() != 0 || f.zf()
	case 4:
		r = f.sf() != 0
	case 5:
		r = f.pf()
	case 6:
		r = f.sf() != f.of()
	case 7:
		r = f.zf() || f.sf() != f.of()
	}
	return r != (cc&1 != 0)
}

// EFLAGS returns the whole register.
func (c *CPU) EFLAGS() uint32 { return c.fl.arith() | c.eflags | flagOne }

// setEFLAGS replaces the bits in mask.
func (c *CPU) setEFLAGS(v, mask uint32) {
	if mask&flagsArith != 0 {
		c.fl.setArith(c.fl.arith()&^mask | v&mask)
	}
	mask &= flagsSystem
	old := c.eflags
	c.eflags = c.eflags&^mask | v&mask
	if (old^c.eflags)&FlagAC != 0 {
		c.modeChanged()
	}
	c.updateAttention()
}

func (c *CPU) iopl() uint8 { return uint8(c.eflags & FlagIOPL >> ioplShift) }
