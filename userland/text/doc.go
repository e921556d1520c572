// Package text holds commands.
package text

import "rv86/userland/box"

// Commands are its rows.
var Commands = []*box.Command{}
