// Package initcall runs the functions that bring the kernel's parts up, in the
// order of their levels (Linux init/main.c, do_initcalls). The kernel declares
// them in a table of Rows; the image builder turns it into the sections
// .initcall*.init, from which they are run, and which are freed afterwards.
//
// Omitted: boot with initcall_blacklist=, and levels of more than one processor.
package initcall
