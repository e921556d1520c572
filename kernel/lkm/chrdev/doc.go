// Package chrdev is character devices of modules: numbers and their names
// (/proc/devices), struct cdev, and miscellaneous devices, which share major
// number 10 (Linux 6.6 fs/char_dev.c, drivers/char/misc.c,
// Documentation/admin-guide/devices.txt).
//
// Opening a device node takes a reference to the module that owns the cdev and
// one to the owner of its operations, so that the code stays while the file is
// open.
package chrdev
