// Package uaccess is how module code reaches the calling program's memory:
// copy_to_user and its kin (Linux 6.6 include/linux/uaccess.h, lib/usercopy.c,
// mm/util.c, fs/libfs.c). A bad user pointer is an error, never an oops; a bad
// kernel pointer is the module's fault. Threads of the kernel's own have no
// program: every address is bad to them.
package uaccess
