package abi

import "encoding/binary"

// Layout writes a little-endian structure field by field. The layouts below
// are those of the asm-generic 64-bit ABI, which riscv64 uses.
type Layout struct{ B []byte }

// U16 and the others append fields.
func (l *Layout) U16(v ...uint16) {
	for _, x := range v {
		l.B = binary.LittleEndian.AppendUint16(l.B, x)
	}
}

// U32 appends 32-bit fields.
func (l *Layout) U32(v ...uint32) {
	for _, x := range v {
		l.B = binary.LittleEndian.AppendUint32(l.B, x)
	}
}

// U64 appends 64-bit fields.
func (l *Layout) U64(v ...uint64) {
	for _, x := range v {
		l.B = binary.LittleEndian.AppendUint64(l.B, x)
	}
}

// Raw appends bytes.
func (l *Layout) Raw(b []byte) { l.B = append(l.B, b...) }

// Pad appends zeros up to size n.
func (l *Layout) Pad(n int) {
	if len(l.B) < n {
		l.B = append(l.B, make([]byte, n-len(l.B))...)
	}
}

// Sizes of the structures.
const (
	StatSize   = 128
	StatxSize  = 256
	StatfsSize = 120
)

// LP64 lays s out as struct stat (include/uapi/asm-generic/stat.h).
func (s *Stat) LP64() []byte {
	l := Layout{make([]byte, 0, StatSize)}
	l.U64(s.Dev, s.Ino)
	l.U32(s.Mode, s.Nlink, s.UID, s.GID)
	l.U64(s.Rdev, 0, uint64(s.Size))
	l.U32(s.Blksize, 0)
	l.U64(uint64(s.Blocks))
	for _, t := range []Timespec{s.Atime, s.Mtime, s.Ctime} {
		l.U64(uint64(t.Sec), uint64(t.Nsec))
	}
	l.Pad(StatSize)
	return l.B
}

// Bits of a statx mask: the basic fields and the birth time.
const (
	STATX_BASIC_STATS = 0x7ff
	STATX_BTIME       = 0x800
)

// Statx lays s out as struct statx (include/uapi/linux/stat.h).
func (s *Stat) Statx() []byte {
	l := Layout{make([]byte, 0, StatxSize)}
	l.U32(STATX_BASIC_STATS|STATX_BTIME, s.Blksize)
	l.U64(s.Attributes)
	l.U32(s.Nlink, s.UID, s.GID)
	l.U16(uint16(s.Mode), 0)
	l.U64(s.Ino, uint64(s.Size), uint64(s.Blocks), s.AttributesMask)
	for _, t := range []Timespec{s.Atime, s.Btime, s.Ctime, s.Mtime} {
		l.U64(uint64(t.Sec))
		l.U32(uint32(t.Nsec), 0)
	}
	l.U32(Major(s.Rdev), Minor(s.Rdev), Major(s.Dev), Minor(s.Dev))
	l.Pad(StatxSize)
	return l.B
}

// LP64 lays s out as struct statfs (include/uapi/asm-generic/statfs.h).
func (s *Statfs) LP64() []byte {
	l := Layout{make([]byte, 0, StatfsSize)}
	l.U64(uint64(s.Type), uint64(s.Bsize), s.Blocks, s.Bfree, s.Bfree, s.Files, s.Ffree)
	l.U32(uint32(s.FsidMajor), uint32(s.FsidMinor))
	l.U64(uint64(s.NameLen), uint64(s.Frsize), uint64(s.Flags))
	l.Pad(StatfsSize)
	return l.B
}
