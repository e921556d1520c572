// Package debugfs is the files that modules have in /sys/kernel/debug (Linux 6.6
// fs/debugfs; Documentation/filesystems/debugfs.rst).
//
// Drivers are not meant to look at errors: a parent that is an error pointer makes
// everything below it the same error, and nothing happens.
//
// A file keeps the owner of its operations while it is open, but not the entry:
// once that is removed, the file answers EIO, and release is called when it is
// closed.
package debugfs
