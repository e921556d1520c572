// Package procfs is the files that modules have in /proc (Linux 6.6
// fs/proc/generic.c, fs/proc/inode.c).
//
// An open file does not keep the module: when its entry is removed, whoever is
// inside an operation is waited for, release is called for those who have it
// open, and from then on the file answers EIO.
//
// A struct proc_dir_entry is opaque to drivers: its address stands for an Entry.
package procfs
