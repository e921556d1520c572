package abi

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

var sample = Stat{
	Dev: MakeDev(0x123, 0x45678), Ino: 2<<40 | 3, Mode: S_IFREG | 0o4755, Nlink: 5, UID: 6, GID: 7,
	Rdev: MakeDev(4, 64), Size: 9<<33 + 1, Blksize: 4096, Blocks: 11,
	Atime: Timespec{12, 13}, Mtime: Timespec{14, 15}, Ctime: Timespec{16, 17}, Btime: Timespec{18, 19},
	Attributes: 20, AttributesMask: 21,
}

func decode(t *testing.T, b []byte, v any) {
	t.Helper()
	r := bytes.NewReader(b)
	if err := binary.Read(r, binary.LittleEndian, v); err != nil {
		t.Fatal(err)
	}
	if r.Len() != 0 {
		t.Errorf("%d bytes too many", r.Len())
	}
}

// stat is struct stat of include/uapi/asm-generic/stat.h, field by field.
type stat struct {
	Dev, Ino              uint64
	Mode, Nlink, UID, GID uint32
	Rdev, Pad1            uint64
	Size                  int64
	Blksize, Pad2         int32
	Blocks                int64
	Atime, AtimeNsec      int64
	Mtime, MtimeNsec      int64
	Ctime, CtimeNsec      int64
	Unused4, Unused5      uint32
}

func TestStatLayout(t *testing.T) {
	var got stat
	decode(t, sample.LP64(), &got)
	want := stat{
		Dev: sample.Dev, Ino: sample.Ino, Mode: sample.Mode, Nlink: 5, UID: 6, GID: 7, Rdev: sample.Rdev,
		Size: sample.Size, Blksize: 4096, Blocks: 11,
		Atime: 12, AtimeNsec: 13, Mtime: 14, MtimeNsec: 15, Ctime: 16, CtimeNsec: 17,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// struct statx is the same on every machine, so x/sys's can be the witness.
func TestStatxLayout(t *testing.T) {
	var got unix.Statx_t
	decode(t, sample.Statx(), &got)
	want := unix.Statx_t{
		Mask: STATX_BASIC_STATS | STATX_BTIME, Blksize: 4096, Attributes: 20, Nlink: 5, Uid: 6, Gid: 7,
		Mode: uint16(sample.Mode), Ino: sample.Ino, Size: uint64(sample.Size), Blocks: 11, Attributes_mask: 21,
		Atime: unix.StatxTimestamp{Sec: 12, Nsec: 13}, Mtime: unix.StatxTimestamp{Sec: 14, Nsec: 15},
		Ctime: unix.StatxTimestamp{Sec: 16, Nsec: 17}, Btime: unix.StatxTimestamp{Sec: 18, Nsec: 19},
		Rdev_major: 4, Rdev_minor: 64, Dev_major: 0x123, Dev_minor: 0x45678,
	}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if STATX_BASIC_STATS != unix.STATX_BASIC_STATS || STATX_BTIME != unix.STATX_BTIME {
		t.Error("mask bits")
	}
}

// statfs is struct statfs of include/uapi/asm-generic/statfs.h for 64 bits.
type statfs struct {
	Type, Bsize                         int64
	Blocks, Bfree, Bavail, Files, Ffree uint64
	Fsid                                [2]int32
	Namelen, Frsize, Flags              int64
	Spare                               [4]int64
}

func TestStatfsLayout(t *testing.T) {
	in := Statfs{
		Type: TMPFS_MAGIC, Bsize: 2, Blocks: 3, Bfree: 4, Files: 5, Ffree: 6, NameLen: 7, Frsize: 8, Flags: 9,
		FsidMajor: 10, FsidMinor: 11,
	}
	var got statfs
	decode(t, in.LP64(), &got)
	want := statfs{TMPFS_MAGIC, 2, 3, 4, 4, 5, 6, [2]int32{10, 11}, 7, 8, 9, [4]int64{}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestTermiosLayout(t *testing.T) {
	in := Termios{Iflag: 1, Oflag: 2, Cflag: 3, Lflag: 4, Line: 5, Ispeed: 6, Ospeed: 7}
	for i := range in.CC {
		in.CC[i] = byte(10 + i)
	}
	b := in.Bytes()
	var got struct {
		I, O, C, L     uint32
		Line           uint8
		CC             [19]uint8
		Ispeed, Ospeed uint32
	}
	decode(t, b[:], &got)
	if got.I != 1 || got.L != 4 || got.Line != 5 || got.CC != in.CC || got.Ospeed != 7 {
		t.Errorf("%+v", got)
	}
	var back Termios
	back.Parse(b[:])
	if back != in {
		t.Errorf("parsed %+v, want %+v", back, in)
	}
	back = Termios{Ispeed: 99}
	back.Parse(b[:TermiosSize])
	if back.Ispeed != 99 || back.CC != in.CC {
		t.Errorf("parsed the short form as %+v", back)
	}
}

// The numbers that do not depend on the machine agree with x/sys; those of
// open(2) that do (O_DIRECTORY, O_NOFOLLOW, O_DIRECT) are asm-generic's here.
func TestNumbers(t *testing.T) {
	for _, n := range []struct {
		name       string
		ours, unix int
	}{
		{"O_CREAT", O_CREAT, unix.O_CREAT},
		{"O_CLOEXEC", O_CLOEXEC, unix.O_CLOEXEC},
		{"O_PATH", O_PATH, unix.O_PATH},
		{"O_NOATIME", O_NOATIME, unix.O_NOATIME},
		{"AT_EMPTY_PATH", AT_EMPTY_PATH, unix.AT_EMPTY_PATH},
		{"F_DUPFD_CLOEXEC", F_DUPFD_CLOEXEC, unix.F_DUPFD_CLOEXEC},
		{"F_OFD_SETLK", F_OFD_SETLK, unix.F_OFD_SETLK},
		{"UTIME_OMIT", UTIME_OMIT, unix.UTIME_OMIT},
		{"MS_RELATIME", MS_RELATIME, unix.MS_RELATIME},
		{"MS_PRIVATE", MS_PRIVATE, unix.MS_PRIVATE},
		{"PROC_SUPER_MAGIC", PROC_SUPER_MAGIC, unix.PROC_SUPER_MAGIC},
		{"TCSETSF", TCSETSF, unix.TCSETSF},
		{"TIOCSPGRP", TIOCSPGRP, unix.TIOCSPGRP},
		{"TIOCGSID", TIOCGSID, unix.TIOCGSID},
		{"FIONREAD", FIONREAD, unix.TIOCINQ},
		{"IMAXBEL", IMAXBEL, unix.IMAXBEL},
		{"IEXTEN", IEXTEN, unix.IEXTEN},
		{"ECHOKE", ECHOKE, unix.ECHOKE},
		{"VWERASE", VWERASE, unix.VWERASE},
		{"SIGSYS", SIGSYS, int(unix.SIGSYS)},
		{"EHWPOISON", int(EHWPOISON), int(unix.EHWPOISON)},
	} {
		if n.ours != n.unix {
			t.Errorf("%s is %#x, Linux has %#x", n.name, n.ours, n.unix)
		}
	}
}
