package abi

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The structures of arch/x86/include/uapi/asm/{stat,statfs}.h, field by field.
// encoding/binary leaves no gaps, which is i386's rule for these too.
type (
	oldStat32 struct {
		Dev, Ino                                             uint32
		Mode, Nlink, UID, GID                                uint16
		Rdev, Size, Blksize, Blocks                          uint32
		Atime, AtimeNsec, Mtime, MtimeNsec, Ctime, CtimeNsec uint32
		Unused4, Unused5                                     uint32
	}
	stat64i386 struct {
		Dev                                                  uint64
		Pad0                                                 [4]uint8
		Ino32, Mode, Nlink, UID, GID                         uint32
		Rdev                                                 uint64
		Pad3                                                 [4]uint8
		Size                                                 int64
		Blksize                                              uint32
		Blocks                                               uint64
		Atime, AtimeNsec, Mtime, MtimeNsec, Ctime, CtimeNsec uint32
		Ino                                                  uint64
	}
	statfs32 struct {
		Type, Bsize, Blocks, Bfree, Bavail, Files, Ffree uint32
		Fsid                                             [2]int32
		Namelen, Frsize, Flags                           uint32
		Spare                                            [4]uint32
	}
	statfs64i386 struct {
		Type, Bsize                         uint32
		Blocks, Bfree, Bavail, Files, Ffree uint64
		Fsid                                [2]int32
		Namelen, Frsize, Flags              uint32
		Spare                               [4]uint32
	}
)

func TestStat64Layout(t *testing.T) {
	b, e := sample.Stat64()
	if e != 0 || len(b) != Stat64Size32 {
		t.Fatalf("%d bytes, error %v", len(b), e)
	}
	var got stat64i386
	decode(t, b, &got)
	want := stat64i386{
		Dev: sample.Dev, Ino32: uint32(sample.Ino & 0xffffffff), Mode: sample.Mode, Nlink: 5, UID: 6, GID: 7,
		Rdev: sample.Rdev, Size: sample.Size, Blksize: 4096, Blocks: 11,
		Atime: 12, AtimeNsec: 13, Mtime: 14, MtimeNsec: 15, Ctime: 16, CtimeNsec: 17, Ino: sample.Ino,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestOldStatLayout(t *testing.T) {
	if _, e := sample.OldStat32(); e != EOVERFLOW {
		t.Errorf("a file of %d bytes: error %v", sample.Size, e)
	}
	small := sample
	small.Size, small.Ino, small.Rdev, small.UID = 9, 3, 8, 70000
	b, e := small.OldStat32()
	if e != 0 || len(b) != OldStatSize32 {
		t.Fatalf("%d bytes, error %v", len(b), e)
	}
	var got oldStat32
	decode(t, b, &got)
	want := oldStat32{
		Dev: uint32(sample.Dev), Ino: 3, Mode: uint16(sample.Mode), Nlink: 5, UID: overflowID, GID: 7, Rdev: 8,
		Size: 9, Blksize: 4096, Blocks: 11,
		Atime: 12, AtimeNsec: 13, Mtime: 14, MtimeNsec: 15, Ctime: 16, CtimeNsec: 17,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestStatfs32Layouts(t *testing.T) {
	in := Statfs{
		Type: TMPFS_MAGIC, Bsize: 2, Blocks: 3 << 32, Bfree: 4, Files: 5, Ffree: 6, NameLen: 7, Frsize: 8, Flags: 9,
		FsidMajor: 10, FsidMinor: 11,
	}
	var wide statfs64i386
	decode(t, in.Statfs64(), &wide)
	if d := cmp.Diff(statfs64i386{TMPFS_MAGIC, 2, 3 << 32, 4, 4, 5, 6, [2]int32{10, 11}, 7, 8, 9, [4]uint32{}}, wide); d != "" {
		t.Error(d)
	}
	var old statfs32
	decode(t, in.OldStatfs32(), &old)
	if d := cmp.Diff(statfs32{TMPFS_MAGIC, 2, 1<<32 - 1, 4, 4, 5, 6, [2]int32{10, 11}, 7, 8, 9, [4]uint32{}}, old); d != "" {
		t.Error(d)
	}
}
