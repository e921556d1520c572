// Package bootparam reads the kernel's command line (Linux kernel/params.c,
// parse_args): words NAME or NAME=VALUE, a value in double quotes may hold
// spaces, '-' and '_' in a name are one, and "--" ends the kernel's part. The
// kernel declares its parameters in a table of Rows; the image builder turns it
// into the section __param, through which they are found.
//
// A quoted value is a Go string literal, as machine/session writes it; Linux
// knows no backslashes.
package bootparam
