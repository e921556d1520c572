// Package cfile makes files of the operations that module code supplies (Linux
// 6.6 struct file_operations and struct proc_ops; fs/open.c, fs/read_write.c,
// fs/select.c for when each is called and what its absence means). Character
// devices, proc and debugfs open such files.
//
// An open file has a struct file, a struct dentry and a struct inode in C
// memory; the last one is shared by all who have the same file open. The fields
// are the truth: f_pos is the offset, f_op what is called, and C code may change
// both.
//
// A Gate stands between a file and its operations where the operations can go
// away while it is open: once shut, nobody enters, and whoever shut it waited
// for those inside.
//
// C code runs without a lock held, but for the offset of regular files.
//
// Omitted: asynchronous requests, leases, splices, remaps; of mappings page_mkwrite,
// may_split, mremap and access.
package cfile
