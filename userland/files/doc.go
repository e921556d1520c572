// Package files holds commands.
package files

import "rv86/userland/box"

// Commands are its rows.
var Commands = []*box.Command{}
