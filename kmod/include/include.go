// Package include holds the headers that modules are compiled with, so that
// the host's tools have them wherever they run. The files are C, written for
// this kernel after the names and meanings of Linux 6.6.
package include

import "embed"

// FS has linux/*.h and whatever lies beside linux.
//
//go:embed *
var FS embed.FS
