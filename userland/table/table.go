// Package table joins the rows of every command package into the one list from
// which rvbox dispatches, the image builder makes the links in /bin, and the
// tests take their cases.
package table

import (
	"slices"
	"strings"

	"rv86/userland/box"
	"rv86/userland/files"
	"rv86/userland/initd"
	"rv86/userland/modtools"
	"rv86/userland/network"
	"rv86/userland/shell"
	"rv86/userland/system"
	"rv86/userland/text"
)

// Commands returns all rows, sorted by name.
func Commands() []*box.Command {
	all := slices.Concat(files.Commands, text.Commands, system.Commands, modtools.Commands, network.Commands,
		[]*box.Command{&initd.Command, &shell.Command})
	slices.SortFunc(all, func(a, b *box.Command) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Find returns the row of that name, or nil. It does not sort: it runs at the
// start of every process of the guest.
func Find(name string) *box.Command {
	for _, rows := range [...][]*box.Command{
		files.Commands, text.Commands, system.Commands, modtools.Commands, network.Commands,
		{&initd.Command, &shell.Command},
	} {
		for _, cmd := range rows {
			if cmd.Name == name {
				return cmd
			}
		}
	}
	return nil
}
