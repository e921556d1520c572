// Package session turns what a user asks for (flags of `rv86 run`, a golden
// script) into a board with its images loaded: it finds the shipped kernel and
// file system, adds the user's files to it, and composes the kernel's command
// line.
//
// Nothing of the host is opened that Options does not name, the image
// directories apart. Errors are sentences for the user.
package session
