// Package system holds commands.
package system

import "rv86/userland/box"

// Commands are its rows.
var Commands = []*box.Command{}
