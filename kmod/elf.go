package kmod

// Numbers of the ELF format (gABI chapter 4). Only those a relocatable file
// can use.
const (
	elfMagic = "\x7fELF"

	eiClass   = 4
	eiData    = 5
	eiVersion = 6
	eiNIdent  = 16

	elfClass32  = 1
	elfClass64  = 2
	elfData2LSB = 1

	evCurrent = 1

	etRel = 1

	shtNull     = 0
	shtProgbits = 1
	shtSymtab   = 2
	shtStrtab   = 3
	shtRela     = 4
	shtNobits   = 8
	shtRel      = 9

	shfWrite     = 1 << 0
	shfAlloc     = 1 << 1
	shfExecinstr = 1 << 2

	shnUndef     = 0
	shnLoreserve = 0xff00
	shnAbs       = 0xfff1
	shnCommon    = 0xfff2

	stbLocal  = 0
	stbGlobal = 1
	stbWeak   = 2

	sttNotype  = 0
	sttObject  = 1
	sttFunc    = 2
	sttSection = 3
	sttFile    = 4
)

// format is the shape of one ELF class: sizes and offsets, little-endian.
type format struct {
	class    byte
	word     int // bytes of an address
	ehSize   int
	shSize   int
	symSize  int
	relSize  int // without addend
	relaSize int
}

var (
	elf32 = format{class: elfClass32, word: 4, ehSize: 52, shSize: 40, symSize: 16, relSize: 8, relaSize: 12}
	elf64 = format{class: elfClass64, word: 8, ehSize: 64, shSize: 64, symSize: 24, relSize: 16, relaSize: 24}
)

// fields reads consecutive little-endian numbers. The caller has checked the
// length: a read past the end is our own bug.
type fields struct {
	b    []byte
	word int
}

func (f *fields) take(n int) uint64 {
	var v uint64
	for i := n - 1; i >= 0; i-- {
		v = v<<8 | uint64(f.b[i])
	}
	f.b = f.b[n:]
	return v
}

func (f *fields) u8() uint8    { return uint8(f.take(1)) }
func (f *fields) u16() uint16  { return uint16(f.take(2)) }
func (f *fields) u32() uint32  { return uint32(f.take(4)) }
func (f *fields) addr() uint64 { return f.take(f.word) }
func (f *fields) saddr() int64 { // sign-extended
	shift := 64 - 8*f.word
	return int64(f.take(f.word)<<shift) >> shift
}
