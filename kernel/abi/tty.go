package abi

// Termios is the kernel's struct termios (include/uapi/asm-generic/termbits.h)
// with the speeds of termios2.
type Termios struct {
	Iflag, Oflag, Cflag, Lflag uint32
	Line                       uint8
	CC                         [NCCS]uint8
	Ispeed, Ospeed             uint32
}

// Sizes of the two layouts in user memory.
const (
	NCCS         = 19
	TermiosSize  = 4*4 + 1 + NCCS
	Termios2Size = TermiosSize + 2*4
)

// Bytes lays t out as struct termios2; struct termios is its beginning.
func (t *Termios) Bytes() (b [Termios2Size]byte) {
	w := Layout{b[:0]} // appends in place: the capacity is exactly enough
	w.U32(t.Iflag, t.Oflag, t.Cflag, t.Lflag)
	w.Raw(append([]byte{t.Line}, t.CC[:]...))
	w.U32(t.Ispeed, t.Ospeed)
	return b
}

// Parse is the inverse of Bytes, for either layout: the speeds of a
// short one stay as they are.
func (t *Termios) Parse(b []byte) {
	u32 := func(i int) uint32 {
		return uint32(b[i]) | uint32(b[i+1])<<8 | uint32(b[i+2])<<16 | uint32(b[i+3])<<24
	}
	t.Iflag, t.Oflag, t.Cflag, t.Lflag = u32(0), u32(4), u32(8), u32(12)
	t.Line = b[16]
	copy(t.CC[:], b[17:])
	if len(b) >= Termios2Size {
		t.Ispeed, t.Ospeed = u32(36), u32(40)
	}
}

// Input modes.
const (
	IGNBRK  = 0x1
	BRKINT  = 0x2
	ISTRIP  = 0x20
	INLCR   = 0x40
	IGNCR   = 0x80
	ICRNL   = 0x100
	IXON    = 0x400
	IXANY   = 0x800
	IXOFF   = 0x1000
	IMAXBEL = 0x2000
	IUTF8   = 0x4000
)

// Output modes.
const (
	OPOST  = 0x1
	ONLCR  = 0x4
	OCRNL  = 0x8
	ONOCR  = 0x10
	ONLRET = 0x20
	TABDLY = 0x1800
	XTABS  = 0x1800
)

// Control modes.
const (
	B9600   = 0xd
	B115200 = 0x1002
	CS8     = 0x30
	CREAD   = 0x80
	HUPCL   = 0x400
	CLOCAL  = 0x800
)

// Local modes.
const (
	ISIG    = 0x1
	ICANON  = 0x2
	ECHO    = 0x8
	ECHOE   = 0x10
	ECHOK   = 0x20
	ECHONL  = 0x40
	NOFLSH  = 0x80
	TOSTOP  = 0x100
	ECHOCTL = 0x200
	ECHOKE  = 0x800
	IEXTEN  = 0x8000
)

// Places in Termios.CC.
const (
	VINTR    = 0
	VQUIT    = 1
	VERASE   = 2
	VKILL    = 3
	VEOF     = 4
	VTIME    = 5
	VMIN     = 6
	VSWTC    = 7
	VSTART   = 8
	VSTOP    = 9
	VSUSP    = 10
	VEOL     = 11
	VREPRINT = 12
	VDISCARD = 13
	VWERASE  = 14
	VLNEXT   = 15
	VEOL2    = 16
)

// Terminal requests (include/uapi/asm-generic/ioctls.h).
const (
	TCGETS     = 0x5401
	TCSETS     = 0x5402
	TCSETSW    = 0x5403
	TCSETSF    = 0x5404
	TCSBRK     = 0x5409
	TCXONC     = 0x540a
	TCFLSH     = 0x540b
	TIOCEXCL   = 0x540c
	TIOCNXCL   = 0x540d
	TIOCSCTTY  = 0x540e
	TIOCGPGRP  = 0x540f
	TIOCSPGRP  = 0x5410
	TIOCOUTQ   = 0x5411
	TIOCGWINSZ = 0x5413
	TIOCSWINSZ = 0x5414
	FIONREAD   = 0x541b
	FIONBIO    = 0x5421
	TIOCNOTTY  = 0x5422
	TIOCGETD   = 0x5424
	TIOCGSID   = 0x5429
	TCGETS2    = 0x802c542a
	TCSETS2    = 0x402c542b
	TCSETSW2   = 0x402c542c
	TCSETSF2   = 0x402c542d
	TIOCGDEV   = 0x80045432
	FIONCLEX   = 0x5450
	FIOCLEX    = 0x5451
	FIOASYNC   = 0x5452

	// Arguments of TCFLSH and TCXONC.
	TCIFLUSH  = 0
	TCOFLUSH  = 1
	TCIOFLUSH = 2
	TCOOFF    = 0
	TCOON     = 1
	TCIOFF    = 2
	TCION     = 3
)
