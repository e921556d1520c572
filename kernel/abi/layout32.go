package abi

import "math"

// The layouts of i386, where a C long has 32 bits and a 64-bit number in a
// structure is aligned to 4 bytes only (System V ABI i386, table 2.1).

// WordSize is the size of a C long and of a pointer in this kernel's programs.
const WordSize = 4 << (^uintptr(0) >> 63)

// Sizes of the structures on i386.
const (
	OldStatSize32  = 64
	Stat64Size32   = 96
	StatfsSize32   = 64
	Statfs64Size32 = 84
)

// OldStat32 lays s out as struct stat (arch/x86/include/uapi/asm/stat.h). What
// does not fit is EOVERFLOW, as in Linux's cp_new_stat.
func (s *Stat) OldStat32() ([]byte, Errno) {
	if s.Size > math.MaxInt32 || s.Blocks > math.MaxUint32 || s.Ino > math.MaxUint32 || s.Nlink > math.MaxUint16 {
		return nil, EOVERFLOW
	}
	l := Layout{make([]byte, 0, OldStatSize32)}
	l.U32(uint32(s.Dev), uint32(s.Ino))
	l.U16(uint16(s.Mode), uint16(s.Nlink), ID16(s.UID), ID16(s.GID))
	l.U32(uint32(s.Rdev), uint32(s.Size), s.Blksize, uint32(s.Blocks))
	s.times32(&l)
	l.Pad(OldStatSize32)
	return l.B, 0
}

// Stat64 lays s out as i386's struct stat64 (same file). The inode number
// stands in it twice, first cut to 32 bits.
func (s *Stat) Stat64() ([]byte, Errno) {
	l := Layout{make([]byte, 0, Stat64Size32)}
	l.U64(s.Dev)
	l.U32(0, uint32(s.Ino), s.Mode, s.Nlink, s.UID, s.GID)
	l.U64(s.Rdev)
	l.U32(0)
	l.U64(uint64(s.Size))
	l.U32(s.Blksize)
	l.U64(uint64(s.Blocks))
	s.times32(&l)
	l.U64(s.Ino)
	return l.B, 0
}

func (s *Stat) times32(l *Layout) {
	for _, t := range []Timespec{s.Atime, s.Mtime, s.Ctime} {
		l.U32(uint32(t.Sec), uint32(t.Nsec))
	}
}

// OldStatfs32 lays s out as i386's struct statfs
// (include/uapi/asm-generic/statfs.h with 32-bit words).
func (s *Statfs) OldStatfs32() []byte {
	l := Layout{make([]byte, 0, StatfsSize32)}
	l.U32(uint32(s.Type), uint32(s.Bsize))
	for _, n := range []uint64{s.Blocks, s.Bfree, s.Bfree, s.Files, s.Ffree} {
		l.U32(uint32(min(n, math.MaxUint32)))
	}
	l.U32(uint32(s.FsidMajor), uint32(s.FsidMinor), uint32(s.NameLen), uint32(s.Frsize), uint32(s.Flags))
	l.Pad(StatfsSize32)
	return l.B
}

// Statfs64 lays s out as i386's struct statfs64 (packed to 4 bytes).
func (s *Statfs) Statfs64() []byte {
	l := Layout{make([]byte, 0, Statfs64Size32)}
	l.U32(uint32(s.Type), uint32(s.Bsize))
	l.U64(s.Blocks, s.Bfree, s.Bfree, s.Files, s.Ffree)
	l.U32(uint32(s.FsidMajor), uint32(s.FsidMinor), uint32(s.NameLen), uint32(s.Frsize), uint32(s.Flags))
	l.Pad(Statfs64Size32)
	return l.B
}

// overflowID stands for a user or group number that needs more than 16 bits
// (/proc/sys/kernel/overflowuid).
const overflowID = 65534

// ID16 is a user or group number for the calls that know 16-bit ones only.
func ID16(id uint32) uint16 {
	if id > math.MaxUint16 {
		return overflowID
	}
	return uint16(id)
}
