package files

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"rv86/userland/box"
)

var mkdirCommand = box.Command{
	Name: "mkdir", Usage: "DIRECTORY...", Help: "Make directories.",
	Options: []box.Option{
		box.Param('m', "mode", "MODE", "permissions, octal or symbolic"),
		box.Flag('p', "parents", "also the directories above; no error if it exists"),
		box.Flag('v', "verbose", "say what is made"),
	},
	Run: mkdir,
}

func mkdir(c *box.Context) int {
	if len(c.Args) == 0 {
		return c.MissingOperand()
	}
	var change modeChange
	if c.Has('m') {
		var err error
		if change, err = parseMode(c.Value('m', ""), currentUmask()); err != nil {
			return c.Fail("invalid mode '%s'", c.Value('m', ""))
		}
	}
	status := box.OK
	for _, dir := range c.Args {
		err := syscall.Mkdir(dir, 0o777)
		if errors.Is(err, syscall.ENOENT) && c.Has('p') {
			err = os.MkdirAll(dir, 0o777)
		}
		if errors.Is(err, syscall.EEXIST) && c.Has('p') {
			if info, serr := os.Stat(dir); serr == nil && info.IsDir() {
				continue
			}
		}
		if err == nil && change != nil {
			err = os.Chmod(dir, change(0o777|os.ModeDir)&modeMask)
		}
		if err != nil {
			c.Errorf("cannot create directory '%s': %s", dir, box.Reason(err))
			status = box.Failure
			continue
		}
		if c.Has('v') {
			fmt.Fprintf(c.Out, "mkdir: created directory '%s'\n", dir)
		}
	}
	return status
}

var rmdirCommand = box.Command{
	Name: "rmdir", Usage: "DIRECTORY...", Help: "Remove empty directories.",
	Options: []box.Option{box.Flag('p', "parents", "also the directories above that become empty")},
	Run:     rmdir,
}

func rmdir(c *box.Context) int {
	if len(c.Args) == 0 {
		return c.MissingOperand()
	}
	status := box.OK
	for _, dir := range c.Args {
		for {
			if err := syscall.Rmdir(dir); err != nil {
				c.Errorf("failed to remove '%s': %s", dir, box.Reason(err))
				status = box.Failure
				break
			}
			dir = filepath.Dir(strings.TrimRight(dir, "/"))
			if !c.Has('p') || dir == "." || dir == "/" {
				break
			}
		}
	}
	return status
}

var pwdCommand = box.Command{
	Name: "pwd", Help: "Print the working directory.",
	Run: func(c *box.Context) int {
		dir, err := syscall.Getwd()
		if err != nil {
			return c.Fail("%s", box.Reason(err))
		}
		fmt.Fprintln(c.Out, dir)
		return box.OK
	},
}

var basenameCommand = box.Command{
	Name: "basename", Usage: "NAME [SUFFIX]", Help: "Print the last part of a path.",
	Run: func(c *box.Context) int {
		if len(c.Args) == 0 || len(c.Args) > 2 {
			return c.MissingOperand()
		}
		base := filepath.Base(c.Args[0])
		if len(c.Args) == 2 && base != c.Args[1] {
			base = strings.TrimSuffix(base, c.Args[1])
		}
		fmt.Fprintln(c.Out, base)
		return box.OK
	},
}

var dirnameCommand = box.Command{
	Name: "dirname", Usage: "NAME...", Help: "Print paths without their last part.",
	Run: func(c *box.Context) int {
		if len(c.Args) == 0 {
			return c.MissingOperand()
		}
		for _, name := range c.Args {
			name = strings.TrimRight(name, "/")
			if name == "" {
				name = "/"
			}
			fmt.Fprintln(c.Out, filepath.Dir(name))
		}
		return box.OK
	},
}

var duCommand = box.Command{
	Name: "du", Usage: "[FILE]...", Help: "Print the space that trees take, in blocks of 1024 bytes.",
	Options: []box.Option{
		box.Flag('a', "all", "also files, not directories only"),
		box.Flag('h', "human-readable", "sizes like 1.2K 3.4M"),
		box.Flag('s', "summarize", "the total of each operand only"),
	},
	Run: du,
}

func du(c *box.Context) int {
	operands := c.Args
	if len(operands) == 0 {
		operands = []string{"."}
	}
	status := box.OK
	type file struct{ dev, ino uint64 }
	seen := map[file]bool{} // a file with several names counts once
	var walk func(path string, top bool) int64
	walk = func(path string, top bool) int64 {
		var st syscall.Stat_t
		if err := syscall.Lstat(path, &st); err != nil {
			c.Errorf("cannot access '%s': %s", path, box.Reason(err))
			status = box.Failure
			return 0
		}
		if id := (file{uint64(st.Dev), st.Ino}); st.Nlink > 1 && st.Mode&syscall.S_IFMT != syscall.S_IFDIR {
			if seen[id] {
				return 0
			}
			seen[id] = true
		}
		total := st.Blocks
		isDir := st.Mode&syscall.S_IFMT == syscall.S_IFDIR
		if isDir {
			entries, err := os.ReadDir(path)
			if err != nil {
				c.Errorf("cannot read directory '%s': %s", path, box.Reason(err))
				status = box.Failure
			}
			for _, e := range entries {
				total += walk(strings.TrimSuffix(path, "/")+"/"+e.Name(), false)
			}
		}
		if top || (!c.Has('s') && (isDir || c.Has('a'))) {
			size := strconv.FormatInt((total+1)/2, 10)
			if c.Has('h') {
				size = box.HumanSize(total * 512)
			}
			fmt.Fprintf(c.Out, "%s\t%s\n", size, path)
		}
		return total
	}
	for _, name := range operands {
		walk(name, true)
	}
	return status
}
