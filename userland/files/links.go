package files

import (
	"fmt"
	"os"
	"path/filepath"

	"rv86/userland/box"
)

var lnCommand = box.Command{
	Name: "ln", Usage: "TARGET [LINK]", Help: "Make a link to a file.",
	Options: []box.Option{
		box.Flag('f', "force", "replace an existing link"),
		box.Flag('n', "no-dereference", "a link to a directory is not followed"),
		box.Flag('s', "symbolic", "a symbolic link, not a hard one"),
	},
	Run: ln,
}

func ln(c *box.Context) int {
	switch len(c.Args) {
	case 0:
		return c.MissingOperand()
	case 1:
		c.Args = append(c.Args, ".")
	}
	targets, last := c.Args[:len(c.Args)-1], c.Args[len(c.Args)-1]
	stat := os.Stat
	if c.Has('n') {
		stat = os.Lstat
	}
	info, err := stat(last)
	intoDir := err == nil && info.IsDir()
	if len(targets) > 1 && !intoDir {
		return c.Fail("target '%s': Not a directory", last)
	}
	status := box.OK
	for _, target := range targets {
		if _, err := os.Lstat(target); err != nil && !c.Has('s') {
			status = c.Fail("failed to access '%s': %s", target, box.Reason(err))
			continue
		}
		name := last
		if intoDir {
			name = filepath.Join(last, filepath.Base(target))
		}
		if c.Has('f') {
			os.Remove(name)
		}
		kind, err := "hard", error(nil)
		if c.Has('s') {
			kind, err = "symbolic", os.Symlink(target, name)
		} else {
			err = os.Link(target, name)
		}
		if err != nil {
			c.Errorf("failed to create %s link '%s': %s", kind, name, box.Reason(err))
			status = box.Failure
		}
	}
	return status
}

var readlinkCommand = box.Command{
	Name: "readlink", Usage: "FILE...", Help: "Print what symbolic links point to.",
	Options: []box.Option{box.Flag('f', "canonicalize", "print the real path, all links followed")},
	Run: func(c *box.Context) int {
		if len(c.Args) == 0 {
			return c.MissingOperand()
		}
		status := box.OK
		for _, name := range c.Args {
			var text string
			var err error
			if c.Has('f') {
				if text, err = filepath.EvalSymlinks(name); err == nil {
					text, err = filepath.Abs(text)
				}
			} else {
				text, err = os.Readlink(name)
			}
			if err != nil { // readlink says nothing
				status = box.Failure
				continue
			}
			fmt.Fprintln(c.Out, text)
		}
		return status
	},
}

var whichCommand = box.Command{
	Name: "which", Usage: "NAME...", Help: "Print which file a command name runs.",
	Options: []box.Option{box.Flag('a', "", "all of them, not the first only")},
	Run: func(c *box.Context) int {
		status := box.OK
		for _, name := range c.Args {
			found := false
			for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
				path := filepath.Join(dir, name)
				info, err := os.Stat(path)
				if err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
					continue
				}
				found = true
				fmt.Fprintln(c.Out, path)
				if !c.Has('a') {
					break
				}
			}
			if !found {
				status = box.Failure
			}
		}
		return status
	},
}
