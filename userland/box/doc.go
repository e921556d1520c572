// Package box is what every command of the userland's multi-call binary is
// made of: a row that names the command and its options (from which --help is
// written and the arguments are parsed), the streams it works on, and the
// wording of its errors.
//
// Option syntax follows POSIX XBD 12.2 (guidelines 3 to 10: bundled letters,
// an option argument joined or separate, "--" ends the options) with GNU's
// long options and GNU's freedom to put options after operands. Messages and
// exit statuses follow GNU coreutils 9 where a user would notice: "NAME:
// invalid option -- 'x'", "NAME: FILE: No such file or directory".
//
// Omitted: localisation, abbreviated long options.
package box
