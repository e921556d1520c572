package abi

// File modes (include/uapi/linux/stat.h).
const (
	S_IFMT   = 0o170000
	S_IFSOCK = 0o140000
	S_IFLNK  = 0o120000
	S_IFREG  = 0o100000
	S_IFBLK  = 0o060000
	S_IFDIR  = 0o040000
	S_IFCHR  = 0o020000
	S_IFIFO  = 0o010000
	S_ISUID  = 0o004000
	S_ISGID  = 0o002000
	S_ISVTX  = 0o001000

	// S_IALLUGO are the bits that chmod(2) can change.
	S_IALLUGO = 0o7777
)

// Open flags (include/uapi/asm-generic/fcntl.h).
const (
	O_RDONLY    = 0o0
	O_WRONLY    = 0o1
	O_RDWR      = 0o2
	O_ACCMODE   = 0o3
	O_CREAT     = 0o100
	O_EXCL      = 0o200
	O_NOCTTY    = 0o400
	O_TRUNC     = 0o1000
	O_APPEND    = 0o2000
	O_NONBLOCK  = 0o4000
	O_DSYNC     = 0o10000
	FASYNC      = 0o20000
	O_DIRECT    = 0o40000
	O_LARGEFILE = 0o100000
	O_DIRECTORY = 0o200000
	O_NOFOLLOW  = 0o400000
	O_NOATIME   = 0o1000000
	O_CLOEXEC   = 0o2000000
	O_SYNC      = 0o4010000
	O_PATH      = 0o10000000
	O_TMPFILE   = 0o20200000
)

// Flags of the *at calls (include/uapi/linux/fcntl.h).
const (
	AT_FDCWD            = -100
	AT_SYMLINK_NOFOLLOW = 0x100
	AT_EACCESS          = 0x200 // faccessat2
	AT_REMOVEDIR        = 0x200 // unlinkat
	AT_SYMLINK_FOLLOW   = 0x400
	AT_NO_AUTOMOUNT     = 0x800
	AT_EMPTY_PATH       = 0x1000
	AT_STATX_SYNC_TYPE  = 0x6000
)

// Modes of access(2).
const (
	F_OK = 0
	X_OK = 1
	W_OK = 2
	R_OK = 4
)

// lseek(2).
const (
	SEEK_SET  = 0
	SEEK_CUR  = 1
	SEEK_END  = 2
	SEEK_DATA = 3
	SEEK_HOLE = 4
)

// fcntl(2).
const (
	F_DUPFD         = 0
	F_GETFD         = 1
	F_SETFD         = 2
	F_GETFL         = 3
	F_SETFL         = 4
	F_GETLK         = 5
	F_SETLK         = 6
	F_SETLKW        = 7
	F_SETOWN        = 8
	F_GETOWN        = 9
	F_OFD_GETLK     = 36
	F_OFD_SETLK     = 37
	F_OFD_SETLKW    = 38
	F_DUPFD_CLOEXEC = 1030
	F_SETPIPE_SZ    = 1031
	F_GETPIPE_SZ    = 1032
	F_ADD_SEALS     = 1033
	F_GET_SEALS     = 1034

	FD_CLOEXEC = 1

	F_RDLCK = 0
	F_WRLCK = 1
	F_UNLCK = 2
)

// flock(2).
const (
	LOCK_SH = 1
	LOCK_EX = 2
	LOCK_NB = 4
	LOCK_UN = 8
)

// renameat2(2).
const (
	RENAME_NOREPLACE = 1
	RENAME_EXCHANGE  = 2
	RENAME_WHITEOUT  = 4
)

// fallocate(2).
const (
	FALLOC_FL_KEEP_SIZE  = 1
	FALLOC_FL_PUNCH_HOLE = 2
)

// close_range(2).
const (
	CLOSE_RANGE_UNSHARE = 2
	CLOSE_RANGE_CLOEXEC = 4
)

// mount(2) and umount2(2) (include/uapi/linux/mount.h).
const (
	MS_RDONLY      = 1
	MS_NOSUID      = 2
	MS_NODEV       = 4
	MS_NOEXEC      = 8
	MS_SYNCHRONOUS = 16
	MS_REMOUNT     = 32
	MS_NOATIME     = 1024
	MS_NODIRATIME  = 2048
	MS_BIND        = 4096
	MS_MOVE        = 8192
	MS_REC         = 16384
	MS_SILENT      = 32768
	MS_PRIVATE     = 1 << 18
	MS_RELATIME    = 1 << 21

	MNT_FORCE       = 1
	MNT_DETACH      = 2
	MNT_EXPIRE      = 4
	UMOUNT_NOFOLLOW = 8
)

// Limits of path walks (include/uapi/linux/limits.h, fs/namei.c).
const (
	NAME_MAX        = 255
	PATH_MAX        = 4096
	SYMLINKS_MAX    = 40
	PIPE_BUF        = 4096
	IOV_MAX         = 1024
	MAX_RW_COUNT    = 0x7ffff000
	UTIME_NOW       = 1<<30 - 1
	UTIME_OMIT      = 1<<30 - 2
	DefaultNOFILE   = 1024
	DefaultNOFILEHi = 4096
)

// Directory entry types (DT_*), the file mode's type bits shifted down.
const (
	DT_UNKNOWN = 0
	DT_FIFO    = 1
	DT_CHR     = 2
	DT_DIR     = 4
	DT_BLK     = 6
	DT_REG     = 8
	DT_LNK     = 10
	DT_SOCK    = 12
)

// Magic numbers that statfs(2) reports (include/uapi/linux/magic.h).
const (
	TMPFS_MAGIC      = 0x01021994
	PROC_SUPER_MAGIC = 0x9fa0
	SYSFS_MAGIC      = 0x62656572
	DEBUGFS_MAGIC    = 0x64626720
	PIPEFS_MAGIC     = 0x50495045
	ANON_INODE_FS    = 0x09041934
	SOCKFS_MAGIC     = 0x534f434b
)

// MakeDev packs a device number as Linux's new_encode_dev and stat(2) do:
// minor bits 31-20 and 7-0, major bits 19-8.
func MakeDev(major, minor uint32) uint64 {
	return uint64(minor&0xff | major<<8 | (minor&^0xff)<<12)
}

// Major and Minor unpack a device number.
func Major(dev uint64) uint32 { return uint32(dev) >> 8 & 0xfff }

// Minor is MakeDev's second half.
func Minor(dev uint64) uint32 { return uint32(dev)&0xff | uint32(dev)>>12&0xfff00 }

// Timespec is seconds and nanoseconds.
type Timespec struct{ Sec, Nsec int64 }

// Stat is what stat(2) and statx(2) tell of a file. The layouts in user memory
// are made from it by StatLP64 and StatxBytes.
type Stat struct {
	Dev, Ino            uint64
	Mode, Nlink         uint32
	UID, GID            uint32
	Rdev                uint64
	Size                int64
	Blksize             uint32
	Blocks              int64 // of 512 bytes
	Atime, Mtime, Ctime Timespec
	Btime               Timespec // statx only
	// Attributes and AttributesMask are statx's STATX_ATTR_* bits.
	Attributes, AttributesMask uint64
}

// Statfs is what statfs(2) tells of a file system.
type Statfs struct {
	Type, Bsize          int64
	Blocks, Bfree        uint64
	Files, Ffree         uint64
	NameLen, Frsize      int64
	Flags                int64
	FsidMajor, FsidMinor int32
}
