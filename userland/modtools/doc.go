// Package modtools holds commands.
package modtools

import "rv86/userland/box"

// Commands are its rows.
var Commands = []*box.Command{}
