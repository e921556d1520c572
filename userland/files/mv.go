package files

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"rv86/userland/box"
)

var mvCommand = box.Command{
	Name: "mv", Usage: "SOURCE... DEST", Help: "Move or rename files.",
	Options: []box.Option{
		box.Flag('f', "force", "accepted; a target is always replaced"),
		box.Flag('n', "no-clobber", "leave an existing target alone"),
		box.Flag('v', "verbose", "say what is moved"),
	},
	Run: mv,
}

func mv(c *box.Context) int {
	pairs, status := destinations(c)
	for _, p := range pairs {
		src, dst := p[0], p[1]
		if c.Has('n') {
			if _, err := os.Lstat(dst); err == nil {
				continue
			}
		}
		err := move(c, src, dst)
		switch {
		case errors.Is(err, errReported):
			status = box.Failure
		case errors.Is(err, os.ErrNotExist):
			c.Errorf("cannot stat '%s': %s", src, box.Reason(err))
			status = box.Failure
		case err != nil:
			c.Errorf("cannot move '%s' to '%s': %s", src, dst, box.Reason(err))
			status = box.Failure
		case c.Has('v'):
			fmt.Fprintf(c.Out, "renamed '%s' -> '%s'\n", src, dst)
		}
	}
	return status
}

var errReported = errors.New("already reported")

// move renames; between file systems it copies and then removes.
func move(c *box.Context, src, dst string) error {
	err := syscall.Rename(src, dst)
	if !errors.Is(err, syscall.EXDEV) {
		return err
	}
	k := &copier{c: c, recursive: true, preserve: true, noFollow: true}
	k.copy(src, dst)
	if k.failed {
		return errReported
	}
	return os.RemoveAll(src)
}
