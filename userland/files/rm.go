package files

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"rv86/userland/box"
)

var rmCommand = box.Command{
	Name: "rm", Usage: "FILE...", Help: "Remove files and, with -r, trees.",
	Options: []box.Option{
		box.Flag('d', "dir", "also empty directories"),
		box.Flag('f', "force", "do not complain about files that are not there"),
		box.Flag('r', "recursive", "directories and what is in them"),
		box.Flag('R', "", "as -r"),
		box.Flag('v', "verbose", "say what is removed"),
	},
	Run: rm,
}

func rm(c *box.Context) int {
	if len(c.Args) == 0 && !c.Has('f') {
		return c.MissingOperand()
	}
	status := box.OK
	for _, name := range c.Args {
		base := filepath.Base(name)
		if base == "." || base == ".." || strings.HasSuffix(name, "/.") {
			c.Errorf("refusing to remove '.' or '..' directory: skipping '%s'", name)
			status = box.Failure
			continue
		}
		if filepath.Clean(name) == "/" {
			c.Errorf("it is dangerous to operate recursively on '/'")
			status = box.Failure
			continue
		}
		if err := remove(c, name); err != nil && !(c.Has('f') && errors.Is(err, os.ErrNotExist)) {
			c.Errorf("cannot remove '%s': %s", name, box.Reason(err))
			status = box.Failure
		}
	}
	return status
}

func remove(c *box.Context, name string) error {
	info, err := os.Lstat(name)
	if err != nil {
		return err
	}
	recursive := c.Has('r') || c.Has('R')
	switch {
	case info.IsDir() && recursive:
		err = os.RemoveAll(name)
	case info.IsDir() && !c.Has('d'):
		return syscall.EISDIR
	default:
		err = os.Remove(name)
	}
	if err == nil && c.Has('v') {
		fmt.Fprintf(c.Out, "removed '%s'\n", name)
	}
	return err
}
