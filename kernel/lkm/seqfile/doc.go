// Package seqfile is files whose text a driver makes record by record (Linux 6.6
// fs/seq_file.c, Documentation/filesystems/seq_file.rst).
//
// struct seq_file is in C memory, and drivers use its buffer and private field.
// A read calls start, then show and next in turn, then stop; show writes into the
// buffer, and a record that does not fit is made again in one twice as large. No
// other lock is held but the file's own, of which package seqfile keeps one for
// each seq_file.
package seqfile
