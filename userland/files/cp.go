package files

import (
	"rv86/userland/box"
)

var cpCommand = box.Command{
	Name: "cp", Usage: "SOURCE... DEST", Help: "Copy files and trees.",
	Options: []box.Option{
		box.Flag('a', "archive", "as -dRp"),
		box.Flag('d', "", "copy symbolic links as links"),
		box.Flag('f', "force", "accepted; a target is always overwritten"),
		box.Flag('p', "", "keep mode, owner and times"),
		box.Flag('r', "recursive", "copy directories and what is in them"),
		box.Flag('R', "", "as -r"),
		box.Flag('v', "verbose", "say what is copied"),
	},
	Run: cp,
}

func cp(c *box.Context) int {
	pairs, status := destinations(c)
	if status != box.OK {
		return status
	}
	archive := c.Has('a')
	recursive := c.Has('r') || c.Has('R') || archive
	k := &copier{
		c: c, recursive: recursive, preserve: c.Has('p') || archive,
		noFollow: c.Has('d') || recursive, verbose: c.Has('v'),
	}
	for _, p := range pairs {
		k.copy(p[0], p[1])
	}
	if k.failed {
		return box.Failure
	}
	return box.OK
}
