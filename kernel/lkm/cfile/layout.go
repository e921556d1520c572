package cfile

import "rv86/kernel/lkm/cstruct"

const header = "linux/fs.h"

// The structures shared with C code.
var (
	FileOps = cstruct.New("file_operations", header, cstruct.LongFields(
		"owner", "llseek", "read", "write", "read_iter", "write_iter", "iopoll", "iterate_shared", "poll",
		"unlocked_ioctl", "compat_ioctl", "mmap", "mmap_supported_flags", "open", "flush", "release", "fsync",
		"fasync", "lock", "get_unmapped_area", "check_flags", "flock", "splice_write", "splice_read",
		"splice_eof", "setlease", "fallocate", "show_fdinfo", "copy_file_range", "remap_file_range", "fadvise",
		"uring_cmd", "uring_cmd_iopoll")...)

	ProcOps = cstruct.New("proc_ops", "linux/proc_fs.h", append(
		[]cstruct.Field{{Name: "proc_flags", Type: cstruct.Int}},
		cstruct.LongFields("proc_open", "proc_read", "proc_read_iter", "proc_write", "proc_lseek", "proc_release",
			"proc_poll", "proc_ioctl", "proc_mmap", "proc_get_unmapped_area")...)...)

	CPath = cstruct.New("path", header, cstruct.LongFields("mnt", "dentry")...)

	CFile = cstruct.New("file", header,
		cstruct.Field{Name: "f_mode", Type: cstruct.Int},
		cstruct.Field{Name: "f_flags", Type: cstruct.Int},
		cstruct.Field{Name: "f_op", Type: cstruct.Long},
		cstruct.Field{Name: "f_pos", Type: cstruct.Quad},
		cstruct.Field{Name: "private_data", Type: cstruct.Long},
		cstruct.Field{Name: "f_inode", Type: cstruct.Long},
		cstruct.Field{Name: "f_path", Type: CPath.Type()},
		cstruct.Field{Name: "f_mapping", Type: cstruct.Long},
		cstruct.Field{Name: "__owner", Type: cstruct.Int},
	)

	Inode = cstruct.New("inode", header,
		cstruct.Field{Name: "i_mode", Type: cstruct.Short},
		cstruct.Field{Name: "i_uid", Type: cstruct.Int},
		cstruct.Field{Name: "i_gid", Type: cstruct.Int},
		cstruct.Field{Name: "i_flags", Type: cstruct.Int},
		cstruct.Field{Name: "i_op", Type: cstruct.Long},
		cstruct.Field{Name: "i_sb", Type: cstruct.Long},
		cstruct.Field{Name: "i_ino", Type: cstruct.Long},
		cstruct.Field{Name: "i_rdev", Type: cstruct.Int},
		cstruct.Field{Name: "i_size", Type: cstruct.Quad},
		cstruct.Field{Name: "i_fop", Type: cstruct.Long},
		cstruct.Field{Name: "i_cdev", Type: cstruct.Long},
		cstruct.Field{Name: "i_private", Type: cstruct.Long},
	)

	QStr = cstruct.New("qstr", "linux/dcache.h",
		cstruct.Field{Name: "hash", Type: cstruct.Int},
		cstruct.Field{Name: "len", Type: cstruct.Int},
		cstruct.Field{Name: "name", Type: cstruct.Long},
	)

	Dentry = cstruct.New("dentry", "linux/dcache.h",
		cstruct.Field{Name: "d_parent", Type: cstruct.Long},
		cstruct.Field{Name: "d_name", Type: QStr.Type()},
		cstruct.Field{Name: "d_inode", Type: cstruct.Long},
		cstruct.Field{Name: "__path", Type: cstruct.Long},
	)

	PollTable = cstruct.New("poll_table_struct", "linux/poll.h",
		cstruct.Field{Name: "_qproc", Type: cstruct.Long},
		cstruct.Field{Name: "_key", Type: cstruct.Int},
	)

	KIOCB = cstruct.New("kiocb", header,
		cstruct.Field{Name: "ki_filp", Type: cstruct.Long},
		cstruct.Field{Name: "ki_pos", Type: cstruct.Quad},
		cstruct.Field{Name: "ki_complete", Type: cstruct.Long},
		cstruct.Field{Name: "private", Type: cstruct.Long},
		cstruct.Field{Name: "ki_flags", Type: cstruct.Int},
	)

	IovIter = cstruct.New("iov_iter", "linux/uio.h",
		cstruct.Field{Name: "iter_type", Type: cstruct.Char},
		cstruct.Field{Name: "data_source", Type: cstruct.Char},
		cstruct.Field{Name: "iov_offset", Type: cstruct.Long},
		cstruct.Field{Name: "ubuf", Type: cstruct.Long},
		cstruct.Field{Name: "count", Type: cstruct.Long},
	)
)

// Layouts are all of them, for the test that compares them with the headers.
var Layouts = []*cstruct.Struct{FileOps, ProcOps, CPath, CFile, Inode, QStr, Dentry, PollTable, KIOCB, IovIter, fasync, VMA, VMOps, VMFault}

// Bits of f_mode (FMODE_*).
const (
	modeRead     = 1 << 0
	modeWrite    = 1 << 1
	modeSeek     = 1 << 2
	modePread    = 1 << 3
	modePwrite   = 1 << 4
	modeCanRead  = 1 << 17
	modeCanWrite = 1 << 18
	modeOpened   = 1 << 19
	modeStream   = 1 << 21
)
