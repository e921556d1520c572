// Package kobj is kobjects, their sets, and their files in /sys (Linux 6.6
// lib/kobject.c, fs/sysfs, fs/kernfs; Documentation/core-api/kobject.rst,
// Documentation/filesystems/sysfs.rst).
//
// A struct kobject lives in C memory, and its fields are the truth: name,
// parent, kset, ktype and the reference count. What the kernel keeps beside it
// is an Object, from kobject_add on: the directory in /sys, with its files, links
// and groups. Directories that no C object stands for (/sys/class, a bus'
// devices) are Objects, too.
//
// A read of an attribute calls show into a page, a write calls store with what
// was written; each file has a Gate, so that show and store are never called once
// the attribute was removed (kernfs active references): ENODEV then.
//
// No lock is held while C code runs. Kobjects.mu guards all Objects.
//
// Omitted: uevents (there is nobody to hear them), namespaces, mappings of
// binary files, ownership callbacks.
package kobj
